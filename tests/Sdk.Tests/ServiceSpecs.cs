
namespace Verus.Artifact.Tests;

/// <summary>Tests three servers and a client in a real build that is stopped.</summary>
public sealed class ServiceSpecs : SdkProject
{
    private static string Dummy { get; } = Path.Combine(Repository, "artifacts/bin/DummyTool",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "dummy-tool");

    private static string DotNet { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));

    [Theory]
    [InlineData("INT", false)]
    [InlineData("KILL", false)]
    [InlineData("INT", true)]
    [InlineData("KILL", true)]
    public void A_build_that_is_stopped_under_load_leaves_no_server_and_the_next_one_goes_on(string signal, bool shared)
    {
        WriteLoad(shared);
        using (var build = Start())
        {
            // Each server of the test has left a sleeping daemon.
            Until(() => Alive("load") == 1 && Alive("serve") == 3 && Alive("sleep") == 3, build);
            Programs.Run("kill", $"-{signal}", $"{build.Id}").Succeeds();
            build.WaitForExit(30_000).ShouldBeTrue();
            build.ExitCode.ShouldNotBe(0);
        }
        // A build that is killed can notify no other process; the runner notices that nobody is waiting any more.
        for (var i = 0; i < 500 && Alive("") > 0; i++)
            Thread.Sleep(20);
        Alive("").ShouldBe(0);
        Build("-p:Seconds=0.2").Succeeds();
        Samples().ShouldHaveSingleItem().Count().ShouldBe(1);
        Alive("").ShouldBe(0);
        Directory.EnumerateDirectories(Path.Combine(Folder, "evaluation/experiments/attempts")).ShouldBeEmpty();
    }

    // Nobody is left who could end the servers, and they have the machine for themselves until the next build.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Servers_whose_build_and_runners_were_killed_are_swept_by_the_next_build(bool shared)
    {
        WriteLoad(shared);
        using (var build = Start())
        {
            Until(() => Alive("load") == 1 && Alive("serve") == 3 && Alive("sleep") == 3, build);
            // A runner that dies takes its children along, but not what these have started.
            Programs.Run("kill", "-STOP", $"{build.Id}").Succeeds();
            foreach (var runner in Runners(build.Id))
                Programs.Run("kill", "-KILL", $"{runner}");
            Programs.Run("kill", "-KILL", $"{build.Id}").Succeeds();
            build.WaitForExit(30_000).ShouldBeTrue();
        }
        Alive("sleep").ShouldBe(3, "the daemons of the servers have lost their parents");
        Build("-p:Seconds=0.2").Succeeds().Output.ShouldContain("Removing what a killed build left unfinished");
        Samples().ShouldHaveSingleItem().Count().ShouldBe(1);
        Alive("").ShouldBe(0);
        Directory.EnumerateDirectories(Path.Combine(Folder, "evaluation/experiments/attempts")).ShouldBeEmpty();
    }

    private void WriteLoad(bool shared) => Write($$"""
        <PropertyGroup><Seconds Condition="'$(Seconds)' == ''">600</Seconds></PropertyGroup>
        <ItemGroup>
          <Experiment Include="Load" Samples="1" Environment="DOTNET_ROOT={{DotNet}}" SuccessText="[[DONE]]" MetricPatterns="requests=^#req" MetricMatches="requests=count"
            PreparePer="{{(shared ? "Round" : "")}}" Command="{{Dummy}} load {port:a},{port:b},{port:c} threads=3 seconds=$(Seconds)" />
          <Service Include="a;b;c" Experiments="Load" Shared="{{(shared ? "true" : "false")}}" ReadyText="[[READY]]" Command="{{Dummy}} serve {port:%(Identity)} worker=true stubborn=true" />
        </ItemGroup>
        """);

    // The runners among the descendants of a build.
    private static IEnumerable<string> Runners(int build)
    {
        var children = Programs.Run("ps", "-o", "pid=,comm=", "--ppid", $"{build}").Output.Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries)).Where(parts => parts.Length == 2);
        foreach (var child in children.ToList())
        {
            if (child[1].StartsWith("artifact-runne", StringComparison.Ordinal))
                yield return child[0];
            foreach (var below in Runners(int.Parse(child[0], System.Globalization.CultureInfo.InvariantCulture)))
                yield return below;
        }
    }

    // Processes of samples are found by their home folder, which is below the folder of the test.
    private int Alive(string command) => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            return File.ReadAllText(folder + "/cmdline").Contains(command, StringComparison.Ordinal)
                && File.ReadAllText(folder + "/environ").Contains($"HOME={Folder}/", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}

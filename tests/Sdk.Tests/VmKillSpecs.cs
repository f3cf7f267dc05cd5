namespace Verus.Artifact.Tests;

/// <summary>Tests a real build whose samples are taken in a virtual machine, and which is killed in the
/// middle.</summary>
public sealed class VmKillSpecs : SdkProject
{
    [Fact]
    public void Killed_in_the_middle_the_machine_ends_and_the_next_call_clears_away_and_goes_on()
    {
        TestGuest.Need();
        Write($"""
            <ItemGroup>
              {TestGuest.Declaration}
              <Experiment Include="Slow" Executor="Vm" VirtualMachine="pm" Samples="2" Command="sh -c 'test -b /dev/pmem0 &amp;&amp; sleep 3'" />
            </ItemGroup>
            """);
        Build("-t:Plan").Succeeds().Output.ShouldContain("will be known after its first start here");
        Machines().ShouldBe(0);
        string first;
        using (var build = Start())
        {
            // The virtual machine boots in seconds, or more slowly if the host is busy with other tests.
            Until(() => Samples().Count > 0, build, seconds: 240);
            first = Samples().Single().Single();
            Machines().ShouldBe(1);
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
        }
        for (var i = 0; i < 500 && Machines() > 0; i++)
            Thread.Sleep(20);
        Machines().ShouldBe(0);
        var output = Build().Succeeds().Output;
        output.ShouldContain("Removing what");
        output.ShouldContain("VART4061");
        var samples = Samples().ShouldHaveSingleItem();
        samples.Count().ShouldBe(2);
        samples.ShouldContain(first);
        Machines().ShouldBe(0);
        Directory.EnumerateDirectories(Path.Combine(Folder, "evaluation/experiments/attempts")).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(Folder, "evaluation/experiments/logs/vm-pm"), "console.txt",
            SearchOption.AllDirectories).Count().ShouldBe(2);
        Build().Succeeds().Output.ShouldContain("Nothing to do");
    }

    private int Machines() => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            var command = File.ReadAllText(folder + "/cmdline");
            return command.Contains("qemu-system-x86_64", StringComparison.Ordinal)
                && command.Contains(Folder, StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}

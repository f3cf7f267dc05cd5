namespace Verus.Artifact.Tests.Machines;

/// <summary>
/// Tests parts of an evaluation on machines that are reached by ssh, with the packed SDK, as a stranger uses it.
/// </summary>
public sealed class RemoteMachineSpecs : SdkProject
{
    private readonly string keys;
    private readonly List<SshMachine> machines = [];

    public RemoteMachineSpecs()
    {
        keys = Path.Combine(Folder, "keys");
        Variables["PATH"] = $"{keys}:{Environment.GetEnvironmentVariable("PATH")}";
        Variables["NUGET_PACKAGES"] = Path.Combine(Folder, "packages");
        File.WriteAllText(Path.Combine(Folder, "NuGet.config"), $"""
            <configuration><packageSources><clear /><add key="packed" value="{Repository}/artifacts/packages" /></packageSources></configuration>
            """);
        // Without a repository, the files of the project's folder are sent.
        Directory.CreateDirectory(Path.Combine(Folder, "artifact"));
        foreach (var file in new[] { "Directory.Build.props", "NuGet.config" })
            File.Move(Path.Combine(Folder, file), Path.Combine(Folder, "artifact", file));
    }

    private string Evaluation => Path.Combine(Folder, "artifact/evaluation");

    public override void Dispose()
    {
        foreach (var machine in machines)
            machine.Dispose();
        base.Dispose();
    }

    [Fact]
    public void A_part_runs_there_and_its_samples_come_here_once()
    {
        var machine = Machine("far");
        WriteProject(samples: 3);
        var first = Evaluate("-p:ArtifactMachine=far").Succeeds();
        first.Output.ShouldContain("there: evaluates ");
        Ids().Count.ShouldBe(6);
        Hosts().ShouldBe(["far"]);
        File.ReadAllText(Path.Combine(Evaluation, "data/Quick.csv")).Split('\n').Length.ShouldBe(4);
        File.Exists(Path.Combine(Evaluation, "report/index.html")).ShouldBeTrue();
        Evaluate("-p:ArtifactMachine=far").Succeeds();
        Ids().Count.ShouldBe(6, "nothing is done twice");
        // Without an address, the part is evaluated here, and the samples of the other machine stay.
        Evaluate().Succeeds();
        Ids().Count.ShouldBe(12);
        Hosts().Count.ShouldBe(2);
        Evaluate("-t:Compare").Succeeds();
        var page = File.ReadAllText(Path.Combine(Evaluation, "report/compare.html"));
        page.ShouldContain("there");
        page.ShouldContain("here");
        ImportElsewhere();
        Evaluate("-t:CleanMachines", "-p:ArtifactMachine=far").Succeeds();
        Directory.EnumerateFileSystemEntries(machine.Home).Select(Path.GetFileName).ShouldBe([".bashrc"]);
        machine.Processes.ShouldBeEmpty();
        Ids().Count.ShouldBe(12);
    }

    // Somebody else gets the folder of the evaluation.
    private void ImportElsewhere()
    {
        var other = Path.Combine(Folder, "other");
        Programs.Shell(Folder, "mkdir other && cp artifact/*.* other && cp -r artifact/evaluation sent").Succeeds();
        Run(Variables, other, "dotnet", "build", "-tl:off", "-t:Import", "-p:From=../sent").Succeeds().Output
            .ShouldContain("12 samples came into the journal, which has 12 samples of 2 machines.");
        Run(Variables, other, "dotnet", "build", "-tl:off", "-p:ArtifactMachine=../sent").Succeeds();
        File.ReadLines(Path.Combine(other, "evaluation/experiments/journal.jsonl")).Count().ShouldBe(
            File.ReadLines(Path.Combine(Evaluation, "experiments/journal.jsonl")).Count(), "nothing was measured");
        File.ReadAllText(Path.Combine(other, "evaluation/data/Quick.csv"))
            .ShouldBe(File.ReadAllText(Path.Combine(Evaluation, "data/Quick.csv")));
    }

    [Fact]
    public void After_Ctrl_C_the_part_goes_on_until_it_is_stopped()
    {
        var machine = Machine("far");
        WriteProject(samples: 40, command: "sh -c 'cat /proc/sys/kernel/hostname; sleep 0.2'");
        using var build = StartBuild("-p:ArtifactMachine=far");
        Until(() => Ids().Count > 0, build, seconds: 120);
        Programs.Run("kill", "-INT", $"{build.Id}").Succeeds();
        var output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        output.ShouldContain("The evaluations on there go on.");
        output.ShouldContain("dotnet build artifact.proj -t:Build -p:ArtifactMachine=far");
        output.ShouldContain("dotnet build artifact.proj -t:StopMachines -p:ArtifactMachine=far");
        machine.Processes.ShouldNotBeEmpty();
        Evaluate("-t:StopMachines", "-p:ArtifactMachine=far").Succeeds();
        machine.Processes.ShouldBeEmpty();
        Evaluate("-p:ArtifactMachine=far").Succeeds();
        Ids().Count.ShouldBe(80);
        Ids().Distinct().Count().ShouldBe(80);
    }

    [Fact]
    public void Two_parts_at_once_survive_cuts_kills_and_a_clock_that_is_a_year_off()
    {
        var (left, right) = (Machine("left"), Machine("right", days: -365));
        const string Command = "sh -c 'cat /proc/sys/kernel/hostname; sleep 0.05'";
        WriteProject(samples: 10, Command, $"""
            <Experiment Include="Slow" Matrix="n=1..4" Samples="10" Command="{Command}" Suite="Second" />
            <Experiment Include="Near" Samples="2" Command="cat /proc/sys/kernel/hostname" />
            <Dataset Include="Slow" Experiments="Slow" />
            <Dataset Include="Near" Experiments="Near" />
            <Figure Include="Slow" Kind="GroupedBars" Datasets="Slow" X="n" />
            <Machine Include="first" Request="First" Address="left" />
            <Machine Include="second" Request="Second" Address="right" />
            """);
        var random = new Random(Seed);
        var journal = Path.Combine(Evaluation, "experiments/journal.jsonl");
        byte[] before = [];
        for (var (cuts, kills) = (0, 0); cuts + kills < 20;)
        {
            using var build = StartBuild();
            // Some builds live through several cuts.
            for (var i = random.Next(1, 5); i > 0 && !build.WaitForExit(random.Next(300, 4000)); i--, cuts++)
                Disturb(random.Next(4), left, right);
            kills++;
            build.Kill(entireProcessTree: true);
            build.WaitForExit();
            var now = File.Exists(journal) ? File.ReadAllBytes(journal) : [];
            now.AsSpan().StartsWith(before).ShouldBeTrue($"a line was changed; seed {Seed}");
            before = now;
        }
        var last = Evaluate();
        last.Output.ShouldContain("warning VART7017: The clock of machine 'second' is 365 days behind");
        last.Succeeds();
        Ids().Distinct().Count().ShouldBe(Ids().Count, $"seed {Seed}");
        var byCell = Lines("sample").ToLookup(sample => sample.GetProperty("cell").GetString()!.Split('[')[0]);
        (byCell["Quick"].Count(), byCell["Slow"].Count(), byCell["Near"].Count()).ShouldBe((20, 40, 2), $"seed {Seed}");
        foreach (var (name, host) in new[] { ("Quick", "left"), ("Slow", "right") })
            byCell[name].AtLeastOne().ShouldAllBe(sample => File.ReadAllText(Path.Combine(Evaluation, "experiments",
                sample.GetProperty("logs").GetString()!, "stdout.txt")).Trim() == host);
        var report = File.ReadAllText(Path.Combine(Evaluation, "report/index.html"));
        foreach (var place in new[] { "first: Quick", "second: Slow", "here: Near" })
            report.ShouldContain(place);
        Evaluate("-t:Plan").Succeeds().Output.ShouldContain("first: Quick by an evaluation of its own at left");
        Evaluate("-t:CleanMachines").Succeeds();
        foreach (var machine in machines.AtLeastOne())
        {
            Directory.EnumerateFileSystemEntries(machine.Home).Select(Path.GetFileName).ShouldBe([".bashrc"]);
            machine.Processes.ShouldBeEmpty(machine.Name);
        }
    }

    private static int Seed { get; } = Environment.GetEnvironmentVariable("VERUS_ARTIFACT_TEST_SEED") is { } given
        ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Environment.TickCount;

    private static void Disturb(int what, SshMachine left, SshMachine right)
    {
        var machine = what % 2 == 0 ? left : right;
        if (what < 2)
            machine.Cut();
        else
            machine.KillBuild();
    }

    [Fact]
    public void What_keeps_a_machine_from_being_reached_is_said_before_anything_is_done()
    {
        WriteProject(samples: 1);
        Machine("strange", hostKey: false);
        SshMachine.MakeKeys(Path.Combine(Folder, "others"));
        Machine("closed", admitted: Path.Combine(Folder, "others"));
        Evaluate("-p:ArtifactMachine=strange").Fails("VART7009");
        Evaluate("-p:ArtifactMachine=closed").Fails("VART7010");
        Evaluate("-p:ArtifactMachine=nobody.invalid").Fails("VART7008");
        Evaluate("-p:ArtifactMachine=-oProxyCommand=x").Fails("VART0002");
        File.WriteAllText(Path.Combine(Folder, "outside.props"), "<Project />");
        WriteProject(samples: 1, more: "</ItemGroup><Import Project='../outside.props' /><ItemGroup>");
        Evaluate("-p:ArtifactMachine=closed").Fails("VART7013");
        Ids().ShouldBeEmpty();
        machines.AtLeastOne().ShouldAllBe(machine => machine.Processes.Count == 0);
    }

    private SshMachine Machine(string name, bool hostKey = true, int days = 0, string? admitted = null)
    {
        if (SshMachine.Problem is { } problem)
            Assert.Skip(problem);
        if (machines.Count == 0)
            SshMachine.MakeKeys(keys);
        var machine = new SshMachine(name, admitted ?? keys, days).Introduce(keys, hostKey);
        machines.Add(machine);
        machine.WaitUntilReady();
        return machine;
    }

    // The first experiment prints the name of its machine.
    private void WriteProject(int samples, string command = "cat /proc/sys/kernel/hostname", string more = "") =>
        File.WriteAllText(Path.Combine(Folder, "artifact/artifact.proj"), $"""
            <Project Sdk="Verus.Artifact.Sdk/{Version}">
              <ItemGroup>
                <Experiment Include="Quick" Matrix="n=1,2" Samples="{samples}" Command="{command}" Suite="First" />
                <Dataset Include="Quick" Experiments="Quick" />
                <Figure Include="Quick" Kind="GroupedBars" Datasets="Quick" X="n" />
                {more}
              </ItemGroup>
            </Project>
            """);

    private BuildResult Evaluate(params string[] arguments) =>
        Run(Variables, Path.Combine(Folder, "artifact"),
            ["dotnet", "build", "-nologo", "-tl:off", "-v:n", "-clp:NoSummary", .. arguments]);

    private System.Diagnostics.Process StartBuild(params string[] arguments)
    {
        var start = BuildOf(Path.Combine(Folder, "artifact"), arguments, Variables);
        start.RedirectStandardOutput = true;
        var build = Programs.Start(start);
        return build;
    }

    private List<string> Ids() => [.. Lines("sample").Select(sample => sample.GetProperty("id").GetString()!)];

    // The machines that measured, by what the samples printed.
    private List<string> Hosts() => [.. Directory.EnumerateFiles(Path.Combine(Evaluation, "experiments/logs"),
        "stdout.txt", SearchOption.AllDirectories).Select(file => File.ReadAllText(file).Trim()).Distinct()
        .Where(host => host.Length > 0).Order(StringComparer.Ordinal)];

    private IEnumerable<System.Text.Json.JsonElement> Lines(string kind) =>
        !File.Exists(Path.Combine(Evaluation, "experiments/journal.jsonl")) ? []
            : File.ReadLines(Path.Combine(Evaluation, "experiments/journal.jsonl"))
                .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
                .Where(line => line.TryGetProperty(kind, out _)).Select(line => line.GetProperty(kind));
}

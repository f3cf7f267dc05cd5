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
        Evaluate("-t:CleanMachines", "-p:ArtifactMachine=far").Succeeds();
        Directory.EnumerateFileSystemEntries(machine.Home).Select(Path.GetFileName).ShouldBe([".bashrc"]);
        machine.Processes.ShouldBeEmpty();
        Ids().Count.ShouldBe(12);
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

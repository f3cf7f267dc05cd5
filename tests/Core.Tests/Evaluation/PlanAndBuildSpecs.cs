using System.Globalization;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests that a build does what the plan says, whatever has changed since the last build, and that the plan is empty
/// after it.
/// </summary>
public sealed class PlanAndBuildSpecs : EvaluationFixture
{
    private const int Projects = 6, ChangesEach = 9;
    private readonly string variable = "PLAN_AND_BUILD_" + Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, string> command = [];
    private string machine = "";

    protected override string RunnerFile => Path.Combine(Folder, "runner.sh");

    [Fact]
    public async Task Random_changes_of_random_projects_take_the_planned_samples_and_no_others()
    {
        var random = Seeds.New();
        for (var project = 0; project < Projects; project++)
        {
            MakeProject(random);
            await HoldsAsync("a new project");
            for (var change = 0; change < ChangesEach; change++)
                await HoldsAsync(Change(random));
        }
    }

    [Fact]
    public async Task Each_kind_of_change_alone_is_seen()
    {
        var random = Seeds.New();
        MakeProject(random);
        await HoldsAsync("a new project");
        for (var kind = 0; kind < Changes.Count; kind++)
            await HoldsAsync(Changes[kind](random));
    }

    private async Task HoldsAsync(string change)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(change);
        var plan = (await PlanAsync()).Cells;
        var before = Samples().Select(sample => sample.Id).ToHashSet();
        var result = await BuildAsync();
        var taken = Samples().Where(sample => !before.Contains(sample.Id)).ToList();
        foreach (var cell in plan.AtLeastOne())
        {
            var now = taken.Where(sample => sample.Cell == cell.Cell.Name).ToList();
            // A cell whose samples fail stops early, so the number of attempts is not compared, but the plan must say
            // that the cell is tried.
            if (now.Any(sample => sample.Outcome != SampleOutcome.Ok))
                cell.Need.ShouldBeGreaterThan(0, $"{cell.Cell.Name} after {change}");
            else if (cell.IsWaiting)
                // The other experiment may leave the same output as before, so that samples are valid again.
                now.Count.ShouldBeLessThanOrEqualTo(cell.Need, $"{cell.Cell.Name} after {change}");
            else
                now.Count.ShouldBe(cell.Need, $"{cell.Cell.Name} after {change}");
        }
        taken.Select(sample => sample.Cell).ShouldBeSubsetOf(plan.Select(cell => cell.Cell.Name));
        if (taken.Count > 0)
            result.NothingToDo.ShouldBeFalse();
        (await PlanAsync()).Cells.Sum(cell => cell.Need).ShouldBe(0, $"planned after a build after {change}");
        var again = await BuildAsync();
        Samples().Count.ShouldBe(before.Count + taken.Count, $"a second build after {change}");
        if (result.Errors.Count == 0)
            again.NothingToDo.ShouldBeTrue($"a second build after {change}");
    }

    private void MakeProject(Random random)
    {
        Environment.SetEnvironmentVariable(variable, null);
        Directory.CreateDirectory(Path.Combine(Folder, "tree/below"));
        Directory.CreateDirectory(Path.Combine(Folder, "bin"));
        File.WriteAllText(Path.Combine(Folder, "tree/a.txt"), "a");
        File.WriteAllText(Path.Combine(Folder, "single.txt"), "single");
        File.WriteAllText(Path.Combine(Folder, "script.sh"), "echo t=1\n");
        Script("second/mytool", "echo mytool 1.0");
        machine = $"kernel-{random.Next()}";
        WriteRunner();
        Items.Clear();
        Options = Options with
        {
            Policy = new SamplePolicy(2),
            RetryFailed = false,
            SearchPath = [Path.Combine(Folder, "bin"), Path.Combine(Folder, "second"), "/usr/bin", "/bin"]
        };
        command["Text"] = "echo t={s}";
        command["Matrix"] = "s=1,2";
        command["Formula"] = "{s} * 2";
        command["Pattern"] = "t=t=([0-9]+)";
        Declare("Tool", "mytool", ("ProgramName", "mytool"), ("VersionArguments", "--version"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "s"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"));
        Declare("Claim", "C", ("Title", "It holds"), ("Figures", "F"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "max([s=2])"), ("AtLeast", "0"));
        DeclareExperiments();
    }

    private void DeclareExperiments()
    {
        Declare("Experiment", "E", ("Command", command["Text"]), ("Matrix", command["Matrix"]),
            ("MetricPatterns", command["Pattern"]),
            ("PassEnvironment", variable), ("Inputs", "tree/**;single.txt"), ("OptionalInputs", ""));
        Declare("Experiment", "Computed", ("Command", "echo {twice}"),
            ("Matrix", "s=1,2; twice := " + command["Formula"]));
        Declare("Experiment", "Scripted", ("Command", "sh {project}/script.sh"));
        Declare("Experiment", "Tooled", ("Command", "{tool:mytool}"));
        Declare("Experiment", "Folder", ("Command", "true"), ("Inputs", "tree"));
        Declare("Experiment", "Made", ("Command", "cat {generated}"), ("Generate", "cat {project}/single.txt"),
            ("GenerateAs", "made.txt"));
        Declare("Experiment", "After", ("Command", "cat {output:E}/stdout.txt"), ("Matrix", "s=1,2"));
        Declare("Experiment", "AfterAll", ("Command", "ls {outputs:Scripted} {outputs:After}"), ("Measured", "false"));
        Declare("Experiment", "Maybe", ("Command", "true"), ("OptionalInputs", "{project}/optional.txt"));
    }

    private string Change(Random random) => Changes[random.Next(Changes.Count)](random);

    private IReadOnlyList<Func<Random, string>> Changes =>
    [
        _ => "nothing",
        random => Edit("single.txt", random),
        random => Edit("tree/a.txt", random),
        random => Edit($"tree/new-{random.Next(4)}.txt", random),
        random => Edit($"tree/below/new-{random.Next(4)}.txt", random),
        random => Edit("script.sh", random, $"echo t={random.Next(9)}\n"),
        random => Edit("optional.txt", random),
        Remove,
        Rename,
        SameSizeAndTime,
        Chmod,
        random => With("environment",
            () => Environment.SetEnvironmentVariable(variable,
                random.Next(3) == 0 ? null : random.Next(3).ToString(CultureInfo.InvariantCulture))),
        random => With("samples", () => Options = Options with { Policy = new SamplePolicy(random.Next(1, 4)) }),
        random => With("seed", () => Options = Options with { Seed = random.Next(5) }),
        random => With("a tool before the one that was found",
            () => Script("bin/mytool", $"echo mytool 1.{random.Next(9)}")),
        _ => With("that tool gone", () => File.Delete(Path.Combine(Folder, "bin/mytool"))),
        random => With("another machine", () => { machine = $"kernel-{random.Next(2)}"; WriteRunner(); }),
        random => With("command", () => { command["Text"] = random.Next(3) switch { 0 => "echo t={s}",
            1 => "echo x t={s}", _ => "sh -c 'echo t={s}; exit 3'" }; DeclareExperiments(); }),
        random => With("pattern", () => { command["Pattern"] = random.Next(2) == 0
            ? "t=u=([0-9]+)" : "t=t=([0-9]+)"; DeclareExperiments(); }),
        random => With("matrix", () => { command["Matrix"] = random.Next(2) == 0
            ? "s=1,2,3" : "s=2,1"; DeclareExperiments(); }),
        random => With("formula", () => { command["Formula"] = random.Next(3) switch { 0 => "{s} + {s}", 1 => "2 * {s}",
            _ => "{s} / 2" }; DeclareExperiments(); }),
        _ => With("figure gone", () => File.Delete(Path.Combine(Layout.Figures, "F.svg"))),
        _ => With("data gone", () => { if (Directory.Exists(Layout.Data)) Directory.Delete(Layout.Data,
            recursive: true); }),
        _ => With("generated input gone", () => { if (Directory.Exists(Path.Combine(Layout.Experiments,
            "generated"))) Directory.Delete(Path.Combine(Layout.Experiments, "generated"), true); }),
        _ => With("state gone", () => { if (Directory.Exists(Layout.State)) Directory.Delete(Layout.State,
            recursive: true); }),
        random => With("clock", () =>
            File.SetLastWriteTimeUtc(Path.Combine(Folder, "single.txt"),
                DateTime.UtcNow.AddDays(random.Next(-400, 400)))),
    ];

    private static string With(string name, Action change)
    {
        change();
        return name;
    }

    private string Edit(string file, Random random, string? content = null) =>
        With("edited " + file, () =>
            File.WriteAllText(Path.Combine(Folder, file),
                content ?? random.Next(1000).ToString(CultureInfo.InvariantCulture)));

    private string Remove(Random random)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "tree"), "new-*", SearchOption.AllDirectories)
            .Concat([Path.Combine(Folder, "optional.txt")]).Where(File.Exists).ToList();
        return With("removed a file", () => { if (files.Count > 0) File.Delete(files[random.Next(files.Count)]); });
    }

    private string Rename(Random random)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "tree"), "*", SearchOption.AllDirectories);
        return With("renamed a file",
            () => File.Move(files[random.Next(files.Length)],
                Path.Combine(Folder, "tree", $"renamed-{Guid.NewGuid():N}")));
    }

    // A stat tuple without the change time would not show this change.
    private string SameSizeAndTime(Random random) =>
        With("other content of the same size, with the old time stamp", () =>
    {
        var file = Path.Combine(Folder, "single.txt");
        var (time, size) = (File.GetLastWriteTimeUtc(file), (int)new FileInfo(file).Length);
        var content = new string((char)('a' + random.Next(26)), size);
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write))
            stream.Write(System.Text.Encoding.ASCII.GetBytes(content));
        File.SetLastWriteTimeUtc(file, time);
    });

    private string Chmod(Random random) => With("chmod", () => File.SetUnixFileMode(Path.Combine(Folder, "script.sh"),
        random.Next(2) == 0 ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.UserRead
            | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

    private void Script(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // The state of the machine is what the runner reports, so a test can replace the runner to change it.
    private void WriteRunner() => Script("runner.sh",
        $"if [ \"$1\" = machine ]; then {Runner} machine | sed "
            + $"'s/\"kernel\":\"[^\"]*\"/\"kernel\":\"{machine}\"/'; else exec {Runner} \"$@\"; fi");

    public override void Dispose()
    {
        Environment.SetEnvironmentVariable(variable, null);
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}

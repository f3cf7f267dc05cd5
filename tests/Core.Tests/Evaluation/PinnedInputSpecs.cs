using Verus.Artifact.Data;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests axes whose values are files of a pin, with the expected result of each file, and recorded numbers that are
/// files of a pin.
/// </summary>
public sealed class PinnedInputSpecs : EvaluationFixture
{
    private const string Matrix = "file & verdict = files:{source:bench}/smt/*.smt2 & text:'status (\\w+)'";

    [Fact]
    public async Task Files_of_a_pin_are_cells_from_the_first_call_on_and_only_those_that_change_are_measured_again()
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat"), ("c", "status sat\nunsat"));
        Solve(Matrix);
        var plan = await PlanAsync();
        plan.Cells.ShouldBeEmpty();
        plan.Open.ShouldHaveSingleItem().Name.ShouldBe("Solve");

        (await BuildAsync()).Errors.ShouldBeEmpty();
        Outcomes().ShouldBe(["Solve[file=a.smt2] Ok", "Solve[file=b.smt2] Ok", "Solve[file=c.smt2] WrongOutput"]);
        File.ReadAllText(Path.Combine(Layout.Data, "Times.csv")).ShouldContain("a.smt2,sat,");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();

        // Of the files of the pin, one is changed, one removed, one added, and one unchanged.
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat "), ("d", "status unsat\nunsat"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(3 + 2);
        Samples().TakeLast(2).Select(sample => sample.Cell).Order(StringComparer.Ordinal)
            .ShouldBe(["Solve[file=b.smt2]", "Solve[file=d.smt2]"]);
        (await PlanAsync()).Cells.Select(cell => cell.Cell.Name)
            .ShouldBe(["Solve[file=a.smt2]", "Solve[file=b.smt2]", "Solve[file=d.smt2]"]);
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    // Before the pin is fetched, the values of its axis are not known, and Except excludes nothing.
    [Theory]
    [InlineData("verdict!=sat", 1)]
    [InlineData("file!=b.smt2", 1)]
    [InlineData("verdict=sat,unsat; n>=2", 2)]
    public async Task Conditions_on_values_of_a_pin_are_judged_when_it_is_here(string except, int cells)
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat"));
        Solve(Matrix + "; n=1..2", ("Except", except + "\nn=2"));
        (await PlanAsync()).Open.ShouldHaveSingleItem().Name.ShouldBe("Solve");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(cells);
    }

    // A script of the authors imports a module that is beside it; Python would write the compiled module beside the
    // script.
    [Fact]
    public async Task Python_leaves_nothing_in_a_checkout()
    {
        if (!File.Exists("/usr/bin/python3"))
            Assert.Skip("python3 is not installed (Debian package python3)");
        Write("upstream/tools/helper.py", "value = 1\n");
        Write("upstream/tools/count.py", "import helper\nprint('v=%d' % helper.value)\n");
        Pin(("a", "status sat\nsat"));
        const string script = "python3 {source:bench}/tools/count.py";
        Declare("Experiment", "E", ("Command", script), ("Prepare", script), ("Samples", "1"),
            ("ReaderCommand", script), ("Reader", "key-value"), ("RowMetrics", "v"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "v"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "wall"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Directory.EnumerateDirectories(Layout.Sources, "__pycache__", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_moved_evaluation_and_another_expected_outcome_measure_nothing_again()
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat"));
        Write("verdicts.csv", "file,verdict,limit\na.smt2,sat,60\nb.smt2,sat,60\n");
        Solve("file & verdict & limit = files:{source:bench}/smt/*.smt2 & table:verdicts.csv & table:verdicts.csv");
        await BuildAsync();
        Outcomes().ShouldBe(["Solve[file=a.smt2] Ok", "Solve[file=b.smt2] WrongOutput"]);
        Write("verdicts.csv", "file,verdict,limit\na.smt2,sat,60\nb.smt2,unsat,60\n");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Outcomes().Count.ShouldBe(2);
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0 && cell.Good.Count == 1);
    }

    [Fact]
    public async Task What_the_files_of_a_pin_lack_is_said_before_the_first_sample()
    {
        Pin(("a", "status sat\nsat"), ("b", "nothing"));
        Solve(Matrix);
        var error = (await BuildAsync()).Errors.ShouldHaveSingleItem();
        error.Rule.Code.ShouldBe("VART4175");
        error.Message.ShouldContain("'b.smt2' has no value on the axis 'verdict'");
        Samples().ShouldBeEmpty();
        Solve(Matrix + "|sat");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Time_outs_count_as_penalties_and_the_point_says_so()
    {
        Write("in/slow.txt", "60");
        Write("in/fast.txt", "0");
        Declare("Experiment", "E", ("Command", "sh -c 'exec sleep `cat {file}`'"), ("Matrix", "file=files:in/*.txt"),
            ("Timeout", "0.3"));
        Declare("Dataset", "Par", ("Experiments", "E"), ("Penalties", "Timeout=2; OutOfMemory=2"), ("Scale", "1000"),
            ("Unit", "ms"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var point = DatasetFile.Read(Layout.Data, "Par",
            Origin.Measured)!.Points.Single(point => point["file"] == "slow.txt");
        (point.Estimate!.Value, point.Failures).ShouldBe((600, 1));
        point.Note.ShouldBe("1 of 1 sample failed (Timeout), and counts as 2 times the time limit");
        Declare("Experiment", "E", ("Command", "true"), ("Matrix", "file=files:in/*.txt"));
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Rule.Code.ShouldBe("VART5065");
        Declare("Dataset", "Par", ("Experiments", "E"), ("Penalties", "Timeout=2"), ("Metric", "memory"));
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Rule.Code.ShouldBe("VART0002");
    }

    [Fact]
    public async Task The_reproduction_script_runs_each_file()
    {
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat"));
        Solve(Matrix);
        await Should.ThrowAsync<Diagnostics.DiagnosticException>(ScriptAsync);
        await BuildAsync();
        await ScriptAsync();
        Programs.Run("sh", Directory.GetFiles(Layout.Scripts).ShouldHaveSingleItem(), Path.Combine(Folder, "again"))
            .Succeeds()
            .Output.ShouldContain("2 cells, 0 of them failed");
    }

    [Fact]
    public async Task A_smoke_run_takes_the_files_that_it_names()
    {
        Pin(("a", "status sat\nsat"), ("b", "status unsat\nunsat"), ("c", "status sat\nsat"));
        Solve(Matrix, ("SmokeAxes", "file=b.smt2"));
        Options = Options with { Smoke = true };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Outcomes().ShouldBe(["Solve[file=b.smt2] Ok"]);
        Solve(Matrix, ("SmokeAxes", "file=x.smt2"));
        Declared.Problems(Items, Layout).Select(problem => problem.Rule.Code).ShouldContain("VART0002");
    }

    [Theory]
    [InlineData("{source:bench}/paper.csv", "", "")]
    [InlineData("{source:bench}/raw.txt", "sed 's/ /,/;1i tool,time'", "csv")]
    [InlineData("{source:bench}/raw.txt", "{tool:stream} -f {source:bench}/smt/a.smt2", "csv")]
    [InlineData("paper.txt", "{tool:stream} 's/ /,/;1i tool,time'", "csv")]
    public async Task Recorded_numbers_of_a_pin_are_read_and_converted(string file, string command, string reader)
    {
        Pin(("a", file == "paper.txt" ? "sat" : "s/ /,/;1i tool,time"));
        Write("paper.txt", "z3 1.5\n");
        Declare("Tool", "stream", ("ProgramName", "sed"), ("VersionArguments", "--version"));
        Recorded(file, command, reader);
        Declare("Figure", "F", ("Datasets", "Paper"), ("Kind", "GroupedBars"), ("X", "tool"), ("Series", "tool"));
        Options = Options with { OnMissing = Declarations.OnMissing.Recorded, AllowNothingMeasured = true };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(Layout.Data, "Paper.recorded.csv")).ShouldContain("z3,1.5");
    }

    [Fact]
    public async Task A_recorded_file_of_a_pin_that_cannot_be_read_is_said_before_the_first_sample()
    {
        Pin(("a", "status sat\nsat"));
        Solve(Matrix);
        Recorded("{source:bench}/smt/a.smt2", "", "");
        Declare("Figure", "F", ("Datasets", "Paper"), ("Kind", "GroupedBars"), ("X", "tool"), ("Series", "tool"));
        (await BuildAsync()).Errors.AtLeastOne().Select(error => error.Rule.Code).ShouldContain("VART5002");
        Samples().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file=files:no/*.smt2", "VART4174")]
    [InlineData("file=lines:no.txt", "VART4174")]
    [InlineData("a & b=table:inputs.csv", "VART4174")]
    [InlineData("file=files:{tool:x}/*", "VART0002")]
    [InlineData("file=name:x", "VART0002")]
    [InlineData("a & b=1 & text:x", "VART0002")]
    [InlineData("f & v=files:in/*.txt & 'name:('", "")]
    [InlineData("f & v=files:in/*.txt & name:'('", "VART0002")]
    [InlineData("f & v=files:in/*.txt & beside:in/*.no", "VART4175")]
    [InlineData("f & v=files:in/*.txt & beside:in/*.no|none", "")]
    [InlineData("file=files:{source:nobody}/*", "VART0005")]
    public void Axes_of_files_are_checked(string matrix, string code)
    {
        Write("in/x.txt", "1");
        Write("inputs.csv", "a,c\n1,2\n");
        Declare("Experiment", "E", ("Command", "true"), ("Matrix", matrix));
        Declared.Problems(Items, Layout).Select(problem => problem.Rule.Code).Distinct()
            .ShouldBe(code.Length == 0 ? [] : [code]);
    }

    [Theory]
    [InlineData("f=files:in/**/*.txt", "sub/y.txt x.txt")]
    [InlineData("f=files:in", "sub/y.txt x.exp x.txt")]
    [InlineData("f=files:in/x.txt", "x.txt")]
    [InlineData("f=files:'in/x.txt',z", "x.txt z")]
    [InlineData("f & v=files:in/*.txt & name:'(.)\\.txt'", "x.txt:x")]
    [InlineData("f & v=files:in/*.txt & beside:in/*.exp", "x.txt:sat")]
    [InlineData("f & v=table:rows.csv", "1:2 3:4")]
    [InlineData("f & v=table:rows.csv, 5 & 6", "1:2 3:4 5:6")]
    [InlineData("n=lines:list.txt", "one two")]
    public void Values_stand_in_files(string matrix, string labels)
    {
        Write("in/x.txt", "1");
        Write("in/x.exp", "sat\n");
        Write("in/sub/y.txt", "1");
        Write("rows.csv", "v,f\n2,1\n4,3\n");
        Write("list.txt", "one\n\n two \n");
        Declare("Experiment", "E", ("Command", "true"), ("Matrix", matrix));
        var experiment = EvaluationModel.Parse(Items, Layout).Experiments[0];
        string.Join(' ', Cell.Of(experiment)
            .Select(cell => string.Join(':', cell.Values.Values.Select(value => value.Label)))).ShouldBe(labels);
    }

    [Fact]
    public async Task A_recorded_file_that_appears_later_is_read_by_the_next_call()
    {
        Write("theirs/2.csv", "tool,time\nz3,1.5\n");
        Declare("RecordedData", "Paper", ("File", "theirs/*.csv"), ("FilePattern", @"(?<n>\d+)"),
            ("KeyColumns", "tool;n"), ("Value", "time"), ("Provenance", "them"));
        Declare("Figure", "F", ("Datasets", "Paper"), ("Kind", "GroupedBars"), ("X", "tool"), ("Series", "n"));
        Options = Options with { OnMissing = Declarations.OnMissing.Recorded, AllowNothingMeasured = true };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        Write("theirs/4.csv", "tool,time\nz3,2.5\n");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        (await File.ReadAllLinesAsync(Path.Combine(Layout.Data, "Paper.recorded.csv"),
            TestContext.Current.CancellationToken)).Select(line => line.Split(',')[1]).ShouldBe(["n", "2", "4"]);
    }

    private void Solve(string matrix, params (string, string)[] more)
    {
        Declare("Experiment", "Solve",
            [("Command", "tail -n 1 {file}"), ("Matrix", matrix), ("SuccessPattern", "^{verdict}\\s*$"), .. more]);
        Declare("Dataset", "Times", ("Experiments", "Solve"));
    }

    private void Recorded(string file, string command, string reader) =>
        Declare("RecordedData", "Paper", ("File", file), ("KeyColumns", "tool"), ("Value", "time"),
        ("Provenance", "them"), ("ReaderCommand", command), ("Reader", reader),
        ("RowColumns", command.Length > 0 ? "tool" : ""), ("RowMetrics", command.Length > 0 ? "time" : ""));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, name))!);
        File.WriteAllText(Path.Combine(Folder, name), text);
    }

    // Makes a repository with the given inputs, and returns its new commit.
    private void Pin(params (string Name, string Text)[] inputs)
    {
        var folder = Path.Combine(Folder, "upstream");
        if (Directory.Exists(Path.Combine(folder, "smt")))
            Directory.Delete(Path.Combine(folder, "smt"), recursive: true);
        foreach (var (name, text) in inputs)
            Write($"upstream/smt/{name}.smt2", text);
        Write("upstream/paper.csv", "tool,time\nz3,1.5\n");
        Write("upstream/raw.txt", "z3 1.5\n");
        Declare("ExternalRepo", "bench", ("Url", folder), ("Commit", GitCommand.CommitAll(folder)));
    }

    private async Task ScriptAsync()
    {
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
    }

    private List<string> Outcomes() =>
        [.. Samples().Select(sample => $"{sample.Cell} {sample.Outcome}").Order(StringComparer.Ordinal)];
}

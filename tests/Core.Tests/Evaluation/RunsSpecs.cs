using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that samples are spread over several runs, and that each sample knows its run, boot and
/// build.</summary>
public sealed class RunsSpecs : EvaluationFixture
{
    public RunsSpecs()
    {
        Declare("Experiment", "E", ("Command", "true {n}"), ("Matrix", "n=1..3"));
        Declare("Dataset", "D", ("Experiments", "E"), ("KeyColumns", "n"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "n"));
    }

    [Fact]
    public async Task Samples_are_spread_evenly_over_the_runs_and_each_run_has_its_own_order()
    {
        Options = Options with { Policy = SamplePolicy.Parse("5", "", "", "3"), Seed = 7 };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var runs = Samples().GroupBy(sample => sample.Run).OrderBy(run => run.Key, StringComparer.Ordinal).ToList();
        runs.Select(run => run.CountBy(sample => sample.Cell).Select(cell => cell.Value).Distinct().Single())
            .ShouldBe([2, 2, 1]);
        var records = Journal.Read(Journal.FileIn(Layout), Log).Runs;
        runs.Select(run => records[run.Key].Seed).ShouldBe([7, 8, 9]);
        runs.Select(run => string.Concat(run.Select(sample => sample.Cell))).AtLeastOne().ShouldBeUnique();
        runs.AtLeastOne().ShouldAllBe(run => run.Min(sample => sample.Round) == 1);
        Log.Lines.ShouldContain("Run 1 of 3: 6 samples of 3 cells to take");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    [Fact]
    public async Task Runs_that_are_there_count_and_a_failing_cell_is_not_repeated_in_each_run()
    {
        Options = Options with { Policy = SamplePolicy.Parse("2", "", "") };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Options = Options with { Policy = SamplePolicy.Parse("6", "", "", "3") };
        Declare("Experiment", "Failing", ("Command", "false"));
        Declare("Dataset", "Other", ("Experiments", "Failing"));
        Options = Options with { OnMissing = Declarations.OnMissing.Skip };
        await BuildAsync();
        Samples().Where(sample => sample.Cell != "Failing").GroupBy(sample => sample.Run)
            .Select(run => run.Count()).AtLeastOne().ShouldAllBe(count => count == 6);
        Samples().Count(sample => sample.Cell == "Failing").ShouldBe(1);
        Options = Options with { RetryFailed = true };
        await BuildAsync();
        // The failure of the earlier call is forgiven, and that of this call is not.
        Samples().Count(sample => sample.Cell == "Failing").ShouldBe(2);
    }

    [Fact]
    public async Task Each_sample_knows_its_run_boot_and_build()
    {
        Options = Options with { Policy = SamplePolicy.Parse("2", "", "", "2") };
        Declare("Tool", "sed", ("ProgramName", "sed"), ("VersionArguments", "--version"));
        Declare("Experiment", "E", ("Command", "{tool:sed} -n --expression={n}p"), ("Matrix", "n=1..3"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var rows = File.ReadAllLines(Path.Combine(Layout.Data, "D.samples.csv"));
        var header = rows[0].Split(',').ToList();
        string[] Column(string name) => [.. rows.Skip(1).Select(row => row.Split(',')[header.IndexOf(name)])];
        Column("run").Distinct().Count().ShouldBe(2);
        Column("run").ShouldBe(Samples().OrderBy(sample => sample.Cell, StringComparer.Ordinal)
            .Select(sample => sample.Run), ignoreOrder: true);
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id",
            TestContext.Current.CancellationToken)).Trim();
        Column("boot").AtLeastOne().ShouldAllBe(one => one == boot.Substring(0, 12));
        Column("build").AtLeastOne().ShouldAllBe(one => one.Length == 12);
        Column("build").Distinct().Count().ShouldBe(1);
        var dataset = DatasetFile.Read(Layout.Data, "D", Origin.Measured)!;
        dataset.Points.AtLeastOne().ShouldAllBe(point =>
            point.Rounds.Select(round => round.Split('/', StringSplitOptions.None)[0]).Distinct().Count() == 2
            && point.Boots.Count == 2);
        (await File.ReadAllTextAsync(Path.Combine(Layout.Figures, "F.txt"), TestContext.Current.CancellationToken))
            .ShouldContain("2 samples of 2 runs");
        (await File.ReadAllTextAsync(Path.Combine(Layout.Report, "index.html"), TestContext.Current.CancellationToken))
            .ShouldContain("The samples are of 2 runs in 1 boot of the machines.");
    }

    [Theory]
    [InlineData("4", "0")]
    [InlineData("4", "many")]
    [InlineData("auto", "2")]
    public void A_number_of_runs_that_makes_no_sense_is_an_error(string samples, string runs) =>
        Should.Throw<DiagnosticException>(() => SamplePolicy.Parse(samples, "", "", runs)).Message
            .ShouldContain($"Property Runs is '{runs}'");

    [Fact]
    public async Task A_plan_says_in_how_many_runs()
    {
        Options = Options with { Policy = SamplePolicy.Parse("4", "", "", "2") };
        (await PlanAsync()).Cells.Sum(cell => cell.Need).ShouldBe(12);
        PlanText.Render((await PlanAsync()).Cells, [], false, [], 2).ShouldContain(", in 2 runs");
    }
}

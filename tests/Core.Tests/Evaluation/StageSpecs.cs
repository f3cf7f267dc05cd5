using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests stages alone and together: their inputs, their outputs, and the effect of a stage that fails on the others.
/// </summary>
public sealed class StageSpecs : EvaluationFixture
{
    [Fact]
    public async Task Figures_and_verdicts_are_made_from_a_folder_of_data_that_somebody_sent()
    {
        DeclareWhole("echo t={s}");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var sent = Path.Combine(Folder, "sent");
        Directory.CreateDirectory(sent);
        foreach (var file in Directory.GetFiles(Layout.Data, "*.csv"))
            File.Copy(file, Path.Combine(sent, Path.GetFileName(file)));
        var elsewhere = Options with { Layout = Layout with { Root = Path.Combine(Folder, "elsewhere") } };
        using var opened = await OpenEvaluation.OpenAsync(elsewhere, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        var context = ((ReadingEvaluation)opened).Context;
        var data = new WrittenData { Folder = sent };
        var figures = await new DrawFigures(context).RunAsync(data, Log, TestContext.Current.CancellationToken);
        figures.Drawn.ShouldHaveSingleItem().Datasets.ShouldHaveSingleItem().Points.Select(point => point.Samples.Count)
            .ShouldBe([2, 2]);
        var claims = await new CheckClaims(context).RunAsync(data, figures.Gaps, TestContext.Current.CancellationToken);
        claims.Gaps.Errors.ShouldBeEmpty();
        claims.Verdicts.ShouldHaveSingleItem().Predicates.ShouldHaveSingleItem().Value.ShouldNotBeNull().Value.ShouldBe(
            2);
    }

    [Fact]
    public async Task A_figure_that_does_not_fit_its_data_stops_no_other_and_not_the_report()
    {
        DeclareWhole("echo t={s}");
        // Only the file that a command makes shows that the value of the axis is not a number.
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "s,t\nfew,1\nmany,2\n");
        Declare("RecordedData", "R", ("File", Path.Combine(Layout.Root, "later.csv")), ("KeyColumns", "s"),
            ("Value", "t"),
            ("Unit", "s"), ("Provenance", "ours"));
        Declare("Figure", "Broken", ("Kind", "LineChart"), ("Datasets", "R"), ("X", "s"), ("XScale", "Linear"));
        Options = Options with { OnMissing = OnMissing.Recorded };
        Directory.CreateDirectory(Layout.Root);
        Declare("Experiment", "Writes", ("Command", $"cp {Folder}/paper.csv {Layout.Root}/later.csv"));
        var result = await BuildAsync();
        result.Errors.ShouldHaveSingleItem().Rule.ShouldBe(FigureRules.NotANumber);
        Directory.GetFiles(Layout.Figures, "*.svg").Select(Path.GetFileName).ShouldBe(["F.svg"]);
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("VART6005");
        Samples().Count.ShouldBe(6);
    }

    [Fact]
    public async Task Results_without_good_samples_go()
    {
        DeclareWhole("echo t={s}");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.Exists(Path.Combine(Layout.Figures, "F.svg")).ShouldBeTrue();
        DeclareWhole("false {s}");
        var result = await BuildAsync();
        result.Errors.Select(error => error.Rule).ShouldBe([ExperimentRules.NoGoodSample]);
        Directory.GetFiles(Layout.Figures).ShouldBeEmpty();
        File.Exists(Path.Combine(Layout.Data, "D.csv")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("not measured");
        DeclareWhole("echo t={s}");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.Exists(Path.Combine(Layout.Figures, "F.svg")).ShouldBeTrue();
        Samples().Count(sample => sample.Outcome == SampleOutcome.Ok).ShouldBe(4);
    }

    [Fact]
    public async Task Results_that_a_request_no_longer_makes_go_and_those_of_other_requests_stay()
    {
        DeclareWhole("echo t={s}");
        Declare("Figure", "G", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "s"));
        Options = Options with { Request = "G" };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Options = Options with { Request = "" };
        Declare("Figure", "Old", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "s"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Items.RemoveAll(item => item.Name is "G" or "Old");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Directory.GetFiles(Layout.Figures, "*.svg").Select(Path.GetFileName).Order().ShouldBe(["F.svg", "G.svg"]);
    }

    [Fact]
    public async Task What_is_missing_is_told_at_the_end_and_the_rest_is_measured()
    {
        DeclareWhole("echo t={s}");
        Declare("Tool", "nowhere", ("ProgramName", "no-such-program-here"));
        Declare("Experiment", "Lacking", ("Command", "{tool:nowhere}"));
        var result = await BuildAsync();
        result.Errors.ShouldHaveSingleItem().Rule.Code.ShouldBe("VART3003");
        Samples().Count.ShouldBe(4);
        File.Exists(Path.Combine(Layout.Report, "index.html")).ShouldBeTrue();
        // While any input is missing, no call finds everything up to date.
        (await BuildAsync()).NothingToDo.ShouldBeFalse();
        Options = Options with { OnMissing = OnMissing.FailFast, Policy = new SamplePolicy(3) };
        (await BuildAsync()).Errors.ShouldHaveSingleItem().Rule.Code.ShouldBe("VART3003");
        Samples().Count.ShouldBe(4);
        Options = Options with { OnMissing = OnMissing.Skip };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(6);
    }

    [Fact]
    public async Task Calls_of_one_process_share_the_lease_and_another_one_waits_for_the_last_of_them()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var first = await EvaluationLease.TakeAsync(Options, Log, cancellation);
        var second = await EvaluationLease.TakeAsync(Options, Log, cancellation);
        first.Dispose();
        first.Dispose();
        Locked().ShouldBeTrue();
        second.Dispose();
        Locked().ShouldBeFalse();
        Log.Reported.ShouldBeEmpty();

        bool Locked()
        {
            using var taken = Artifact.Common.FileLock.TryExclusive(Path.Combine(Layout.Root, ".lock"));
            return taken is null;
        }
    }

    [Fact]
    public async Task A_defect_of_one_claim_leaves_the_others_their_verdicts()
    {
        DeclareWhole("echo t={s}");
        Declare("Claim", "Other", ("Title", "Another"), ("Figures", "F"));
        Declare("Predicate", "Q", ("Claim", "Other"), ("Dataset", "D"), ("Quantity", "[s=1]"), ("AtMost", "1"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var verdicts = File.ReadAllText(Path.Combine(Layout.Claims, "All.txt"));
        verdicts.ShouldContain("Claim C: ");
        verdicts.ShouldContain("Claim Other: ");
    }

    private void DeclareWhole(string command)
    {
        Declare("Experiment", "E", ("Command", command), ("Matrix", "s=1,2"), ("MetricPatterns", "t=t=([0-9]+)"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "s"), ("Title", "A title"));
        Declare("Claim", "C", ("Title", "It holds"), ("Figures", "F"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "[s=2]"), ("AtLeast", "2"));
    }
}

using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that what cannot be measured here is named wherever its numbers would be.</summary>
public sealed class SkippedSpecs : EvaluationFixture
{
    public SkippedSpecs()
    {
        Options = Options with { Policy = new SamplePolicy(3), OnMissing = OnMissing.Skip };
        foreach (var (name, command) in new[] { ("Ours", "echo t=1"), ("Other", "echo t=2"),
            ("Third", "{tool:third} {n}") })
            Declare("Experiment", name, ("Command", command), ("Matrix", "n=1,2"), ("MetricPatterns", "t=t=(.*)"),
                ("ConstantColumns", $"series={name}"));
        Declare("Tool", "third", ("ProgramName", "no-such-tool"), ("Remedy", "Install it."));
        Declare("Dataset", "D", ("Experiments", "Ours;Other;Third"), ("KeyColumns", "series;n"), ("Metric", "t"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "n"), ("Series", "series"));
        Declare("Claim", "C", ("Title", "Ours is faster than all others."), ("Figures", "F"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"),
            ("Quantity", "min([series!=Ours] / [series=Ours])"), ("AtLeast", "1"));
        Declare("Predicate", "Q", ("Claim", "C"), ("Dataset", "D"), ("Strength", "Info"),
            ("Quantity", "min([series=Other] / [series=Ours])"), ("AtLeast", "1"));
    }

    [Fact]
    public async Task A_skipped_series_is_named_in_figure_verdict_and_report_and_is_an_obstacle_to_support()
    {
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var why = "not measured: tool third (found ";
        var claims = await TextAsync(Layout.Claims, "All.txt");
        claims.ShouldContain("Claim C: inconclusive");
        claims.ShouldContain($"left out: Third, 1 ({why}");
        claims.ShouldContain("it holds for the numbers that exist, but some that it asks for are missing");
        // A predicate that does not ask for the series does not depend on it.
        claims.Split('\n', StringSplitOptions.None).Single(line => line.Contains("Q ", StringComparison.Ordinal))
            .ShouldContain("supported");
        (await TextAsync(Layout.Figures, "F.txt")).ShouldContain(why);
        var report = await TextAsync(Layout.Report, "index.html");
        report.Split("<section", StringSplitOptions.None)
            .Count(section => section.Contains(why, StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Rows_that_a_reader_would_have_found_are_named_once_for_each_experiment()
    {
        foreach (var name in new[] { "Ours", "Other", "Third" })
            Declare("Experiment", name,
                ("Command", name == "Third" ? "{tool:third} {n}" : "printf 'kind,t\\nx,1\\ny,2\\n'"),
                ("Matrix", "n=1,2"), ("ConstantColumns", $"series={name}"), ("Reader", "csv"),
                ("RowColumns", "kind"), ("RowMetrics", "t"));
        Declare("Dataset", "D", ("Experiments", "Ours;Other;Third"), ("KeyColumns", "series;n;kind"), ("Metric", "t"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "n;kind"), ("Series", "series"));
        Items.RemoveAll(item => item.Type is "Claim" or "Predicate");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        (await TextAsync(Layout.Figures, "F.txt")).ShouldContain("Third: not measured: tool third (found ");
        (await TextAsync(Layout.Figures, "F.txt")).ShouldContain("(2 cells)");
    }

    [Theory]
    [InlineData(OnMissing.Fail)]
    [InlineData(OnMissing.Skip)]
    public async Task A_missing_tool_that_some_values_of_an_axis_name_leaves_out_the_cells_with_these_values(
        OnMissing onMissing)
    {
        Items.RemoveAll(item => item.Type is "Experiment" or "Predicate");
        Options = Options with { OnMissing = onMissing };
        Declare("Tool", "printf", ("ProgramName", "printf"));
        Declare("Tool", "second", ("ProgramName", "no-such-tool"), ("Depends", "printf"), ("Remedy", "Get it."));
        Declare("Experiment", "All", ("Command", "env {args:series} {n}"), ("MetricPatterns", "t=t=([0-9])"),
            ("Matrix", "series={tool:printf} t=1|Ours,{tool:second} t=2|Other,{tool:third} t=3|Third; n=1,2"));
        Declare("Dataset", "D", ("Experiments", "All"), ("KeyColumns", "series;n"), ("Metric", "t"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "max([series=Ours])"),
            ("AtMost", "1"));
        Declare("Predicate", "Q", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "max([series!=Ours])"),
            ("AtMost", "3"));
        (await PlanAsync()).Cells.Select(cell => cell.Need).ShouldBe([3, 3, 0, 0, 0, 0]);
        var ended = await BuildAsync();
        ended.Errors.Count(error => error.Rule == ToolRules.Shortfalls).ShouldBe(onMissing == OnMissing.Fail ? 1 : 0);
        ended.Errors.Count.ShouldBe(onMissing == OnMissing.Fail ? 1 : 0);
        Samples().CountBy(sample => sample.Cell).ShouldBe([new("All[series=Ours,n=1]", 3),
            new("All[series=Ours,n=2]", 3)], ignoreOrder: true);
        (await TextAsync(Layout.Figures, "F.txt")).ShouldContain("tool third: needed any version, found nothing");
        var claims = (await TextAsync(Layout.Claims, "All.txt")).Split('\n', StringSplitOptions.None);
        claims.Single(line => line.Contains("P ", StringComparison.Ordinal)).ShouldContain("supported");
        claims.Single(line => line.Contains("Q ", StringComparison.Ordinal)).ShouldNotContain("supported");
        (await PlanAsync()).Cells.Sum(cell => cell.Need).ShouldBe(0);
    }

    private static Task<string> TextAsync(string folder, string name) =>
        File.ReadAllTextAsync(Path.Combine(folder, name), TestContext.Current.CancellationToken);
}

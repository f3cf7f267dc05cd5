using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests the numbers of samples that experiments name, such as those of a guide and of a paper.</summary>
public sealed class SampleSizesSpecs : EvaluationFixture
{
    [Fact]
    public async Task The_property_can_name_a_number_and_experiments_without_the_name_keep_theirs()
    {
        DeclareThree();
        Options = Options with { Policy = SamplePolicy.Parse("paper", "", "") };
        (await PlanAsync()).Cells.ToDictionary(cell => cell.Cell.Name, cell => cell.Need)
            .ShouldBe(new Dictionary<string, int> { ["Lists"] = 20, ["Log"] = 10, ["Other"] = 4 }, ignoreOrder: true);
        Options = Options with { Policy = SamplePolicy.Parse("Guide", "", "") };
        (await PlanAsync()).Cells.Sum(cell => cell.Need).ShouldBe(4 + 1 + 4);
        Options = Options with { Policy = SamplePolicy.Parse("2", "", "") };
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 2);
    }

    [Fact]
    public async Task A_plan_shows_what_each_name_would_cost()
    {
        DeclareThree();
        await ShowAsync();
        Log.Lines.ShouldContain("By default: 12 samples of 3 cells, about 28.0 s");
        Log.Lines.ShouldContain("With -p:Samples=Guide: 9 samples of 3 cells, about 22.0 s");
        Log.Lines.ShouldContain("With -p:Samples=Paper: 34 samples of 3 cells, about 56.0 s");
    }

    [Fact]
    public async Task A_plan_shows_which_claims_each_number_can_decide()
    {
        DeclareThree();
        foreach (var name in new[] { "Lists", "Log" })
        {
            Declare("Dataset", name + "Data", ("Experiments", name));
            Declare("Claim", name + "Claim", ("Title", "fast"));
            Declare("Predicate", name + "1", ("Claim", name + "Claim"), ("Dataset", name + "Data"),
                ("Quantity", "max([series=a])"), ("AtMost", "1"), ("Statement", "fast"));
        }
        await ShowAsync();
        Log.Lines.ShouldContain("By default: 12 samples of 3 cells, about 28.0 s; can decide claims ListsClaim, "
            + "LogClaim");
        Log.Lines.ShouldContain("With -p:Samples=Guide: 9 samples of 3 cells, about 22.0 s; can decide claim "
            + "ListsClaim; too few samples for all predicates of claim LogClaim");
    }

    [Theory]
    [InlineData("Papers", "a name that an experiment declares in SampleSizes (Guide, Paper)")]
    [InlineData("4x", "a whole number of at least 1, or 'auto'")]
    [InlineData("0", "a whole number of at least 1, or 'auto'")]
    public async Task A_name_that_no_experiment_declares_is_an_error_that_lists_those_there_are(string samples,
        string expected)
    {
        DeclareThree();
        var problem = await Should.ThrowAsync<DiagnosticException>(async () =>
        {
            Options = Options with { Policy = SamplePolicy.Parse(samples, "", "") };
            await PlanAsync();
        });
        problem.Diagnostics.ShouldHaveSingleItem().Rule.Code.ShouldBe("VART0006");
        problem.Diagnostics[0].Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("Guide=0")]
    [InlineData("Guide=many")]
    [InlineData("auto=3")]
    [InlineData("3=4")]
    [InlineData("guide=3; Guide=4")]
    [InlineData("Guide")]
    public async Task A_size_that_cannot_be_asked_for_is_an_error(string sizes)
    {
        Declare("Experiment", "Lists", ("Command", "true"), ("SampleSizes", sizes));
        var problem = await Should.ThrowAsync<DiagnosticException>(PlanAsync);
        problem.Diagnostics.AtLeastOne().ShouldAllBe(one => one.Rule.Code == "VART0002");
    }

    private async Task ShowAsync()
    {
        using var opened = await OpenEvaluation.OpenAsync(Options with { Policy = new SamplePolicy(1) }, Items,
            Purpose.Read, Log, TestContext.Current.CancellationToken);
        await new PlanSamples(((ReadingEvaluation)opened).Context).ShowAsync(Log,
            TestContext.Current.CancellationToken);
    }

    private void DeclareThree()
    {
        Declare("Experiment", "Lists", ("Command", "true"), ("SampleSizes", "Guide=4; Paper=20"),
            ("ConstantColumns", "series=a"), ("EstimatedSeconds", "1"));
        Declare("Experiment", "Log", ("Command", "echo log"), ("SampleSizes", "Guide=1; Paper=10"),
            ("ConstantColumns", "series=a"), ("EstimatedSeconds", "2"));
        Declare("Experiment", "Other", ("Command", "echo other"), ("EstimatedSeconds", "4"));
    }
}

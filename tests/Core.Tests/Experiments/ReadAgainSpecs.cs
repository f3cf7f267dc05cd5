using Verus.Artifact.Data;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>
/// Tests that a changed success rule, reader or pattern judges the kept output again, that no sample is taken again,
/// and that Plan says what Build does.
/// </summary>
public sealed class ReadAgainSpecs : EngineFixture
{
    private static readonly (string Name, string Value)[] Prints = [("Command", "sh -c 'echo t={s}; echo 0 errors'"),
        ("Matrix", "s=1,2")];

    [Theory]
    [InlineData("MetricPatterns", "t=u=([0-9]+)", "t=t=([0-9]+)", "1 2")]
    [InlineData("MetricPatterns", "t=([0-9]+)", "t=t=([0-9]+)", "1 2")]
    [InlineData("SuccessPattern", "^1 errors$", "^0 errors$", "")]
    [InlineData("SuccessText", "1 errors", "0 errors", "")]
    [InlineData("FailurePattern", "errors", "panic", "")]
    [InlineData("SuccessExitCodes", "4", "0", "")]
    [InlineData("Reader", "gnu-time", "", "")]
    public async Task A_failed_sample_is_good_when_what_judged_it_is_corrected(string name, string wrong, string right,
        string values)
    {
        var (bad, good) = (Experiment("E", [.. Prints, (name, wrong)]), Experiment("E", [.. Prints, (name, right)]));
        var plans = await RunAsync(1, bad);
        plans.AtLeastOne().ShouldAllBe(plan => plan.Failed.Count == 1 && plan.Good.Count == 0);

        (await PlanAsync(good)).Select(plan => (plan.Need, plan.Good.Count, plan.Failed.Count, plan.Reason))
            .ShouldBe([(0, 1, 0, ""), (0, 1, 0, "")]);
        var after = await RunAsync(1, good);
        after.AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 1 && plan.Need == 0);
        Observations.Of(after, _ => []).AtLeastOne().ShouldAllBe(row => row.Failure == null);
        string.Join(' ', Observations.Of(after,
            _ => []).SelectMany(row => row.Metrics.Where(metric => metric.Key == "t")).Select(metric => metric.Value))
            .ShouldBe(values);
        Read().Samples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_sample_that_still_cannot_be_read_says_the_new_reason()
    {
        await RunAsync(1, Experiment("E", [.. Prints, ("MetricPatterns", "t=u=([0-9]+)")]));
        var plans = await PlanAsync(Experiment("E", [.. Prints, ("MetricPatterns", "t=w=([0-9]+)")]));
        plans.AtLeastOne().ShouldAllBe(plan => plan.Need == 0 && plan.Failed.Count == 1);
        plans[0].Reason.ShouldContain("w=([0-9]+)");
        Observations.Of(plans, _ => [])[0].Failure!.ShouldContain("w=([0-9]+)");
    }

    [Fact]
    public async Task A_good_sample_is_none_by_a_stricter_rule_and_is_not_taken_again()
    {
        await RunAsync(1, Experiment("E", Prints));
        var strict = Experiment("E", [.. Prints, ("SuccessText", "1 errors")]);
        var plans = await RunAsync(1, strict);
        plans.AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 0 && plan.Failed.Count == 1 && plan.Need == 0);
        Log.Reported.Count(one => one.Rule == ReadingRules.UnreadableOutput).ShouldBe(1);
        Read().Samples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_ended_otherwise_stays_what_it_was()
    {
        await RunAsync(1, Experiment("E", ("Command", "sleep 50"), ("Timeout", "0.2"), ("SuccessText", "x")));
        var plans = await PlanAsync(Experiment("E", ("Command", "sleep 50"), ("Timeout", "0.2")));
        plans.ShouldHaveSingleItem().Failed.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Timeout);
    }

    [Fact]
    public async Task A_sample_whose_output_is_gone_fails_with_that_reason_and_is_repeated_on_demand()
    {
        await RunAsync(1, Experiment("E", Prints));
        Directory.Delete(Path.Combine(Layout.Experiments, "logs"), recursive: true);
        var other = Experiment("E", [.. Prints, ("MetricPatterns", "t=t=([0-9]+)")]);
        (await PlanAsync(other)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 0 && plan.Reason.Contains("no longer exists", StringComparison.Ordinal));
        (await Engine(new SamplePolicy(1), retryFailed: true).RunAsync([other], TestContext.Current.CancellationToken))
            .AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 1);
        Read().Samples.Count.ShouldBe(4);
    }

    private Task<IReadOnlyList<CellPlan>> PlanAsync(params ExperimentDeclaration[] experiments) =>
        Engine(new SamplePolicy(1)).PlanAsync(experiments, TestContext.Current.CancellationToken);
}

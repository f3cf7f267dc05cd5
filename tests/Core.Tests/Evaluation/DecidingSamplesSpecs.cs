using System.Globalization;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests the numbers of samples that are chosen so that predicates can be decided, within the hours of a set.
/// </summary>
public sealed class DecidingSamplesSpecs : EvaluationFixture
{
    [Theory]
    [InlineData("2", 3)]
    [InlineData("1.06", 5, 12)]
    [InlineData("1.03", 10, 20)]
    public void A_smaller_effect_needs_more_samples(string ratio, int least, int most = 0)
    {
        DeclareSet(ratio, seconds: "1");
        Choice().Needs["P"].ShouldBeInRange(least, Math.Max(least, most));
        Choice().Targets["A"].ShouldBe(Choice().Needs["P"]);
        Choice().Targets["B"].ShouldBe(Choice().Targets["A"]);
        Choice().Targets["Unasked"].ShouldBe(SamplePolicy.Default);
        Choice().Sentences(["Set1"],
            ["P"]).ShouldContain(sentence => sentence.StartsWith("Set1: these samples take about ",
            StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_recorded_numbers_leave_open_needs_no_number()
    {
        DeclareSet("1", seconds: "1");
        Declare("Predicate", "Q", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "[series=b] / [series=none]"),
            ("AtLeast", "1"), ("Statement", "nothing"));
        var choice = Choice();
        choice.Needs.Keys.ShouldNotContain("Q");
        // A ratio at the threshold is decided by no number of samples.
        choice.Open.ShouldBe(["P"]);
        choice.Sentences(["Set1"], ["P", "Q"]).ShouldContain("Even 20 samples would not decide P.");
        choice.Targets["A"].ShouldBe(SamplePolicy.Default);
    }

    [Fact]
    public void What_even_the_most_samples_do_not_decide_is_known_and_takes_no_more_samples()
    {
        DeclareSet("1.001", seconds: "1");
        var choice = Choice();
        choice.Open.ShouldBe(["P"]);
        choice.Needs.ShouldBeEmpty();
        choice.Targets["A"].ShouldBe(SamplePolicy.Default);
    }

    [Fact]
    public void Exact_numbers_need_no_samples()
    {
        DeclareSet("1.03", seconds: "1");
        Declare("Experiment", "B", ("Command", "echo t=2"), ("MetricPatterns", "t=t=([0-9.]+)"),
            ("ConstantColumns", "series=b"), ("EstimatedSeconds", "1"), ("Measured", "false"));
        Declare("Experiment", "A", ("Command", "echo t=1"), ("MetricPatterns", "t=t=([0-9.]+)"),
            ("ConstantColumns", "series=a"), ("EstimatedSeconds", "1"), ("Measured", "false"));
        Choice().Needs["P"].ShouldBe(3);
        Choice().Targets["A"].ShouldBe(SamplePolicy.Default, "no spread is known for a count");
    }

    [Fact]
    public void What_does_not_fit_into_the_hours_of_a_set_gets_the_most_that_fits()
    {
        DeclareSet("1.03", seconds: "3000");
        var choice = Choice();
        choice.Needs["P"].ShouldBeGreaterThan(6);
        // Two cells of 3000 s six times are ten hours.
        choice.Targets["A"].ShouldBe(6);
        choice.Targets["B"].ShouldBe(6);
        choice.Sentences(["Set1"], ["P"])
            .ShouldContain(sentence => sentence.Contains("6 samples of a cell are taken, the most that fit "
            + "in 10 hours", StringComparison.Ordinal));
    }

    [Fact]
    public void An_experiments_own_number_is_never_reduced()
    {
        DeclareSet("1.03", seconds: "3000", own: "12");
        var choice = Choice();
        choice.Targets["A"].ShouldBe(12);
        choice.Sentences(["Set1"], ["P"])
            .ShouldContain(sentence => sentence.Contains("even these take", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_duration_is_named_and_not_counted()
    {
        DeclareSet("1.03", seconds: "");
        var choice = Choice();
        choice.Targets["A"].ShouldBe(choice.Needs["P"]);
        choice.Sentences(["Set1"], ["P"]).ShouldContain(sentence => sentence.Contains("How long A, B take is not known",
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_and_report_say_which_numbers_were_chosen()
    {
        DeclareSet("2", seconds: "0.01");
        Declare("Experiment", "A", ("Command", "echo t=1"), ("MetricPatterns", "t=t=([0-9.]+)"),
            ("ConstantColumns", "series=a"), ("EstimatedSeconds", "0.01"), ("SampleSizes", "Guide=1"));
        Options = Options with
        {
            DecideSamples = true,
            SampleSizesNote = "The guide takes an hour.",
            Policy = new(null)
        };
        using (var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken))
            await new PlanSamples(((ReadingEvaluation)opened).Context).ShowAsync(Log,
                TestContext.Current.CancellationToken);
        Log.Lines.ShouldContain(line => line.StartsWith("By default: 10 samples of 3 cells", StringComparison.Ordinal)
            && line.EndsWith("; can decide claim C", StringComparison.Ordinal));
        Log.Lines.ShouldContain(line => line.StartsWith("With -p:Samples=Guide: ", StringComparison.Ordinal)
            && line.EndsWith("; too few samples for all predicates of claim C", StringComparison.Ordinal));
        Log.Lines.ShouldContain("The guide takes an hour.");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count(sample => sample.Cell == "A").ShouldBe(3);
        var page = File.ReadAllText(Path.Combine(Layout.Report, "index.html"));
        page.ShouldContain("The number of samples is the smallest with which the predicates");
        page.ShouldContain("Set1: these samples take about");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    [Fact]
    public void A_number_of_the_user_comes_first()
    {
        DeclareSet("1.03", seconds: "1");
        var experiment = EvaluationModel.Parse(Items, Layout).Experiments.First(one => one.Name == "A");
        var choice = new Lazy<SampleChoice>(Choice);
        foreach (var (samples, target) in new[] { ("", Choice().Targets["A"]), ("2", 2), ("auto", 40), ("Paper", 7) })
            (SamplePolicy.Parse(samples, "", "") with { Choice = choice })
                .Target(experiment with { SampleSizes = new Dictionary<string, int> { ["Paper"] = 7 } })
                .ShouldBe(target, samples.ToString(CultureInfo.InvariantCulture));
    }

    private SampleChoice Choice()
    {
        var model = EvaluationModel.Parse(Items, Layout);
        return new DecidingSamples(model, new NamedFiles(Layout, model.Pins)).Choose();
    }

    private void DeclareSet(string ratio, string seconds, string own = "")
    {
        foreach (var (name, series, time) in new[] { ("A", "a", "1"), ("B", "b", "2"), ("Unasked", "c", "1") })
            Declare("Experiment", name, ("Command", $"echo t={time}"), ("MetricPatterns", "t=t=([0-9.]+)"),
                ("ConstantColumns", "series=" + series), ("EstimatedSeconds", name == "Unasked" ? "0.01" : seconds),
                ("Samples", name == "Unasked" ? "" : own));
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), $"series,t\na,1\nb,{ratio}\n");
        Declare("RecordedData", "D", ("File", "paper.csv"), ("KeyColumns", "series"), ("Value", "t"), ("Unit", "s"),
            ("Provenance", "the paper"));
        Declare("Dataset", "D", ("Experiments", "A;B"), ("Metric", "t"), ("Unit", "s"));
        Declare("Dataset", "E", ("Experiments", "Unasked"), ("Metric", "t"), ("Unit", "s"));
        Declare("Figure", "F", ("Kind", "Table"), ("Datasets", "D"), ("Rows", "series"), ("Columns", "series"),
            ("Set", "Set1"));
        Declare("Figure", "G", ("Kind", "Table"), ("Datasets", "E"), ("Rows", "series"), ("Columns", "series"));
        Declare("Claim", "C", ("Title", "b takes longer"), ("Figures", "F"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "[series=b] / [series=a]"),
            ("AtLeast", "1"), ("Statement", "b takes longer"));
    }
}

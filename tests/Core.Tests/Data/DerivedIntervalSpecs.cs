using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tests.Claims;
using Verus.Artifact.Tests.Evaluation;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests the intervals of points that are computed from others, and the datasets to which these points
/// belong.</summary>
public sealed class DerivedIntervalSpecs : EvaluationFixture
{
    [Fact]
    public void A_ratio_has_the_interval_that_a_predicate_on_it_has()
    {
        var dataset = Built("tool=ratio: [tool=a] / [tool=b]");
        var point = dataset.Points.Single(point => point["tool"] == "ratio" && point["n"] == "1").Estimate!;
        var verdict = ClaimEvaluator.Judge(
            ClaimsFixture.Predicate("[tool=a; n=1] / [tool=b; n=1]", ("Dataset", "D"), ("AtLeast", "0")),
            dataset).Value!;
        verdict.ShouldBe(point);
        point.Low!.Value.ShouldBeLessThan(point.Value);
        point.High!.Value.ShouldBeGreaterThan(point.Value);
    }

    [Fact]
    public void All_lines_see_the_same_draws_so_that_what_is_equal_in_each_has_no_spread()
    {
        var dataset =
            Built("tool=same: [tool=a] / [tool=a]\ntool=twice: [tool=a] + [tool=a]\ntool=two: [tool=twice] / [tool=a]");
        foreach (var (tool, value) in new[] { ("same", 1.0), ("two", 2.0) })
        {
            var estimate = dataset.Points.First(point => point["tool"] == tool).Estimate!;
            (estimate.Low!.Value, estimate.Value, estimate.High!.Value).ShouldBe((value, value, value), tool);
        }
    }

    [Fact]
    public void A_mean_of_derived_points_has_an_interval_of_the_samples_behind_them()
    {
        var dataset = Built("tool=ratio: [tool=a] / [tool=b]\ntool=ratio; n=geomean: geomean([tool=ratio], n)");
        var mean = dataset.Points.Single(point => point["n"] == "geomean").Estimate!;
        var widths = dataset.Points.Where(point => point["tool"] == "ratio" && point["n"] != "geomean")
            .Select(point => Math.Log(point.Estimate!.High!.Value / point.Estimate.Low!.Value)).ToList();
        widths.Count.ShouldBe(3);
        Math.Log(mean.High!.Value / mean.Low!.Value).ShouldBeInRange(0.01, widths.Average());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Too_few_samples_of_one_part_give_no_interval(int samples)
    {
        var dataset = Built("tool=ratio: [tool=a] / [tool=few]", samples);
        dataset.Points.Where(point => point["tool"] == "ratio").AtLeastOne()
            .ShouldAllBe(point => point.Estimate!.Low == null);
    }

    [Fact]
    public void The_same_samples_give_the_same_intervals_and_a_file_keeps_them()
    {
        const string Line = "tool=ratio: [tool=a] / [tool=b]";
        var dataset = Built(Line);
        Built(Line).Points.Select(point => point.Estimate).ShouldBe(dataset.Points.Select(point => point.Estimate));
        DatasetFile.Write(dataset, Folder);
        DatasetFile.Read(Folder, "D", Origin.Measured)!.Points.Select(point => point.Estimate)
            .ShouldBe(dataset.Points.Select(point => point.Estimate));
    }

    [Fact]
    public void A_dataset_that_is_made_from_another_one_has_the_derived_points_alone()
    {
        var made = DatasetFrom.Make(From(("Derived", "tool=ratio: [tool=a] / [tool=b]"),
            ("ValueColumn", "speed-up")),
            Built(""));
        made.Points.Select(point => point["tool"]).ShouldBe(["ratio", "ratio", "ratio"]);
        (made.Name, made.Quantity, made.Unit, made.Origin).ShouldBe(("D", "speed-up", "", Origin.Measured));
        made.Points.AtLeastOne().ShouldAllBe(point => point.Estimate!.High > point.Estimate.Low);
    }

    [Fact]
    public void In_such_a_dataset_points_may_have_the_keys_of_those_that_they_are_made_of()
    {
        var source = Built("");
        var made = DatasetFrom.Make(From(("Derived", ": [] / [tool=b]")), source);
        made.Points.Count.ShouldBe(source.Points.Count);
        made.Points.Where(point => point["tool"] == "b").AtLeastOne().ShouldAllBe(point => point.Estimate!.Value == 1);
        // A formula that computes nothing only selects points with their samples.
        var chosen = DatasetFrom.Make(From(("Where", "tool=a; n>=2")), source);
        chosen.Points.Select(point => point["n"]).ShouldBe(["2", "4"]);
        (chosen.Unit, chosen.Points[0].Samples.Count).ShouldBe(("s", 8));
    }

    [Fact]
    public void In_the_dataset_itself_they_may_not() =>
        Should.Throw<DiagnosticException>(() => Dataset(("Derived", ": [] / [tool=b]"))).Diagnostics
            .ShouldHaveSingleItem()
            .Rule.ShouldBe(DeclarationRules.BadMetadata);

    [Fact]
    public void It_takes_no_samples_itself()
    {
        var problems = Should.Throw<DiagnosticException>(() =>
            Parse("Dataset", (item, found) => DatasetDeclaration.Parse(item, found),
            [("From", "T"), ("Experiments", "E"), ("Metric", "wall")])).Diagnostics;
        problems.Select(problem => problem.Rule)
            .ShouldBe([DeclarationRules.UnknownMetadata, DeclarationRules.UnknownMetadata]);
    }

    [Fact]
    public async Task A_build_writes_it_measured_and_recorded_and_draws_it()
    {
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "s,t\nfew,1\nmany,4\n");
        Declare("Experiment", "E", ("Command", "echo t={s}"), ("Matrix", "s = few,many"));
        Declare("Dataset", "D", ("Experiments", "E"), ("KeyColumns", "s"), ("Unit", "s"));
        Declare("RecordedData", "D", ("File", "paper.csv"), ("KeyColumns", "s"), ("Value", "time"), ("Unit", "s"),
            ("Provenance", "them"), ("Rename", "t=time"));
        Declare("Dataset", "Share", ("From", "D"), ("Derived", "s=share: [s=few] / ([s=few] + [s=many])"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "Share"), ("X", "s"));
        Options = Options with { Request = "F" };
        (await BuildAsync()).Errors.Select(error => error.Message).ShouldBeEmpty();
        var folder = new DatasetFolder(Layout.Data, Declarations.OnMissing.Fail);
        folder.Measured("Share")!.Points.ShouldHaveSingleItem()["s"].ShouldBe("share");
        folder.Recorded("Share")!.Points.ShouldHaveSingleItem().Estimate!.Value.ShouldBe(0.2);
        folder.Recorded("Share")!.Provenance.ShouldBe("them");
        folder.Measured("D")!.Points.Count.ShouldBe(2);
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldContain("0.2");
        File.Exists(Path.Combine(Layout.Data, "Share.samples.csv")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Ratio", "[tool=ratio; n=1]")]
    [InlineData("Ratio", "min([tool=ratio; n=1])")]
    [InlineData("Twice", "[tool=ratio; n=1] / 2")]
    [InlineData("Chosen", "[tool=ratio; n=1]")]
    public async Task A_predicate_over_derived_points_has_the_interval_of_their_formula(string dataset, string quantity)
    {
        const string Ratio = "tool=ratio: [tool=a] / [tool=b]";
        Declare("Experiment", "E", ("Command", "sh -c \"sleep 0.00$(( $$ % 7 )); echo t={tool}\""),
            ("Matrix", "tool = a,b; n = 1,2"));
        Declare("Dataset", "Times", ("Experiments", "E"), ("KeyColumns", "tool;n"), ("Unit", "s"), ("Derived", Ratio));
        Declare("Dataset", "Ratio", ("From", "Times"), ("Derived", Ratio), ("ValueColumn", "ratio"));
        Declare("Dataset", "Twice", ("From", "Ratio"), ("Derived", ": [] + []"), ("ValueColumn", "ratio"));
        Declare("Dataset", "Chosen", ("From", "Times"), ("Where", "tool=ratio"));
        Declare("Claim", "C", ("Title", "c"));
        Declare("Predicate", "P", ("Claim", "C"), ("Statement", "p"), ("Dataset", dataset), ("Quantity", quantity),
            ("AtLeast", "0"));
        Options = Options with { Policy = new SamplePolicy(6) };
        (await BuildAsync()).Errors.Select(error => error.Message).ShouldBeEmpty();
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        var claims = await new CheckClaims(((ReadingEvaluation)opened).Context).RunAsync(
            new WrittenData { Folder = Layout.Data }, Gaps.None, TestContext.Current.CancellationToken);
        var point = DatasetFile.Read(Layout.Data, "Ratio", Origin.Measured)!.Points.Single(one => one["n"] == "1")
            .Estimate!;
        var judged = claims.Verdicts.ShouldHaveSingleItem().Predicates.ShouldHaveSingleItem().Value!;
        judged.Low.ShouldNotBeNull().ShouldBeLessThan(judged.High!.Value);
        judged.Value.ShouldBe(point.Value);
        // Claims and derived points apply the same rule to the same samples, apart from rounding.
        judged.Low.Value.ShouldBe(point.Low!.Value, 1e-9);
        judged.High.Value.ShouldBe(point.High!.Value, 1e-9);
    }

    private static DatasetDeclaration From(params (string Name, string Value)[] metadata) =>
        Parse("Dataset", (item, found) => DatasetDeclaration.Parse(item, found), [("From", "Times"), .. metadata]);

    private static Dataset Built(string derived, int few = 2)
    {
        var random = new Random(7);
        var observations = new[] { 1, 2,
            4 }.SelectMany(n => new[] { ("a", 8), ("b", 8), ("few", few) }.SelectMany(tool =>
            Enumerable.Range(0, tool.Item2)
                .Select(_ => Good($"{tool.Item1}{n}", $"tool={tool.Item1};n={n}",
                    n * (1 + random.NextDouble() * 0.4)))));
        return DatasetBuilder.Build(Dataset(("KeyColumns", "tool;n"), ("Derived", derived)), [.. observations]);
    }
}

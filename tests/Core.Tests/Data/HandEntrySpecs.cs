using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests values that were entered by hand, and points that are computed from other points.</summary>
public sealed class HandEntrySpecs : IDisposable
{
    private static readonly (string, string)[] Lines = [("KeyColumns", "system;metric"), ("ValueColumn", "value"),
        ("MetricRows", "proof|lines; code|lines"), ("ByHand", "hand.csv")];

    private readonly string folder = Directory.CreateTempSubdirectory("by-hand").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_value_stands_for_its_point_and_says_so()
    {
        var dataset = Build("NR,proof,value,7828,lines,\nNR,ratio,value,10.7,ratio,of the authors\n",
            Counted("IronKV", 4509, 1533));
        dataset.Points.Select(point => (point["system"], point["metric"], point.Estimate!.Value, point.Unit, point.Note,
            point.Samples.Count)).ShouldBe(
        [
            ("IronKV", "proof", 4509, "lines", null, 1), ("IronKV", "code", 1533, "lines", null, 1),
            ("NR", "proof", 7828, "lines", "entered by hand", 0), ("NR", "ratio", 10.7, "ratio", "of the authors", 0),
        ]);
    }

    [Fact]
    public void An_addition_is_added_to_what_was_measured_and_to_nothing_else()
    {
        var dataset = Build("Page table,code,addition,93,lines,93 lines entered by hand\nNR,code,addition,5,lines,\n",
            Counted("Page table", 5297, 307), Counted("Page table", 5297, 307));
        dataset.Points.Select(point => (point["system"], point["metric"], point.Estimate!.Value, point.Note)).ShouldBe(
            [("Page table", "proof", 5297, null), ("Page table", "code", 400, "93 lines entered by hand")]);
        dataset.Points[1].Samples.ShouldBe([400, 400]);
    }

    [Fact]
    public void Where_nothing_was_measured_nothing_is_entered() =>
        Build("NR,proof,value,7828,lines,\n", Failed("count", "system=IronKV;metric=proof", "exit code 1")).Points
            .ShouldHaveSingleItem().Estimate.ShouldBeNull();

    [Fact]
    public void A_value_for_a_measured_point_is_an_error()
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            Build("IronKV,code,value,1,lines,\n", Counted("IronKV", 4509, 1533))).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.EnteredAndMeasured);
        problem.Message.ShouldContain("IronKV, code");
    }

    [Fact]
    public void A_row_of_another_kind_is_an_error() =>
        Should.Throw<DiagnosticException>(() =>
            Build("NR,code,delta,1,lines,\n", Counted("IronKV", 1, 1))).Diagnostics[0].Rule.ShouldBe(
                DataRules.UnknownKind);

    [Fact]
    public void A_file_that_is_not_there_or_lacks_a_column_is_the_datasets_error()
    {
        var dataset = Dataset(Lines);
        Should.Throw<DiagnosticException>(() => HandEntry.Read(dataset, new EvaluationLayout(folder, folder))).Message
            .ShouldContain("Dataset 'D' names the file");
        File.WriteAllText(Path.Combine(folder, "hand.csv"), "system,metric,value,note\nNR,code,1,\n");
        Should.Throw<DiagnosticException>(() => HandEntry.Read(dataset, new EvaluationLayout(folder, folder))).Message
            .ShouldContain("Dataset 'D' takes the column 'kind'");
    }

    [Fact]
    public void Derived_points_are_computed_in_order_and_carry_the_notes_of_their_parts()
    {
        var dataset = Build("Page table,code,addition,93,lines,93 by hand\nNR,ratio,value,10.7,ratio,\n",
            ("Derived",
                "system=total | lines: [system=IronKV] + [system=Page table]\nmetric=ratio|ratio: [metric=proof] / "
                    + "[metric=code]"),
            Counted("IronKV", 3000, 1000), Counted("Page table", 4000, 307), Counted("NR", 10, 1));
        dataset.Points.Where(point => point["system"] == "total" || point["metric"] == "ratio")
            .Select(point => (point["system"], point["metric"], point.Estimate!.Value, point.Unit, point.Note))
            .ShouldBe(
            [
                ("NR", "ratio", 10.7, "ratio", "entered by hand"), ("total", "proof", 7000, "lines", null),
                ("total", "code", 1400, "lines", "93 by hand"),
                ("IronKV", "ratio", 3, "ratio", null), ("Page table", "ratio", 10, "ratio", "93 by hand"),
                ("total", "ratio", 5, "ratio", "93 by hand"),
            ]);
    }

    [Fact]
    public void A_sum_that_lacks_a_part_and_a_quotient_by_nothing_are_no_points() =>
        Build("",
            ("Derived",
                "system=total: [system=IronKV] + [system=Page table]\nmetric=ratio: [metric=proof] / [metric=code]"),
                Counted("IronKV", 3000, 0))
            .Points.Count.ShouldBe(2);

    [Theory]
    [InlineData("system=total: sum([], metric)", "its points have no metric")]
    [InlineData("system=total: sum([system=IronKV], system)", "which its quantity no longer has")]
    public void Derived_points_that_do_not_fit_are_an_error(string derived, string why)
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            Build("", ("Derived", derived), Counted("IronKV", 3000, 1000))).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.BadDerived);
        problem.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("system=total", "a colon precedes the formula")]
    [InlineData("system: []", "not a condition")]
    [InlineData("system=a,b: []", "one value each")]
    [InlineData("system=a; system=b: []", "one value each")]
    [InlineData(": []", "a column before the colon")]
    [InlineData("system=total: sum([]", "Derived")]
    [InlineData("size=total: []", "and not 'size'")]
    [InlineData("system=total: [size=1]", "and not 'size'")]
    public void A_line_that_cannot_be_read_is_refused_at_its_place(string derived, string part) =>
        Should.Throw<DiagnosticException>(() => Dataset([.. Lines, ("Derived", derived)])).Diagnostics
            .ShouldHaveSingleItem().Message.ShouldContain(part);

    private Dataset Build(string rows, params Observation[] observations) => Build(rows, ("Derived", ""), observations);

    private Dataset Build(string rows, (string, string) derived, params Observation[] observations)
    {
        File.WriteAllText(Path.Combine(folder, "hand.csv"), "system,metric,kind,value,unit,note\n" + rows);
        var dataset = Dataset([.. Lines, derived]);
        return DatasetBuilder.Build(dataset, observations,
            HandEntry.Read(dataset, new EvaluationLayout(folder, folder)));
    }

    private static Observation Counted(string system, double proof, double code) =>
        Good(system, "system=" + system,
            proof) with
        { Metrics = new Dictionary<string, double> { ["proof"] = proof, ["code"] = code } };
}

using System.Reflection;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Tests.Paper;

/// <summary>
/// Tests the claims of the paper on the paper's own numbers. The expected values were computed by hand from the files
/// with the paper's numbers.
/// </summary>
public sealed class PaperClaimsSpecs
{
    private static readonly EvaluationLayout Layout = new("/nowhere", "/nowhere");

    private static readonly IReadOnlyList<RecordedDataDeclaration> Declarations =
        ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "Data.props"), "RecordedData", RecordedDataDeclaration.Parse);

    private static readonly IReadOnlyList<ClaimDeclaration> Claims =
        ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "Claims.props"), "Claim", ClaimDeclaration.Parse);

    private static readonly IReadOnlyList<PredicateDeclaration> Predicates =
        ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "Claims.props"), "Predicate",
            (item, found) => PredicateDeclaration.Parse(item, found));

    private static readonly Dictionary<string, Dataset> Recorded = Declarations.ToDictionary(declaration =>
        declaration.Name, declaration => RecordedDataReader.Read(declaration, Layout));

    private static readonly IReadOnlyList<ClaimVerdict> Verdicts = ClaimEvaluator.Evaluate(Claims, Predicates,
        Recorded.GetValueOrDefault);

    [Fact]
    public void Every_claim_is_supported_and_marked_as_recorded()
    {
        Verdicts.Select(claim => claim.Name).ShouldBe(["A", "B", "C", "D", "E", "S2", "S3"]);
        foreach (var claim in Verdicts.AtLeastOne())
        {
            claim.Outcome.ShouldBe(VerdictOutcome.Supported, VerdictFile.Text([claim]));
            claim.Origin.ShouldBe(Origin.Recorded);
        }
        VerdictFile.Text(Verdicts).Split('\n')
            .Where(line => line.Contains("supported", StringComparison.OrdinalIgnoreCase))
            .AtLeastOne().ShouldAllBe(line => line.Contains("RECORDED", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_sum_of_the_printed_totals_fails()
    {
        var failed = Verdicts.SelectMany(claim => claim.Predicates)
            .Where(predicate => predicate.Outcome != VerdictOutcome.Supported);
        failed.ShouldHaveSingleItem().Name.ShouldBe("B8");
    }

    [Theory]
    [InlineData("A1", 2.85, 2.85)]
    [InlineData("A1s", 2.85, 1.14)]
    [InlineData("A2", 24.4, 24.4)]
    [InlineData("A2s", 24.4, 1.22)]
    [InlineData("A3a", 1.002, 1.11)]
    [InlineData("A3b", 1.63, 1.36)]
    [InlineData("A3c", 1.041, 1.20)]
    [InlineData("A3d", 2.95, 1.97)]
    [InlineData("A3e", 1.63, 6.1)]
    [InlineData("A3f", 0.0076, 6.6)]
    [InlineData("A3g", 1, 2)]
    [InlineData("A3h", 165, 8.2)]
    [InlineData("A3i", 3.45, 2.9)]
    [InlineData("A4a", 4.87, 3.2)]
    [InlineData("A4b", 1.23, 1.23)]
    [InlineData("A4c", 1.004, 1.24)]
    [InlineData("A4d", 2.91, 1.9)]
    [InlineData("A4e", 25.8, 5.2)]
    [InlineData("B1-IronKV", 10.85, 3.6)]
    [InlineData("B1-NR", 64.1, 6.4)]
    [InlineData("B2-IronKV", 11.2, 3.7)]
    [InlineData("B2-NR", 25.3, 5.1)]
    [InlineData("B3-IronKV", 1.45, 1.21)]
    [InlineData("B3-NR", 1.51, 1.26)]
    [InlineData("B4-IronKV", 20.7, 4.1)]
    [InlineData("B4-NR", 93.8, 9.4)]
    [InlineData("B5", 55, 3.3)]
    [InlineData("B6", 1.85, 1.54)]
    [InlineData("B7", 0.042, 1.32)]
    [InlineData("B8", 0.076, 0.20)]
    [InlineData("C1", 0.67, 5.2)]
    [InlineData("C1s", 0.67, 1.86)]
    [InlineData("C2", 0.92, 3.8)]
    [InlineData("C2s", 0.92, 1.36)]
    [InlineData("C3", 39.6, 13.2)]
    [InlineData("C4", 36.2, 12.1)]
    [InlineData("D1", 8, 1.0)]
    [InlineData("D1b", 8, 1.0)]
    [InlineData("D2", 2.76, 2.3)]
    [InlineData("D3", 6, 2)]
    [InlineData("D4", 1.00, 1.3)]
    [InlineData("D5", 14.3, 2.8)]
    [InlineData("E1", 0.926, 1.16)]
    [InlineData("E1b", 0.997, 1.50)]
    [InlineData("E2", 0.635, 1.26)]
    [InlineData("E3", 0.995, 1.04)]
    [InlineData("E4", 0.968, 1.08)]
    [InlineData("E5", 1.29, 1.29)]
    [InlineData("E6", 2.07, 1.88)]
    [InlineData("E7", 8, 1)]
    [InlineData("S2a", 1.007, 1.34)]
    [InlineData("S2b", 1.007, 1.49)]
    [InlineData("S2c", 0.973, 1.45)]
    [InlineData("S2d", 1.047, 1.60)]
    [InlineData("S3a", 0.964, 1.13)]
    [InlineData("S3b", 1.042, 1.25)]
    [InlineData("S3c", 0.841, 1.20)]
    [InlineData("S3d", 0.660, 1.10)]
    [InlineData("S3e", 0.908, 1.14)]
    [InlineData("S3f", 0.749, 1.50)]
    [InlineData("S3g", 96, 1.25)]
    [InlineData("S3h", 210, 42)]
    public void A_predicate_has_the_value_and_margin_that_the_papers_numbers_give(string name, double value,
        double margin)
    {
        var verdict = Verdicts.SelectMany(claim => claim.Predicates).Single(predicate => predicate.Name == name);
        verdict.Value!.Value.ShouldBe(value, Rounding(value));
        verdict.Margin!.Value.ShouldBe(margin, Rounding(margin));
    }

    [Fact]
    public void Every_predicate_has_its_line_above()
    {
        var tested = typeof(PaperClaimsSpecs).GetMethod(
            nameof(A_predicate_has_the_value_and_margin_that_the_papers_numbers_give))!
            .GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (IReadOnlyList<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
            .Select(arguments => (string)arguments[0].Value!);
        tested.ShouldBe(Verdicts.SelectMany(claim => claim.Predicates).Select(predicate => predicate.Name),
            ignoreOrder: true);
    }

    // Other recorded versions of the paper's numbers, with the outcomes that the claims are meant to have for them.
    [Theory]
    [InlineData("PageTable", "figure11-guide-sample.csv", "C", "C1s C2s",
        "C1 1.76 2.0; C2 3.08 1.14; C3 13.4 4.5; C4 41.2 13.7")]
    [InlineData("PageTable", "figure11-draft20240821.csv", "C", "",
        "C1 0.80 4.4; C2 1.09 3.2; C3 11.7 3.9; C4 12.7 4.2")]
    [InlineData("MacroStats", "figure8-artifact-macro-table.csv", "B", "",
        "B1-IronKV 14.1; B2-IronKV 18.7; B3-IronKV 1.45; B4-IronKV 23.5; B1-NR 68.7; B2-NR 23.0; B3-NR 1.57; B4-NR "
            + "103")]
    [InlineData("MacroStats", "figure8-draft20240821.csv", "B", "B8", "B1-IronKV 10.85")]
    [InlineData("IronKv", "figure9.csv", "S2", "", "S2a 1.069 1.42; S2b 1.069 1.40; S2c 0.850 1.27; S2d 1.408 1.19")]
    public void Other_versions_of_the_numbers_have_the_verdicts_that_are_known_of_them(string dataset, string file,
        string claim, string notSupported, string values)
    {
        var path = new[] { Path.Combine(ItemsOfFile.Paper, "data"),
            Path.Combine(ItemsOfFile.Repository, "tests/Suites.Tests/Paper/Samples") }
            .Select(folder => Path.Combine(folder, file)).First(File.Exists);
        var data = RecordedDataReader.Read(Declarations.Single(declaration => declaration.Name == dataset), path);
        var verdict = ClaimEvaluator.Evaluate([.. Claims.Where(one => one.Name == claim)], Predicates,
            _ => data).ShouldHaveSingleItem();
        verdict.Outcome.ShouldBe(VerdictOutcome.Supported);
        string.Join(' ', verdict.Predicates.Where(predicate => predicate.Outcome != VerdictOutcome.Supported)
            .Select(predicate => predicate.Name)).ShouldBe(notSupported);
        foreach (var expected in values.Split("; ").Select(text => text.Split(' ')).AtLeastOne())
        {
            var predicate = verdict.Predicates.Single(predicate => predicate.Name == expected[0]);
            predicate.Value!.Value.ShouldBe(Number(expected[1]), Rounding(expected[1]), predicate.Name);
            if (expected.Length > 2)
                predicate.Margin!.Value.ShouldBe(Number(expected[2]), Rounding(expected[2]), predicate.Name);
        }
    }

    [Fact]
    public void Every_value_that_a_condition_names_is_in_the_data() =>
        Verdicts.SelectMany(claim => claim.Predicates).AtLeastOne().SelectMany(predicate => predicate.Notes)
            .ShouldNotContain(note => note.StartsWith("no data with", StringComparison.Ordinal));

    [Fact]
    public void Measured_datasets_fit_the_recorded_ones_and_each_has_one()
    {
        var measured = Directory.EnumerateFiles(ItemsOfFile.Paper,
            "*.props").SelectMany(file =>
                ItemsOfFile.Read(file, "Dataset", (item, found) => DatasetDeclaration.Parse(item, found, Suites.All)))
                .ToList();
        // The guide plots times of the doubly linked list, for which the paper has no numbers.
        measured.Select(dataset => dataset.Name).Where(name => name != "Milli.RepeatDouble")
            .ShouldBe(Declarations.Select(declaration => declaration.Name), ignoreOrder: true);
        var found = new List<Diagnostics.Diagnostic>();
        var readers = Suites.All.Readers.Names.Select(name => Suites.All.Readers.Find(name)!.Outline)
            .OfType<ReaderOutline>().ToList();
        DataChecks.Check([.. measured.Select(dataset => dataset.WithUnitOf(readers))], Declarations, found);
        ClaimChecks.Check(Claims, Predicates, found);
        found.ShouldBeEmpty();
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static double Rounding(double number) =>
        Rounding(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    // The tolerance is half a unit of the last digit that was written down, and a little more for numbers that were
    // rounded twice.
    private static double Rounding(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return 0.6 * Math.Pow(10, point < 0 ? 0 : -(text.Length - point - 1));
    }
}

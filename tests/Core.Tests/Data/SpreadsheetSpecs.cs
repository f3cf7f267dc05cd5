using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests that a spreadsheet runs no text of the data as a formula, and that all texts are read back
/// unchanged.</summary>
public sealed class SpreadsheetSpecs : IDisposable
{
    private static readonly string[] Pieces = ["=", "+", "-", "@", "\t", "'", "1", "a", ",", "\"", " ", "\n", "SUM(A1)",
        ".5", "e3", "\r"];

    private readonly string folder = Directory.CreateTempSubdirectory("spreadsheet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_text_comes_back_and_none_is_a_formula()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 20261126;
        var random = new Random(seed);
        string Text() => string.Concat(
            Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        var points = Enumerable.Range(0, 2000).Select(index => new DataPoint
        {
            Keys = new Dictionary<string, string> { ["=k"] = Text(), ["n"] = $"{index}" },
            Estimate = new Estimate(-index - 0.5),
            Note = Text(),
            Unit = "=u",
        }).ToList();
        var dataset = new Dataset
        {
            Name = "D",
            Columns = ["=k", "n"],
            Quantity = "@value",
            Unit = "+s",
            Statistic = "median",
            Origin = Origin.Measured,
            Points = points
        };
        var path = DatasetFile.WriteSummary(dataset, folder);

        var back = DatasetFile.ReadSummary(path);
        back.Columns.ShouldBe(dataset.Columns);
        back.Quantity.ShouldBe(dataset.Quantity);
        back.Points.Select(point => point["=k"]).ShouldBe(points.Select(point => point["=k"]), $"seed {seed}");
        back.Points.Select(point => point.Note).ShouldBe(points.Select(point => point.Note), $"seed {seed}");

        using var csv = new CsvHelper.CsvParser(new StringReader(File.ReadAllText(path)),
            System.Globalization.CultureInfo.InvariantCulture);
        var fields = 0;
        while (csv.Read())
            foreach (var field in csv.Record!)
            {
                (field.Length > 0 && "=+-@\t\r".Contains(field[0])
                    && !double.TryParse(field, System.Globalization.CultureInfo.InvariantCulture, out _)).ShouldBeFalse(
                        $"seed {seed}: <{field}>");
                fields++;
            }
        fields.ShouldBeGreaterThan(2000);
    }

    [Fact]
    public void Negative_numbers_stay_numbers()
    {
        var point = new DataPoint
        {
            Keys = new Dictionary<string, string> { ["n"] = "-5" },
            Estimate = new Estimate(-1.5)
        };
        var path = DatasetFile.WriteSummary(new Dataset
        {
            Name = "D",
            Columns = ["n"],
            Quantity = "v",
            Unit = "",
            Statistic = "",
            Origin = Origin.Measured,
            Points = [point]
        }, folder);
        File.ReadAllLines(path)[1].ShouldStartWith("-5,-1.5,");
    }

    [Theory]
    [InlineData("\uFEFFk,v\r\na,1\r\n", "a=1")]
    [InlineData("k,v\na,\n", "a=")]
    [InlineData("\"k\",\"v\"\n\"a, b\",\"1\"\n", "a, b=1")]
    [InlineData("k,v\n'=a,1\n", "=a=1")]
    [InlineData("k,v\n\"a\"\"b\",1e3\n", "a\"b=1000")]
    [InlineData("k;v\na;1\n", "VART5003 separated by ';'")]
    [InlineData("k\tv\na\t1\n", "VART5003 separated by tabs")]
    [InlineData("k,v\na,NaN\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,Infinity\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,1e400\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,\"1,5\"\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,1 000\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,0x10\n", "VART5003 not a finite number")]
    [InlineData("k,v\na,1\na,2\n", "VART5005 line 2 already has the point")]
    [InlineData("k,v\n\"a,1\n", "VART5003")]
    [InlineData("k,v\na\"b,1\n", "VART5003")]
    [InlineData("k,v\n", "")]
    public void A_recorded_file_is_read_whole_or_refused(string text, string expected)
    {
        var file = Path.Combine(folder, "r.csv");
        File.WriteAllText(file, text);
        var declaration = DataFixture.Recorded(("KeyColumns", "k"), ("Value", "v"));
        string result;
        try
        {
            result = string.Join(';',
                RecordedDataReader.Read(declaration,
                    file).Points.Select(point => FormattableString.Invariant($"{point["k"]}={point.Estimate?.Value}")));
        }
        catch (DiagnosticException problem)
        {
            result = $"{problem.Diagnostics[0].Rule.Code} {problem.Diagnostics[0].Message}";
        }
        if (expected.StartsWith("VART", StringComparison.Ordinal))
            expected.Split(' ', 2).AtLeastOne().ShouldAllBe(part => result.Contains(part));
        else
            result.ShouldBe(expected);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_dataset_is_named_as_a_file_can_be(string name)
    {
        Declared.Codes($"<Experiment Include=\"E\" Command=\"x\" /><Dataset Include=\"{name}\" Experiments=\"E\" />")
            .ShouldBe([DeclarationRules.BadMetadata.Code]);
    }
}

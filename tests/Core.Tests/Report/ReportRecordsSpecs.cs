using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>The files of a report that programs read.</summary>
public sealed class ReportRecordsSpecs : IDisposable
{
    private readonly ReportSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void The_results_have_every_number_of_the_report_and_can_be_read_back()
    {
        var text = ResultsFile.Render(Model, sample.Folder);
        var results = JsonSerializer.Deserialize(text, ResultsJson.Default.ResultsDocument)!;
        results.Version.ShouldBe(1);
        results.Claims.Select(claim => claim.Outcome).ShouldBe(
            [.. Enum.GetValues<VerdictOutcome>(), VerdictOutcome.Supported]);
        var predicate = results.Claims[0].Predicates[0];
        (predicate.Value, predicate.Low, predicate.High, predicate.AtLeast, predicate.Dataset)
            .ShouldBe((4, 3.2, 4.6, 2, "Lists"));
        var lists = results.Datasets.Single(dataset => dataset is { Name: "Lists", Origin: Origin.Measured });
        lists.Points[0].Samples.ShouldBe([1.4, 1.5, 1.7]);
        lists.Points[3].Note.ShouldBe("timed out after 100 s");
        lists.Points[3].Value.ShouldBeNull();
        results.Figures[0].Files["svg"].ShouldBe("../figures/Lists.svg");
        results.Figures[0].Data.ShouldBe(["../data/Lists.csv"]);
        results.Missing.ShouldHaveSingleItem().Name.ShouldBe("Cluster");
        results.Pins[0].Swhid.ShouldBe("swh:1:rev:" + new string('a', 40));
        results.Pins[1].Swhid.ShouldBeNull();
        results.Experiments[0].PeakMemoryBytes.ShouldBe(300L << 20);
    }

    [Fact]
    public void No_file_for_programs_reveals_more_than_the_page()
    {
        var model = Model with { Notes = [$"see {sample.Root}/x and https://ann:secret@example.org and \u202e"] };
        foreach (var text in new[] { ResultsFile.Render(model, sample.Folder), JUnitFile.Render(model),
            NumbersFile.Render(model), JobSummary.Render(model) })
        {
            text.ShouldNotContain(sample.Root);
            text.ShouldNotContain("secret");
            text.ShouldNotContain("\u202e");
        }
        ResultsFile.Render(model, sample.Folder).ShouldContain("see ./x and https://example.org and");
    }

    [Fact]
    public void The_published_schema_is_that_of_the_results()
    {
        var options = new JsonSerializerOptions(ResultsJson.Default.Options) { AllowTrailingCommas = false };
        var schema = (JsonObject)options.GetJsonSchemaAsNode(typeof(ResultsDocument),
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "results.json of Verus.Artifact.Sdk, version 1");
        var text = schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        var file = Path.Combine(ItemsOfFile.Repository, "docs", "results.schema.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(file, text);
        File.ReadAllText(file).ShouldBe(text, "UPDATE_GOLDEN=1 writes it anew");
    }

    [Theory]
    [InlineData(1, 1, "P2")]
    [InlineData(3, 3, "P2")]
    public void Outcomes_stay_apart_in_JUnit(int errors, int failures, string skipped)
    {
        var model = Model with { ClaimErrors = [.. Enum.GetValues<VerdictOutcome>().Skip(1).Take(errors)] };
        var root = XDocument.Parse(JUnitFile.Render(model)).Root!;
        ((int)root.Attribute("tests")!, (int)root.Attribute("failures")!).ShouldBe((10, failures));
        var cases = root.Elements("testsuite").Elements("testcase").ToList();
        cases.Count(one => one.Element("failure") is not null).ShouldBe(failures);
        cases.Where(one => ((string)one.Attribute("name")!).StartsWith(skipped, StringComparison.Ordinal))
            .AtLeastOne().ShouldAllBe(one => (string?)one.Element("skipped")!.Attribute("message")
                == "not measured (holds in the paper)");
        cases.First(one => one.Element("failure") is not null).Element("failure")!.Attribute("type")!.Value
            .ShouldBe("NotSupported");
    }

    [Fact]
    public void Numbers_for_a_paper_have_names_units_and_the_digits_that_their_intervals_justify()
    {
        var text = NumbersFile.Render(Model);
        text.ShouldContain(@"\@namedef{artifact@Lists/Verus/single}{1.50}" + "\n");
        text.ShouldContain(@"\@namedef{artifact@Lists/Verus/single/low}{1.40}" + "\n");
        text.ShouldContain(@"\@namedef{artifact@Lists/Verus/single/samples}{3}" + "\n");
        text.ShouldContain(@"\@namedef{artifact@recorded/Lists/Verus/single}{0.75}" + "\n");
        text.ShouldContain(@"\@namedef{artifact@claim/SupportedMeasured}{supported}" + "\n");
        text.ShouldNotContain("artifact@Lists/Dafny/double}");
    }

    [Fact]
    public void LaTeX_prints_the_numbers_and_stops_at_an_unknown_name()
    {
        if (!File.Exists("/usr/bin/pdflatex"))
            Assert.Skip("pdflatex is not installed (Debian package texlive-latex-base)");
        File.WriteAllText(Path.Combine(sample.Root, "numbers.tex"), NumbersFile.Render(Model));
        Compile(@"\artifact{Lists/Verus/single}").ShouldContain("(1.50)");
        Compile(@"\artifact{Lists/Verus/none}").ShouldContain("No number is named 'Lists/Verus/none'");

        string Compile(string use)
        {
            File.WriteAllText(Path.Combine(sample.Root, "paper.tex"),
                "\\documentclass{article}\\input{numbers}\\begin{document}\\typeout{(" + use
                    + ")}\\end{document}\n");
            return Programs.Shell(sample.Root,
                "max_print_line=1000 pdflatex -interaction=nonstopmode paper.tex || true").Output;
        }
    }

    [Theory]
    [InlineData(1.53124, 1.49, 1.57, "1.531", "1.490", "1.570")]
    [InlineData(1234.5, 1200, 1300, "1234", "1200", "1300")]
    [InlineData(123456, 110000, 140000, "123000", "110000", "140000")]
    [InlineData(0.0012345, 0.0012, 0.0013, "0.001234", "0.001200", "0.001300")]
    [InlineData(5, 5, 5, "5.000", "5.000", "5.000")]
    [InlineData(0, 0, 0, "0", "0", "0")]
    [InlineData(-1.5, -2, -1, "-1.50", "-2.00", "-1.00")]
    [InlineData(1, 0, 100, "1", "0", "100")]
    [InlineData(0.2, 0, 30, "0", "0", "30")]
    [InlineData(12345678901.0, 12345000000.0, 12346000000.0, "1.23457e+10", "1.2345e+10", "1.2346e+10")]
    public void A_number_has_the_digits_that_its_interval_justifies(double value, double low, double high,
        string shown, string shownLow, string shownHigh) =>
        EstimateText.Of(new Estimate(value, low, high)).ShouldBe(new EstimateText(shown, shownLow, shownHigh));

    private ReportModel Model => sample.Model with
    {
        Datasets = [ReportSample.Measured, ReportSample.Recorded],
        Bounds = new Dictionary<string, PredicateDeclaration> { ["P1"] = Predicate() },
    };

    internal static PredicateDeclaration Predicate() => new()
    {
        Name = "P1",
        Item = new DeclarationItem("Predicate", "P1", new Dictionary<string, string>(), () => SourceLocation.None),
        Dataset = "Lists",
        AtLeast = 2,
    };
}

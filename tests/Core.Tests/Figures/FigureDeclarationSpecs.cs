using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

public sealed class FigureDeclarationSpecs
{
    [Fact]
    public void A_chart_is_read_with_everything_it_says()
    {
        var figure = FigureFixture.Figure("linechart", ("X", "pushes"), ("Series", "tool"),
            ("SeriesOrder", "Low*|F*; Verus"), ("Panels", "mode"),
            ("PanelOrder", "s|success"), ("YScale", "log"), ("XTicks", "4;8"), ("XMarks", "96|cores"),
            ("Colors", "#ff0000;#00FF00"), ("Markers", "square;Plus"),
            ("Where", "mode=success,error; tool!=Dafny"), ("Overlay", "true"), ("Width", "7"),
            ("Aliases", "Paper1;Lists"), ("Set", "Set1"));
        figure.Kind.ShouldBeOfType<LineChart>();
        figure.SeriesOrder.ShouldBe([new FigureLabel("Low*", "F*"), new FigureLabel("Verus", "Verus")]);
        figure.YScale.ShouldBe(AxisScale.Log);
        figure.XTicks.ShouldBe([4, 8]);
        figure.XMarks.ShouldBe([new FigureLabel("96", "cores")]);
        figure.Markers.ShouldBe([FigureMarker.Square, FigureMarker.Plus]);
        string.Join("; ", figure.Where).ShouldBe("mode=success,error; tool!=Dafny");
        figure.Overlay.ShouldBeTrue();
        figure.Width.ShouldBe(7);
        figure.Aliases.ShouldBe(["Paper1", "Lists"]);
    }

    [Fact]
    public void A_table_is_read_with_groups_of_columns()
    {
        var figure = FigureFixture.Figure("Table", ("Rows", "system;verifier"), ("Columns", "metric"),
            ("ColumnOrder", "lines|code|Line count;t"), ("Format", "#,##0.0"));
        figure.X.ShouldBe(["system", "verifier"]);
        figure.SeriesOrder.ShouldBe([new FigureLabel("lines", "code", "Line count"), new FigureLabel("t", "t")]);
        figure.Format.ShouldBe("#,##0.0");
    }

    [Fact]
    public void What_a_chart_lacks_is_reported_in_one_go()
    {
        var diagnostics = new List<Diagnostic>();
        FigureDeclaration.Parse(FigureFixture.Item(), diagnostics);
        diagnostics.Select(d => d.Rule).AtLeastOne().ShouldAllBe(rule => rule == DeclarationRules.MissingMetadata);
        diagnostics.Select(d => d.Message.Split(" has no ")[1].Split('.')[0]).ShouldBe(["Kind", "Datasets", "X"]);
        diagnostics.AtLeastOne().ShouldAllBe(d => d.Where == FigureFixture.Where);
    }

    [Theory]
    [InlineData("Kind", "PieChart", "BoxPlot, Cactus, Cdf, Command, GroupedBars, ")]
    [InlineData("YScale", "Category", "Linear, Log")]
    [InlineData("XScale", "Broken", "Linear, Log, Log2, Category")]
    [InlineData("XTicks", "4;eight", "numbers")]
    [InlineData("XTicks", "NaN", "numbers")]
    [InlineData("Colors", "red", "#d62728")]
    [InlineData("Markers", "Heart", "Circle, Square")]
    [InlineData("Markers", "1", "Circle, Square")]
    [InlineData("Width", "-3", "inches")]
    [InlineData("Width", "1e9", "inches")]
    [InlineData("Format", "{0}", "0.00")]
    [InlineData("Where", "mode", "series=zstd,xz")]
    [InlineData("XMarks", "x|cores", "numbers")]
    [InlineData("PanelColumns", "0", "at least 1")]
    [InlineData("Overlay", "perhaps", "true or false")]
    public void A_value_that_does_not_fit_is_reported_with_what_would(string name, string value, string remedy)
    {
        var metadata = new Dictionary<string, string>
        {
            ["Kind"] = "LineChart",
            ["Datasets"] = "Times",
            ["X"] = "n",
            [name] = value
        };
        var diagnostics = new List<Diagnostic>();
        FigureDeclaration.Parse(new DeclarationItem("Figure", "Speed", metadata, () => FigureFixture.Where),
            diagnostics);
        var diagnostic = diagnostics.ShouldHaveSingleItem();
        diagnostic.Rule.ShouldBe(DeclarationRules.BadMetadata);
        diagnostic.Message.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("LineChart", "Horizontal")]
    [InlineData("GroupedBars", "Markers")]
    [InlineData("LineChart", "Rows")]
    [InlineData("Table", "YScale")]
    [InlineData("LineChart", "SeriesOrdr")]
    public void Metadata_that_this_kind_does_not_read_is_reported(string kind, string name)
    {
        var metadata = new Dictionary<string, string> { ["Kind"] = kind, ["Datasets"] = "Times", [name] = "true" };
        foreach (var needed in kind == "Table" ? new[] { "Rows", "Columns" } : ["X"])
            metadata[needed] = "n";
        var diagnostics = new List<Diagnostic>();
        FigureDeclaration.Parse(new DeclarationItem("Figure", "Speed", metadata, () => FigureFixture.Where),
            diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.UnknownMetadata);
    }
}

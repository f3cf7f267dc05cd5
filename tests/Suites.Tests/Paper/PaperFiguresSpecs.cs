using System.Xml.Linq;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Paper;

/// <summary>Tests every figure of the paper, drawn from the recorded numbers.</summary>
public sealed class PaperFiguresSpecs : IDisposable
{
    private static readonly IReadOnlyList<FigureDeclaration> Figures =
        ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "Figures.props"), "Figure",
            (item, found) => FigureDeclaration.Parse(item, found));

    private static readonly IReadOnlyList<Dataset> Recorded =
    [
        .. ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "Data.props"), "RecordedData",
            RecordedDataDeclaration.Parse)
            .Select(declaration => RecordedDataReader.Read(declaration, new EvaluationLayout("/nowhere", "/nowhere"))),
    ];

    private readonly string folder = Environment.GetEnvironmentVariable("KEEP_FIGURES")
        ?? Directory.CreateTempSubdirectory("figure-test-").FullName;

    public static TheoryData<string> Names =>
    [
        .. Figures.Where(figure => figure.Item.Metadata["Kind"] != "Command"
                && Recorded.Any(dataset => figure.Datasets.Contains(dataset.Name)))
            .Select(figure => figure.Name),
    ];

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("KEEP_FIGURES") is null)
            Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_figure_is_drawn_in_every_format_with_its_text_and_the_mark_of_recorded_numbers(string name)
    {
        var figure = Figures.Single(figure => figure.Name == name);
        var drawn = FigureDrawer.Draw(figure, [.. Recorded.Where(dataset => figure.Datasets.Contains(dataset.Name))],
            folder, TestContext.Current.CancellationToken);
        drawn.Origin.ShouldBe(Origin.Recorded);
        drawn.Files.Keys.ShouldBe(figure.Kind is Table
            ? ["txt", "svg", "pdf", "png", "tex"] : ["txt", "svg", "pdf", "png"]);

        var svg = string.Join(' ',
            XElement.Load(drawn.Files["svg"]).Descendants().Where(element => element.Name.LocalName == "text")
                .Select(element => element.Value));
        svg.ShouldContain("RECORDED BY THE AUTHORS");
        var label = figure.SeriesOrder.Count > 0
            ? figure.SeriesOrder[0].Label : figure.XOrder.Count > 0 ? figure.XOrder[0].Label : "trusted";
        svg.ShouldContain(label);

        var text = await File.ReadAllTextAsync(drawn.Files["txt"], TestContext.Current.CancellationToken);
        text.ShouldContain("RECORDED BY THE AUTHORS, NOT MEASURED HERE");
        text.ShouldContain(label);

        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        var pdf = Programs.Run("/usr/bin/pdftotext", drawn.Files["pdf"], "-").Succeeds();
        pdf.Output.ShouldContain("RECORDED BY THE AUTHORS");
    }
}

using System.Xml.Linq;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>A temporary folder into which figures are drawn, and helpers to declare figures and datasets.</summary>
public abstract class FigureFixture : IDisposable
{
    public static readonly SourceLocation Where = new("/project/build.proj", 12);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("figure-test-").FullName;

    public void Dispose()
    {
        // With the variable KEEP_FIGURES=folder, the figures of a test are kept for people who want to look at them.
        if (Environment.GetEnvironmentVariable("KEEP_FIGURES") is { Length: > 0 } kept)
        {
            Directory.CreateDirectory(kept);
            foreach (var file in Directory.EnumerateFiles(Folder))
                File.Copy(file, Path.Combine(kept, $"{GetType().Name}-{Path.GetFileName(file)}"), overwrite: true);
        }
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal DrawnFigure Draw(FigureDeclaration figure, params Dataset[] datasets) =>
        FigureDrawer.Draw(figure, datasets, Folder, TestContext.Current.CancellationToken);

    internal static FigureDeclaration Figure(string kind, params (string Name, string Value)[] metadata)
    {
        var diagnostics = new List<Diagnostic>();
        var figure = FigureDeclaration.Parse(Item([("Kind", kind), ("Datasets", "Times"), .. metadata]), diagnostics);
        diagnostics.ShouldBeEmpty();
        return figure;
    }

    internal static DeclarationItem Item(params (string Name, string Value)[] metadata) => new("Figure", "Speed",
        metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.OrdinalIgnoreCase), () => Where);

    internal static FigureDeclaration Lines(params (string Name, string Value)[] metadata) =>
        Figure("LineChart", [("X", "n"), ("Series", "tool"), .. metadata]);

    internal static FigureDeclaration Bars(params (string Name, string Value)[] metadata) =>
        Figure("GroupedBars", [("X", "n"), ("Series", "tool"), .. metadata]);

    internal static FigureDeclaration Table(params (string Name, string Value)[] metadata) =>
        Figure("Table", [("Rows", "tool"), ("Columns", "n"), .. metadata]);

    internal static Dataset Measured(params DataPoint[] points) => new()
    {
        Name = "Times",
        Columns = ["tool", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points = points,
    };

    internal static Dataset Recorded(params DataPoint[] points) =>
        Measured(points) with { Origin = Origin.Recorded, Provenance = "the paper, 2024" };

    /// <summary>A point that was measured four times, or not at all.</summary>
    internal static DataPoint Point(string tool, object n, double? value, double? low = null, double? high = null,
        string? note = null) => new()
        {
            Keys = new Dictionary<string, string> { ["tool"] = tool, ["n"] = FormattableString.Invariant($"{n}") },
            Estimate = value is { } number ? new Estimate(number, low, high) : null,
            Samples = value is { } sample ? [sample, sample, sample, sample] : [],
            Note = note,
        };

    /// <summary>The texts of a picture, in the order they were drawn.</summary>
    internal static List<string> TextsOf(DrawnFigure figure) =>
        [.. XElement.Load(figure.Files["svg"]).Descendants().Where(element => element.Name.LocalName == "text")
            .Select(element => element.Value)];

    internal static string Text(DrawnFigure figure, string format = "txt") => File.ReadAllText(figure.Files[format]);
}

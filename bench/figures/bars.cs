#:project ../../src/Core/Core.csproj

using System.Diagnostics;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

// Draws grouped bars of more and more points in all formats: see README.md for its usage.
var folder = Directory.CreateTempSubdirectory("bench-figures-").FullName;
Console.WriteLine("bars,series,seconds,svg_kB,pdf_kB,png_kB,width_pt");
foreach (var (bars, series) in new[] { (10, 1), (100, 4), (500, 1), (4_800, 1), (5_000, 4), (10_000, 1), (20_000, 1) })
{
    var places = Enumerable.Range(0, bars / series);
    var points = places.SelectMany(n => Enumerable.Range(0, series).Select(s => new DataPoint
    {
        Keys = new Dictionary<string, string> { ["tool"] = $"tool {s}", ["n"] = $"benchmark {n}" },
        Estimate = new Estimate(n % 97 + s + 1, n % 97 + s, n % 97 + s + 2),
    })).ToList();
    var dataset = new Dataset
    {
        Name = "D",
        Columns = ["tool", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points = points,
    };
    var metadata = new Dictionary<string, string>
    {
        ["Kind"] = "GroupedBars",
        ["Datasets"] = "D",
        ["X"] = "n",
        ["Series"] = "tool",
    };
    var figure = FigureDeclaration.Parse(
        new DeclarationItem("Figure", $"F{bars}", metadata, () => new SourceLocation("bench", 1)), []);
    // The first drawing is not measured, since it compiles the code.
    FigureDrawer.Draw(figure, [dataset], folder);
    var clock = Stopwatch.StartNew();
    var drawn = FigureDrawer.Draw(figure, [dataset], folder);
    var seconds = clock.Elapsed.TotalSeconds;
    string Size(string format) => FormattableString.Invariant($"{new FileInfo(drawn.Files[format]).Length / 1000.0:0}");
    var width = File.ReadLines(drawn.Files["svg"]).First().Split("width=\"")[1].Split("pt")[0];
    Console.WriteLine(FormattableString.Invariant(
        $"{bars},{series},{seconds:0.00},{Size("svg")},{Size("pdf")},{Size("png")},{width}"));
}
Directory.Delete(folder, recursive: true);

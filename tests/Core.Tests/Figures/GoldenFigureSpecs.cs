using Verus.Artifact.Data;

namespace Verus.Artifact.Tests.Figures;

/// <summary>
/// Compares pictures line by line with those in the folder Golden. After an intended change, UPDATE_GOLDEN=1 writes the
/// pictures again, which must then be inspected.
/// </summary>
public sealed class GoldenFigureSpecs : FigureFixture
{
    private static readonly Dataset Data = Measured(
    [
        .. new[] { 1, 2, 4, 8, 16 }.Select(n => Point("Verus", n, 0.5 + n / 100.0, 0.45 + n / 100.0, 0.56 + n / 100.0)),
        Point("Dafny", 1, 2.5), Point("Dafny", 2, 6), Point("Dafny", 4, 30, 27, 34),
        Point("Dafny", 8, null, note: "timed out after 100 s"), Point("Dafny", 16, null, note: "timed out after 100 s"),
    ]) with
    { Notes = ["Dafny 4.11.0 instead of the pinned 4.3.0"] };

    [Fact]
    public void A_line_chart_is_drawn_as_it_was() =>
        Compare("LineChart", Lines(("YScale", "Log"), ("XScale", "Log2"), ("XMarks", "8|cores"),
            ("YLabel", "time (s)")), Data);

    [Fact]
    public void Grouped_bars_with_error_bars_are_drawn_as_they_were() =>
        Compare("GroupedBars", Bars(("Hatches", "Rising;None"), ("XLabel", "operations")), Data);

    [Fact]
    public void A_table_is_drawn_as_it_was() =>
        Compare("Table", Table(("RowHeads", "Verifier"),
            ("ColumnOrder", "1|one|Operations;2|two|Operations;4|four|Operations")), Data);

    [Fact]
    public void Recorded_numbers_beside_measured_ones_are_drawn_as_they_were() =>
        Compare("Overlay", Bars(("Overlay", "true")), Data,
            Recorded(Point("Verus", 1, 0.6), Point("Verus", 2, 0.6), Point("Dafny", 8, 36)));

    private void Compare(string name, Artifact.Figures.FigureDeclaration figure, params Dataset[] datasets)
    {
        var drawn = Draw(figure with { Name = name, Title = "Time to verify" }, datasets);
        foreach (var format in drawn.Files.Keys.Where(format => format is "svg" or "txt" or "tex").AtLeastOne())
        {
            var golden = Path.Combine(GoldenFolder, $"{name}.{format}");
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            {
                Directory.CreateDirectory(GoldenFolder);
                File.Copy(drawn.Files[format], golden, overwrite: true);
            }
            File.Exists(golden).ShouldBeTrue($"{golden} is missing; UPDATE_GOLDEN=1 writes it");
            Text(drawn, format).Split('\n').ShouldBe(File.ReadAllText(golden).Split('\n'),
                $"{name}.{format}; UPDATE_GOLDEN=1 takes the new one over");
        }
    }

    private static string GoldenFolder => Path.Combine(ItemsOfFile.Repository, "tests/Core.Tests/Figures/Golden");
}

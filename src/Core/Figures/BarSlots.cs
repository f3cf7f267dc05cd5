using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// The positions of the bars, boxes and other marks of a group: each series has a slot at each place.
/// </summary>
internal static class BarSlots
{
    /// <summary>The share of a place that a group fills; the rest is the gap to the next group.</summary>
    public const double Group = 0.8;

    /// <summary>The width, in points, that a bar should have at least.</summary>
    public const float LeastBarWidth = 2;

    /// <summary>Returns how long an axis must be for a number of bars, in points.</summary>
    public static float LengthFor(int bars) => bars * LeastBarWidth / (float)Group;

    /// <summary>Returns the width, in points, of each of several marks that share a length of an axis.</summary>
    public static float RoomOf(int marks, float length) => (float)Group * length / Math.Max(1, marks);

    /// <summary>Returns what a reader must know about bars that have little room.</summary>
    /// <param name="data">The data of the figure.</param>
    /// <param name="bars">The number of bars in a panel.</param>
    /// <param name="length">The length of the axis of places, in points.</param>
    public static IEnumerable<string> Crowded(FigureData data, int bars, float length)
    {
        if (RoomOf(bars, length) < LeastBarWidth / 2)
            yield return $"the {bars} bars of a panel are too narrow to be distinguished";
        if (BarTexts.AreTooMany(data, bars, length))
            yield return "the bars are too narrow for their numbers";
    }

    /// <summary>Reads the metadata that all kinds of figures with categories and slots have in common.</summary>
    public static FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure) => figure with
    {
        XScale = AxisScale.Category,
        Horizontal = reader.Flag("Horizontal"),
        Hatches = FigureMetadata.Choices<FigureHatch>(reader, "Hatches"),
        Apart = reader.List("Apart"),
    };

    /// <summary>Reads the metadata that all kinds of bar charts have in common.</summary>
    public static FigureDeclaration ReadBars(MetadataReader reader, FigureDeclaration figure) =>
        Read(reader, figure) with
        {
            ErrorBars = reader.Flag("ErrorBars", otherwise: true),
            Values = reader.Flag("Values"),
        };

    /// <summary>Returns the width of a slot in the coordinates of the axis of places.</summary>
    public static double WidthOf(ChartPanel panel) => Group / panel.Series.Count;

    /// <summary>Returns the middle of the slot of a series at a place.</summary>
    public static double Middle(ChartPanel panel, double place, int series) =>
        place - Group / 2 + (series + 0.5) * WidthOf(panel);
}

/// <summary>The numbers at bars.</summary>
internal static class BarTexts
{
    private const float Size = Ink.SmallText;

    // The width of a digit, in multiples of the font size.
    private const float Digit = 0.64f;

    /// <summary>
    /// Returns the room for the numbers at the ends of the axis of values. The room for the numbers is an estimate,
    /// since the axis is made before the layout.
    /// </summary>
    public static (double Below, double Above) Room(FigureData data, IEnumerable<double?> values)
    {
        if (!data.Figure.Values)
            return (0, 0);
        var all = values.OfType<double>().ToList();
        var longest = all.Select(value => NumberText.Of(value, data.Figure.Format).Length).DefaultIfEmpty(1).Max();
        var needs = longest * Digit * Size + 4;
        var length = data.Figure.Horizontal ? 0.6 * FigureKind.WidthOf(data.Figure) : 0.65 * data.Figure.Height * 72;
        var slot = FigureKind.WidthOf(data.Figure) * 0.7 / Math.Max(1, data.Xs.Count * data.Series.Count);
        var share = !data.Figure.Horizontal && slot > needs ? (Size + 3) / length : needs / length;
        share = Math.Min(0.5, share);
        return (all.Exists(value => value < 0) ? share : 0, share);
    }

    /// <summary>
    /// Returns the numbers to write at bars, placed beyond the ends and intervals of the bars; none when there is no
    /// room for them.
    /// </summary>
    /// <param name="panel">The panel.</param>
    /// <param name="ink">Measures the texts of the numbers.</param>
    /// <param name="slot">The width of a bar with its gap, in the coordinates of the axis of places.</param>
    /// <param name="bars">The bars with their numbers.</param>
    public static IEnumerable<ChartText> Of(
        ChartPanel panel, Ink ink, double slot, IEnumerable<(PlacedPoint Placed, double Value)> bars)
    {
        var room = (float)(slot / (panel.Axes.X.High - panel.Axes.X.Low)) * panel.Length;
        if (room < Size * 0.9f)
            return [];
        var all = bars.Select(bar =>
            (bar.Placed, bar.Value, Text: NumberText.Of(bar.Value, panel.Data.Figure.Format))).ToList();
        var isUpright = !panel.Data.Figure.Horizontal && all.Exists(bar => ink.Width(bar.Text, Size) > room);
        return all.Select(bar => bar.Value < 0
            ? new ChartText(bar.Placed.X, bar.Placed.Low ?? bar.Placed.Y, bar.Text, TextSide.Below, isUpright)
            : new ChartText(bar.Placed.X, bar.Placed.High ?? bar.Placed.Y, bar.Text, TextSide.Above, isUpright));
    }

    /// <summary>Whether a number of bars along a length of an axis leave no room for their numbers.</summary>
    public static bool AreTooMany(FigureData data, int bars, float length) =>
        data.Figure.Values && BarSlots.RoomOf(bars, length) < Size * 0.9f;
}

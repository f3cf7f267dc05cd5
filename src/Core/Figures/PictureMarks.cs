using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Common;

namespace Verus.Artifact.Figures;

/// <summary>A mark in a panel with the text that a reader sees when pointing at it.</summary>
/// <param name="Place">The middle of the mark on the axis of places, in the coordinates of that axis.</param>
/// <param name="Value">The end of the mark on the axis of values, in the coordinates of that axis.</param>
/// <param name="Text">Function that returns the text; it is called only for marks that are written.</param>
internal sealed record ChartMark(double Place, double Value, Func<string> Text)
{
    /// <summary>The start of the mark on the axis of values; null for a mark that is a point.</summary>
    public double? Foot { get; init; }

    /// <summary>The width of the mark in the coordinates of the axis of places; 0 for a mark that is a point.</summary>
    public double Size { get; init; }
}

/// <summary>A mark in a picture, in points from its upper left corner.</summary>
/// <param name="Area">The area of the mark.</param>
/// <param name="IsRound">Whether the mark is a point, so that its area is a circle.</param>
/// <param name="Text">Function that returns the text of the mark.</param>
internal sealed record PictureMark(SKRect Area, bool IsRound, Func<string> Text);

/// <summary>
/// The texts that a browser shows when a reader points at a mark of a picture: transparent shapes over the marks, each
/// with a title, so that no script is necessary.
/// </summary>
internal static class PictureMarks
{
    // A page with fifty pictures must stay small enough for any browser and mail.
    private const int Most = 120, MostAtOnePlace = 4;
    private const float Radius = 4, Least = 3, Grain = 2;

    /// <summary>Places the marks of a panel in its picture; marks outside of the panel are left out.</summary>
    /// <param name="marks">The marks.</param>
    /// <param name="axes">The axes of the panel.</param>
    /// <param name="area">The data area of the panel.</param>
    /// <param name="lying">Whether the axis of places runs downwards.</param>
    public static IEnumerable<PictureMark> In(
        IEnumerable<ChartMark> marks, ChartAxes axes, SKRect area, bool lying)
    {
        foreach (var mark in marks)
        {
            var (place, value) = (Share(axes.X, mark.Place), Share(axes.Y, mark.Value));
            SKRect found;
            if (mark.Foot is { } start)
            {
                var (half, foot) = (mark.Size / (axes.X.High - axes.X.Low) / 2, Share(axes.Y, start));
                var (first, second) = (At(place - half, foot), At(place + half, value));
                found = new SKRect(Math.Min(first.X, second.X), Math.Min(first.Y, second.Y),
                    Math.Max(first.X, second.X), Math.Max(first.Y, second.Y));
                found.Inflate(Math.Max(0, Least - found.Width) / 2, Math.Max(0, Least - found.Height) / 2);
                if (found.IntersectsWith(area))
                    yield return new PictureMark(SKRect.Intersect(found, area), false, mark.Text);
                continue;
            }
            var middle = At(place, value);
            found = new SKRect(middle.X - Radius, middle.Y - Radius, middle.X + Radius, middle.Y + Radius);
            if (SKRect.Inflate(area, 1, 1).Contains(middle))
                yield return new PictureMark(found, true, mark.Text);
        }

        SKPoint At(double place, double value) => lying
            ? new SKPoint(area.Left + (float)value * area.Width, area.Top + (float)place * area.Height)
            : new SKPoint(area.Left + (float)place * area.Width, area.Bottom - (float)value * area.Height);
    }

    /// <summary>
    /// Returns the marks as an element of SVG; null when there are none. Marks at the same position share a title. Of
    /// very many marks only some are written, spread evenly.
    /// </summary>
    public static XElement? ToSvg(IEnumerable<PictureMark> marks, XNamespace svg)
    {
        var places = marks.GroupBy(mark => (mark.IsRound, MathF.Round(mark.Area.MidX / Grain),
            MathF.Round(mark.Area.MidY / Grain))).Select(group => group.ToList()).ToList();
        if (places.Count == 0)
            return null;
        if (places.Count > Most)
            places = [.. Enumerable.Range(0, Most).Select(i => places[(int)((long)i * places.Count / Most)])];
        // Points lie on top of bars, since they are smaller.
        return new XElement(svg + "g", new XAttribute("fill", "none"), new XAttribute("pointer-events", "all"),
            places.OrderBy(place => place[0].IsRound).Select(place => Element(place, svg)));
    }

    private static XElement Element(List<PictureMark> place, XNamespace svg)
    {
        var area = place[0].Area;
        var lines = place.Take(MostAtOnePlace).Select(mark => Ink.Clean(mark.Text())).Distinct().ToList();
        if (place.Count > MostAtOnePlace)
            lines.Add($"and {place.Count - MostAtOnePlace} more");
        XAttribute[] shape = place[0].IsRound
            ? [Number("cx", area.MidX), Number("cy", area.MidY), Number("r", Radius)]
            : [Number("x", area.Left), Number("y", area.Top), Number("width", area.Width),
                Number("height", area.Height)];
        return new XElement(svg + (place[0].IsRound ? "circle" : "rect"), shape,
            new XElement(svg + "title", string.Join('\n', lines)));
    }

    /// <summary>Returns the text of a point: its name, its number with the interval, and the number of its
    /// samples.</summary>
    public static string TextOf(FigureData data, FigurePoint point, bool paper) =>
        $"{FigureNotes.NameOf(data, point)}: {NumberOf(point)}"
            + (paper || point.Dataset.Origin == Data.Origin.Recorded ? " (recorded)" : "");

    /// <summary>Returns the number of a point with its unit, its interval, and the number of its samples.</summary>
    public static string NumberOf(FigurePoint point)
    {
        if (point.Estimate is not { } estimate)
            return point.Point.Note ?? "no value";
        var all = EstimateText.Of(estimate);
        return string.Join(' ', new[]
        {
            all.Value, point.Unit, all is { Low: { } low, High: { } high } ? $"[{low} – {high}]" : "",
        }.Where(text => text.Length > 0))
            + (point.Point.Samples.Count is > 0 and var count ? $", {Amount.Count(count, "sample")}" : "");
    }

    private static double Share(AxisView axis, double place) =>
        Math.Clamp((place - axis.Low) / (axis.High - axis.Low), -1e3, 1e3);

    private static XAttribute Number(string name, float value) =>
        new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}

/// <summary>The texts of marks that stand for several points of a series.</summary>
internal static class SeriesMarks
{
    /// <summary>Returns what a mark says, after the names of its panel and series.</summary>
    public static string Text(ChartPanel panel, ChartSeries series, string what)
    {
        var subject = FigureNotes.Subject(panel.Data, panel.Key, series.Key).TrimEnd(' ', ',');
        return (subject.Length > 0 ? $"{subject}: {what}" : what).Trim() + (series.Paper ? " (recorded)" : "");
    }
}

using System.Globalization;
using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>A pair of numbers of one point, for a plot of one evaluation against another.</summary>
/// <param name="X">The number on the horizontal axis, which is above zero.</param>
/// <param name="Y">The number on the vertical axis, which is above zero.</param>
/// <param name="Differs">Whether the two numbers differ by more than chance.</param>
/// <param name="Text">The text that a reader sees when pointing at the mark.</param>
internal readonly record struct PlotPair(double X, double Y, bool Differs, string Text);

/// <summary>Plots that pages draw themselves, each made for one question of a reader.</summary>
internal static class PagePlots
{
    private const double Size = 260, Left = 46, Top = 6, Bottom = 34;

    // The number of marks in a plot above which a browser becomes slow.
    private const int MostMarks = 2000;

    private static readonly string[] Colors = ["#0b62c4", "#b3261e", "#116b3c", "#8a5300", "#6a3d9a", "#444"];

    /// <summary>
    /// Draws pairs of numbers, for the question which points are larger on which side. Both axes are logarithmic and
    /// the same, so that equal numbers lie on the diagonal. If there are too many marks, those that differ come first.
    /// </summary>
    public static string Scatter(Html page, IReadOnlyList<PlotPair> pairs, string xName, string yName)
    {
        var axis = new Axis([.. pairs.SelectMany(pair => new[] { pair.X, pair.Y })], isLog: true);
        var text = Begin(page, $"{yName} against {xName}, both logarithmic");
        Line(text, $"M{Left} {Top + Size}L{Left + Size} {Top}", "#888", dashed: true);
        foreach (var pair in pairs.OrderByDescending(pair => pair.Differs).Take(MostMarks).Reverse())
            Mark(text, page, axis.Share(pair.X), axis.Share(pair.Y), pair.Differs ? Colors[1] : Colors[0], pair.Text);
        foreach (var tick in axis.Ticks)
        {
            Text(text, Left + axis.Share(tick) * Size, Size + Top + 11, "middle", Amount.Number(tick));
            Text(text, Left - 4, Top + (1 - axis.Share(tick)) * Size + 3, "end", Amount.Number(tick));
        }
        return End(text, page, xName, yName);
    }

    /// <summary>
    /// Draws the quantiles of several sets of numbers, for the question whether the largest numbers of the sets differ
    /// in another way than the others do.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="lines">The numbers of each set, with its name.</param>
    /// <param name="quantity">The quantity, with its unit.</param>
    public static string Quantiles(
        Html page, IReadOnlyList<(string Name, IReadOnlyList<double> Numbers)> lines, string quantity)
    {
        double[] all = [.. lines.SelectMany(line => line.Numbers)];
        var axis = new Axis(all, isLog: all.Min() > 0);
        var text = Begin(page, $"Quantiles of {quantity} in {string.Join(", ", lines.Select(line => line.Name))}");
        for (var i = 0; i < lines.Count; i++)
        {
            double[] sorted = [.. lines[i].Numbers.Order()];
            var step = Math.Max(1, sorted.Length * lines.Count / MostMarks);
            var places = Enumerable.Range(0, sorted.Length).Where(at => at % step == 0 || at == sorted.Length - 1)
                .Select(at => (Share: ShareOf(at, sorted.Length), Number: sorted[at])).ToList();
            var color = Colors[i % Colors.Length];
            Line(text, "M" + string.Join('L', places.Select(place => Number(Left + place.Share * Size) + " "
                + Number(Top + (1 - axis.Share(place.Number)) * Size))), color, dashed: i > 0);
            foreach (var (share, number) in places)
                Mark(text, page, share, axis.Share(number), color, string.Create(CultureInfo.InvariantCulture,
                    $"{lines[i].Name}: {100 * share:0.#}% of the points are at most {Amount.Number(number)}"));
            Text(text, Left + 6, Top + 12 + 11 * i, "start", page.Escape(lines[i].Name), color);
        }
        foreach (var tick in axis.Ticks)
            Text(text, Left - 4, Top + (1 - axis.Share(tick)) * Size + 3, "end", Amount.Number(tick));
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 0.9, 1 })
            Text(text, Left + share * Size, Size + Top + 11, "middle", Amount.Number(100 * share) + "%");
        return End(text, page, "share of points", quantity);
    }

    /// <summary>Returns the number below or at which a share of sorted numbers lies.</summary>
    public static double Quantile(IReadOnlyList<double> numbers, double share) =>
        Statistics.QuantileOfSorted([.. numbers.Order()], share);

    private static double ShareOf(int index, int count) => count == 1 ? 1 : (double)index / (count - 1);

    private static StringBuilder Begin(Html page, string label) =>
        new StringBuilder("<svg role=\"img\" viewBox=\"0 0 ").Append(Number(Left + Size + 14)).Append(' ')
            .Append(Number(Size + Top + Bottom)).Append("\" style=\"max-width:26rem;font-size:9px\" aria-label=\"")
            .Append(page.Escape(label)).Append("\"><rect x=\"").Append(Number(Left)).Append("\" y=\"")
            .Append(Number(Top)).Append("\" width=\"").Append(Number(Size)).Append("\" height=\"").Append(Number(Size))
            .Append("\" fill=\"none\" stroke=\"#888\"/>");

    private static string End(StringBuilder text, Html page, string xName, string yName)
    {
        Text(text, Left + Size / 2, Size + Top + 26, "middle", page.Escape(xName));
        text.Append("<text transform=\"translate(9 ").Append(Number(Top + Size / 2))
            .Append(") rotate(-90)\" text-anchor=\"middle\">").Append(page.Escape(yName)).Append("</text>");
        return text.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder text, string path, string color, bool dashed) =>
        text.Append("<path d=\"").Append(path).Append("\" fill=\"none\" stroke=\"").Append(color).Append('"')
            .Append(dashed ? " stroke-dasharray=\"3 3\"/>" : "/>");

    private static void Mark(StringBuilder text, Html page, double x, double y, string color, string title) =>
        text.Append("<circle cx=\"").Append(Number(Left + x * Size)).Append("\" cy=\"")
            .Append(Number(Top + (1 - y) * Size)).Append("\" r=\"3\" fill=\"").Append(color)
            .Append("\" fill-opacity=\".7\"><title>").Append(page.Escape(title)).Append("</title></circle>");

    private static void Text(
        StringBuilder text, double x, double y, string anchor, string content, string? color = null) =>
        text.Append("<text x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y)).Append("\" text-anchor=\"")
            .Append(anchor).Append(color is null ? "\">" : $"\" fill=\"{color}\">").Append(content).Append("</text>");

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    // An axis from the smallest to the largest number, with some room at both ends.
    private sealed class Axis
    {
        private static readonly double[] TickShares = [0.05, 0.5, 0.95];

        private readonly bool isLog;
        private readonly double low, high;

        public Axis(double[] numbers, bool isLog)
        {
            this.isLog = isLog;
            (low, high) = (numbers.Min(Place), numbers.Max(Place));
            var room = Math.Max(0.05 * (high - low), isLog ? 0.05 : Math.Max(Math.Abs(high), 1) * 1e-3);
            (low, high) = (low - room, high + room);
            Ticks = [.. TickShares.Select(share => low + share * (high - low))
                .Select(place => isLog ? Math.Exp(place) : place)];
        }

        public IReadOnlyList<double> Ticks { get; }

        public double Share(double number) => (Place(number) - low) / (high - low);

        private double Place(double number) => isLog ? Math.Log(number) : number;
    }
}

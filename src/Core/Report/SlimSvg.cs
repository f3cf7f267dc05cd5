using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Verus.Artifact.Report;

/// <summary>
/// Makes the copies of pictures in the page small: many marks of one kind that follow each other become one path, in
/// which marks at the same place, as far as an eye can tell, are drawn once. Only marks that cover completely what is
/// below them are joined, so that the picture looks the same. The files of figures keep every mark.
/// </summary>
internal static class SlimSvg
{
    // Fewer marks than this are kept as they are, since a page can hold them.
    private const int Few = 20;
    // Of more marks than this, the places are rounded to what is about a pixel of a screen.
    private const int Many = 500;
    private const double Fine = 0.1, Coarse = 0.6, Same = 0.01;
    private const int LongPath = 2_000;

    private static readonly string[] Places = ["cx", "cy", "x", "y", "width", "height", "d"];

    /// <summary>Joins the marks of a picture, and shortens what is left.</summary>
    public static void Apply(XElement picture)
    {
        Visit(picture);
        foreach (var path in picture.Descendants("path").Attributes("d").Where(path => path.Value.Length > LongPath
            && path.Value.Contains('L', StringComparison.Ordinal)))
        {
            var lines = path.Value.AsSpan().Count('M');
            var slim = new SlimPath(lines > Many ? Coarse : Fine);
            if (slim.TryAdd(path.Value))
                path.Value = slim.ToString();
        }
        // This limit is the default.
        picture.Descendants().Attributes("stroke-miterlimit").Where(limit => limit.Value == "4").Remove();
        foreach (var width in picture.Descendants().Attributes("stroke-width"))
            if (double.TryParse(width.Value, CultureInfo.InvariantCulture, out var points))
                width.Value = points.ToString("0.###", CultureInfo.InvariantCulture);
        // Every text names the same fonts.
        if (picture.Descendants("text").Attributes("font-family").Select(family => family.Value).Distinct().ToList()
            is [{ } fonts])
        {
            picture.Descendants("text").Attributes("font-family").Remove();
            // HTML knows no such attribute of a picture, only of what is in it.
            var drawn = picture.Elements().Where(element => element.Name.LocalName is not ("title" or "desc")).ToList();
            var group = new XElement("g", new XAttribute("font-family", fonts), drawn);
            drawn.ForEach(element => element.Remove());
            picture.Add(group);
        }
    }

    private static void Visit(XElement element)
    {
        foreach (var child in element.Elements())
            Visit(child);
        var run = new List<XElement>();
        foreach (var child in element.Elements().ToList())
        {
            if (run.Count > 0 && !AreAlike(run[0], child))
            {
                Join(run);
                run.Clear();
            }
            if (IsMark(child))
                run.Add(child);
        }
        Join(run);
    }

    private static bool IsMark(XElement element) => !element.HasElements && element.Name.LocalName switch
    {
        "ellipse" => (string?)element.Attribute("rx") == (string?)element.Attribute("ry") && IsOnlyFilled(element),
        "rect" => element.Attribute("rx") is null && IsOnlyFilled(element),
        "path" => (string?)element.Attribute("fill") == "none" || TurnOf(element) != 0,
        _ => false,
    } && element.Attributes().All(attribute => !attribute.Name.LocalName.Contains("opacity", StringComparison.Ordinal)
        && attribute.Name.LocalName is not ("id" or "transform")
        && !attribute.Value.Contains("url(", StringComparison.Ordinal));

    private static bool IsOnlyFilled(XElement element) => element.Attribute("fill") is { Value: not "none" }
        && element.Attribute("stroke") is null;

    // Whether two elements differ in their places only. Shapes that turn in different directions would cut holes into
    // each other.
    private static bool AreAlike(XElement one, XElement other) => IsMark(other) && one.Name == other.Name
        && Style(one).SequenceEqual(Style(other))
        && (one.Name.LocalName != "path" || TurnOf(one) == TurnOf(other));

    // The direction in which a filled shape turns: 1 or -1, and 0 for one that is not a single polygon.
    private static int TurnOf(XElement path)
    {
        var text = (string?)path.Attribute("d") ?? "";
        if ((string?)path.Attribute("fill") == "none" || path.Attribute("fill-rule") is { Value: "evenodd" }
            || text.LastIndexOf('M') != 0
            || text.Any(letter => char.IsLetter(letter) && letter is not ('M' or 'L' or 'Z')))
            return 0;
        double[] numbers = [.. text.Split(['M', 'L', 'Z', ' ', ','], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        var area = 0.0;
        for (var i = 0; i + 1 < numbers.Length; i += 2)
        {
            var next = (i + 2) % numbers.Length;
            area += numbers[i] * numbers[next + 1] - numbers[next] * numbers[i + 1];
        }
        return Math.Sign(area);
    }

    private static IEnumerable<(string, string)> Style(XElement element) => element.Attributes()
        .Where(attribute => !Places.Contains(attribute.Name.LocalName))
        .Select(attribute => (attribute.Name.LocalName, attribute.Value));

    private static void Join(List<XElement> run)
    {
        if (run.Count < Few)
            return;
        var first = run[0];
        var step = run.Count > Many ? Coarse : Fine;
        var joined = new XElement("path", Style(first).Where(pair => pair.Item1 is not ("rx" or "ry"))
            .Select(pair => new XAttribute(pair.Item1, pair.Item2)));
        var path = new SlimPath(step);
        if (first.Name.LocalName == "ellipse")
        {
            // A line without length and with round ends is a disc.
            AsLine(joined, 2 * Number(first, "rx"));
            joined.SetAttributeValue("stroke-linecap", "round");
            foreach (var mark in run)
                path.AddDot(Number(mark, "cx"), Number(mark, "cy"));
        }
        else if (first.Name.LocalName == "rect" && run.TrueForAll(mark =>
            Math.Abs(Number(mark, "width") - Number(first, "width")) < Same))
        {
            // Bars of one width are lines of this width.
            AsLine(joined, Math.Max(Number(first, "width"), step == Coarse ? Coarse : 0));
            foreach (var mark in run)
            {
                var middle = Number(mark, "x") + Number(mark, "width") / 2;
                path.Add([(middle, Number(mark, "y")), (middle, Number(mark, "y") + Number(mark, "height"))], false);
            }
        }
        else if (first.Name.LocalName == "rect")
            foreach (var mark in run)
            {
                var (x, y) = (Number(mark, "x"), Number(mark, "y"));
                var (right, bottom) = (x + Number(mark, "width"), y + Number(mark, "height"));
                path.Add([(x, y), (right, y), (right, bottom), (x, bottom)], true);
            }
        else if (!run.TrueForAll(mark => path.TryAdd((string?)mark.Attribute("d") ?? "")))
            return;
        joined.SetAttributeValue("d", path.ToString());
        first.ReplaceWith(joined);
        foreach (var mark in run.Skip(1))
            mark.Remove();
    }

    private static void AsLine(XElement path, double width)
    {
        path.SetAttributeValue("stroke", path.Attribute("fill")!.Value);
        path.SetAttributeValue("fill", "none");
        path.SetAttributeValue("stroke-width", width.ToString("0.###", CultureInfo.InvariantCulture));
    }

    private static double Number(XElement element, string attribute) =>
        double.TryParse((string?)element.Attribute(attribute), CultureInfo.InvariantCulture, out var number)
            ? number : 0;
}

/// <summary>
/// Writes a path in few letters: places are rounded to a step, a place is written by its distance from the one before,
/// and lines that are at the same places as others are left out.
/// </summary>
/// <param name="step">The step in points, a multiple of a tenth.</param>
internal sealed class SlimPath(double step)
{
    private readonly StringBuilder text = new();
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly int tenths = (int)Math.Round(10 * step);
    // Upright lines by their place: those that overlap become one.
    private readonly SortedDictionary<int, List<(int Top, int Bottom)>> upright = [];
    private (int X, int Y) at;

    /// <summary>Adds a line without length, which has only its ends.</summary>
    public void AddDot(double x, double y)
    {
        (int X, int Y) dot = (Rounded(x), Rounded(y));
        if (!known.Add($"{dot}"))
            return;
        Write('m', dot.X - at.X, dot.Y - at.Y);
        text.Append("h0");
        at = dot;
    }

    /// <summary>Adds lines from place to place; lines that are shorter than the step are left out.</summary>
    /// <param name="places">The places.</param>
    /// <param name="isClosed">Whether a line leads back to the first place.</param>
    public void Add(IReadOnlyList<(double X, double Y)> places, bool isClosed)
    {
        List<(int X, int Y)> rounded = [.. places.Select(place => (Rounded(place.X), Rounded(place.Y)))];
        if (rounded is [var from, var to] && from.X == to.X && from.Y != to.Y && !isClosed)
        {
            if (!upright.TryGetValue(from.X, out var lines))
                upright[from.X] = lines = [];
            lines.Add((Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y)));
            return;
        }
        if (rounded.TrueForAll(place => place == rounded[0]) || !known.Add(string.Join(' ', rounded)))
            return;
        Write('m', rounded[0].X - at.X, rounded[0].Y - at.Y);
        at = rounded[0];
        foreach (var next in rounded.Skip(1))
        {
            var (x, y) = (next.X - at.X, next.Y - at.Y);
            if (x == 0 && y == 0)
                continue;
            if (y == 0)
                text.Append('h').Append(Text(x));
            else if (x == 0)
                text.Append('v').Append(Text(y));
            else
                Write('l', x, y);
            at = next;
        }
        if (!isClosed)
            return;
        text.Append('z');
        at = rounded[0];
    }

    /// <summary>Adds the lines of a path; false, and nothing is added, if the path has curves.</summary>
    /// <param name="path">The path, with absolute places.</param>
    public bool TryAdd(string path)
    {
        if (path.Any(letter => char.IsLetter(letter) && letter is not ('M' or 'L' or 'Z')))
            return false;
        foreach (var line in path.Split('M', StringSplitOptions.RemoveEmptyEntries))
        {
            double[] numbers = [.. line.Split(['L', 'Z', ' ', ','], StringSplitOptions.RemoveEmptyEntries)
                .Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            if (numbers.Length >= 2)
                Add([.. numbers.Chunk(2).Select(pair => (pair[0], pair[^1]))],
                    line.Contains('Z', StringComparison.Ordinal));
        }
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        foreach (var (x, lines) in upright)
        {
            var (top, bottom) = (int.MaxValue, int.MinValue);
            foreach (var line in lines.Order())
            {
                // A gap of one step cannot be seen.
                var isNew = line.Top > (long)bottom + tenths;
                if (isNew)
                    Upright(x, top, bottom);
                (top, bottom) = isNew ? line : (top, Math.Max(bottom, line.Bottom));
            }
            Upright(x, top, bottom);
        }
        upright.Clear();
        return text.ToString();
    }

    private void Upright(int x, int top, int bottom)
    {
        if (top > bottom)
            return;
        // Half of the lines begin where the one before ends.
        var isDown = Math.Abs(top - at.Y) <= Math.Abs(bottom - at.Y);
        var (first, last) = isDown ? (top, bottom) : (bottom, top);
        Write('m', x - at.X, first - at.Y);
        text.Append('v').Append(Text(last - first));
        at = (x, last);
    }

    private int Rounded(double place) => (int)Math.Round(10 * place / tenths) * tenths;

    private void Write(char command, int x, int y) =>
        text.Append(command).Append(Text(x)).Append(y < 0 ? "" : " ").Append(Text(y));

    // A number of tenths, without a zero before the point.
    private static string Text(int number)
    {
        var (whole, rest) = Math.DivRem(Math.Abs(number), 10);
        var sign = number < 0 ? "-" : "";
        return rest == 0 ? $"{sign}{whole}" : whole == 0 ? $"{sign}.{rest}" : $"{sign}{whole}.{rest}";
    }
}

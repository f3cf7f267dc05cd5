using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>What a reader must know of a figure, as sentences below it; some belong to cells of a table.</summary>
internal sealed class FigureNotes
{
    /// <summary>What marks recorded numbers, in every form of a figure.</summary>
    public const string Recorded = "Recorded by the authors, not measured here";

    /// <summary>What stands on a figure with recorded and measured numbers.</summary>
    public const string PartlyRecorded = "In part recorded by the authors, not measured here";

    /// <summary>What marks a smoke run, in every form of a figure.</summary>
    public const string Smoke = "Smoke run: a few cells with one sample each; not a result";

    private readonly List<string> cellTexts = [];
    private readonly Dictionary<string, int> marks = new(StringComparer.Ordinal);

    private FigureNotes(IReadOnlyList<string> general, IReadOnlyList<string> cells)
    {
        General = general;
        cellTexts.AddRange(cells);
        for (var i = 0; i < cells.Count; i++)
            marks[cells[i]] = i;
    }

    /// <summary>Notes on the whole figure, its series and points.</summary>
    public IReadOnlyList<string> General { get; }

    /// <summary>All notes; those on cells with their mark.</summary>
    public IReadOnlyList<string> All => [.. cellTexts.Select((text, index) => $"{MarkOf(index)}: {text}"), .. General];

    /// <summary>The mark of a cell's note, such as <c>a</c>; null when it has none.</summary>
    public string? Mark(FigurePoint? point) =>
        point?.Point.Note is { Length: > 0 } note && marks.TryGetValue(note, out var index) ? MarkOf(index) : null;

    /// <summary>Collects the notes of a figure.</summary>
    /// <param name="data">What it shows.</param>
    /// <param name="own">Those of its kind, which stand after those on series and points.</param>
    /// <param name="last">Those that stand at the end.</param>
    public static FigureNotes Of(FigureData data, IReadOnlyList<string> own, IReadOnlyList<string>? last = null)
    {
        var inCells = data.Figure.Kind.InCells;
        var drawn = data.HasOverlay ? data.Points.Concat(data.PaperPoints).ToList() : data.Points;
        var notes = new List<string>();
        notes.AddRange(OriginNotes(data));
        notes.AddRange(drawn.Select(p => p.Dataset).Distinct().SelectMany(d => d.Notes));
        notes.AddRange(PointNotes(data, inCells ? data.XsBelow : data.Xs));
        notes.AddRange(own);
        notes.AddRange(LeftOut(data));
        notes.AddRange(data.Figure.Kind.Method(data) ?? Method(data));
        notes.AddRange(last ?? []);
        var rows = data.Xs.Select(x => x.Value).ToHashSet(StringComparer.Ordinal);
        var cells = inCells ? data.Points.Where(p => rows.Contains(p.X)).Select(p => p.Point.Note).OfType<string>()
            .Where(note => note.Length > 0).Distinct() : [];
        return new FigureNotes([.. notes.Distinct()], [.. cells]);
    }

    /// <summary>Why a figure has no number at all.</summary>
    public static IReadOnlyList<string> Reasons(FigureData data)
    {
        var reasons = PointNotes(data, [.. data.Xs, .. data.XsBelow])
            .Concat(data.Points.Select(p => p.Dataset).Distinct().SelectMany(d => d.Notes)).Distinct().ToList();
        return reasons.Count > 0 ? reasons : ["There are no data for it."];
    }

    private static string MarkOf(int index) => (index >= 26 ? MarkOf(index / 26 - 1) : "") + (char)('a' + index % 26);

    private static IEnumerable<string> OriginNotes(FigureData data)
    {
        foreach (var dataset in data.Points.Where(p => p.Dataset.Origin == Origin.Recorded && p.Estimate is not null)
            .Select(p => p.Dataset).Distinct())
        {
            var subject = data.IsAllRecorded ? Recorded : $"{dataset.Name}: recorded by the authors, not measured here";
            yield return dataset.Provenance.Length > 0 ? $"{subject} ({dataset.Provenance})." : subject + ".";
        }
        if (!data.HasOverlay)
            yield break;
        foreach (var dataset in data.PaperPoints.Select(p => p.Dataset).Distinct())
            yield return $"{data.Figure.Kind.LooksOfRecorded}: recorded by the authors, not measured here"
                + (dataset.Provenance.Length > 0 ? $" ({dataset.Provenance})." : ".");
    }

    // Points without a number, and points with a number that needs a word; neighbours with the same note share a line,
    // and so do places that have the same note in every panel and series.
    private static IEnumerable<string> PointNotes(FigureData data, IReadOnlyList<FigureLabel> xs)
    {
        var here = xs.Select(x => x.Value).ToHashSet(StringComparer.Ordinal);
        var counts = data.Points.CountBy(p => p.X).ToDictionary(StringComparer.Ordinal);
        var noted = data.Points.Where(p => here.Contains(p.X))
            .Where(p => p.Estimate is null || !string.IsNullOrEmpty(p.Point.Note) || IsBeyondLog(data, p)).ToList();
        var everywhere = noted.GroupBy(p => (p.X, Note: NoteOf(data, p)))
            .Where(group => group.Count() > 1 && group.Count() == counts[group.Key.X]).ToList();
        return everywhere.GroupBy(group => group.Key.Note, group => group.Key.X)
            .Select(group => $"{Places(data, xs, [.. group])}: {group.Key}")
            .Concat(noted.Except(everywhere.SelectMany(group => group))
                .GroupBy(p => (p.Panel, p.Series, HasNumber: p.Estimate is not null, Note: NoteOf(data, p)))
                .Select(group =>
                    $"{Subject(data, group.Key.Panel, group.Key.Series)}"
                        + $"{Places(data, xs, [.. group.Select(p => p.X)])}: {group.Key.Note}"));
    }

    private static string Subject(FigureData data, string panel, string series)
    {
        string[] subject = [LabelOf(data.Panels, panel), LabelOf(data.Series, series)];
        // A table's column is a place, as its rows are.
        if (data.Figure.Kind.SeriesArePlaces)
            subject = [subject[0], $"{string.Join(' ', data.Figure.Series)} = {subject[1]}"];
        return string.Concat(subject.Where(text => text.Length > 0).Select(text => text + ", "));
    }

    private static string NoteOf(FigureData data, FigurePoint point) => point.Point.Note is { Length: > 0 } note ? note
        : point.Point.Estimate is null ? "no value"
        : point.Estimate is null
            ? double.IsFinite(point.Point.Estimate.Value)
                ? $"{NumberText.Of(point.Point.Estimate.Value)} is outside of what an axis can show"
                : "not a finite number"
        : $"{NumberText.Of(point.Estimate.Value)} is not on a logarithmic axis";

    private static bool IsBeyondLog(FigureData data, FigurePoint point) =>
        data.Figure is { YScale: AxisScale.Log, Kind.NumbersAreOnY: true } && point.Estimate is { Value: <= 0 };

    // Series and places that the declaration names and the data lack.
    private static IEnumerable<string> LeftOut(FigureData data)
    {
        var figure = data.Figure;
        foreach (var (order, found) in new[] { (figure.PanelOrder, data.Panels), (figure.SeriesOrder, data.Series),
            (figure.XOrder, [.. data.Xs, .. data.XsBelow]) })
        {
            // A label of the declaration keeps its text when it is found, so that its label tells.
            var missing = order.Where(entry => !found.Any(f => f.Label == entry.Label && f.Group == entry.Group))
                .Select(entry => entry.Label).ToList();
            if (missing.Count > 0)
                yield return $"No data: {string.Join(", ", missing)}";
        }
    }

    private static IEnumerable<string> Method(FigureData data) =>
        StatisticOf(data, "error bars: 95% confidence interval");

    /// <summary>Which statistic of how many samples the numbers are.</summary>
    /// <param name="data">What is shown.</param>
    /// <param name="intervals">What shows their intervals, where they have any.</param>
    public static IReadOnlyList<string> StatisticOf(FigureData data, string intervals) =>
        [.. Statistics(data, intervals)];

    private static IEnumerable<string> Statistics(FigureData data, string intervals)
    {
        foreach (var origin in data.Points.Where(p => p.Estimate is not null).GroupBy(p => p.Dataset.Origin))
        {
            foreach (var statistic in origin.GroupBy(p => p.Dataset.Statistic))
            {
                var counts = statistic.Select(p => p.Point.Samples.Count).Where(n => n > 0).Distinct().Order().ToList();
                var samples = counts.Count == 0
                    ? "" : counts.Count == 1 ? $" of {Samples(counts[0])}" : $" of {counts[0]} to {counts[^1]} samples";
                var bars = data.Figure.ErrorBars
                    && statistic.Any(p => p.Estimate is { Low: not null, High: not null }) ? "; " + intervals : "";
                // Of recorded numbers the provenance says how they came about.
                var what = origin.Key == Origin.Measured ? statistic.Key + samples + bars : bars.TrimStart(';', ' ');
                if (what.Length > 0)
                    yield return Sentence(what) + ".";
            }
        }
    }

    /// <summary>What a point is called: its panel, series and place.</summary>
    public static string NameOf(FigureData data, FigurePoint point) =>
        Subject(data, point.Panel, point.Series) + Place(data, LabelOf(data.Xs, point.X).Replace('\u001f', ' '));

    /// <summary>What the place of a point is called.</summary>
    public static string PlaceOf(FigureData data, FigurePoint point)
    {
        var panel = LabelOf(data.Panels, point.Panel);
        return (panel.Length > 0 ? panel + ", " : "") + Place(data, LabelOf(data.Xs, point.X).Replace('\u001f', ' '));
    }

    /// <summary>A text with a capital.</summary>
    public static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Samples(int count) => count == 1 ? "1 sample" : $"{count} samples";

    // What has no columns of its own is told apart by its series alone.
    private static string Place(FigureData data, string label) =>
        data.Figure.X.Count == 0 ? "all" : $"{string.Join(' ', data.Figure.X)} = {label}";

    private static string Places(FigureData data, IReadOnlyList<FigureLabel> xs, HashSet<string> keys)
    {
        var parts = new List<string>();
        for (var i = 0; i < xs.Count; i++)
        {
            if (!keys.Contains(xs[i].Value))
                continue;
            var first = i;
            while (i + 1 < xs.Count && keys.Contains(xs[i + 1].Value))
                i++;
            parts.Add(i - first < 2 || !data.XIsNumeric
                ? string.Join(", ", Enumerable.Range(first, i - first + 1).Select(index => xs[index].Label))
                : $"{xs[first].Label} to {xs[i].Label}");
        }
        return Place(data, string.Join(", ", parts));
    }

    private static string LabelOf(IReadOnlyList<FigureLabel> labels, string key) =>
        labels.FirstOrDefault(label => label.Value == key)?.Label ?? key;
}

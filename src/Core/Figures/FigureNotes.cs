using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// The notes on what a reader must know about a figure, as sentences below it; some notes belong to cells of a table.
/// </summary>
internal sealed class FigureNotes
{
    /// <summary>The mark of recorded numbers in every format of a figure.</summary>
    public const string Recorded = "Recorded by the authors, not measured here";

    /// <summary>The mark of a figure with both recorded and measured numbers.</summary>
    public const string PartlyRecorded = "In part recorded by the authors, not measured here";

    /// <summary>The mark of a smoke run in every format of a figure.</summary>
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

    /// <summary>All notes of the figure; a note on a cell starts with the cell's mark.</summary>
    public IReadOnlyList<string> All => [.. cellTexts.Select((text, index) => $"{MarkOf(index)}: {text}"), .. General];

    /// <summary>Returns the mark of a cell's note, such as <c>a</c>; null when there is none.</summary>
    public string? Mark(FigurePoint? point) =>
        point?.Point.Note is { Length: > 0 } note && marks.TryGetValue(note, out var index) ? MarkOf(index) : null;

    /// <summary>Collects the notes of a figure.</summary>
    /// <param name="data">The data that the figure shows.</param>
    /// <param name="own">The notes of the figure's kind, which follow those on series and points.</param>
    /// <param name="last">The notes to put at the end of all notes.</param>
    public static FigureNotes Of(FigureData data, IReadOnlyList<string> own, IReadOnlyList<string>? last = null)
    {
        var inCells = data.Figure.Kind.InCells;
        var drawn = data.HasOverlay ? data.Points.Concat(data.PaperPoints).ToList() : data.Points;
        var notes = new List<string>();
        notes.AddRange(OriginNotes(data));
        if (data.Figure.Remark is { } remark)
            notes.Add(remark);
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

    /// <summary>Returns the reasons why a figure has no number at all.</summary>
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
            yield return $"{data.Figure.Kind.RecordedStyle}: recorded by the authors, not measured here"
                + (dataset.Provenance.Length > 0 ? $" ({dataset.Provenance})." : ".");
    }

    // Notes on points without a number, and on points whose number needs a comment. Neighbouring points with the same
    // note share a line, and so do places that have the same note in every panel and series.
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

    /// <summary>Returns the names of a panel and a series, each with a comma after it.</summary>
    public static string Subject(FigureData data, string panel, string series)
    {
        string[] subject = [LabelOf(data.Panels, panel), LabelOf(data.Series, series)];
        // For notes, the columns of a table are treated as places, as its rows are.
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

    // Notes on the series and places that the declaration names and the data lack.
    private static IEnumerable<string> LeftOut(FigureData data)
    {
        var figure = data.Figure;
        foreach (var (order, found) in new[] { (figure.PanelOrder, data.Panels), (figure.SeriesOrder, data.Series),
            (figure.XOrder, [.. data.Xs, .. data.XsBelow]) })
        {
            // A declared label keeps its text when the data contain its value, so missing values can be found by
            // comparing labels.
            var missing = order.Where(entry => !found.Any(f => f.Label == entry.Label && f.Group == entry.Group))
                .Select(entry => entry.Label).ToList();
            if (missing.Count > 0)
                yield return $"No data: {string.Join(", ", missing)}";
        }
    }

    private static IEnumerable<string> Method(FigureData data) =>
        StatisticOf(data, "error bars: {0} confidence interval");

    /// <summary>Returns a sentence on which statistic the numbers are, and of how many samples.</summary>
    /// <param name="data">The data that the figure shows.</param>
    /// <param name="intervals">Words for the marks that show the intervals of numbers; <c>{0}</c> stands for the
    /// coverage of the intervals.</param>
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
                    ? "" : counts.Count == 1
                        ? $" of {Amount.Count(counts[0], "sample")}" : $" of {counts[0]} to {counts[^1]} samples";
                var runs = statistic.Select(p => p.Point.Rounds.Select(RunGroups.RunOf).Distinct().Count())
                    .Where(n => n > 0).DefaultIfEmpty(1).Max();
                if (counts.Count > 0 && runs > 1)
                    samples += statistic.All(p => p.Point.Samples.Count == 0
                        || p.Point.Rounds.Select(RunGroups.RunOf).Distinct().Count() == runs)
                        ? $" of {runs} runs" : $" of up to {runs} runs";
                var bars = data.Figure.ErrorBars
                    && statistic.Any(p => p.Estimate is { Low: not null, High: not null }) ? "; " + string.Format(
                        System.Globalization.CultureInfo.InvariantCulture, intervals, Coverage([.. statistic])) : "";
                // For recorded numbers, no statistic is named, since their provenance explains how they were obtained.
                var what = origin.Key != Origin.Measured ? bars.TrimStart(';', ' ')
                    : counts.Count > 0 ? statistic.Key + samples + bars
                    : $"computed from other numbers ({statistic.Key})" + bars;
                if (what.Length > 0)
                    yield return Sentence(what) + ".";
            }
        }
    }

    // A median of few samples has no 95% interval, and the note says what its interval covers.
    private static string Coverage(List<FigurePoint> points) =>
        (points[0].Dataset with { Points = [.. points.Select(point => point.Point)] }).Coverage;

    /// <summary>Returns the name of a point: its panel, series and place.</summary>
    public static string NameOf(FigureData data, FigurePoint point) =>
        Subject(data, point.Panel, point.Series) + Place(data, LabelOf(data.Xs, point.X).Replace('\u001f', ' '));

    /// <summary>Returns the name of the place of a point.</summary>
    public static string PlaceOf(FigureData data, FigurePoint point)
    {
        var panel = LabelOf(data.Panels, point.Panel);
        return (panel.Length > 0 ? panel + ", " : "") + Place(data, LabelOf(data.Xs, point.X).Replace('\u001f', ' '));
    }

    /// <summary>Capitalizes the first letter of a text.</summary>
    public static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];


    // A point in a figure without columns of places is identified by its series alone.
    private static string Place(FigureData data, string label) =>
        data.Figure.X.Count == 0 ? "all" : $"{string.Join(' ', data.Figure.X)} = {label}";

    // A note with the names of dozens of problems that failed would be larger than the picture. The text file of the
    // figure has a line for each problem that failed.
    private const int MostPlaces = 8, PlacesOfMany = 5;

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
            parts.AddRange(i - first < 2 || !data.XIsNumeric
                ? Enumerable.Range(first, i - first + 1).Select(index => xs[index].Label)
                : [$"{xs[first].Label} to {xs[i].Label}"]);
        }
        return Place(data, string.Join(", ", parts.Count <= MostPlaces ? parts : parts.Take(PlacesOfMany))
            + (parts.Count <= MostPlaces ? "" : $" and {parts.Count - PlacesOfMany} more"));
    }

    private static string LabelOf(IReadOnlyList<FigureLabel> labels, string key) =>
        labels.FirstOrDefault(label => label.Value == key)?.Label ?? key;
}

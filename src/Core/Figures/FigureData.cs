using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>A point of a dataset with its position in a figure.</summary>
/// <param name="Panel">The key of the point's panel; empty when there are no panels.</param>
/// <param name="Series">The key of the point's series, or of its column in a table.</param>
/// <param name="X">The key of the point's place on the x axis, or of its row in a table.</param>
/// <param name="Point">The point.</param>
/// <param name="Dataset">The dataset that the point comes from.</param>
internal sealed record FigurePoint(string Panel, string Series, string X, DataPoint Point, Dataset Dataset)
{
    /// <summary>The largest number that an axis shows; beyond it, differences are no longer finite.</summary>
    public const double MostOnAxis = 1e300;

    /// <summary>Whether the point is on an axis rather than in a table.</summary>
    public bool IsOnAxis { get; init; }

    /// <summary>The number of the point; null when it has no number that can be shown.</summary>
    public Estimate? Estimate => Point.Estimate is not { } estimate || !IsShown(estimate.Value) ? null
        : estimate is { Low: { } low, High: { } high } && !(IsShown(low) && IsShown(high))
            ? new Estimate(estimate.Value) : estimate;

    /// <summary>Unit of its number.</summary>
    public string Unit => Point.Unit ?? Dataset.Unit;

    private bool IsShown(double value) => double.IsFinite(value) && (!IsOnAxis || Math.Abs(value) <= MostOnAxis);
}

/// <summary>
/// The data that a figure shows: the measured points of each dataset if any of them has a number, and otherwise the
/// recorded points. If a dataset has measured and recorded points, the recorded points are kept for comparison.
/// </summary>
internal sealed class FigureData
{
    private readonly Dictionary<(string, string, string), FigurePoint> shown = [];
    private readonly Dictionary<(string, string, string), FigurePoint> paper = [];
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private readonly HashSet<string> onRight;
    private readonly ILookup<(string, string), FigurePoint> lines, paperLines;

    private FigureData(FigureDeclaration figure, IReadOnlyList<FigurePoint> points,
        IReadOnlyList<FigurePoint> paperPoints)
    {
        Figure = figure;
        Points = points;
        PaperPoints = paperPoints;
        foreach (var point in points)
            shown[(point.Panel, point.Series, point.X)] = point;
        foreach (var point in paperPoints)
            paper[(point.Panel, point.Series, point.X)] = point;
        List<FigurePoint> drawn = [.. points, .. figure.Overlay ? paperPoints : []];
        Panels = Named(figure.Panels is { } panels ? [panels] : [], figure.PanelOrder, drawn, p => p.Panel);
        Series = figure.Kind.SeriesArePlaces
            ? Ordered(drawn.Select(p => (p.Series, Label(p, figure.Series))), figure.SeriesOrder)
            : Named(figure.Series, figure.SeriesOrder, drawn, p => p.Series);
        var xs = Ordered(drawn.Select(p => (p.X, Label(p, figure.X))), figure.XOrder);
        XIsNumeric = xs.Count > 0 && xs.All(x => Number(x.Value) is not null);
        // Places that are numbers are in ascending order, whatever the order of the file; categories and rows keep the
        // order of the file.
        xs = figure.Kind.SortsNumbers(figure) && XIsNumeric && figure.XOrder.Count == 0
            ? [.. xs.OrderBy(x => Number(x.Value))] : xs;
        var standing = figure.RowsWith is not { } with ? null
            : drawn.Where(p => p.Series == Key([with]) && p.Estimate is not null).Select(p => p.X)
                .ToHashSet(StringComparer.Ordinal);
        Xs = [.. xs.Where(x => standing is null || standing.Contains(x.Value))];
        XsBelow = [.. xs.Where(x => standing is not null && !standing.Contains(x.Value))];
        var apart = Xs.Where(IsApart).ToList();
        Xs = apart.Count == 0 ? Xs : [.. Xs.Except(apart), .. apart];
        Apart = apart.Count;
        onRight = figure.Right is not { } right ? []
            : [.. Series.Where(s => right.Series.Any(name => name == s.Label || Key([name]) == s.Value
                || s.Value.Replace('\u001f', ' ') == name)).Select(s => s.Value)];
        for (var i = 0; i < Xs.Count; i++)
            indexes[Xs[i].Value] = i;
        SeriesWithNumbers = points.Where(p => p.Estimate is not null).Select(p => p.Series)
            .ToHashSet(StringComparer.Ordinal);
        PaperSeriesWithNumbers = paperPoints.Where(p => p.Estimate is not null).Select(p => p.Series)
            .ToHashSet(StringComparer.Ordinal);
        lines = Lines(points);
        paperLines = Lines(paperPoints);
    }

    public FigureDeclaration Figure { get; }

    /// <summary>The points that the figure shows, without those that are only for comparison.</summary>
    public IReadOnlyList<FigurePoint> Points { get; }

    /// <summary>The recorded points of datasets that were also measured.</summary>
    public IReadOnlyList<FigurePoint> PaperPoints { get; }

    /// <summary>The panels in order; a figure without panels has one panel without a name.</summary>
    public IReadOnlyList<FigureLabel> Panels { get; }

    /// <summary>The series of a chart, or the columns of a table, in order.</summary>
    public IReadOnlyList<FigureLabel> Series { get; }

    /// <summary>The places on the x axis of a chart, or the rows of a table, in order.</summary>
    public IReadOnlyList<FigureLabel> Xs { get; }

    /// <summary>
    /// Rows that are listed below a table, since the column of <see cref="FigureDeclaration.RowsWith"/> has no number
    /// for them.
    /// </summary>
    public IReadOnlyList<FigureLabel> XsBelow { get; }

    /// <summary>Whether every place on the x axis is a number.</summary>
    public bool XIsNumeric { get; }

    /// <summary>
    /// Whether a reader sees numbers at the x axis, which need a name. Places that stand apart on the x axis, such as a
    /// mean, are ignored.
    /// </summary>
    public bool XReadsAsNumbers => Xs.SkipLast(Apart).ToList() is { Count: > 0 } xs
        && xs.All(x => Number(x.Value) is not null && Number(x.Label) is not null);

    /// <summary>Whether the figure has any number to show.</summary>
    public bool HasNumbers => Points.Any(p => p.Estimate is not null);

    /// <summary>Whether recorded numbers are drawn beside measured ones.</summary>
    public bool HasOverlay => Figure.Overlay && PaperPoints.Count > 0;

    /// <summary>Whether the figure has recorded numbers for comparison.</summary>
    public bool ComparesWithPaper => PaperPoints.Any(p => p.Estimate is not null);

    /// <summary>The origin of the numbers in the picture: recorded as soon as one of them is recorded.</summary>
    public Origin Origin => Points.Any(p => p.Dataset.Origin == Origin.Recorded && p.Estimate is not null)
        || (HasOverlay && ComparesWithPaper)
        ? Origin.Recorded : Origin.Measured;

    /// <summary>Whether every number in the picture was measured elsewhere.</summary>
    public bool IsAllRecorded =>
        HasNumbers && Points.All(p => p.Dataset.Origin == Origin.Recorded || p.Estimate is null);

    /// <summary>Whether some of the figure's numbers are recorded.</summary>
    public bool IsPartlyRecorded => Points.Any(p => p.Dataset.Origin == Origin.Recorded && p.Estimate is not null);

    /// <summary>Whether the figure shows a smoke run.</summary>
    public bool IsSmoke => Points.Any(p => p.Dataset.IsSmoke);

    /// <summary>The units of the numbers in the picture, in order of appearance.</summary>
    public IReadOnlyList<string> Units => [.. Points.Where(p => p.Estimate is not null).Select(p => p.Unit).Distinct()];

    /// <summary>What the numbers are.</summary>
    public string Quantity => string.Join(", ", Points.Select(p => p.Dataset.Quantity).Distinct());

    /// <summary>How many places at the end of the x axis stand apart from the others.</summary>
    public int Apart { get; }

    /// <summary>Whether any series of the figure uses the second axis of values.</summary>
    public bool HasRight => onRight.Count > 0;

    /// <summary>Whether the given series uses the second axis of values.</summary>
    public bool IsOnRight(string series) => onRight.Contains(series);

    /// <summary>Returns the title of an axis of values, with the unit.</summary>
    public string TitleOf(bool right)
    {
        var here = Points.Where(p => p.Estimate is not null && IsOnRight(p.Series) == right).ToList();
        // If only one series uses an axis, the series's name is the title of the axis.
        var what = Series.Where(s => IsOnRight(s.Value) == right && SeriesWithNumbers.Contains(s.Value))
            .ToList() is [var one]
            ? one.Label : string.Join(", ", here.Select(p => p.Dataset.Quantity).Distinct());
        return WithUnit(what, [.. here.Select(p => p.Unit).Distinct()]);
    }

    /// <summary>Appends the unit to a text if the numbers have exactly one unit.</summary>
    public static string WithUnit(string text, IReadOnlyList<string> units) =>
        units is [{ Length: > 0 } unit] ? $"{text} ({unit})" : text;

    /// <summary>Returns the point of a series at a place; null when the dataset has none.</summary>
    public FigurePoint? At(string panel, string series, string x) => shown.GetValueOrDefault((panel, series, x));

    /// <summary>Returns the recorded point of a series at a place, for comparison; null when there is none.</summary>
    public FigurePoint? PaperAt(string panel, string series, string x) => paper.GetValueOrDefault((panel, series, x));

    /// <summary>The series that have a number in the picture.</summary>
    public IReadOnlySet<string> SeriesWithNumbers { get; }

    /// <summary>The series that have a recorded number, for comparison with measured ones.</summary>
    public IReadOnlySet<string> PaperSeriesWithNumbers { get; }

    /// <summary>
    /// Returns the index of a key among <see cref="Xs"/>, counted from zero; null when <see cref="Xs"/> does not
    /// contain the key.
    /// </summary>
    public int? IndexOf(string x) => indexes.TryGetValue(x, out var index) ? index : null;

    /// <summary>Returns the points of a series in a panel, in the order of the x axis.</summary>
    public IEnumerable<FigurePoint> Line(string panel, string series, bool ofPaper) =>
        (ofPaper ? paperLines : lines)[(panel, series)];

    /// <summary>Parses a key as a number; null when the key is not a number.</summary>
    public static double? Number(string key) => Amount.ParseNumber(key);

    /// <summary>Selects the points of a figure.</summary>
    /// <exception cref="DiagnosticException">A column does not exist, several values fall on one place, or units do not
    /// match.</exception>
    public static FigureData Select(FigureDeclaration figure, IReadOnlyList<Dataset> datasets)
    {
        (figure, datasets) = figure.Kind.Over(figure, datasets);
        var points = new List<FigurePoint>();
        var paperPoints = new List<FigurePoint>();
        foreach (var name in figure.Datasets)
        {
            var measured = PointsOf(figure, datasets, name, Origin.Measured);
            var recorded = PointsOf(figure, datasets, name, Origin.Recorded);
            var useMeasured = recorded.Count == 0 || measured.Any(p => p.Estimate is not null);
            points.AddRange(useMeasured ? measured : recorded);
            if (useMeasured)
                paperPoints.AddRange(recorded);
        }
        CheckPlaces(figure, points);
        CheckPlaces(figure, paperPoints);
        var data = new FigureData(figure, points, paperPoints);
        if (figure.Kind.HasOneUnit)
        {
            foreach (var axis in points.Where(p => p.Estimate is not null).ToLookup(p => data.IsOnRight(p.Series)))
                data.CheckUnits(axis);
        }
        return data;
    }

    /// <summary>Checks that the points of each axis have only one unit.</summary>
    /// <exception cref="DiagnosticException">The points have several units.</exception>
    public void CheckUnits(IEnumerable<FigurePoint> axis)
    {
        var units = axis.Where(p => p.Estimate is not null).Select(p => p.Unit).Distinct().ToList();
        if (units.Count > 1)
            throw FigureRules.UnlikeUnits.Error(Figure.Item.Where, Figure.Name, string.Join(" and ", units));
    }

    private bool IsApart(FigureLabel x) => Figure.Apart.Any(name => name == x.Label || Key([name]) == x.Value
        || x.Value.Replace('\u001f', ' ') == name);

    private ILookup<(string, string), FigurePoint> Lines(IEnumerable<FigurePoint> points) =>
        points.Where(p => indexes.ContainsKey(p.X))
        .OrderBy(p => indexes[p.X]).ToLookup(p => (p.Panel, p.Series));

    private static List<FigurePoint> PointsOf(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string name,
        Origin origin) =>
        [.. datasets.Where(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase) && d.Origin == origin)
            .SelectMany(dataset =>
        {
            if (UnknownColumns(figure, [dataset]).FirstOrDefault() is { } unknown)
                throw new DiagnosticException(unknown);
            return figure.Shown(dataset).Points
                .Select(point => new FigurePoint(figure.Panels is { } panels ? Key([point[panels]]) : "",
                    Key(figure.Series.Select(column => point[column])), Key(figure.X.Select(column => point[column])),
                    point, dataset)
                {
                    IsOnAxis = !figure.Kind.InCells,
                });
        })];

    /// <summary>
    /// Checks whether a figure of these datasets can be drawn: columns, places, units, and the numbers on its axes.
    /// </summary>
    /// <exception cref="DiagnosticException">The figure could not be drawn.</exception>
    public static void CheckDrawable(FigureDeclaration figure, IReadOnlyList<Dataset> datasets)
    {
        var data = Select(figure, datasets);
        if (data.HasNumbers)
            figure.Kind.Check(data);
    }

    /// <summary>Returns a diagnostic for each column that a figure names and a dataset lacks.</summary>
    public static IEnumerable<Diagnostic> UnknownColumns(FigureDeclaration figure, IEnumerable<Dataset> datasets)
    {
        var named = figure.Kind.ColumnsOf(figure)
            .Concat(figure.Where.Select(condition => new FigureColumn("Where", condition.Name))).ToList();
        return datasets.SelectMany(dataset =>
            named.Where(name => !dataset.Columns.Contains(name.Column)).Select(name => FigureRules.UnknownColumn.At(
            figure.Item.Where, figure.Name, name.MetadataName, name.Column, dataset.Name,
            Suggestion.For(name.Column, dataset.Columns)))).DistinctBy(problem => problem.Message);
    }

    private static void CheckPlaces(FigureDeclaration figure, List<FigurePoint> points)
    {
        var seen = new Dictionary<(string, string, string), FigurePoint>();
        foreach (var point in points)
        {
            if (seen.TryAdd((point.Panel, point.Series, point.X), point))
                continue;
            var other = seen[(point.Panel, point.Series, point.X)];
            string[] used = [.. figure.X, .. figure.Series,
                .. figure.Panels is { } panels ? [panels] : Array.Empty<string>()];
            var place = string.Join(", ", used.Select(column => $"{column} = {point.Point[column]}"));
            var differing = point.Dataset.Columns.Where(column => point.Point[column] != other.Point[column]).ToList();
            throw FigureRules.SeveralValues.Error(figure.Item.Where, figure.Name, point.Dataset.Name, place,
                differing.Count > 0 ? string.Join(", ", differing) : "nothing: the rows are equal",
                figure.Kind.InCells ? "Rows or Columns" : "X, Series or Panels");
        }
    }

    // Numbers that are written differently, such as 0.50 and 0.5, are the same place.
    public static string Key(IEnumerable<string> values) =>
        string.Join('\u001f',
            values.Select(value => Number(value) is { } number
                ? number.ToString("R", CultureInfo.InvariantCulture) : value));

    private static string Label(FigurePoint point, IReadOnlyList<string> columns) =>
        string.Join(' ', columns.Select(column => point.Point[column]));

    // A number above a panel or in a legend is shown with the name of its column, as in "size = 64", because a bare
    // number does not say what it means.
    private static List<FigureLabel> Named(IReadOnlyList<string> columns, IReadOnlyList<FigureLabel> order,
        IReadOnlyList<FigurePoint> drawn, Func<FigurePoint, string> keyOf)
    {
        var labels = Ordered(drawn.Select(p => (keyOf(p), Label(p, columns))), order);
        return columns is [var column] && labels.Count > 0
            && labels.All(label => Number(label.Label) is not null && Key([label.Label]) == label.Value)
            ? labels.ConvertAll(label => label with { Label = $"{column} = {label.Label}" }) : labels;
    }

    private static List<FigureLabel> Ordered(IEnumerable<(string Key, string Label)> found,
        IReadOnlyList<FigureLabel> order)
    {
        var places = new Dictionary<string, string>();
        foreach (var (key, label) in found)
            places.TryAdd(key, label);
        var ordered = new List<FigureLabel>();
        foreach (var (entry, rank) in order.Select((entry, rank) => (entry, rank)))
        {
            var key = places.FirstOrDefault(place => place.Value == entry.Value).Key
                ?? places.Keys.FirstOrDefault(k => k == Key([entry.Value]));
            if (key is not null && places.Remove(key))
                ordered.Add(entry with { Value = key, Rank = rank });
        }
        ordered.AddRange(places.Select((place, index) =>
            new FigureLabel(place.Key, place.Value) { Rank = order.Count + index }));
        return ordered;
    }
}

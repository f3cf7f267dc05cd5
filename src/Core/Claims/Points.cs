namespace Verus.Artifact.Claims;

/// <summary>A point while a formula is computed.</summary>
internal sealed record Row(IReadOnlyDictionary<string, string> Keys, double Value, double? Low = null, double? High = null, double Other = 0);

/// <summary>Points with the same key columns.</summary>
internal sealed record Points(IReadOnlyList<string> Columns, IReadOnlyList<Row> Rows)
{
    public static Points Empty { get; } = new([], []);

    /// <summary>A single number.</summary>
    public static Points Of(double value) => new([], [new Row(new Dictionary<string, string>(), value)]);

    /// <summary>Combines each pair of points that agree in the columns that both have.</summary>
    public static Points Join(Points left, Points right, Func<Row, Row, double> combine, bool keepOther = false)
    {
        var shared = left.Columns.Intersect(right.Columns).ToList();
        var byKey = right.Rows.ToLookup(row => Key(row, shared));
        return new Points([.. left.Columns.Union(right.Columns)],
        [
            .. left.Rows.SelectMany(row => byKey[Key(row, shared)].Select(other =>
                new Row(row.Keys.Concat(other.Keys.Where(pair => !row.Keys.ContainsKey(pair.Key))).ToDictionary(pair => pair.Key, pair => pair.Value),
                    combine(row, other), Other: keepOther ? other.Value : 0))),
        ]);
    }

    /// <summary>The pairs themselves.</summary>
    public static Points Pairs(Points left, Points right) => Join(left, right, (row, _) => row.Value, keepOther: true);

    public Points WithoutNaN() => this with { Rows = [.. Rows.Where(row => !double.IsNaN(row.Value))] };

    /// <summary>Groups that agree in all columns but one; without a column all points are one group.</summary>
    public PointGroups Groups(string? column)
    {
        IReadOnlyList<string> kept = column is null ? [] : [.. Columns.Where(name => name != column)];
        return new PointGroups(kept, [.. Rows.GroupBy(row => Key(row, kept)).Select(group => (IReadOnlyList<Row>)[.. group])]);
    }

    private static string Key(Row row, IReadOnlyList<string> columns) => string.Join('\u001f', columns.Select(column => row.Keys.GetValueOrDefault(column, "")));
}

/// <summary>Groups of points.</summary>
internal sealed record PointGroups(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Row>> Values)
{
    /// <summary>One number for each group.</summary>
    public Points Reduce(Func<IReadOnlyList<Row>, double> reduce, bool countsNothing = false) =>
        countsNothing && Values.Count == 0 && Columns.Count == 0 ? Points.Of(0)
        : new Points(Columns, [.. Values.Select(rows => new Row(rows[0].Keys.Where(pair => Columns.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value), reduce(rows)))]);
}

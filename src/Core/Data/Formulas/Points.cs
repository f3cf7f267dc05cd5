namespace Verus.Artifact.Data.Formulas;

/// <summary>A point during the computation of a formula.</summary>
/// <param name="Keys">The values of the point's key columns.</param>
/// <param name="Draws">The point's number in each draw of samples; all points have the same draws.</param>
/// <param name="Low">The lower end of the point's own interval, for points of the dataset.</param>
/// <param name="High">The upper end of the point's own interval, for points of the dataset.</param>
internal sealed record Row(IReadOnlyDictionary<string, string> Keys, double[] Draws, double? Low = null,
    double? High = null)
{
    /// <summary>The unit of the point's number.</summary>
    public Unit Unit { get; init; } = Unit.None;
}

/// <summary>Two points that agree in the columns that both sides have.</summary>
/// <param name="Keys">The values of the columns that either point has.</param>
/// <param name="Left">The point of the left side.</param>
/// <param name="Right">The point of the right side.</param>
internal sealed record Pair(IReadOnlyDictionary<string, string> Keys, Row Left, Row Right);

/// <summary>Points with the same key columns.</summary>
internal sealed record Points(IReadOnlyList<string> Columns, IReadOnlyList<Row> Rows)
{
    /// <summary>Makes a single number.</summary>
    public static Points Of(double value, int draws, Unit? unit = null)
    {
        var same = new double[draws];
        Array.Fill(same, value);
        return new([], [new Row(new Dictionary<string, string>(), same) { Unit = unit ?? Unit.Any }]);
    }

    /// <summary>Combines each pair of points that agree in the columns that both sides have.</summary>
    public static Points Join(Points left, Points right, Func<double, double, double> combine,
        Func<Unit, Unit, Unit> units) => new([.. left.Columns.Union(right.Columns)],
    [
        .. Pairs(left, right).Select(pair =>
            new Row(pair.Keys, [.. pair.Left.Draws.Zip(pair.Right.Draws, combine)]) { Unit = units(pair.Left.Unit,
                pair.Right.Unit) }),
    ]);

    /// <summary>The pairs of points that agree in the columns that both sides have.</summary>
    public static IEnumerable<Pair> Pairs(Points left, Points right)
    {
        var shared = left.Columns.Intersect(right.Columns).ToList();
        var byKey = right.Rows.ToLookup(row => Key(row.Keys, shared));
        return left.Rows.SelectMany(row => byKey[Key(row.Keys, shared)].Select(other => new Pair(
            row.Keys.Concat(other.Keys.Where(pair => !row.Keys.ContainsKey(pair.Key))).ToDictionary(pair => pair.Key,
                pair => pair.Value), row, other)));
    }

    /// <summary>
    /// Returns the columns that distinguish the groups of a function: all columns but the one along which the function
    /// runs, or none when it runs along no column.
    /// </summary>
    public static IReadOnlyList<string> GroupColumns(IReadOnlyList<string> columns, string? along) =>
        along is null ? [] : [.. columns.Where(name => name != along)];

    /// <summary>
    /// Computes one number for each group of points that agree in all columns but one; without a column, all points
    /// form one group.
    /// </summary>
    public Points Reduce(string? along, Func<IReadOnlyList<Row>, double[]?> reduce, Func<IReadOnlyList<Row>, Unit> unit)
    {
        var kept = GroupColumns(Columns, along);
        var rows = new List<Row>();
        foreach (var group in Rows.GroupBy(row => Key(row.Keys, kept)))
            if (reduce([.. group]) is { } draws)
                rows.Add(new Row(kept.ToDictionary(column => column, column => group.First().Keys[column]),
                    draws)
                { Unit = unit([.. group]) });
        return new Points(kept, rows);
    }

    /// <summary>Returns the values of columns joined into one text.</summary>
    public static string Key(IReadOnlyDictionary<string, string> keys, IReadOnlyList<string> columns) =>
        string.Join('\u001f', columns.Select(column => keys.GetValueOrDefault(column, "")));
}

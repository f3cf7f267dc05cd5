using System.Globalization;
using MathNet.Numerics;
using MathNet.Numerics.Statistics;

namespace Verus.Artifact.Claims;

/// <summary>The functions of formulas.</summary>
internal static class FormulaFunctions
{
    // Many numbers to one: of all points, or of each group that agrees in everything but the column.
    private static readonly Dictionary<string, Func<double[], double>> Reductions = new(StringComparer.Ordinal)
    {
        ["min"] = values => values.Min(),
        ["max"] = values => values.Max(),
        ["mean"] = values => values.Average(),
        ["median"] = values => SortedArrayStatistics.Median([.. values.Order()]),
        ["sum"] = values => values.Sum(),
        ["count"] = values => values.Length,
        ["geomean"] = values => Math.Exp(values.Average(Math.Log)),
        ["p10"] = values => SortedArrayStatistics.QuantileCustom([.. values.Order()], 0.1, QuantileDefinition.R7),
    };

    // The numbers of a group along a numeric column, in its order: to one number.
    private static readonly Dictionary<string, Func<double[], double[], double>> AlongColumn = new(StringComparer.Ordinal)
    {
        ["first"] = (_, y) => y[0],
        ["last"] = (_, y) => y[^1],
        ["growth"] = (_, y) => y[^1] / y[0],
        ["slope"] = (x, y) => x.Length < 2 ? double.NaN : Fit.Line(x, y).B,
        // Largest distance from the least-squares line, as a share of the mean.
        ["residual"] = (x, y) => x.Length < 3 ? double.NaN : Residual(x, y),
        // The value of the column at the largest number.
        ["argmax"] = (x, y) => x[Array.IndexOf(y, y.Max())],
    };

    // Point by point.
    private static readonly Dictionary<string, Func<double, double>> PointWise = new(StringComparer.Ordinal)
    {
        ["abs"] = Math.Abs,
        ["log"] = Math.Log,
    };

    private static readonly string[] Others = ["column", "lower", "upper", "above", "overlap", "pearson"];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Reductions.Keys, .. AlongColumn.Keys, .. PointWise.Keys, .. Others];

    /// <summary>Checks the number and kind of arguments.</summary>
    /// <exception cref="FormatException">They do not fit.</exception>
    public static void Check(string name, int arguments, string? column)
    {
        var count = name is "above" or "overlap" or "pearson" ? 2 : 1;
        var needsColumn = AlongColumn.ContainsKey(name) || name is "column" or "lower" or "upper" or "pearson";
        var mayHaveColumn = needsColumn || Reductions.ContainsKey(name);
        if (arguments != count || (needsColumn && column is null) || (!mayHaveColumn && column is not null))
            throw new FormatException($"'{name}' takes {count} quantit{(count == 1 ? "y" : "ies")}{(needsColumn ? " and a column" : mayHaveColumn ? " and perhaps a column" : "")}");
    }

    /// <summary>Applies a function.</summary>
    public static Points Apply(string name, IReadOnlyList<Points> arguments, string? column)
    {
        var points = arguments[0];
        if (Reductions.TryGetValue(name, out var reduce))
            return name != "count" && points.Rows.Count == 0 ? Points.Empty : points.Groups(column).Reduce(rows => reduce([.. rows.Select(row => row.Value)]), countsNothing: name == "count");
        if (AlongColumn.TryGetValue(name, out var along))
            return points.Groups(column).Reduce(rows =>
            {
                var sorted = rows.Select(row => (x: Position(row, column!), row.Value)).OrderBy(pair => pair.x).ToList();
                return along([.. sorted.Select(pair => pair.x)], [.. sorted.Select(pair => pair.Value)]);
            });
        if (PointWise.TryGetValue(name, out var map))
            return points with { Rows = [.. points.Rows.Select(row => row with { Value = map(row.Value) })] };
        return name switch
        {
            "column" => points with { Rows = [.. points.Rows.Select(row => row with { Value = Position(row, column!) })] },
            "lower" => Half(points, column!, upper: false),
            "upper" => Half(points, column!, upper: true),
            "above" => points with { Rows = [.. points.Rows.Where(row => row.Value >= arguments[1].Rows[0].Value)] },
            "overlap" => Points.Join(points, arguments[1], (a, b) => a.Low is { } al && a.High is { } ah && b.Low is { } bl && b.High is { } bh && al <= bh && bl <= ah ? 1 : double.NaN).WithoutNaN(),
            _ => Pearson(points, arguments[1], column!),
        };
    }

    private static double Residual(double[] x, double[] y)
    {
        var (a, b) = Fit.Line(x, y);
        return x.Zip(y, (u, v) => Math.Abs(v - (a + b * u))).Max() / y.Average();
    }

    // The lower half of the positions of each group; the middle one belongs to both, so that halves of 16 have 8 each and of 5 have 3.
    private static Points Half(Points points, string column, bool upper) => points with
    {
        Rows =
        [
            .. points.Groups(column).Values.SelectMany(rows =>
            {
                var sorted = rows.OrderBy(row => Position(row, column)).ToList();
                var size = (sorted.Count + 1) / 2;
                return upper ? sorted.TakeLast(size) : sorted.Take(size);
            }),
        ],
    };

    private static Points Pearson(Points left, Points right, string column) =>
        Points.Pairs(left, right).Groups(column).Reduce(rows => rows.Count < 5 ? double.NaN
            : Correlation.Pearson(rows.Select(row => row.Value), rows.Select(row => row.Other)));

    private static double Position(Row row, string column) =>
        double.TryParse(row.Keys.GetValueOrDefault(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}

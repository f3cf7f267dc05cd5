using System.Globalization;
using MathNet.Numerics.LinearRegression;
using MathNet.Numerics.Statistics;
using Statistics = Verus.Artifact.Common.Statistics;
using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>The functions of formulas; docs/claims.md describes these functions for users.</summary>
internal static class FormulaFunctions
{
    private const int LeastForPearson = 5;

    /// <summary>A function that reduces many numbers to one, and that may sort the numbers in place.</summary>
    internal delegate double Reduction(Span<double> values);

    /// <summary>A function that reduces the numbers of a group, ordered along a numeric column, to one
    /// number.</summary>
    internal delegate double Along(double[] positions, double[] values);

    private static readonly Dictionary<string, Reduction> Reductions = new(StringComparer.Ordinal)
    {
        ["min"] = values => Fold(values, Math.Min),
        ["max"] = values => Fold(values, Math.Max),
        ["sum"] = values => Fold(values, (a, b) => a + b),
        ["mean"] = values => Statistics.Mean(values),
        ["count"] = values => values.Length,
        ["median"] = values => Quantile(values, 0.5),
        ["geomean"] = GeometricMean,
    };

    // The functions that reduce the numbers of a group, each with the minimum number of points that it needs.
    private static readonly Dictionary<string, (int Least, Along Compute)> AlongColumn = new(StringComparer.Ordinal)
    {
        ["first"] = (1, (_, y) => y[0]),
        ["last"] = (1, (_, y) => y[^1]),
        ["growth"] = (2, (_, y) => y[^1] / y[0]),
        ["slope"] = (2, (x, y) => SimpleRegression.Fit(x, y).B),
        // The function that returns the largest distance from the least-squares line, as a share of the mean of the
        // absolute values.
        ["residual"] = (3, Residual),
        // The function that returns the value of the column at the largest number.
        ["argmax"] = (1, (x, y) => x[Array.IndexOf(y, y.Max())]),
    };

    // The functions that apply to each point separately.
    private static readonly Dictionary<string, Func<double, double>> PointWise = new(StringComparer.Ordinal)
    {
        ["abs"] = Math.Abs,
        ["log"] = Math.Log,
    };

    private static readonly string[] WithTwo = ["above", "overlap", "pearson"];
    private static readonly string[] OfColumn = ["column", "lower", "upper"];

    /// <summary>The names of all functions, in which p10 stands for p1 to p99.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Reductions.Keys, "p10", .. AlongColumn.Keys,
        .. PointWise.Keys, .. OfColumn, .. WithTwo];

    /// <summary>The column that identifies, in the result of <see cref="Differences"/>, the second point of a
    /// difference.</summary>
    internal const string Other = "\u001fother";

    /// <summary>
    /// The share of the numbers that are below the result of a function: 0 for the smallest, 0.5 for the median, 1 for
    /// the largest; null for any other function.
    /// </summary>
    public static double? ShareOf(string name) => name switch
    {
        "min" => 0,
        "max" => 1,
        "median" => 0.5,
        _ => Percentile(name),
    };

    /// <summary>Whether formulas have a function with the given name.</summary>
    public static bool Knows(string name) => Names.Contains(name) || Percentile(name) is not null;

    /// <summary>
    /// The end of a sentence that says why an extension's function cannot have its name; null when the name is allowed.
    /// </summary>
    public static string? Refused(INamed one)
    {
        if (one is not IFormulaFunction { Name: var name } own)
            return null;
        // The members of an extension's function are called once when it is registered, so that one that fails is
        // reported then rather than while a formula is read.
        _ = (own.Shape, own.Unit, own.FewestPoints);
        return !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit)
            ? $"has the function '{name}', and formulas have names of letters and digits"
            : Knows(name.ToLowerInvariant()) ? $"has the function '{name}', which the SDK has already" : null;
    }

    /// <summary>Whether the column of a function must contain numbers.</summary>
    public static bool NeedsNumbers(Formula.Application call) => call.Own is { } own
        ? own.Shape == FunctionShape.AlongColumn
        : AlongColumn.ContainsKey(call.Name) || OfColumn.Contains(call.Name);

    /// <summary>Checks the number and the kind of a function's arguments.</summary>
    /// <exception cref="FormatException">The arguments do not fit the function.</exception>
    public static void Check(Formula.Application call)
    {
        var (name, arguments, column) = call;
        if (name == "count" && arguments[0] is Formula.Application { Name: "above" or "overlap" } inner)
            throw new FormatException(
                $"'count' counts points whatever their number is; those of '{inner.Name}' are 1 or 0: take 'sum'");
        var count = WithTwo.Contains(name) ? 2 : 1;
        var needsColumn = NeedsNumbers(call) || name == "pearson";
        var mayHaveColumn = needsColumn || call.Own?.Shape == FunctionShape.Group || Reductions.ContainsKey(name)
            || Percentile(name) is not null;
        if (arguments.Count != count || (needsColumn && column is null) || (!mayHaveColumn && column is not null))
            throw new FormatException(
                $"'{name}' takes {(count == 1 ? "one quantity" : "two quantities")}"
                    + $"{(needsColumn ? " and a column" : mayHaveColumn ? " and perhaps a column" : "")}");
    }

    /// <summary>
    /// Applies a function to rows of numbers. Groups with too few points for the function are left out and reported to
    /// <paramref name="leftOut"/>.
    /// </summary>
    /// <exception cref="FormatException">The points no longer have the column of the function.</exception>
    public static Points Apply(Formula.Application call, IReadOnlyList<Points> arguments, int draws,
        Action<string> leftOut)
    {
        var (points, column) = (arguments[0], call.Column);
        if (column is not null && !arguments.Any(argument => argument.Columns.Contains(column)))
            throw new FormatException(
                $"'{call.Name}' goes along {column}, which its quantity no longer has: an earlier condition or "
                    + "function fixed its value");
        if (call.Own is { } own)
            return OwnFunction.Apply(call, own, points, draws, leftOut);
        if (call.Name == "count" && column is null)
            return Points.Of(points.Rows.Count, draws, Unit.None);
        if (Reductions.GetValueOrDefault(call.Name) is { } reduce)
            return points.Reduce(column, rows => Each(rows, draws, values => reduce(values)),
                rows => call.Name == "count" ? Unit.None : Common(call.Name, rows));
        if (Percentile(call.Name) is { } share)
            return points.Reduce(column, rows => Each(rows, draws, values => Quantile(values, share)),
                rows => Common(call.Name, rows));
        if (AlongColumn.TryGetValue(call.Name, out var along))
            return points.Reduce(column,
                rows => rows.Count < along.Least
                    ? LeaveOut(call, rows[0].Keys, points.Columns, rows.Count, along.Least, leftOut)
                    : GoAlong(rows, column!, draws, along.Compute),
                rows => UnitAlong(call.Name, Common(call.Name, rows)));
        if (PointWise.GetValueOrDefault(call.Name) is { } map)
            return points with
            {
                Rows =
                [.. points.Rows.Select(row =>
                    row with { Draws = [.. row.Draws.Select(map)],
                        Unit = call.Name == "log" ? Unit.None : row.Unit })]
            };
        return call.Name switch
        {
            "column" => ValuesOf(points, column!, draws),
            "lower" => Half(points, column!, upper: false),
            "upper" => Half(points, column!, upper: true),
            "above" => Above(points, arguments[1]),
            "overlap" => Overlap(points, arguments[1], draws),
            _ => Pearson(call, points, arguments[1], draws, leftOut),
        };
    }

    // Numbers that a function adds or compares must have the same unit.
    internal static Unit Common(string name, IReadOnlyList<Row> rows) =>
        rows.Select(row => row.Unit).Aggregate((one, other) => one.Like(other, $"'{name}' takes"));

    private static Unit Compared(Unit one, Unit other)
    {
        one.Like(other, "it compares");
        return Unit.None;
    }

    // The unit of the values of a column is not known.
    private static Unit UnitAlong(string name, Unit unit) => name switch
    {
        "growth" or "residual" => Unit.None,
        "slope" or "argmax" => Unit.Unknown,
        _ => unit,
    };

    // Computes, in each draw, one number from the numbers of all rows.
    internal static double[] Each(IReadOnlyList<Row> rows, int draws, Reduction reduce)
    {
        var (results, values) = (new double[draws], new double[rows.Count]);
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = rows[i].Draws[draw];
            results[draw] = reduce(values);
        }
        return results;
    }

    internal static double[] GoAlong(IReadOnlyList<Row> rows, string column, int draws, Along compute)
    {
        Row[] sorted = [.. rows.OrderBy(row => Position(row, column))];
        double[] positions = [.. sorted.Select(row => Position(row, column))];
        var (results, values) = (new double[draws], new double[sorted.Length]);
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = sorted[i].Draws[draw];
            results[draw] = compute(positions, values);
        }
        return results;
    }

    private static Points ValuesOf(Points points, string column, int draws) => points with
    {
        Rows = [.. points.Rows.Select(row =>
            row with { Draws = [.. Enumerable.Repeat(Position(row, column), draws)], Unit = Unit.Unknown })]
    };

    private static Points Above(Points points, Points bounds) => Points.Join(points, bounds,
        (value, bound) => double.IsNaN(value) || double.IsNaN(bound) ? double.NaN : value >= bound ? 1 : 0,
        (value, bound) => Compared(value, bound));

    // A point without an interval of its own overlaps with no other point.
    private static Points Overlap(Points left, Points right, int draws) => new([.. left.Columns.Union(right.Columns)],
    [
        .. Points.Pairs(left, right)
            .Where(pair => pair is { Left: { Low: not null, High: not null },
                Right: { Low: not null, High: not null } })
            .Select(pair => new Row(pair.Keys,
                [.. Enumerable.Repeat(pair.Left.Low <= pair.Right.High && pair.Right.Low <= pair.Left.High ? 1.0 : 0.0,
                    draws)])
            {
                Unit = Compared(pair.Left.Unit, pair.Right.Unit),
            }),
    ]);

    // Computes the correlation of the two sides along the column, for each group.
    private static Points Pearson(Formula.Application call, Points left, Points right, int draws,
        Action<string> leftOut)
    {
        IReadOnlyList<string> columns = [.. left.Columns.Union(right.Columns)];
        var kept = Points.GroupColumns(columns, call.Column);
        var rows = new List<Row>();
        foreach (var group in Points.Pairs(left, right).GroupBy(pair => Points.Key(pair.Keys, kept)))
        {
            Pair[] pairs = [.. group];
            if (pairs.Length < LeastForPearson)
            {
                LeaveOut(call, pairs[0].Keys, columns, pairs.Length, LeastForPearson, leftOut);
                continue;
            }
            var correlations = new double[draws];
            for (var draw = 0; draw < draws; draw++)
                correlations[draw] = Correlation.Pearson(pairs.Select(pair => pair.Left.Draws[draw]),
                    pairs.Select(pair => pair.Right.Draws[draw]));
            rows.Add(new Row(kept.ToDictionary(column => column, column => pairs[0].Keys[column]), correlations));
        }
        return new Points(kept, rows);
    }

    internal static double[]? LeaveOut(Formula.Application call, IReadOnlyDictionary<string, string> keys,
        IReadOnlyList<string> columns, int count, int least, Action<string> leftOut)
    {
        var group = string.Join(", ", Points.GroupColumns(columns, call.Column).Select(column => keys[column]));
        leftOut(
            $"left out of {call.Name}{(call.Column is null ? "" : $" along {call.Column}")}: "
                + $"{(group.Length == 0 ? "" : group + ", ")}{count} of the {Amount.Count(least, "point")}"
                + " that it needs");
        return null;
    }

    // Selects one half of the positions of each group. The middle one of an odd number of positions belongs to both
    // halves, so that each half has 8 of 16 positions, or 3 of 5.
    private static Points Half(Points points, string column, bool upper)
    {
        var kept = Points.GroupColumns(points.Columns, column);
        return points with
        {
            Rows =
            [
                .. points.Rows.GroupBy(row => Points.Key(row.Keys, kept)).SelectMany(rows =>
                {
                    var sorted = rows.OrderBy(row => Position(row, column)).ToList();
                    var size = (sorted.Count + 1) / 2;
                    return upper ? sorted.TakeLast(size) : sorted.Take(size);
                }),
            ],
        };
    }

    // The scale of numbers is the mean of their absolute values, since numbers may have both signs, as logarithms do.
    private static double Residual(double[] x, double[] y) => Residuals(x, y).Max(Math.Abs);

    private static double[] Residuals(double[] x, double[] y)
    {
        var (a, b) = SimpleRegression.Fit(x, y);
        var size = y.Sum(value => Math.Abs(value) / y.Length);
        return [.. x.Select((position, i) => y[i] - (a + b * position))
            .Select(residual => residual == 0 ? 0 : residual / size)];
    }

    /// <summary>
    /// Returns the distance of each point from the least-squares line of its group, as a share of the mean of absolute
    /// values.
    /// </summary>
    internal static Points Residuals(Points points, string column) => OfGroups(points, points.Columns, column, 3,
        (x, y) => [.. Residuals(x, y).Select(residual => (residual, (double?)null))], Unit.None);

    /// <summary>Returns the difference between each point and each point of its group.</summary>
    internal static Points Differences(Points points, string column) => OfGroups(points, [.. points.Columns, Other],
        column, 1, (x, y) => [.. y.SelectMany(one => y.Select((other, i) => (one - other, (double?)x[i])))],
        Unit.Unknown);

    private static Points OfGroups(Points points, IReadOnlyList<string> columns, string column, int least,
        Func<double[], double[], (double Number, double? Other)[]> compute, Unit unit)
    {
        var kept = Points.GroupColumns(points.Columns, column);
        var rows = new List<Row>();
        foreach (var group in points.Rows.GroupBy(row => Points.Key(row.Keys, kept)))
        {
            Row[] sorted = [.. group.OrderBy(row => Position(row, column))];
            if (sorted.Length < least)
                continue;
            double[] positions = [.. sorted.Select(row => Position(row, column))];
            var results = Enumerable.Range(0, sorted[0].Draws.Length).Select(draw =>
                compute(positions, [.. sorted.Select(row => row.Draws[draw])])).ToArray();
            for (var i = 0; i < results[0].Length; i++)
            {
                var row = sorted[i * sorted.Length / results[0].Length];
                IReadOnlyDictionary<string, string> keys = results[0][i].Other is not { } other ? row.Keys
                    : new Dictionary<string, string>(row.Keys, StringComparer.Ordinal)
                    {
                        [Other] = other.ToString("R", CultureInfo.InvariantCulture),
                    };
                rows.Add(new Row(keys, [.. results.Select(result => result[i].Number)]) { Unit = unit });
            }
        }
        return new Points(columns, rows);
    }

    private static double GeometricMean(Span<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += Math.Log(value);
        return Math.Exp(sum / values.Length);
    }

    // Numbers are compared with Math.Min and Math.Max, because these propagate NaN.
    private static double Fold(Span<double> values, Func<double, double, double> combine)
    {
        var result = values[0];
        foreach (var value in values[1..])
            result = combine(result, value);
        return result;
    }

    private static double Quantile(Span<double> values, double share)
    {
        values.Sort();
        return double.IsNaN(values[0]) ? double.NaN : Statistics.QuantileOfSorted(values.ToArray(), share);
    }

    private static double? Percentile(string name) =>
        name.Length is 2 or 3 && name[0] == 'p'
            && Amount.ParseWhole(name[1..]) is { } percent and > 0 ? percent / 100.0 : null;

    private static double Position(Row row, string column) => Amount.ParseNumber(row.Keys[column])
        ?? throw new FormatException($"'{row.Keys[column]}' in the column {column} is not a number");
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Limits of quantities that have corners, from the limits of the numbers of which they are made. The numbers of which
/// a quantity is made may depend on each other in any way, as ratios with a common denominator do.
/// <para>
/// The smallest number is at least b if each number is: for this direction, the lower limit of each number at the full
/// level decides (intersection-union test; Berger, Technometrics 24, 1982). The smallest number is below b if some
/// number is, and it is not known in advance which one: the upper limits have the level divided by the number of
/// numbers (Bonferroni; Casella and Berger, Statistical Inference, sections 8.2.3 and 8.3.3). For the largest of
/// several numbers, the rules for lower and upper limits are exchanged.
/// </para>
/// </summary>
internal static class RankRules
{
    /// <summary>Computes one number with limits for each group of rows; without a column, all rows form one
    /// group.</summary>
    public static BoundedPoints Reduce(BoundedPoints points, string? along,
        Func<IReadOnlyList<Bounded>, Bounded> reduce)
    {
        var kept = Points.GroupColumns(points.Columns, along);
        return new BoundedPoints(kept, [.. points.Rows.GroupBy(row => Points.Key(row.Keys, kept))
            .Select(group => reduce([.. group]) with
            {
                Keys = kept.ToDictionary(column => column, column => group.First().Keys[column]),
            })]);
    }

    /// <summary>Computes, from each number with limits, another number with limits.</summary>
    public static BoundedPoints Map(BoundedPoints points, Func<Bounded, Bounded> map) =>
        points with { Rows = [.. points.Rows.Select(map)] };

    /// <summary>
    /// A quantile of numbers, interpolated between the j-th smallest and the next one. The two numbers between which a
    /// quantile is interpolated can be smaller than they seem only if the lower limit of one of the j + 1 smallest
    /// numbers is wrong, so the lower limits have the level divided by j + 1; upper limits are treated in the same way.
    /// The smallest and the largest number are the quantiles without interpolation.
    /// </summary>
    public static Bounded Quantile(IReadOnlyList<Bounded> rows, double share)
    {
        var place = share * (rows.Count - 1);
        var (rank, part) = ((int)Math.Floor(place), place - Math.Floor(place));
        var unsure = rows.Count(row => !row.IsExact);
        var below = Math.Max(1, Math.Min(unsure, rank + (part > 0 ? 2 : 1)));
        var above = Math.Max(1, Math.Min(unsure, rows.Count - rank));
        double At(IEnumerable<double> numbers)
        {
            double[] sorted = [.. numbers.Order()];
            return part == 0 ? sorted[rank] : sorted[rank] * (1 - part) + sorted[rank + 1] * part;
        }
        return Join(rows, At(rows.Select(row => row.Value)), level => new Limits(
            At(rows.Select(row => row.At(level / below).Low)), At(rows.Select(row => row.At(level / above).High))));
    }

    /// <summary>
    /// The absolute value of a number of either sign. The absolute value is at least what the two limits of the number,
    /// each at half of the level, leave possible.
    /// </summary>
    public static Bounded Absolute(Bounded row) => row with
    {
        Value = Math.Abs(row.Value),
        Slopes = null,
        At = level =>
        {
            var (wide, (low, high)) = (row.At(level / 2), row.At(level));
            return new Limits(Math.Max(0, Math.Max(wide.Low, -wide.High)), Math.Max(Math.Abs(low), Math.Abs(high)));
        },
    };

    /// <summary>The largest residual of each least-squares line: the largest absolute value of the residuals of its
    /// points.</summary>
    /// <param name="residuals">The residuals as shares of the mean of absolute values, by all columns of the
    /// points.</param>
    /// <param name="along">The column that the lines go along.</param>
    public static BoundedPoints Residual(BoundedPoints residuals, string along) =>
        Reduce(Map(residuals, Absolute), along, rows => Quantile(rows, 1));

    /// <summary>
    /// The position of the largest number of each group. A position is possible unless some other number is certainly
    /// larger, at the level divided by the number of other numbers (subset selection; Gupta, Technometrics 7, 1965).
    /// </summary>
    /// <param name="differences">The differences between each number and each number of its group, by the columns of
    /// the points and the position of the second number.</param>
    /// <param name="along">The column of the positions.</param>
    public static BoundedPoints ArgMax(BoundedPoints differences, string along) => Reduce(differences with
    {
        Columns = [.. differences.Columns.Where(column => column != FormulaFunctions.Other)],
    }, along, rows =>
    {
        var places = rows.GroupBy(row => PositionOf(row, along)).OrderBy(place => place.Key).ToList();
        var others = Math.Max(1, places.Count - 1);
        return Join(rows, places.First(place => place.All(row => row.Value >= 0)).Key, level =>
        {
            double[] possible = [.. places.Where(place => place.All(row => row.At(level / others).High >= 0))
                .Select(place => place.Key)];
            return new Limits(possible.Min(), possible.Max());
        });
    });

    /// <summary>
    /// How many numbers are at least a bound, computed from their differences to the bound. At least m numbers reach
    /// the bound if the m-th largest number does: see <see cref="Quantile"/>. The possible counts of numbers are tried
    /// one after the other.
    /// </summary>
    public static Bounded CountAbove(IReadOnlyList<Bounded> rows)
    {
        var unsure = rows.Count(row => !row.IsExact);
        int Certain(double level, Func<Limits, bool> isCertain)
        {
            var count = 0;
            while (count < rows.Count && rows.Count(row => isCertain(row.At(level
                / Math.Max(1, Math.Min(unsure, rows.Count - count))))) > count)
                count++;
            return count;
        }
        return Join(rows, rows.Count(row => row.Value >= 0), level => new Limits(
            Certain(level, limits => limits.Low >= 0), rows.Count - Certain(level, limits => limits.High < 0)));
    }

    /// <summary>A sum or mean of numbers with limits: the level is divided by their number (Bonferroni).</summary>
    public static Bounded Sum(IReadOnlyList<Bounded> rows, bool mean)
    {
        var (unsure, parts) = (Math.Max(1, rows.Count(row => !row.IsExact)), mean ? rows.Count : 1);
        return Join(rows, rows.Sum(row => row.Value / parts), level => new Limits(
            rows.Sum(row => row.At(level / unsure).Low / parts), rows.Sum(row => row.At(level / unsure).High / parts)));
    }

    /// <summary>
    /// Combines the numbers of two quantities that agree in the columns that both have, each with half of the level
    /// (Bonferroni) unless one of them is exact.
    /// </summary>
    public static BoundedPoints Combine(char symbol, BoundedPoints left, BoundedPoints right)
    {
        var shared = left.Columns.Intersect(right.Columns).ToList();
        var byKey = right.Rows.ToLookup(row => Points.Key(row.Keys, shared));
        return new BoundedPoints([.. left.Columns.Union(right.Columns)],
        [
            .. left.Rows.SelectMany(row => byKey[Points.Key(row.Keys, shared)].Select(other =>
                Combine(symbol, row, other) with
                {
                    Keys = row.Keys.Concat(other.Keys.Where(pair => !row.Keys.ContainsKey(pair.Key)))
                        .ToDictionary(StringComparer.Ordinal),
                })),
        ]);
    }

    private static Bounded Combine(char symbol, Bounded left, Bounded right)
    {
        var parts = left.IsExact || right.IsExact ? 1 : 2;
        return Join([left, right], Combine(symbol, left.Value, right.Value), level =>
        {
            var (one, other) = (left.At(level / parts), right.At(level / parts));
            if (symbol == '/' && other.Low <= 0 && other.High >= 0)
                return Limits.None;
            double[] corners = [Combine(symbol, one.Low, other.Low), Combine(symbol, one.Low, other.High),
                Combine(symbol, one.High, other.Low), Combine(symbol, one.High, other.High)];
            return corners.Any(double.IsNaN) ? Limits.None : new Limits(corners.Min(), corners.Max());
        });
    }

    private static double Combine(char symbol, double left, double right) => symbol switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    };

    private static double PositionOf(Bounded row, string along) =>
        Amount.ParseNumber(row.Keys[along])!.Value;

    private static Bounded Join(IReadOnlyList<Bounded> rows, double value, Func<double, Limits> at) =>
        new(rows[0].Keys, value, Bounded.Remembered(at))
        {
            IsExact = rows.All(row => row.IsExact),
            Reasons = [.. rows.SelectMany(row => row.Reasons).Distinct()],
        };
}

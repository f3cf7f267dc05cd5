using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>Applies functions of extensions.</summary>
internal static class OwnFunction
{
    /// <summary>
    /// Applies a function. Groups with too few points for the function are left out and reported to <paramref
    /// name="leftOut"/>.
    /// </summary>
    /// <exception cref="FormatException">The function fails, or reports that it cannot be applied to the
    /// numbers.</exception>
    public static Points Apply(
        Formula.Application call, IFormulaFunction own, Points points, int draws, Action<string> leftOut)
    {
        if (own.Shape == FunctionShape.PointByPoint)
            return points with { Rows = [.. points.Rows.Select(row => OfPoint(own, row))] };
        var least = Math.Max(1, own.FewestPoints);
        return points.Reduce(call.Column, Reduce, rows => UnitOf(own, FormulaFunctions.Common(call.Name, rows)));

        double[]? Reduce(IReadOnlyList<Row> rows) =>
            rows.Count < least
                ? FormulaFunctions.LeaveOut(call, rows[0].Keys, points.Columns, rows.Count, least, leftOut)
            : own.Shape == FunctionShape.AlongColumn
                ? FormulaFunctions.GoAlong(rows, call.Column!, draws, (at, values) => Compute(own, values, at))
            : FormulaFunctions.Each(rows, draws, values => Compute(own, values, []));
    }

    private static Row OfPoint(IFormulaFunction own, Row row) => row with
    {
        Draws = [.. row.Draws.Select(value => Compute(own, [value], []))],
        Unit = UnitOf(own, row.Unit),
    };

    private static Unit UnitOf(IFormulaFunction own, Unit unit) => own.Unit switch
    {
        FunctionUnit.Same => unit,
        FunctionUnit.None => Unit.None,
        _ => Unit.Unknown,
    };

    private static double Compute(IFormulaFunction own, ReadOnlySpan<double> values, ReadOnlySpan<double> positions)
    {
        try
        {
            return own.Compute(values, positions);
        }
        catch (Exception problem) when (problem is not (FormatException or OutOfMemoryException))
        {
            throw new FormatException($"'{own.Name}', which an extension provides, failed: {PlainText.Of(problem)}");
        }
    }
}

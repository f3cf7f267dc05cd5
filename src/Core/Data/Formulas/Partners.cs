namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Finds points that the operations of a formula ask for but do not find, since an operation leaves out every point
/// without a partner on the other side.
/// </summary>
internal sealed class Partners(Formula formula, FormulaEvaluator evaluator)
{
    /// <summary>
    /// Returns the points of one side of an operation that have no partner on the other side although its conditions
    /// ask for one.
    /// </summary>
    /// <param name="isResult">Returns whether a point without a number is a result, and therefore no gap.</param>
    public IReadOnlyList<string> Alone(Func<DataPoint, bool> isResult) => [.. formula.Operations
        .SelectMany(operation => Sides(operation).SelectMany(sides =>
        {
            var shared = sides.Those.Columns.Intersect(sides.Others.Columns).ToList();
            var keys = sides.Others.Rows.Select(row => Points.Key(row.Keys, shared)).ToHashSet(StringComparer.Ordinal);
            return sides.Those.Rows.Where(row => !keys.Contains(Points.Key(row.Keys, shared))
                && IsAskedFor(sides.Other, row, shared)
                && !IsResult(shared.ToDictionary(column => column, column => row.Keys[column]), isResult))
                .Select(row => Name(sides.Those, row.Keys));
        })).Distinct()];

    /// <summary>
    /// Returns the points that one side of an operation lacks: at a place where the other side has a point for some
    /// series, the point of another series is missing.
    /// </summary>
    /// <param name="isResult">Returns whether a point without a number is a result, and therefore no gap.</param>
    public IReadOnlyList<string> Missing(Func<DataPoint, bool> isResult) => [.. formula.Operations
        .SelectMany(operation => Sides(operation).SelectMany(sides =>
        {
            var shared = sides.Those.Columns.Intersect(sides.Others.Columns).ToList();
            var own = sides.Those.Columns.Except(shared).ToList();
            var there = sides.Those.Rows.Select(row => Points.Key(row.Keys, sides.Those.Columns))
                .ToHashSet(StringComparer.Ordinal);
            var places = sides.Those.Rows.DistinctBy(row => Points.Key(row.Keys, shared)).ToList();
            return own.Count == 0 ? [] : sides.Those.Rows.DistinctBy(row => Points.Key(row.Keys, own))
                .SelectMany(series => places.Select(place => sides.Those.Columns.ToDictionary(column => column,
                    column => (own.Contains(column) ? series : place).Keys[column])))
                .Where(keys => !there.Contains(Points.Key(keys, sides.Those.Columns)) && !IsResult(keys, isResult))
                .Select(keys => Name(sides.Those, keys));
        })).Distinct()];

    private IEnumerable<(Points Those, Points Others, Formula Other)> Sides(Formula.Operation operation)
    {
        var (left, right) = (evaluator.Of(operation.Left), evaluator.Of(operation.Right));
        // A literal number in a formula has no columns, and is combined with every point.
        return left.Columns.Count == 0 || right.Columns.Count == 0 && right.Rows.Count > 0 ? []
            : [(left, right, operation.Right), (right, left, operation.Left)];
    }

    // A condition on a column that the other side no longer has distinguishes the two sides.
    private static bool IsAskedFor(Formula other, Row row, List<string> shared) => other.Selections.Any(selection =>
        selection.Conditions.All(condition =>
            !shared.Contains(condition.Name) || condition.Holds(row.Keys[condition.Name])));

    private bool IsResult(Dictionary<string, string> keys, Func<DataPoint, bool> isResult) =>
        evaluator.Read.Any(point => point.Estimate is null && isResult(point)
            && keys.All(pair => point[pair.Key] == pair.Value));

    private static string Name(Points points, IReadOnlyDictionary<string, string> keys) =>
        string.Join(", ", points.Columns.Select(column => keys[column]));
}

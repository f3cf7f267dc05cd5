namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// Computes the confidence limits of a quantity. A quantity that is a smooth function of the points' numbers has limits
/// by <see cref="LinearLimits"/>. A quantity that is not smooth (extremes, ranks, residuals, counts) has limits that
/// follow from the limits of the numbers of which it is made: see <see cref="RankRules"/>.
/// </summary>
internal sealed class QuantityLimits
{
    // The smooth functions, for which a small change of a number makes a proportionally small change of the result.
    // Functions of an extension are assumed to be smooth, and get no limits if they turn out to be too far from linear.
    private static readonly HashSet<string> Smooth =
        ["mean", "sum", "geomean", "first", "last", "growth", "slope", "column", "lower", "upper", "log", "pearson",
            "count"];

    private readonly FormulaEvaluator evaluator;
    private readonly LinearLimits linear;

    /// <param name="evaluator">The evaluator that computes the quantity from its points.</param>
    /// <param name="dataset">The dataset of the points.</param>
    /// <param name="paired">Whether samples of one round are compared with each other.</param>
    public QuantityLimits(FormulaEvaluator evaluator, Dataset dataset, bool paired = true) =>
        (this.evaluator, linear) = (evaluator, new LinearLimits(evaluator, dataset, paired));

    /// <summary>Whether samples were compared by rounds for some number; this is known once limits were
    /// computed.</summary>
    public bool ByRounds => linear.ByRounds;

    /// <summary>Whether limits of some number rest on runs, because these differ by more than chance; this is known
    /// once limits were computed.</summary>
    public bool ByRuns => linear.ByRuns;

    /// <summary>Returns a text that distinguishes a number of a quantity from the quantity's other numbers.</summary>
    public static string KeyOf(Row row) => KeyOf(row.Keys);

    /// <inheritdoc cref="KeyOf(Row)"/>
    public static string KeyOf(IReadOnlyDictionary<string, string> keys) =>
        Points.Key(keys, [.. keys.Keys.Order(StringComparer.Ordinal)]);

    /// <summary>Returns the numbers of a formula with their confidence limits.</summary>
    public BoundedPoints Of(Formula formula) => formula switch
    {
        _ when IsSmooth(formula) => linear.Of(draws => evaluator.Of(formula, draws)),
        Formula.Operation operation =>
            RankRules.Combine(operation.Symbol, Of(operation.Left), Of(operation.Right)),
        Formula.Application call => Apply(call),
        _ => throw new InvalidOperationException($"No rule for {formula.GetType().Name}."),
    };

    private static bool IsSmooth(Formula formula) => formula switch
    {
        Formula.Operation operation => IsSmooth(operation.Left) && IsSmooth(operation.Right),
        Formula.Application call => (call.Own is not null || Smooth.Contains(call.Name))
            && call.Arguments.All(IsSmooth),
        _ => true,
    };

    private BoundedPoints Apply(Formula.Application call)
    {
        var inner = call.Arguments[0];
        if (FormulaFunctions.ShareOf(call.Name) is { } share)
            return RankRules.Reduce(Of(inner), call.Column, rows => RankRules.Quantile(rows, share));
        if (call.Name is "residual" or "argmax" && IsSmooth(inner))
            return call.Name == "residual"
                ? RankRules.Residual(linear.Of(draws =>
                    FormulaFunctions.Residuals(evaluator.Of(inner, draws), call.Column!)), call.Column!)
                : RankRules.ArgMax(linear.Of(draws =>
                    FormulaFunctions.Differences(evaluator.Of(inner, draws), call.Column!)), call.Column!);
        if (call.Name == "sum" && inner is Formula.Application { Name: "above" } above
            && above.Arguments.All(IsSmooth))
            return RankRules.Reduce(linear.Of(draws => evaluator.Of(
                new Formula.Operation('-', above.Arguments[0], above.Arguments[1]), draws)), call.Column,
                RankRules.CountAbove);
        if (call.Name is "abs")
            return RankRules.Map(Of(inner), RankRules.Absolute);
        if (call.Name is "mean" or "sum")
            return RankRules.Reduce(Of(inner), call.Column, rows => RankRules.Sum(rows, call.Name == "mean"));
        if (call.Name is "count")
            return RankRules.Reduce(Of(inner), call.Column,
                rows => Bounded.Exact(rows[0].Keys, rows.Count));
        return Open(call);
    }

    private BoundedPoints Open(Formula.Application call)
    {
        var points = evaluator.Of(call);
        var isExact = evaluator.Points.All(linear.IsExact);
        return new BoundedPoints(points.Columns, [.. points.Rows.Select(row => isExact
            ? Bounded.Exact(row.Keys, row.Draws[0])
            : Bounded.Open(row.Keys, row.Draws[0],
                $"no valid rule is known for '{call.Name}' of "
                    + $"{(IsSmooth(call.Arguments[0]) ? "measured numbers" : "extremes or ranks")}"))]);
    }
}

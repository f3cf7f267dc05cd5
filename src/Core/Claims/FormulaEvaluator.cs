using Verus.Artifact.Data;

namespace Verus.Artifact.Claims;

/// <summary>Computes a formula over the points of a dataset that have a number.</summary>
internal sealed class FormulaEvaluator(Dataset dataset, IReadOnlyList<Condition> where)
{
    private readonly List<DataPoint> points =
        [.. dataset.Points.Where(point => point.Estimate is not null && where.All(condition => condition.Holds(point[condition.Column])))];

    /// <summary>Points that the formula may read.</summary>
    public IReadOnlyList<DataPoint> Points => points;

    /// <summary>The quantity, from a number for each of <see cref="Points"/>; NaN when it has no value, or more than one.</summary>
    public double Evaluate(Formula formula, IReadOnlyList<double> values)
    {
        var result = Compute(formula, values);
        return result.Rows.Count == 1 ? result.Rows[0].Value : double.NaN;
    }

    private Points Compute(Formula formula, IReadOnlyList<double> values) => formula switch
    {
        Formula.Number number => Claims.Points.Of(number.Value),
        Formula.Selection selection => Select(selection, values),
        Formula.Operation operation => Claims.Points.Join(Compute(operation.Left, values), Compute(operation.Right, values), (a, b) => operation.Symbol switch
        {
            '+' => a.Value + b.Value,
            '-' => a.Value - b.Value,
            '*' => a.Value * b.Value,
            _ => a.Value / b.Value,
        }),
        Formula.Application call => FormulaFunctions.Apply(call.Name, [.. call.Arguments.Select(argument => Compute(argument, values))], call.Column),
        _ => throw new InvalidOperationException($"No rule for {formula.GetType().Name}."),
    };

    private Points Select(Formula.Selection selection, IReadOnlyList<double> values)
    {
        var columns = dataset.Columns.Except(selection.Conditions.Concat(where).Where(condition => condition.IsSingle).Select(condition => condition.Column)).ToList();
        return new Points(columns,
        [
            .. points.Zip(values).Where(pair => selection.Conditions.All(condition => condition.Holds(pair.First[condition.Column])))
                .Select(pair => new Row(columns.ToDictionary(column => column, column => pair.First[column]), pair.Second, pair.First.Estimate!.Low, pair.First.Estimate.High)),
        ]);
    }
}

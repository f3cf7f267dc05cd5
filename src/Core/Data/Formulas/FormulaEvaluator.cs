using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>Computes a formula over the points of a dataset.</summary>
internal sealed class FormulaEvaluator
{
    private readonly Dataset dataset;
    private readonly IReadOnlyList<Condition> where;
    private readonly Formula formula;
    private readonly List<DataPoint> points;
    private readonly Dictionary<string, Unit> units = new(StringComparer.Ordinal);

    /// <param name="dataset">The dataset.</param>
    /// <param name="where">Conditions that points of the dataset must satisfy.</param>
    /// <param name="formula">The formula.</param>
    /// <param name="withTimedOut">Whether points that timed out take part, with their time limit as their
    /// number.</param>
    public FormulaEvaluator(Dataset dataset, IReadOnlyList<Condition> where, Formula formula, bool withTimedOut = false)
    {
        if (withTimedOut)
            dataset = dataset with
            {
                Points = [.. dataset.Points.Select(point => point is { Estimate: null, Above: { } limit }
                    ? point with { Estimate = new Estimate(limit) } : point)],
            };
        (this.dataset, this.where, this.formula) = (dataset, where, formula);
        var selections = formula.Selections.ToList();
        Read = [.. dataset.Points
            .Where(point => Hold(where, point) && selections.Exists(selection => Hold(selection.Conditions, point)))];
        points = [.. Read.Where(point => point.Estimate is not null)];
    }

    /// <summary>The points that a selection of the formula takes, including those without a number.</summary>
    public IReadOnlyList<DataPoint> Read { get; }

    /// <summary>The points of <see cref="Read"/> that have a number.</summary>
    public IReadOnlyList<DataPoint> Points => points;

    /// <summary>
    /// Returns the quantity in each draw, computed from a number of each of <see cref="Points"/> in each draw; null
    /// when the formula yields no number or several, whose count is in <paramref name="numbers"/>.
    /// </summary>
    public double[]? Evaluate(IReadOnlyList<double[]> draws, out int numbers, Action<string>? leftOut = null)
    {
        var count = draws.Count == 0 ? 1 : draws[0].Length;
        var result = Compute(formula, draws, count, leftOut ?? (_ => { }));
        numbers = result.Rows.Count;
        return numbers == 1 ? result.Rows[0].Draws : null;
    }

    /// <summary>
    /// Returns the numbers of the quantity that result from the points' own numbers, each with the columns that
    /// distinguish it.
    /// </summary>
    public IReadOnlyList<Row> Numbers() =>
        Compute(formula, [.. points.Select(point => new[] { point.Estimate!.Value })], 1, _ => { }).Rows;

    /// <summary>
    /// Returns the numbers of a part of the formula in each draw, computed from a number of each of
    /// <see cref="Points"/> in each draw.
    /// </summary>
    public Points Of(Formula part, IReadOnlyList<double[]> draws) =>
        Compute(part, draws, draws.Count == 0 ? 1 : draws[0].Length, _ => { });

    /// <summary>Returns the numbers of a part of the formula that result from the points' own numbers.</summary>
    public Points Of(Formula part) => Of(part, [.. points.Select(point => new[] { point.Estimate!.Value })]);

    /// <summary>Whether a point satisfies all conditions on points.</summary>
    public static bool Hold(IReadOnlyList<Condition> conditions, DataPoint point) =>
        conditions.All(condition => condition.Holds(point[condition.Name]));

    private Points Compute(Formula part, IReadOnlyList<double[]> draws, int count, Action<string> leftOut) =>
        part switch
        {
            Formula.Number number => Formulas.Points.Of(number.Value, count),
            Formula.Selection selection => Select(selection, draws),
            Formula.Operation operation => Formulas.Points.Join(Compute(operation.Left, draws, count, leftOut),
                Compute(operation.Right, draws, count, leftOut), Operator(operation.Symbol),
                Units(operation.Symbol)),
            Formula.Application call => FormulaFunctions.Apply(call,
                [.. call.Arguments.Select(argument => Compute(argument, draws, count, leftOut))], count, leftOut),
            _ => throw new InvalidOperationException($"No rule for {part.GetType().Name}."),
        };

    private static Func<double, double, double> Operator(char symbol) => symbol switch
    {
        '+' => (a, b) => a + b,
        '-' => (a, b) => a - b,
        '*' => (a, b) => a * b,
        _ => (a, b) => a / b,
    };

    private Unit UnitOf(DataPoint point)
    {
        var text = point.Unit ?? dataset.Unit;
        return units.TryGetValue(text, out var known) ? known : units[text] = Unit.Parse(text);
    }

    private static Func<Unit, Unit, Unit> Units(char symbol) => symbol switch
    {
        '+' => (a, b) => a.Like(b, "it adds"),
        '-' => (a, b) => a.Like(b, "it subtracts"),
        '*' => (a, b) => a.Times(b),
        _ => (a, b) => a.Over(b),
    };

    // A column that is fixed to one value distinguishes nothing and would only prevent points from matching.
    private Points Select(Formula.Selection selection, IReadOnlyList<double[]> draws)
    {
        var columns = dataset.Columns.Except(selection.Conditions.Concat(where).Where(condition => condition.IsSingle)
            .Select(condition => condition.Name)).ToList();
        return new Points(columns,
        [
            .. points.Zip(draws).Where(pair => Hold(selection.Conditions, pair.First))
                .Select(pair => new Row(columns.ToDictionary(column => column, column => pair.First[column]),
                    pair.Second, pair.First.Estimate!.Low, pair.First.Estimate.High)
                {
                    Unit = UnitOf(pair.First),
                }),
        ]);
    }
}

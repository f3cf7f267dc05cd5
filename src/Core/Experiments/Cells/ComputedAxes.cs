using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// The axes whose values are computed from other axes of the matrix, such as <c>total := {n} * 1024</c>. Computed axes
/// add no combinations: each combination of the other axes has one value on each computed axis.
/// </summary>
internal static class ComputedAxes
{
    private const decimal MostCombinations = 1_000_000;

    /// <summary>The axes of a matrix as written, with the values of the computed axes filled in.</summary>
    /// <exception cref="AxisProblem">A formula names an unknown axis or the axis that it computes, or has no
    /// value.</exception>
    public static IReadOnlyList<Axis> WithValues(IReadOnlyList<Axis> axes)
    {
        var done = axes.Where(axis => axis.Formula is null).ToList();
        foreach (var axis in InOrder(axes))
            done.Add(WithValues(axis, done));
        return [.. axes.Select(axis => done.Find(one => one.Name == axis.Name)!)];
    }

    /// <summary>The first value of a computed axis that cannot be computed; null when all of them can.</summary>
    public static AxisProblem? Check(IReadOnlyList<Axis> axes)
    {
        try
        {
            _ = WithValues(axes);
            return null;
        }
        catch (AxisProblem problem)
        {
            return problem;
        }
    }

    private static Axis WithValues(Axis axis, List<Axis> done)
    {
        var used = Used(axis, done);
        if (used.Exists(one => one.IsOpen))
            return axis with { IsOpen = true, Values = [MatrixReader.Open] };
        if (Matrix.Size(used) > MostCombinations)
            throw MatrixReader.TooMany(axis.Name);
        var values = new HashSet<AxisValue>();
        foreach (var combination in Matrix.Combinations(used))
        {
            values.Add(ValueOf(axis, combination));
            if (values.Count > MatrixReader.MostValues)
                throw MatrixReader.TooMany(axis.Name);
        }
        return axis with
        {
            Values = [.. values.OrderBy(value => Amount.ParseNumber(value.Value))],
            IsOfMachine = axis.IsOfMachine || used.Exists(one => one.IsOfMachine),
        };
    }

    // The axes that a formula uses, directly or through other formulas, and the axes that are linked with them.
    private static List<Axis> Used(Axis axis, List<Axis> done)
    {
        var names = new HashSet<string>(axis.Formula!.Names, StringComparer.Ordinal);
        for (var before = 0; before < names.Count;)
        {
            before = names.Count;
            names.UnionWith(done.Where(one => names.Contains(one.Name))
                .SelectMany(one => one.Formula?.Names ?? one.Group?.Names ?? []));
        }
        return done.FindAll(one => names.Contains(one.Name));
    }

    /// <summary>The value of a computed axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="values">The values of the axes that its formula uses.</param>
    /// <exception cref="AxisProblem">The value cannot be computed.</exception>
    public static AxisValue ValueOf(Axis axis, IReadOnlyDictionary<string, AxisValue> values)
    {
        var formula = axis.Formula!;
        if (formula.Names.Any(name => ReferenceEquals(values[name], MatrixReader.Open)))
            return MatrixReader.Open;
        try
        {
            var text = formula.Compute(name => NumberOf(values[name].Value)).ToString();
            return Amount.ParseNumber(text) is null ? throw new OverflowException()
                : new AxisValue(text, text) { IsDerived = true };
        }
        catch (Exception problem) when (problem is DivideByZeroException or OverflowException or FormatException)
        {
            throw new AxisProblem(ExperimentRules.NoValueOfFormula, axis.Name, formula.Text,
                formula.Names.Count == 0 ? "" : " where "
                    + string.Join(" and ", formula.Names.Select(name => $"{name} is '{values[name].Label}'")),
                problem switch
                {
                    DivideByZeroException => "it divides by zero",
                    OverflowException => "the result is too large (above 1.7e308)",
                    _ => $"'{problem.Message}' is not a number",
                });
        }
    }

    private static Fraction NumberOf(string value) =>
        Fraction.Parse(value) ?? Amount.ParseBytes(value) ?? throw new FormatException(value);

    /// <summary>The computed axes, each after the computed axes that its formula uses.</summary>
    /// <exception cref="AxisProblem">A formula names an unknown axis or the axis that it computes.</exception>
    public static List<Axis> InOrder(IReadOnlyList<Axis> axes)
    {
        var known = axes.ToDictionary(axis => axis.Name, StringComparer.Ordinal);
        var ordered = new List<Axis>();
        foreach (var axis in axes)
            Visit(axis, []);
        return ordered;

        void Visit(Axis axis, IReadOnlyList<string> path)
        {
            if (axis.Formula is not { } formula || ordered.Contains(axis))
                return;
            if (path.Contains(axis.Name))
                throw new AxisProblem(ExperimentRules.CircularAxis, axis.Name,
                    string.Join(" from ", path.SkipWhile(name => name != axis.Name).Append(axis.Name)));
            foreach (var name in formula.Names)
                Visit(known.GetValueOrDefault(name) ?? throw new AxisProblem(ExperimentRules.UnknownAxis, name,
                    Suggestion.For(name, known.Keys)), [.. path, axis.Name]);
            ordered.Add(axis);
        }
    }
}

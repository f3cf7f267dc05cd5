namespace Verus.Artifact.Extensions;

/// <summary>
/// A function of formulas, in predicates and derived points, written <c>name(quantity)</c> or <c>name(quantity,
/// column)</c>. The name of a formula function consists of letters and digits. A formula function is found by its type,
/// as readers are. A formula function has no state, is pure, and is safe for several threads, since it is computed
/// thousands of times.
/// </summary>
public interface IFormulaFunction : INamed
{
    /// <summary>How the function treats points.</summary>
    FunctionShape Shape { get; }

    /// <summary>
    /// The minimum number of points that the function needs, at least 1. Groups with fewer points than this minimum are
    /// left out, and the verdict says so.
    /// </summary>
    int FewestPoints => 1;

    /// <summary>The unit of the function's result.</summary>
    FunctionUnit Unit => FunctionUnit.Same;

    /// <summary>Computes the function.</summary>
    /// <param name="values">The numbers of a group; only one number for a function that is applied to each
    /// point.</param>
    /// <param name="positions">The values of the column in ascending order, if the function runs along a column;
    /// otherwise empty.</param>
    /// <returns>The result; NaN or infinite if the function has no result for the numbers.</returns>
    /// <exception cref="FormatException">
    /// The function is not defined for the given numbers; the message of the exception says why, and the predicate or
    /// point is an error.
    /// </exception>
    double Compute(ReadOnlySpan<double> values, ReadOnlySpan<double> positions);
}

/// <summary>How a function treats points.</summary>
public enum FunctionShape
{
    /// <summary>
    /// The function computes one number from all points or, with a column, from each group of points that agree in
    /// every other column, as <c>mean</c> does.
    /// </summary>
    Group,
    /// <summary>
    /// The function computes one number from each group, whose numbers are in the order of a numeric column, as
    /// <c>slope</c> does.
    /// </summary>
    AlongColumn,
    /// <summary>The function computes one number for each point, as <c>log</c> does.</summary>
    PointByPoint,
}

/// <summary>The unit of a function's result.</summary>
public enum FunctionUnit
{
    /// <summary>The result has the unit of the numbers, which must be the same for all of them.</summary>
    Same,
    /// <summary>The result has no unit, as a ratio has none.</summary>
    None,
    /// <summary>The unit of the result is unknown, and is compatible with every other unit.</summary>
    Unknown,
}

namespace Verus.Artifact.Extensions;

/// <summary>
/// A function of formulas, in predicates and derived points, written <c>name(quantity)</c> or <c>name(quantity,
/// column)</c>. The name consists of letters and digits. A function is found by its type, as readers are. A function
/// has no state, is pure, and is safe for several threads: it is computed thousands of times.
/// </summary>
public interface IFormulaFunction : INamed
{
    /// <summary>How the function treats points.</summary>
    FunctionShape Shape { get; }

    /// <summary>
    /// The minimum of points that the function needs, at least 1. Groups with fewer points are left out, and the
    /// verdict says so.
    /// </summary>
    int FewestPoints => 1;

    /// <summary>The unit of the function's result.</summary>
    FunctionUnit Unit => FunctionUnit.Same;

    /// <summary>Computes it.</summary>
    /// <param name="values">The numbers of a group; of a function that goes point by point only one.</param>
    /// <param name="positions">The values of the column, which go up, where it goes along one; else empty.</param>
    /// <returns>The number; NaN or infinite where the numbers give it none.</returns>
    /// <exception cref="FormatException">
    /// The function is not defined for the given numbers; the message says why, and the predicate or point is an error.
    /// </exception>
    double Compute(ReadOnlySpan<double> values, ReadOnlySpan<double> positions);
}

/// <summary>How a function treats points.</summary>
public enum FunctionShape
{
    /// <summary>
    /// One number from all points or, with a column, from each group of points that agree in every other column, as
    /// <c>mean</c> does.
    /// </summary>
    Group,
    /// <summary>
    /// One number from each group, whose numbers are in the order of a numeric column, as <c>slope</c> does.
    /// </summary>
    AlongColumn,
    /// <summary>One number for each point, as <c>log</c> does.</summary>
    PointByPoint,
}

/// <summary>The unit of a function's result.</summary>
public enum FunctionUnit
{
    /// <summary>The unit of the numbers, which must be the same for all of them.</summary>
    Same,
    /// <summary>No unit, as for a ratio.</summary>
    None,
    /// <summary>An unknown unit, which is compatible with every other one.</summary>
    Unknown,
}

namespace Verus.Artifact.Extensions;

/// <summary>
/// A function of formulas, in predicates and derived points, written <c>name(quantity)</c> or <c>name(quantity,
/// column)</c>. Its name is letters and digits. Found by its type, as readers are. Without state of its own, pure, and
/// safe for several threads: it is computed thousands of times.
/// </summary>
public interface IFormulaFunction : INamed
{
    /// <summary>What it makes of points.</summary>
    FunctionShape Shape { get; }

    /// <summary>
    /// The fewest points that it needs; groups with fewer are left out, which the verdict says. At least 1.
    /// </summary>
    int FewestPoints => 1;

    /// <summary>The unit of its number.</summary>
    FunctionUnit Unit => FunctionUnit.Same;

    /// <summary>Computes it.</summary>
    /// <param name="values">The numbers of a group; of a function that goes point by point only one.</param>
    /// <param name="positions">The values of the column, which go up, where it goes along one; else empty.</param>
    /// <returns>The number; NaN or infinite where the numbers give it none.</returns>
    /// <exception cref="FormatException">
    /// It cannot be asked of these numbers; the message says why, and the predicate or point is an error.
    /// </exception>
    double Compute(ReadOnlySpan<double> values, ReadOnlySpan<double> positions);
}

/// <summary>What a function makes of points.</summary>
public enum FunctionShape
{
    /// <summary>
    /// One number of all points, or with a column of each group of points that agree in every other column, as
    /// <c>mean</c> does.
    /// </summary>
    Group,
    /// <summary>
    /// One number of each group, from numbers in the order of a column of numbers, as <c>slope</c> does.
    /// </summary>
    AlongColumn,
    /// <summary>A number of each point, as <c>log</c> does.</summary>
    PointByPoint,
}

/// <summary>The unit of a function's number.</summary>
public enum FunctionUnit
{
    /// <summary>That of the numbers, which must have the same.</summary>
    Same,
    /// <summary>None, as of a ratio.</summary>
    None,
    /// <summary>Not known, and like every other one.</summary>
    Unknown,
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>A value of a quantity, with its confidence limits.</summary>
/// <param name="Keys">The values of the columns that distinguish the value from the other values of the
/// quantity.</param>
/// <param name="Value">The number of the quantity.</param>
/// <param name="At">Returns the confidence limits of the value at a level.</param>
internal sealed record Bounded(IReadOnlyDictionary<string, string> Keys, double Value, Func<double, Limits> At)
{
    /// <summary>Whether the number is exact, so that no further sample could change it.</summary>
    public bool IsExact { get; init; }

    /// <summary>Why some limit of the value is unknown, whatever the samples; empty when all limits are
    /// known.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>
    /// How much the number changes with the number of each measured point behind it; null when it is not a smooth
    /// function of these numbers.
    /// </summary>
    public IReadOnlyDictionary<DataPoint, double>? Slopes { get; init; }

    /// <summary>Makes an exact number, which no further sample could change.</summary>
    public static Bounded Exact(IReadOnlyDictionary<string, string> keys, double value) =>
        new(keys, value, _ => new Limits(value, value)) { IsExact = true };

    /// <summary>Makes a number whose confidence limits are unknown.</summary>
    public static Bounded Open(IReadOnlyDictionary<string, string> keys, double value,
        params IEnumerable<string> why) =>
        new(keys, value, _ => Limits.None) { Reasons = [.. why] };

    /// <summary>Returns the confidence limits at a level, and computes them only once for each level.</summary>
    public static Func<double, Limits> Remembered(Func<double, Limits> at)
    {
        var known = new Dictionary<double, Limits>();
        return level => known.TryGetValue(level, out var limits) ? limits : known[level] = at(level);
    }
}

/// <summary>The numbers of a quantity with their confidence limits.</summary>
internal sealed record BoundedPoints(IReadOnlyList<string> Columns, IReadOnlyList<Bounded> Rows);

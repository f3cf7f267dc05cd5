using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>A value of a quantity, with its limits.</summary>
/// <param name="Keys">The columns that distinguish it from the other numbers of the quantity.</param>
/// <param name="Value">The number.</param>
/// <param name="At">Its limits at a level.</param>
internal sealed record Bounded(IReadOnlyDictionary<string, string> Keys, double Value, Func<double, Limits> At)
{
    /// <summary>Whether no sample could change the number.</summary>
    public bool IsExact { get; init; }

    /// <summary>Why some limit is unknown, whatever the samples; empty when all are known.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>
    /// How much the number changes with that of each measured point behind it; null when it is no smooth function of
    /// them.
    /// </summary>
    public IReadOnlyDictionary<DataPoint, double>? Slopes { get; init; }

    /// <summary>Makes a number that no sample could change.</summary>
    public static Bounded Exact(IReadOnlyDictionary<string, string> keys, double value) =>
        new(keys, value, _ => new Limits(value, value)) { IsExact = true };

    /// <summary>Makes a number whose limits are unknown.</summary>
    public static Bounded Open(IReadOnlyDictionary<string, string> keys, double value,
        params IEnumerable<string> why) =>
        new(keys, value, _ => Limits.None) { Reasons = [.. why] };

    /// <summary>Returns the limits, and asks for each level once.</summary>
    public static Func<double, Limits> Remembered(Func<double, Limits> at)
    {
        var known = new Dictionary<double, Limits>();
        return level => known.TryGetValue(level, out var limits) ? limits : known[level] = at(level);
    }
}

/// <summary>The numbers of a quantity with their limits.</summary>
internal sealed record BoundedPoints(IReadOnlyList<string> Columns, IReadOnlyList<Bounded> Rows);

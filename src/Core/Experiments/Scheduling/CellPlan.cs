using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>What a cell has, what it still needs, and why.</summary>
public sealed record CellPlan
{
    /// <summary>The cell.</summary>
    public required Cell Cell { get; init; }
    /// <summary>Its key settled; null while its generated input has not been made.</summary>
    public ResolvedCell? Resolved { get; init; }
    /// <summary>Good samples under the current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Good { get; init; } = [];
    /// <summary>Failed samples under the current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Failed { get; init; } = [];
    /// <summary>Samples to take; for automatic sampling the number for now.</summary>
    public int Need { get; init; }
    /// <summary>Why samples are needed, or why a cell without samples gets none; empty when it has all.</summary>
    public string Reason { get; init; } = "";
    /// <summary>
    /// Whether what it uses of other experiments is not there yet; whether samples of an earlier content count again,
    /// is known then.
    /// </summary>
    public bool IsWaiting { get; init; }
    /// <summary>Whether other experiments left nothing that it could use.</summary>
    public bool IsLeftOut { get; init; }
    /// <summary>
    /// Seconds that one sample takes: the median of the last ones, or what the declaration says; null when unknown.
    /// </summary>
    public double? SecondsEach { get; init; }
    /// <summary>Whether these seconds are measured.</summary>
    public bool IsTimed { get; init; }
    /// <summary>
    /// How the key differs from that of the cell's last samples; empty when it does not or there were none.
    /// </summary>
    public IReadOnlyList<KeyDifference> Differences { get; init; } = [];
}

/// <summary>A part of a key that is not what it was.</summary>
/// <param name="Part">The part, such as <c>argument 2</c>.</param>
/// <param name="Before">Its value at the last samples; null when the part is new.</param>
/// <param name="Now">Its value now; null when the part is gone.</param>
public sealed record KeyDifference(string Part, string? Before, string? Now)
{
    /// <summary>The parts in which two keys differ, in the order of the new one.</summary>
    public static IReadOnlyList<KeyDifference> Between(IReadOnlyList<KeyPart> before, IReadOnlyList<KeyPart> now)
    {
        var old = before.ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal);
        var current = now.ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal);
        return
        [
            .. now.Where(part => old.GetValueOrDefault(part.Name) != part.Value)
                .Select(part => new KeyDifference(part.Name, old.GetValueOrDefault(part.Name), part.Value)),
            .. before.Where(part => !current.ContainsKey(part.Name))
                .Select(part => new KeyDifference(part.Name, part.Value, null)),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { Before: null } => $"{Part} is new: {Short(Now!)}",
        { Now: null } => $"{Part} no longer exists: was {Short(Before)}",
        _ => $"{Part}: {Short(Before)} -> {Short(Now)}",
    };

    // Hashes are told apart by their first digits.
    private static string Short(string value) =>
        value.Length == 64 && value.All(char.IsAsciiHexDigitLower)
            ? value[..12] : value.Length > 120 ? value[..117] + "..." : value;
}

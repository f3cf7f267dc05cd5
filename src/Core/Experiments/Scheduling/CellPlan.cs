using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>What a cell has, what it still needs, and why.</summary>
public sealed record CellPlan
{
    /// <summary>The cell.</summary>
    public required Cell Cell { get; init; }
    /// <summary>The cell with its key; null while its generated input has not been made.</summary>
    public ResolvedCell? Resolved { get; init; }
    /// <summary>Good samples under the current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Good { get; init; } = [];
    /// <summary>Failed samples under the current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Failed { get; init; } = [];
    /// <summary>
    /// Why kept samples are read again by the present reader, one entry for each; empty when none is.
    /// </summary>
    public IReadOnlyList<string> ReadAgain { get; init; } = [];
    /// <summary>The number of samples to take; for automatic sampling, the number for now.</summary>
    public int Need { get; init; }
    /// <summary>
    /// Why samples are needed, or why a cell without samples gets none; empty when it has all of them.
    /// </summary>
    public string Reason { get; init; } = "";
    /// <summary>
    /// Whether the outputs of other experiments that it uses are missing; only when they exist is it known whether
    /// samples with an earlier content count again.
    /// </summary>
    public bool IsWaiting { get; init; }
    /// <summary>
    /// Whether it is declared that the cell has no samples: its series has ended, or an optional input does not exist.
    /// </summary>
    public bool IsAbsent { get; init; }
    /// <summary>
    /// For automatic sampling: what is to be said of a cell that has as many samples as it may, and not the interval
    /// that was asked for; null otherwise.
    /// </summary>
    public string? Capped { get; init; }
    /// <summary>Whether other experiments left no output that it could use.</summary>
    public bool IsLeftOut { get; init; }
    /// <summary>
    /// Duration of one sample in seconds: the median of the most recent ones, or the value in the declaration; null
    /// when unknown.
    /// </summary>
    public double? SecondsEach { get; init; }
    /// <summary>Whether this duration was measured.</summary>
    public bool IsTimed { get; init; }
    /// <summary>
    /// How the key differs from the key of the cell's most recent samples; empty when it does not differ or there were
    /// none.
    /// </summary>
    public IReadOnlyList<KeyDifference> Differences { get; init; } = [];
}

/// <summary>A part of a key that has changed.</summary>
/// <param name="Part">The part, such as <c>argument 2</c>.</param>
/// <param name="Before">The part's value at the most recent samples; null when the part is new.</param>
/// <param name="Now">The part's value now; null when the part was removed.</param>
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

    // The first digits of two hashes are enough to tell them apart.
    private static string Short(string value) =>
        value.Length == 64 && value.All(char.IsAsciiHexDigitLower)
            ? value[..12] : value.Length > 120 ? value[..117] + "..." : value;
}

using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>The plan for a cell: which samples it has, how many it still needs, and why.</summary>
public sealed record CellPlan
{
    /// <summary>The cell.</summary>
    public required Cell Cell { get; init; }
    /// <summary>The cell with its key; null while the cell's generated input has not been made.</summary>
    public ResolvedCell? Resolved { get; init; }
    /// <summary>Good samples of the cell with its current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Good { get; init; } = [];
    /// <summary>Failed samples of the cell with its current key and on this machine, oldest first.</summary>
    public IReadOnlyList<SampleRecord> Failed { get; init; } = [];
    /// <summary>
    /// The reasons why kept samples are read again by the present reader, one for each such sample; empty when no
    /// sample is read again.
    /// </summary>
    public IReadOnlyList<string> ReadAgain { get; init; } = [];
    /// <summary>The number of samples to take; with automatic sampling, the number to take before the interval is
    /// checked again.</summary>
    public int Need { get; init; }
    /// <summary>
    /// Why samples are needed, or why a cell without samples gets none; empty when the cell has all of its samples.
    /// </summary>
    public string Reason { get; init; } = "";
    /// <summary>
    /// Whether outputs of other experiments that the cell uses are missing; whether earlier samples of the cell are
    /// valid again is known only when these outputs exist.
    /// </summary>
    public bool IsWaiting { get; init; }
    /// <summary>
    /// Whether it is declared that the cell has no samples: the cell's series has ended, or an optional input does not
    /// exist.
    /// </summary>
    public bool IsAbsent { get; init; }
    /// <summary>
    /// With automatic sampling, a message about a cell that has the maximum number of samples without reaching the
    /// requested confidence interval; null otherwise.
    /// </summary>
    public string? Capped { get; init; }
    /// <summary>Whether other experiments left no output that the cell could use.</summary>
    public bool IsLeftOut { get; init; }
    /// <summary>
    /// Duration of one sample in seconds: the median of the most recent samples, or the value in the declaration; null
    /// when unknown.
    /// </summary>
    public double? SecondsEach { get; init; }
    /// <summary>Whether the expected duration of a sample was measured, and not just declared.</summary>
    public bool IsTimed { get; init; }
    /// <summary>
    /// How the key differs from the key of the cell's most recent samples; empty when the keys are equal or there were
    /// no samples.
    /// </summary>
    public IReadOnlyList<KeyDifference> Differences { get; init; } = [];
}

/// <summary>A part of a cell's key that has changed.</summary>
/// <param name="Part">The name of the part, such as <c>argument 2</c>.</param>
/// <param name="Before">The part's value at the most recent samples; null when the part is new.</param>
/// <param name="Now">The part's value now; null when the part was removed.</param>
public sealed record KeyDifference(string Part, string? Before, string? Now)
{
    /// <summary>The parts in which two keys differ, in the order of the newer key.</summary>
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

    // In messages, the first digits of two hashes are enough to tell them apart.
    private static string Short(string value) =>
        value.Length == 64 && value.All(char.IsAsciiHexDigitLower)
            ? value[..12] : value.Length > 120 ? value[..117] + "..." : value;
}

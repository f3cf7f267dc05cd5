using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the result of <c>why3 replay</c>: <c> 5/6 (replay OK, upgraded prover)</c>. Metrics: verified and goals (5 and
/// 6 in this example), obsolete (1 for a session that had to be updated). In Why3's output, "OK" means that the results
/// match the stored session, not that every goal is proved.
/// </summary>
public sealed partial class Why3ReplayReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "why3-replay";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "verified goals obsolete");

    /// <inheritdoc/>
    /// <remarks>
    /// A failed replay did different work from the session's, so it has no numbers; the message of the exception says
    /// which provers are missing.
    /// </remarks>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        (Match Match, int Line)? found = null;
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in OutputLines.Of(output))
        {
            if (MissingProver().Match(line.Text) is { Success: true } prover && missing.Count < 20)
                missing.Add(prover.Groups[1].Value);
            if (Summary().Match(line.Text) is { Success: true } match)
                found = found is null ? (match, line.Number) : throw OutputNumber.Bad("a second result of why3 replay",
                    line.Number);
        }
        if (found is not var (summary, number))
            throw new FormatException("standard output lacks the line 'n/m (replay OK)' of why3 replay");
        if (summary.Groups[3].Value != "OK")
            throw OutputNumber.Bad($"the replay failed, '{summary.Value.Trim()}'"
                + (missing.Count == 0 ? ": its results differ from the session's"
                    : $"; provers not installed: {string.Join(", ", missing)}"), number);
        var verified = OutputNumber.Parse(summary.Groups[1].Value, "verified", number);
        var goals = OutputNumber.Parse(summary.Groups[2].Value, "goals", number);
        if (verified > goals)
            throw OutputNumber.Bad($"more goals verified than there are, '{summary.Value.Trim()}'", number);
        return
        [
            Reading.Of(new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["verified"] = verified,
                ["goals"] = goals,
                ["obsolete"] = summary.Groups[4].Value.Contains("obsolete session", StringComparison.Ordinal) ? 1 : 0,
            }),
        ];
    }

    [GeneratedRegex(@"^ ?([0-9]{1,9})/([0-9]{1,9}) \(replay (OK|failed)((?:, [a-z ]+)*)\)\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Summary();

    [GeneratedRegex("^ +goal '.*', prover '([^']*)': not installed$", RegexOptions.CultureInvariant)]
    private static partial Regex MissingProver();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads Dafny's output with <c>/trace</c>. Metrics: those of <see cref="DafnyReader"/>, and for the proofs: proofs,
/// proof_time (seconds, the sum over all proofs, which exceeds the wall time if proofs run in parallel), slowest_proof
/// (seconds) and resource_count (of the solver). A column note says how many proofs failed, if any.
/// </summary>
public sealed partial class DafnyTraceReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "dafny-trace";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("note",
        "verified errors inconclusive timeouts out_of_memory out_of_resource solver_exceptions proofs "
        + "proof_time|s slowest_proof|s resource_count");

    /// <inheritdoc/>
    /// <remarks>Each proof must have a line in the trace: the number of proofs by result must match the
    /// summary.</remarks>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        Dictionary<string, double>? summary = null;
        var verified = 0;
        var (proofs, time, slowest, resources) = (0, 0.0, 0.0, 0.0);
        foreach (var line in OutputLines.Of(output))
        {
            if (DafnySummary.Parse(line) is { } counts)
                summary = summary is null
                    ? counts : throw OutputNumber.Bad("a second summary of Dafny; one call a sample", line.Number);
            if (Proof().Match(line.Text) is not { Success: true } proof)
                continue;
            var seconds = OutputNumber.Parse(proof.Groups[1].Value, "time of a proof", line.Number);
            (proofs, time, slowest) = (proofs + 1, time + seconds, Math.Max(slowest, seconds));
            if (proof.Groups[2].Success)
                resources += OutputNumber.Parse(proof.Groups[2].Value, "resource count", line.Number);
            if (proof.Groups[3].Value == "verified")
                verified++;
        }
        if (summary is null)
            throw new FormatException("standard output lacks the line 'Dafny program verifier finished with ...'");
        if (proofs == 0)
            throw new FormatException(
                "standard output has no line of a proof ('  [0.151 s, ...]  verified'): Dafny was not called with "
                    + "/trace");
        if (verified != summary["verified"])
            throw new FormatException(
                $"the trace has {verified} verified proofs, and the summary {summary["verified"]}: a part of the trace "
                    + "is missing");
        (summary["proofs"], summary["proof_time"]) = (proofs, Math.Round(time, 6));
        (summary["slowest_proof"], summary["resource_count"]) = (slowest, resources);
        return [new Reading(Columns(summary, proofs - verified, proofs), summary)];
    }

    // The summary counts problems, of which a single proof may have several.
    private static Dictionary<string, string> Columns(Dictionary<string, double> summary, int failed, int proofs)
    {
        var problems = DafnySummary.Failures(summary).Select(one =>
            string.Create(CultureInfo.InvariantCulture,
                $"{one.Count} {one.Word}{(one.Count == 1 || one.Word == "inconclusive" ? "" : "s")}"));
        return failed == 0 ? []
            : new()
            {
                ["note"] = string.Create(CultureInfo.InvariantCulture,
                $"{failed} of {proofs} proofs failed: {string.Join(", ", problems)}")
            };
    }

    // The resource count in a trace is -1 if the solver reported none.
    [GeneratedRegex(@"^  \[([0-9.,]{1,20}?) s, (?:solver resource count: (?:-1|([0-9]{1,18})), )?[0-9]{1,9} proof"
        + @" obligations?\]  (.+?)\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Proof();
}

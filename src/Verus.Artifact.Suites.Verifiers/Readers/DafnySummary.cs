using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Parses the last line of a Dafny verification: "Dafny program verifier finished with 14 verified, 0 errors, 1 time
/// out".
/// </summary>
/// <remarks>
/// The summary line is printed by Boogie. The first two counts of a summary always appear, any other count only if it
/// is not zero. The format of the summary line has been the same since Dafny 2.
/// </remarks>
internal static partial class DafnySummary
{
    private const string Start = " program verifier finished with ";

    // The plural forms of counts depend on the version of Dafny: "1 time out", "5 time outs", "2 inconclusive", "2
    // inconclusives".
    private static readonly (string Word, string Metric)[] Counts =
    [
        ("verified", "verified"), ("error", "errors"), ("inconclusive", "inconclusive"), ("time out", "timeouts"),
        ("out of memory", "out_of_memory"), ("out of resource", "out_of_resource"),
        ("solver exception", "solver_exceptions"),
    ];

    /// <summary>All counts of a summary line by metric; null when the line is not a summary.</summary>
    /// <exception cref="FormatException">The line begins as a summary, but is truncated or has an unknown
    /// count.</exception>
    public static Dictionary<string, double>? Parse(OutputLine line)
    {
        if (!Head().IsMatch(line.Text))
            return null;
        if (!line.Ended)
            throw OutputNumber.Bad("the summary of Dafny is cut", line.Number);
        var metrics = Counts.ToDictionary(count => count.Metric, _ => 0.0, StringComparer.Ordinal);
        var parts = line.Text[(line.Text.IndexOf(Start, StringComparison.Ordinal) + Start.Length)..].TrimEnd()
            .Split(", ");
        for (var at = 0; at < parts.Length; at++)
        {
            var match = Count().Match(parts[at]);
            var metric = Counts.FirstOrDefault(count =>
                match.Groups[2].Value == count.Word || match.Groups[2].Value == count.Word + "s").Metric;
            if (metric is null || (at < 2 && metric != Counts[at].Metric))
                throw OutputNumber.Bad(
                    $"the summary of Dafny has '{OutputNumber.Shortened(parts[at])}' where a count is due",
                    line.Number);
            metrics[metric] = OutputNumber.Parse(match.Groups[1].Value, metric, line.Number);
        }
        return parts.Length >= 2 ? metrics : throw OutputNumber.Bad("the summary of Dafny is cut", line.Number);
    }

    /// <summary>The non-zero counts of proofs that were not verified, in the words of the summary.</summary>
    public static IReadOnlyList<(string Word, double Count)> Failures(IReadOnlyDictionary<string, double> metrics) =>
        [.. Counts.Skip(1).Select(count => (count.Word, metrics[count.Metric])).Where(count => count.Item2 > 0)];

    [GeneratedRegex("^(?:Dafny|Boogie) program verifier finished with ", RegexOptions.CultureInvariant)]
    private static partial Regex Head();

    [GeneratedRegex("^([0-9]{1,9}) ([a-z ]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Count();
}

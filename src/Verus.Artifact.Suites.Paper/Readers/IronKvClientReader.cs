using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the output of the IronKV client: counts the requests (<c>#req thread number milliseconds</c>) between
/// <c>[[SETUP COMPLETE]]</c> and <c>[[DONE]]</c>. Metrics: requests, threads_used (threads that completed a request),
/// latency_mean and latency_max (milliseconds), timeouts (retries in the period). The reader streams files of any
/// length.
/// </summary>
/// <remarks>
/// Upstream counts every line up to the end of the output, which includes at most one request per thread that ends
/// while the client stops. Requests after <c>[[DONE]]</c> are outside the measured seconds, and this reader ignores
/// them.
/// </remarks>
public sealed partial class IronKvClientReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "ironkv-client";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("",
        "requests threads_used latency_mean|ms latency_max|ms timeouts");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        var (setUp, requests, timeouts, total, slowest) = (false, 0L, 0, 0.0, 0.0);
        var threads = new HashSet<int>();
        foreach (var line in OutputLines.Of(output))
        {
            if (line.Text == "[[DONE]]" && setUp)
                return requests > 0
                    ? [Reading.Of(new Dictionary<string, double>(StringComparer.Ordinal)
                    {
                        ["requests"] = requests,
                        ["threads_used"] = threads.Count,
                        ["latency_mean"] = total / requests,
                        ["latency_max"] = slowest,
                        ["timeouts"] = timeouts,
                    })]
                    : throw OutputNumber.Bad("the client completed no request in the measured period", line.Number);
            if (line.Text == "[[SETUP COMPLETE]]")
                setUp = !setUp ? true : throw OutputNumber.Bad("a second set-up; one run a sample", line.Number);
            if (!setUp)
                continue;
            if (line.Text.StartsWith("#timeout", StringComparison.Ordinal))
                timeouts++;
            if (!line.Text.StartsWith("#req", StringComparison.Ordinal))
                continue;
            if (Request().Match(line.Text) is not { Success: true } match)
                throw OutputNumber.Bad(
                    $"'{OutputNumber.Shortened(line.Text)}' is no request of the form '#req thread number "
                        + "milliseconds'", line.Number);
            var milliseconds = OutputNumber.Parse(match.Groups[2].Value, "latency", line.Number);
            threads.Add(int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            (requests, total, slowest) = (requests + 1, total + milliseconds, Math.Max(slowest, milliseconds));
        }
        throw new FormatException(setUp
            ? "the client's output ends before '[[DONE]]': it did not come to the end of the measured period"
            : "the client's output lacks '[[SETUP COMPLETE]]'");
    }

    [GeneratedRegex(@"^#req ([0-9]{1,6}) [0-9]{1,18} ([0-9][0-9.,E+-]{0,30})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Request();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Computes the relative time of those programs of mimalloc-bench that print a throughput: larson, xmalloc-test,
/// rptest, redis and glibc-thread. Metric time (seconds), computed as in the suite and truncated after three decimals:
/// 2,000,000 divided by the operations per second of rptest and redis, 10^9 divided by the iterations of glibc-thread.
/// </summary>
public sealed partial class MimallocDerivedReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "mimalloc-derived";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "time|s");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        double? found = null;
        foreach (var line in OutputLines.Of(output))
            if (Derive(line) is { } time)
                found = found is null ? time : throw OutputNumber.Bad("a second throughput; one program a sample",
                    line.Number);
        return found is { } seconds
            ? [Reading.Of("time", seconds)]
            : throw new FormatException(
                "standard output has no throughput of larson, xmalloc-test, rptest, redis or glibc-thread");
    }

    private static double? Derive(OutputLine line)
    {
        var text = line.Text;
        if (Larson().Match(text) is { Success: true } larson)
            return OutputNumber.Parse(larson.Groups[1].Value, "relative time", line.Number);
        if (Xmalloc().Match(text) is { Success: true } xmalloc)
            return OutputNumber.Parse(xmalloc.Groups[1].Value, "rtime", line.Number);
        if (Rptest().Match(text) is { Success: true } rptest)
            return Divide(2_000_000, rptest.Groups[1].Value, line.Number);
        if (Redis().Match(text) is { Success: true } redis)
            return Divide(2_000_000, redis.Groups[1].Value, line.Number);
        return GlibcThread().Match(text) is { Success: true } thread
            ? Divide(1_000_000_000, thread.Groups[1].Value, line.Number) : null;
    }

    private static double Divide(decimal work, string throughput, int line) =>
        decimal.TryParse(throughput, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perSecond)
            && perSecond > 0
            ? (double)(Math.Truncate(work / perSecond * 1000) / 1000)
            : throw OutputNumber.Bad($"throughput is '{OutputNumber.Shortened(throughput)}', which gives no time",
                line);

    [GeneratedRegex(@"^Throughput = +[0-9]+ operations per second, relative time: ([0-9.,]+)s\.",
        RegexOptions.CultureInvariant)]
    private static partial Regex Larson();

    [GeneratedRegex("^rtime: ([0-9.]+(?:,[0-9]+)?), free/sec: ", RegexOptions.CultureInvariant)]
    private static partial Regex Xmalloc();

    [GeneratedRegex(@"\.\.\.([0-9]+) memory ops/CPU second", RegexOptions.CultureInvariant)]
    private static partial Regex Rptest();

    [GeneratedRegex(@": ([0-9.]+) requests per second", RegexOptions.CultureInvariant)]
    private static partial Regex Redis();

    [GeneratedRegex("^([0-9]+) iterations", RegexOptions.CultureInvariant)]
    private static partial Regex GlibcThread();
}

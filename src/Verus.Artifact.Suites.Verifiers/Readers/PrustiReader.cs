using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the result of Prusti, which is on standard error: <c>Successful verification of 5 items</c> or <c>Verification
/// failed</c>. Metrics: items, verified (only after success, since Prusti does not report it otherwise), errors (those
/// that mention Prusti).
/// </summary>
public sealed partial class PrustiReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "prusti";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "items verified errors");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        double? items = null;
        Dictionary<string, double>? found = null;
        var errors = 0;
        foreach (var line in OutputLines.OfBoth(output))
        {
            if (Start().Match(line.Text) is { Success: true } start)
                items = OutputNumber.Parse(start.Groups[1].Value, "items", line.Number);
            else if (line.Text.StartsWith("error: [Prusti", StringComparison.Ordinal))
                errors++;
            else if (End().Match(line.Text) is { Success: true } end)
            {
                if (found is not null)
                    throw OutputNumber.Bad("a second result of Prusti; one call a sample", line.Number);
                if (end.Groups[2].Success)
                    throw OutputNumber.Bad("Prusti could not encode the program, its result is inconclusive",
                        line.Number);
                found = new Dictionary<string, double>(StringComparer.Ordinal);
                var verified = end.Groups[1].Success
                    ? OutputNumber.Parse(end.Groups[1].Value, "items", line.Number) : (double?)null;
                if ((verified ?? items) is { } all)
                    found["items"] = all;
                if (verified is { } good)
                    found["verified"] = good;
                found["errors"] = errors;
            }
        }
        return found is null
            ? throw new FormatException(
                "the output lacks the last line of Prusti, 'Successful verification of n items' or 'Verification "
                    + "failed'")
            : [Reading.Of(found)];
    }

    [GeneratedRegex(@"^\s*Verification of ([0-9]{1,9}) items\.\.\.", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(
        @"^\s*(?:Successful verification of ([0-9]{1,9}) items?|Verification failed|(Verification result is"
            + @" inconclusive) .*)\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex End();
}

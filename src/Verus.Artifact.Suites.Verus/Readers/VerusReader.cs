using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the counts in Verus's text output: <c>verification results:: 14 verified, 0 errors</c>, possibly with the
/// remark that only a part was verified. Metrics: verified, errors. If Verus cannot translate a program, its output has
/// no line with counts, and the reader finds no result.
/// </summary>
public sealed partial class VerusReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "verus";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "verified errors");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        Reading? found = null;
        foreach (var line in OutputLines.Of(output))
        {
            if (!line.Text.StartsWith("verification results:: ", StringComparison.Ordinal))
                continue;
            var match = Results().Match(line.Text);
            if (!match.Success || !line.Ended)
                throw OutputNumber.Bad(
                    $"'{OutputNumber.Shortened(line.Text)}' is cut, or of another form than 'n verified, m errors'",
                    line.Number);
            if (found is not null)
                throw OutputNumber.Bad("a second result of Verus; one call a sample", line.Number);
            found = Reading.Of(new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["verified"] = OutputNumber.Parse(match.Groups[1].Value, "verified", line.Number),
                ["errors"] = OutputNumber.Parse(match.Groups[2].Value, "errors", line.Number),
            });
        }
        return found is null
            ? throw new FormatException("standard output lacks the line 'verification results:: n verified, m errors'")
            : [found];
    }

    [GeneratedRegex(@"^verification results:: ([0-9]{1,9}) verified, ([0-9]{1,9}) errors?(?: \(.*\))?\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Results();
}

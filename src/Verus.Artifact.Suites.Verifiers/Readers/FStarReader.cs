using System.Text.RegularExpressions;

namespace Verus.Artifact.Suites;

/// <summary>
/// Reads the result of F*, which is on standard output, or on standard error after an error. Metrics: verified
/// (modules), errors; seconds if F* prints the times of modules.
/// </summary>
public sealed partial class FStarReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "fstar";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public ReaderOutline? Outline => ReaderOutline.Of("", "verified errors seconds|s");

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output)
    {
        int? errors = null;
        var (modules, timed, milliseconds) = (0, 0, 0.0);
        foreach (var line in OutputLines.OfBoth(output))
        {
            if (Module().Match(line.Text) is { Success: true } module && line.Ended)
            {
                modules++;
                if (module.Groups[1].Success)
                {
                    timed++;
                    milliseconds += OutputNumber.Parse(module.Groups[1].Value, "milliseconds", line.Number);
                }
            }
            if (End().Match(line.Text) is { Success: true } end)
                errors = errors is null ? end.Groups[1].Success
                    ? (int)OutputNumber.Parse(end.Groups[1].Value, "errors", line.Number) : 0
                    : throw OutputNumber.Bad("a second result of F*; one call a sample", line.Number);
        }
        if (errors is not { } count)
            throw new FormatException("the output lacks the last line of F*, "
                + "'All verification conditions discharged successfully' or 'n errors were reported'");
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["verified"] = modules,
            ["errors"] = count
        };
        if (timed > 0 && timed == modules)
            metrics["seconds"] = milliseconds / 1000;
        return [Reading.Of(metrics)];
    }

    [GeneratedRegex(@"^Verified [^:]+: [A-Za-z0-9_.']+(?: \(([0-9]{1,9}) milliseconds\))?\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Module();

    [GeneratedRegex(
        @"^(?:All verification conditions discharged successfully|([0-9]{1,9}) errors? (?:was|were) reported \(see"
            + @" above\))\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex End();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Extensions;

/// <summary>Parts that all formats of GNU time have in common.</summary>
public static partial class GnuTime
{
    /// <summary>
    /// What GNU time reports about an end other than exit code 0; null if the line is something else.
    /// </summary>
    /// <exception cref="FormatException">The line was cut.</exception>
    public static (string Metric, double Value)? ParseEnd(OutputLine line)
    {
        var match = End().Match(line.Text);
        if (!match.Success)
            return null;
        if (!line.Ended)
            throw OutputNumber.Bad("the line is cut", line.Number);
        return match.Groups[1].Success
            ? ("signal", OutputNumber.Parse(match.Groups[1].Value, "signal", line.Number))
            : ("exit_code", OutputNumber.Parse(match.Groups[2].Value, "exit status", line.Number));
    }

    /// <summary>
    /// Seconds of a wall time of GNU time's <c>%E</c>: h:mm:ss, m:ss.cc, or ss.cc where the suite cut the leading "0:"
    /// off.
    /// </summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static double Seconds(string text, int line)
    {
        if (!IsTime(text))
            throw OutputNumber.Bad($"time is '{OutputNumber.Shortened(text)}', expected m:ss.cc or seconds", line);
        var parts = text.Split(':');
        return parts.Aggregate(0.0, (sum, part) => sum * 60 + double.Parse(part, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a text is a wall time, or a plain number.</summary>
    public static bool IsTime(string text) => Time().IsMatch(text);

    [GeneratedRegex(@"^Command (?:terminated by signal ([0-9]{1,3})|exited with non-zero status ([0-9]{1,3}))$",
        RegexOptions.CultureInvariant)]
    private static partial Regex End();

    [GeneratedRegex(@"^(?:(?:[0-9]{1,4}:)?[0-9]{1,4}:)?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Extensions;

/// <summary>Parts that all formats of GNU time have in common.</summary>
public static partial class GnuTime
{
    /// <summary>
    /// Parses the line in which GNU time reports an end of a program other than exit code 0; returns null if the line
    /// is another one.
    /// </summary>
    /// <exception cref="FormatException">The line is truncated.</exception>
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
    /// The seconds of a wall time as GNU time prints it with <c>%E</c>: h:mm:ss, m:ss.cc, or ss.cc if a script has cut
    /// off the leading "0:".
    /// </summary>
    /// <exception cref="FormatException">The text is not a wall time.</exception>
    public static double Seconds(string text, int line)
    {
        if (!IsTime(text))
            throw OutputNumber.Bad($"time is '{OutputNumber.Shortened(text)}', expected m:ss.cc or seconds", line);
        var parts = text.Split(':');
        return parts.Aggregate(0.0, (sum, part) => sum * 60 + double.Parse(part, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a text is a wall time or a plain number.</summary>
    public static bool IsTime(string text) => Time().IsMatch(text);

    [GeneratedRegex(@"^Command (?:terminated by signal ([0-9]{1,3})|exited with non-zero status ([0-9]{1,3}))$",
        RegexOptions.CultureInvariant)]
    private static partial Regex End();

    [GeneratedRegex(@"^(?:(?:[0-9]{1,4}:)?[0-9]{1,4}:)?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}

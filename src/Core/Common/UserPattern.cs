using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// A regular expression that a user wrote, over text that a program printed. It runs in time proportional to the text;
/// one with a construct that needs backtracking (a lookaround, a back reference, an atomic group) has a limit of time.
/// </summary>
public sealed class UserPattern
{
    /// <summary>The longest that one search may take, all of its matches together.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(10);

    // The automaton of a pattern holds a copy of the repeated part for each repetition, nested ones multiplied.
    private const long MostRepetitions = 10_000;
    private const RegexOptions Common = RegexOptions.CultureInvariant;
    private static readonly Regex Repetition = new(@"\{([0-9]{1,9})(?:,([0-9]{0,9}))?\}",
        RegexOptions.CultureInvariant);
    private readonly Regex regex;

    private UserPattern(string text, Regex regex) => (Text, this.regex) = (text, regex);

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Number of its groups, beside the whole match.</summary>
    public int Groups => regex.GetGroupNumbers().Length - 1;

    /// <summary>The names of its named groups.</summary>
    public IReadOnlyList<string> Names => [.. regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];

    /// <summary>Reads an expression; null when it is none.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="multiline">Whether <c>^</c> and <c>$</c> match at each line.</param>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    public static UserPattern? Parse(string text, bool multiline, out string problem)
    {
        problem = "";
        var options = multiline ? Common | RegexOptions.Multiline : Common;
        try
        {
            return new UserPattern(text, RepetitionsOf(text) > MostRepetitions
                ? new Regex(text, options, Limit)
                : new Regex(text, options | RegexOptions.NonBacktracking, Limit));
        }
        catch (NotSupportedException)
        {
            return new UserPattern(text, new Regex(text, options, Limit));
        }
        catch (ArgumentException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>An expression that the declarations were checked for.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static UserPattern Of(string text, bool multiline = true) => Parse(text, multiline, out var problem)
        ?? throw new FormatException(problem);

    /// <summary>Whether it matches somewhere.</summary>
    /// <exception cref="FormatException">It did not come to an end in time.</exception>
    public bool IsMatch(string text) => Matches(text).Any();

    /// <summary>Its matches, from the first one on.</summary>
    /// <exception cref="FormatException">It did not come to an end in time.</exception>
    public IEnumerable<Match> Matches(string text)
    {
        var start = Stopwatch.GetTimestamp();
        for (var match = Next(() => regex.Match(text)); match.Success; match = Next(match.NextMatch))
        {
            yield return match;
            if (Stopwatch.GetElapsedTime(start) > Limit)
                throw TooLong();
        }
    }

    private Match Next(Func<Match> search)
    {
        try
        {
            return search();
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooLong();
        }
    }

    private FormatException TooLong() => new(
        $"the pattern '{Text}' did not finish within {Limit.TotalSeconds} s; match more of the line, without "
            + "lookarounds and back references");

    private static long RepetitionsOf(string text)
    {
        long all = 1;
        foreach (Match one in Repetition.Matches(text))
        {
            var most = one.Groups[2].Length > 0 ? one.Groups[2].ValueSpan : one.Groups[1].ValueSpan;
            all = Math.Min(all * Math.Max(1, long.Parse(most, System.Globalization.CultureInfo.InvariantCulture)),
                MostRepetitions + 1);
        }
        return all;
    }
}

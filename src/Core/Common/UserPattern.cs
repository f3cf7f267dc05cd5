using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// A regular expression written by a user, applied to program output. Matching takes time proportional to the length of
/// the text; only an expression with a construct that requires backtracking (a lookaround, a back reference, an atomic
/// group) has a time limit instead.
/// </summary>
public sealed class UserPattern
{
    /// <summary>The maximum time that one search may take for all of its matches together.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(10);

    // The size of a pattern is limited because its automaton holds one copy of a repeated part for each repetition, and
    // nested repetitions multiply.
    private const long MostRepetitions = 10_000;
    private const RegexOptions Common = RegexOptions.CultureInvariant;
    private static readonly Regex Repetition = new(@"\{([0-9]{1,9})(?:,([0-9]{0,9}))?\}",
        RegexOptions.CultureInvariant);
    private readonly Regex regex;

    private UserPattern(string text, Regex regex) => (Text, this.regex) = (text, regex);

    /// <summary>The regular expression as the user wrote it.</summary>
    public string Text { get; }

    /// <summary>The number of the expression's groups, not counting the whole match.</summary>
    public int Groups => regex.GetGroupNumbers().Length - 1;

    /// <summary>The names of the expression's named groups.</summary>
    public IReadOnlyList<string> Names => [.. regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];

    /// <summary>Parses an expression; null when it is not valid.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="multiline">Whether <c>^</c> and <c>$</c> match at each line.</param>
    /// <param name="problem">The problem with the expression; empty when the expression is valid.</param>
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

    /// <summary>Parses an expression that the check of the declarations has already accepted.</summary>
    /// <exception cref="FormatException">The expression is not valid.</exception>
    public static UserPattern Of(string text, bool multiline = true) => Parse(text, multiline, out var problem)
        ?? throw new FormatException(problem);

    /// <summary>Whether the expression matches anywhere in a text.</summary>
    /// <exception cref="FormatException">The search exceeded the time limit.</exception>
    public bool IsMatch(string text) => Matches(text).Any();

    /// <summary>Enumerates the matches of the expression in a text, in order.</summary>
    /// <exception cref="FormatException">The search exceeded the time limit.</exception>
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

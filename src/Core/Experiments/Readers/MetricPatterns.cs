using System.Globalization;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The matches of a metric's pattern that count.</summary>
public enum MetricMatch
{
    /// <summary>The only match of the pattern counts; several matches are a failure.</summary>
    Only,
    /// <summary>The first.</summary>
    First,
    /// <summary>The last.</summary>
    Last,
    /// <summary>Each match of the pattern becomes a row of its own.</summary>
    Each,
    /// <summary>The sum of all.</summary>
    Sum,
    /// <summary>The least.</summary>
    Min,
    /// <summary>The greatest.</summary>
    Max,
    /// <summary>The arithmetic mean of all numbers that the pattern matches.</summary>
    Mean,
    /// <summary>The number of matches, which may be 0. With this choice, the text that the pattern matches is
    /// ignored.</summary>
    Count,
}

/// <summary>
/// The metrics that patterns find in standard output (metadata <c>MetricPatterns</c> and <c>MetricMatches</c>).
/// </summary>
public static class MetricPatterns
{
    /// <summary>The column that numbers, from 1, the rows of a sample whose patterns match several times.</summary>
    public const string MatchColumn = "match";

    private const int MostRows = 100_000;

    /// <summary>Reads <c>MetricMatches</c>, and reports errors in this metadata and in the patterns.</summary>
    public static IReadOnlyDictionary<string, MetricMatch> Parse(
        MetadataReader reader, IReadOnlyDictionary<string, string> patterns, IReadOnlyDictionary<string, string> words)
    {
        var matches = new Dictionary<string, MetricMatch>(StringComparer.Ordinal);
        var all = Enum.GetNames<MetricMatch>().Skip(1).Select(name => name.ToLowerInvariant()).ToList();
        foreach (var (metric, word) in words)
        {
            if (!patterns.ContainsKey(metric))
                reader.Report(ReadingRules.MatchesOfNoPattern, reader.Item.Name, metric,
                    Suggestion.For(metric, patterns.Keys));
            else if (all.IndexOf(word) is >= 0 and var index)
                matches[metric] = (MetricMatch)(index + 1);
            else
                reader.Report(ReadingRules.UnknownMatches, reader.Item.Name, metric, word, string.Join(", ", all),
                    Suggestion.For(word, all));
        }
        foreach (var (metric, text) in patterns)
            if (UserPattern.Parse(text, multiline: true, out _) is { Groups: 0 }
                && matches.GetValueOrDefault(metric) != MetricMatch.Count)
                reader.Report(ReadingRules.PatternWithoutGroup, reader.Item.Name, metric, text);
        return matches;
    }

    /// <summary>The identity of the patterns: a text that is equal for two declarations whose patterns yield the same
    /// metrics; empty without patterns.</summary>
    public static string Identity(
        IReadOnlyDictionary<string, string> patterns, IReadOnlyDictionary<string, MetricMatch> matches,
        IReadOnlyList<string> optional) =>
        string.Concat(patterns.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"; {pair.Key}={pair.Value}"
            + (matches.TryGetValue(pair.Key, out var match) ? $" ({match})" : "")
            + (optional.Contains(pair.Key) ? " (optional)" : "")));

    /// <summary>The rows that patterns find: one row, or one row per match; none without patterns.</summary>
    /// <param name="patterns">Metrics with their patterns.</param>
    /// <param name="matches">Which match of each metric counts; the pattern of a metric without an entry must match
    /// exactly once.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="isWhole">False when only the end of the output is available.</param>
    /// <param name="optional">Metrics whose pattern need not match.</param>
    /// <exception cref="FormatException">A pattern finds no number, several numbers, or only part of a
    /// number.</exception>
    public static IReadOnlyList<Reading> Read(
        IReadOnlyDictionary<string, string> patterns, IReadOnlyDictionary<string, MetricMatch> matches, string output,
        bool isWhole,
        IReadOnlyList<string>? optional = null)
    {
        if (patterns.Count == 0)
            return [];
        output = ControlSequences.Remove(output).Replace("\r\n", "\n", StringComparison.Ordinal);
        // The first line of truncated text may be incomplete, and so may a number in that line.
        if (!isWhole)
            output = output.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? output[(end + 1)..] : "";
        var single = new Dictionary<string, double>(StringComparer.Ordinal);
        var each = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        foreach (var (metric, text) in patterns)
        {
            var wanted = matches.GetValueOrDefault(metric);
            if (!isWhole && wanted != MetricMatch.Last)
                throw new FormatException(
                    $"standard output is too long to look for the metric '{metric}' in all of it: "
                    + $"of more than {OutputText.Most >> 20} MiB only the last match can be used, "
                    + $"MetricMatches=\"{metric}=last\"");
            var pattern = UserPattern.Of(text);
            if (optional?.Contains(metric) == true && wanted != MetricMatch.Count && !pattern.IsMatch(output))
                continue;
            if (wanted == MetricMatch.Each)
                each[metric] = Values(metric, pattern, output);
            else
                single[metric] = Value(metric, pattern, wanted, output);
        }
        if (each.Count == 0)
            return [new Reading(new Dictionary<string, string>(), single)];
        var (first, values) = each.First();
        if (each.FirstOrDefault(other => other.Value.Count != values.Count) is { Key: { } unlike, Value: { } found })
            throw new FormatException(
                $"the pattern of the metric '{first}' matches {values.Count} times and that of "
                    + $"'{unlike}' {found.Count} times; "
                + "patterns with 'each' are read in parallel and must match equally often");
        return [.. Enumerable.Range(0, values.Count).Select(row => new Reading(
            new Dictionary<string, string>(
                StringComparer.Ordinal) { [MatchColumn] = (row + 1).ToString(CultureInfo.InvariantCulture) },
            each.Select(pair => KeyValuePair.Create(pair.Key, pair.Value[row])).Concat(single)
                .ToDictionary(StringComparer.Ordinal)))];
    }

    private static double Value(string metric, UserPattern pattern, MetricMatch wanted, string output)
    {
        if (wanted == MetricMatch.Count)
            return pattern.Matches(output).LongCount();
        if (wanted == MetricMatch.First)
            return Number(metric, pattern, pattern.Matches(output).FirstOrDefault(), output);
        if (wanted == MetricMatch.Last)
            return Number(metric, pattern, pattern.Matches(output).LastOrDefault(), output);
        if (wanted == MetricMatch.Only)
        {
            var found = pattern.Matches(output).Take(2).ToList();
            return found.Count < 2 ? Number(metric, pattern, found.FirstOrDefault(), output)
                : throw new FormatException(
                    $"the pattern of the metric '{metric}' matches several times, first '{Shown(found[0])}' and then "
                    + $"'{Shown(found[1])}'; say which one counts, such as MetricMatches=\"{metric}=last\"");
        }
        var values = Values(metric, pattern, output);
        var value = wanted switch
        {
            MetricMatch.Sum => values.Sum(),
            MetricMatch.Min => values.Min(),
            MetricMatch.Max => values.Max(),
            _ => values.Sum() / values.Count,
        };
        return double.IsFinite(value)
            ? value : throw new FormatException($"the sum of the metric '{metric}' is beyond the range of a number");
    }

    private static List<double> Values(string metric, UserPattern pattern, string output)
    {
        var values = new List<double>();
        foreach (var match in pattern.Matches(output))
        {
            if (values.Count == MostRows)
                throw new FormatException($"the pattern of the metric '{metric}' matches more than {MostRows} times");
            values.Add(Number(metric, pattern, match, output));
        }
        return values.Count > 0 ? values : [Number(metric, pattern, null, output)];
    }

    private static double Number(string metric, UserPattern pattern, Match? match, string output)
    {
        if (match is null)
            throw new FormatException(
                $"the pattern of the metric '{metric}' finds no number in standard output: {pattern.Text}");
        try
        {
            var group = match.Groups[1];
            return group.Success ? WholeNumber.Read(output, group.Index, group.Length, match.Index)
                : throw new FormatException("takes nothing");
        }
        catch (FormatException problem)
        {
            throw new FormatException($"the pattern of the metric '{metric}' {problem.Message}: {pattern.Text}");
        }
    }

    private static string Shown(Match match) => OutputNumber.Shortened(match.Value.Trim());
}

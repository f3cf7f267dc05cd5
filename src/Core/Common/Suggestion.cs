namespace Verus.Artifact.Common;

/// <summary>Suggests which known name a misspelt name was meant to be.</summary>
public static class Suggestion
{
    /// <summary>
    /// Returns " Did you mean 'X'?" with the nearest known name, or the list of known names when none is near.
    /// </summary>
    public static string For(string name, IEnumerable<string> known)
    {
        var ranked = known.Select(candidate =>
            (candidate, distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal).ToList();
        if (ranked.Count == 0)
            return "";
        // A candidate must share a letter with the name, because two edits may replace all letters of a short name.
        return ranked[0].distance <= Math.Max(2, name.Length / 3) && ranked[0].distance < name.Length
            ? $" Did you mean '{ranked[0].candidate}'?"
            : $" Known: {string.Join(", ", ranked.Select(pair => pair.candidate).Order(StringComparer.Ordinal))}.";
    }

    /// <summary>
    /// The nearest known name, ignoring case, if it is within the given number of edits and shares at least one letter;
    /// otherwise null.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> known, int distance) => known
        .Where(candidate => Math.Abs(candidate.Length - name.Length) <= distance)
        .Select(candidate => (candidate, away: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
        .Where(pair => pair.away <= distance && pair.away < name.Length)
        .OrderBy(pair => pair.away).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
        .Select(pair => pair.candidate).FirstOrDefault();

    // The Levenshtein distance of two texts, computed with two rows.
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1,
                    previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }
        return previous[b.Length];
    }
}

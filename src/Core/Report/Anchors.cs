namespace Verus.Artifact.Report;

/// <summary>
/// The ids of parts of a page. The ids are made of the parts' names, so that a link from outside still works after a
/// new report.
/// </summary>
internal sealed class Anchors
{
    private readonly Dictionary<string, string> ids = new(StringComparer.Ordinal);

    /// <summary>Makes an id for each name.</summary>
    /// <param name="names">The names.</param>
    /// <param name="prefix">The beginning of each id.</param>
    public Anchors(IEnumerable<string> names, string prefix = "figure-")
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (ids.ContainsKey(name))
                continue;
            var id = prefix + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            var free = id;
            for (var again = 2; !taken.Add(free); again++)
                free = $"{id}-{again}";
            ids.Add(name, free);
        }
    }

    /// <summary>The id of the part with a name; null when the page does not have the part.</summary>
    public string? this[string name] => ids.GetValueOrDefault(name);
}

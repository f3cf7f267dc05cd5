namespace Verus.Artifact.Report;

/// <summary>
/// The ids of figures within the page of the report. The ids are the figures' names, so that a link from outside still
/// works after a new report.
/// </summary>
internal sealed class Anchors
{
    private readonly Dictionary<string, string> ids = new(StringComparer.Ordinal);

    public Anchors(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var id = "figure-" + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            var free = id;
            for (var again = 2; ids.ContainsValue(free); again++)
                free = $"{id}-{again}";
            ids.TryAdd(name, free);
        }
    }

    /// <summary>The id of a figure; null when the page does not have the figure.</summary>
    public string? this[string name] => ids.GetValueOrDefault(name);
}

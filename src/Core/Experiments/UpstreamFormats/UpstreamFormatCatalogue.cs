namespace Verus.Artifact.Experiments.UpstreamFormats;

/// <summary>The formats there are.</summary>
public static class UpstreamFormatCatalogue
{
    private static readonly Dictionary<string, IUpstreamFormat> ByName = new IUpstreamFormat[]
    {
        new OneshotFormat("linked-list-oneshot", "singly linked list"),
        new OneshotFormat("doubly-linked-list-oneshot", "doubly linked list"),
        new RepeatFormat("linked-list-repeat", "singly linked list"), new RepeatFormat("doubly-linked-list-repeat", "doubly linked list"),
        new ErrorsFormat(), new MacroStatsFormat(), new MimallocTableFormat(), new IronKvRawDataFormat(), new IronKvPlotFormat(),
    }.ToDictionary(format => format.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all formats.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The format of that name, case ignored; null when there is none.</summary>
    public static IUpstreamFormat? Find(string name) => ByName.GetValueOrDefault(name);
}

using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data.UpstreamFormats;

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

    /// <summary>Writes the observations of a dataset in each format that it names; the paths.</summary>
    /// <exception cref="DiagnosticException">The observations do not fit a format, or the folder cannot be written.</exception>
    public static IEnumerable<string> WriteAll(DatasetDeclaration dataset, IReadOnlyList<Observation> observations, string folder)
    {
        foreach (var format in dataset.UpstreamFormats)
        {
            UpstreamFile? file;
            try
            {
                file = Find(format)!.Write(observations);
            }
            catch (FormatException problem)
            {
                throw DataRules.UnfitForFormat.Error(dataset.Item.Where, dataset.Name, format, problem.Message.TrimEnd('.'));
            }
            if (file is null)
                continue;
            var path = Path.Combine(folder, file.FileName);
            AtomicFile.Write(path, file.Content);
            yield return path;
        }
    }
}

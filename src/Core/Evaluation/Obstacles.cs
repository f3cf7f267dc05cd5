using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Finds obstacles to experiments that can be known before anything runs, apart from tools, places and the
/// machine: missing files of the project and, without a network, pins that are not present.
/// </summary>
internal static class Obstacles
{
    // The number of cells that are examined: enough to find a wrong name that is composed from axes, since a matrix may
    // have millions of cells.
    private const int MostCells = 10_000;

    /// <summary>Finds inputs, and files that commands name by <c>{project}/…</c>, that do not exist.</summary>
    /// <param name="experiments">The experiments.</param>
    /// <param name="services">The services, which have commands as well.</param>
    /// <param name="layout">The location of the project.</param>
    public static IReadOnlyList<Shortfall> Files(IEnumerable<ExperimentDeclaration> experiments,
        IReadOnlyList<ServiceDeclaration> services, EvaluationLayout layout)
    {
        var found = new List<Shortfall>();
        foreach (var experiment in experiments)
        {
            var own = services.Where(service => service.IsOf(experiment)).ToList();
            var named = experiment.Command.Concat(experiment.Generate)
                .Concat(experiment.Prepare.SelectMany(command => command)).Concat(experiment.Environment.Values)
                .Append(experiment.WorkingDirectory)
                .Concat(own.SelectMany(service => service.Command.Concat(service.Environment.Values)))
                .Where(text => text.First is { Text: "project" });
            foreach (var path in Expansions(named, experiment, layout).Where(path => !Path.Exists(path)))
                Add(path, $"Create it, or correct the path in the commands of '{experiment.Name}'.");
            foreach (var path in Expansions(experiment.Inputs, experiment,
                layout).Where(path => Globbing.Files(path).Count == 0))
                Add(path,
                    $"Create it, or correct Inputs of '{experiment.Name}'; a file that may be missing belongs in "
                        + "OptionalInputs.");

            void Add(string path, string remedy) =>
                found.Add(new Shortfall($"file '{Path.GetRelativePath(layout.ProjectDirectory, path)}'",
                    $"one at '{path}'", "nothing", remedy, [experiment.Name]));
        }
        return Preflight.Merge(found);
    }

    /// <summary>Finds files of recorded numbers that do not exist.</summary>
    /// <param name="recorded">The recorded data that the request needs.</param>
    /// <param name="layout">The location of the project.</param>
    public static IReadOnlyList<Shortfall> Recorded(IEnumerable<RecordedDataDeclaration> recorded,
        EvaluationLayout layout) =>
    [
        // Files of a pin are not examined, since they come with the pin.
        .. from data in recorded
           from name in data.Files
           where !NamedFiles.IsOfPin(name) && Template.Parse(name).First is null
               && Globbing.Find(layout.Resolve(name)).Count == 0
           select new Shortfall($"file '{name}'", $"recorded numbers at '{layout.Resolve(name)}'", "nothing",
               "Create it, or correct File of the RecordedData.", [$"RecordedData {data.Name}"]),
    ];

    /// <summary>Finds pins that are not on this machine; in offline mode, such pins cannot be fetched.</summary>
    /// <param name="needs">The experiments, with the pins that each needs.</param>
    /// <param name="store">The store of sources, which knows the commits that are present.</param>
    /// <param name="images">The names of the images that are present.</param>
    /// <param name="layout">The location of downloads.</param>
    /// <param name="cancellation">Cancels the search.</param>
    public static async Task<IReadOnlyList<Shortfall>> OfflineAsync(
        IEnumerable<(string NeededBy, IEnumerable<IDeclaration> Pins)> needs, SourceStore store,
        IReadOnlyCollection<string> images, EvaluationLayout layout, CancellationToken cancellation)
    {
        var found = new List<Shortfall>();
        foreach (var (neededBy, pins) in needs)
            foreach (var pin in pins)
            {
                if (!await IsHereAsync(pin, store, images, layout, cancellation).ConfigureAwait(false))
                    found.Add(new Shortfall($"{pin.Item.Type} '{pin.Name}'",
                        "it on this machine, since Offline is true", "nothing",
                        "Run once without Offline, or pass a bundle that contains it with -p:ArtifactBundle=...",
                        [neededBy]));
            }
        return Preflight.Merge(found);
    }

    /// <summary>Whether a pin is on this machine, so that nothing needs to be fetched.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="store">Knows which commits are present.</param>
    /// <param name="images">The names of the images that are present.</param>
    /// <param name="layout">Where downloads are.</param>
    /// <param name="cancellation">Cancels the search.</param>
    public static async Task<bool> IsHereAsync(IDeclaration pin, SourceStore store, IReadOnlyCollection<string> images,
        EvaluationLayout layout, CancellationToken cancellation) => pin switch
        {
            ExternalRepo repo => await store.IsHereAsync(repo, cancellation).ConfigureAwait(false),
            ExternalFile file => File.Exists(ExternalFileStore.PathOf(layout, file)),
            ContainerImage image => images.Contains(image.Name, StringComparer.OrdinalIgnoreCase),
            _ => true,
        };

    // The absolute paths that result from texts whose only placeholders are the project and axes; paths with other
    // placeholders are known only when the sample starts.
    private static HashSet<string> Expansions(IEnumerable<Template> texts, ExperimentDeclaration experiment,
        EvaluationLayout layout)
    {
        var axes = experiment.Matrix.Where(axis => !axis.IsOpen && !axis.HasFiles).Select(axis => axis.Name)
            .ToHashSet(StringComparer.Ordinal);
        var known = texts.Where(text => text.Placeholders.All(one => one.Text == "project" || axes.Contains(one.Text)))
            .ToList();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in known.Where(text => !text.Placeholders.Any(one => axes.Contains(one.Text))))
            paths.Add(Expand(text, null));
        var varying = known.Where(text => text.Placeholders.Any(one => axes.Contains(one.Text))).ToList();
        if (varying.Count > 0)
            foreach (var cell in Cell.Of(experiment).Take(MostCells))
                paths.UnionWith(varying.Select(text => Expand(text, cell)));
        return paths;

        string Expand(Template text, Cell? cell) =>
            layout.Resolve(text.Fill(one =>
                one.Text == "project" ? layout.ProjectDirectory : cell!.Values[one.Text].Value));
    }
}

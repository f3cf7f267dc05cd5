using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Places;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The inputs and tools that are available on this machine for a request.</summary>
public sealed record AvailableInputs
{
    /// <summary>
    /// The pinned inputs: in a read-only call, as they will be after a fetch; and the images that the engine already
    /// has.
    /// </summary>
    public required AcquiredInputs Inputs { get; init; }
    /// <summary>The tools that are present.</summary>
    public required IReadOnlyList<ResolvedTool> Tools { get; init; }
    /// <summary>Descriptions of the tools that the next build will install or build.</summary>
    public required IReadOnlyList<string> Provisions { get; init; }
    /// <summary>What is missing.</summary>
    public required IReadOnlyList<Shortfall> Shortfalls { get; init; }
    /// <summary>The gaps: what is missing, by the experiments and tools that are affected.</summary>
    public required Gaps Gaps { get; init; }
}

/// <summary>
/// Looks for tools, images and places, and examines the machine, without providing or changing anything.
/// </summary>
/// <param name="context">The call.</param>
public sealed class FindAvailable(EvaluationContext context)
{
    /// <summary>Runs the search.</summary>
    /// <exception cref="DiagnosticException">A declaration is wrong.</exception>
    public async Task<AvailableInputs> RunAsync(IBuildLog log, CancellationToken cancellation)
    {
        var (selection, needs) = (context.Selection, context.Needs);
        var inputs = context.IsReading ? AcquiredInputs.Expected(context) : new AcquiredInputs();
        // Keys contain the images that are already present before anything is pulled, so that a plan describes their
        // samples correctly.
        var images = await context.Images(offline: true,
            log).FindAsync(needs.Images(selection.Experiments, selection.Tools), cancellation).ConfigureAwait(false);
        inputs = inputs with { Images = images.ToDictionary(image => image.Name, StringComparer.OrdinalIgnoreCase) };
        var wanted = needs.Tools(selection.Experiments, selection.Tools, build: true);
        var results = await ToolResolver.ResolveAsync(wanted, context.ToolOptions(inputs), log,
            cancellation).ConfigureAwait(false);
        TraceTools(wanted);
        List<ResolvedTool> tools = [.. results.OfType<ResolvedTool>()];
        await using var places = new EvaluationPlaces(context, inputs, context.CellContext(inputs, tools), log);
        var shortfalls = await ShortfallsAsync(inputs, results, tools, places, log, cancellation).ConfigureAwait(false);
        return new AvailableInputs
        {
            Inputs = inputs,
            Tools = tools,
            Provisions = [.. results.OfType<MissingTool>().Select(tool => tool.Provision).OfType<string>()],
            Shortfalls = shortfalls,
            // If a requirement is not met, the next call must examine the machine again: a container engine may be
            // started or memory freed, which no cheap check would reveal.
            Gaps = GapsOf(shortfalls) with { MayCloseByThemselves = shortfalls.Count > 0 },
        };
    }

    // A missing tool prevents an experiment all of whose cells need it; of the others, it prevents the cells that need
    // it.
    private Gaps GapsOf(IReadOnlyList<Shortfall> shortfalls)
    {
        var experiments = context.Selection.Experiments.ToDictionary(experiment => experiment.Name,
            StringComparer.OrdinalIgnoreCase);
        var (gaps, whole) = (Gaps.None, new List<Shortfall>());
        foreach (var shortfall in shortfalls)
        {
            var parts = shortfall.Tools.Count == 0 ? [] : shortfall.NeededBy.Where(user =>
                experiments.TryGetValue(user, out var experiment)
                    && !context.Needs.IsOfEveryCell(shortfall.Tools, experiment)).ToList();
            foreach (var tool in parts.Count > 0 ? shortfall.Tools : [])
                gaps = gaps.WithoutTool(tool, shortfall);
            whole.Add(shortfall with { NeededBy = [.. shortfall.NeededBy.Except(parts)] });
        }
        return gaps with { Missing = gaps.Missing.AddRange(Preflight.ByUser(whole)) };
    }

    private async Task<List<Shortfall>> ShortfallsAsync(AcquiredInputs inputs, IReadOnlyList<ToolResult> results,
        IReadOnlyList<ResolvedTool> tools, EvaluationPlaces places,
        IBuildLog log, CancellationToken cancellation)
    {
        var (selection, needs) = (context.Selection, context.Needs);
        var problems = new List<Diagnostic>();
        var requirements = selection.Experiments
            .Select(experiment => Requirement.Parse(experiment.Item, experiment.Requires,
            [.. needs.Tools([experiment], []).Select(tool => tool.Name)], problems) with
            { Remedy = experiment.Remedy })
            .ToList();
        requirements.AddRange(selection.Tools
            .Select(name => new Requirement(name, 0, 0, 0, [.. needs.Tools([], [name]).Select(tool => tool.Name)])));
        requirements.AddRange(OfProvidedTools(results, requirements.ToLookup(one => one.NeededBy,
            one => one.DiskBytes, StringComparer.OrdinalIgnoreCase), problems));
        if (problems.Count > 0)
            throw new DiagnosticException(problems);
        List<Shortfall> shortfalls = [.. Preflight.Check(requirements, MachineFacts.Read(context.Options.Layout.Root),
            results), .. await NotInstalledAsync(requirements, cancellation).ConfigureAwait(false)];
        foreach (var experiment in selection.Experiments)
            shortfalls.AddRange(await places.All[experiment.Executor].FindMissingAsync(experiment,
                cancellation).ConfigureAwait(false));
        shortfalls.AddRange(selection.Experiments.SelectMany(ToolsElsewhere));
        foreach (var tool in context.Model.Tools.Where(tool =>
            tool.Image is not null && selection.Tools.Contains(tool.Name)
                && tools.All(found => found.Name != tool.Name)))
            shortfalls.AddRange(await places.Docker.FindMissingAsync(tool.Image!, tool.Name,
                cancellation).ConfigureAwait(false));
        shortfalls.AddRange(await LackOfEngineSpaceAsync(requirements, log, cancellation).ConfigureAwait(false));
        foreach (var (experiment, requirement) in selection.Experiments.Zip(requirements))
            shortfalls.AddRange(TuningNeeds.Of(requirement, experiment.Tune, context.Tuning,
                context.Options.TuneMachine));
        shortfalls.AddRange(Obstacles.Files(selection.Experiments, context.Model.Services, context.Options.Layout));
        shortfalls.AddRange(Obstacles.Recorded(context.Recorded, context.Options.Layout));
        if (context.Options.Offline)
            shortfalls.AddRange(await Obstacles.OfflineAsync(
                selection.Experiments.Select(experiment => (experiment.Name, needs.Pins(experiment))),
                context.Sources(log), [.. inputs.Images.Keys, .. context.SavedImages.Where(image =>
                    File.Exists(image.Place)).Select(image => image.Name)], context.Options.Layout,
                cancellation).ConfigureAwait(false));
        return Preflight.Merge(await ProvidableAsync(shortfalls, cancellation).ConfigureAwait(false));
    }

    // A package that the archive of this release does not have is left out of what one command provides.
    private static async Task<IReadOnlyList<Shortfall>> ProvidableAsync(List<Shortfall> shortfalls,
        CancellationToken cancellation)
    {
        var absent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var package in shortfalls.SelectMany(one => one.SetUp).Select(SetUpScript.PackageOf).OfType<string>()
            .Distinct(StringComparer.Ordinal))
            if (!await Installation.IsInArchiveAsync(package, cancellation).ConfigureAwait(false))
                absent.Add(package);
        bool IsAbsent(string word) => SetUpScript.PackageOf(word) is { } package && absent.Contains(package);
        return
        [
            .. shortfalls.Select(one => !one.SetUp.Any(IsAbsent) ? one : one with
            {
                SetUp = [.. one.SetUp.Where(word => !IsAbsent(word))],
                Remedy = $"{one.Remedy} This release has no package "
                    + $"{string.Join(", ", one.SetUp.Where(IsAbsent).Select(SetUpScript.PackageOf))}.",
            }),
        ];
    }

    private async Task<IReadOnlyList<Shortfall>> LackOfEngineSpaceAsync(IReadOnlyList<Requirement> requirements,
        IBuildLog log, CancellationToken cancellation)
    {
        var (selection, needs) = (context.Selection, context.Needs);
        var images = needs.Images(selection.Experiments, selection.Tools);
        if (images.Count == 0)
            return [];
        try
        {
            var space = new EngineSpace(context.Engine, context.Images(context.Options.Offline, log),
                context.Options.Offline ? context.SavedImages : []);
            if (await space.LackAsync(images, context.Options.Layout.Root, requirements.Max(one => one.DiskBytes),
                cancellation).ConfigureAwait(false) is not { } found)
                return [];
            var users = selection.Experiments.Select(one => (User: one.Name, Images: needs.Images([one], [])))
                .Concat(selection.Tools.Select(tool => (User: tool, Images: needs.Images([], [tool]))))
                .Where(one => one.Images.Intersect(found.Images).Any()).Select(one => one.User).ToList();
            return [new Shortfall("free disk of the container engine", Amount.Gibibytes(found.Needed),
                $"{found.Lack.Message} ({found.Lack.Rule.Code})", "", users)];
        }
        catch (DiagnosticException)
        {
            // The engine does not answer, or a recipe cannot be read, which other lines of the list report.
            return [];
        }
    }

    // What the tools that are not there yet need of the machine in order to be installed or built, for each that needs
    // them. They are all built before the first sample, so their space adds up, and what samples need comes on top.
    private IEnumerable<Requirement> OfProvidedTools(IReadOnlyList<ToolResult> results,
        ILookup<string, long> spaceOfSamples, List<Diagnostic> problems)
    {
        var missing = results.OfType<MissingTool>().Select(tool => tool.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var provided = context.Model.Tools.Where(tool => missing.Contains(tool.Name) && tool.Path is null
                && tool.Requires.Count > 0)
            .ToDictionary(tool => tool.Name, tool => Requirement.Parse(tool.Item, tool.Requires, [], problems),
            StringComparer.OrdinalIgnoreCase);
        var space = provided.Values.Sum(needs => needs.DiskBytes);
        var users = context.Selection.Experiments
            .Select(experiment => (experiment.Name, Tools: context.Needs.Tools([experiment], [], build: true)))
            .Concat(context.Selection.Tools.Select(name => (name, context.Needs.Tools([], [name], build: true))));
        foreach (var (name, tools) in users)
            foreach (var tool in tools.Where(tool => provided.ContainsKey(tool.Name)))
            {
                var needs = provided[tool.Name] with { NeededBy = name };
                needs = needs.DiskBytes == 0 ? needs : needs with { DiskBytes = space + spaceOfSamples[name].Max() };
                // Packages and programs that an image contains are not looked for on this machine.
                yield return tool.Image is null ? needs : needs with { Installed = [] };
            }
    }

    private static async Task<List<Shortfall>> NotInstalledAsync(IReadOnlyList<Requirement> requirements,
        CancellationToken cancellation)
    {
        var found = new List<Shortfall>();
        // Answers are remembered, because experiments of a suite have the same requirements, and each check starts a
        // program.
        var known = new Dictionary<string, InstallationProblem?>(StringComparer.Ordinal);
        foreach (var requirement in requirements)
        {
            foreach (var installation in requirement.Installed)
            {
                if (!known.TryGetValue(installation.Text, out var problem))
                    known[installation.Text] = problem =
                        await installation.ProblemAsync(cancellation).ConfigureAwait(false);
                if (problem is not null)
                    found.Add(installation.ShortfallOf(problem, requirement.NeededBy, requirement.Remedy));
            }
        }
        return found;
    }

    // A tool runs where it was made: in its image, or on this machine.
    private IEnumerable<Shortfall> ToolsElsewhere(ExperimentDeclaration experiment)
    {
        var image = IPlacementReferences.Of(experiment)
            .FirstOrDefault(one => one.Type == nameof(Pins.ContainerImage)).Name;
        // A reader's command runs on this machine.
        var ofReader = context.Needs.Tools([], [.. BoundReader.Names(experiment.Reader, "tool", "folder")])
            .Where(tool => tool.Image is not null)
            .Select(tool => new Shortfall($"tool {tool.Name}", "one of this machine, where ReaderCommand runs",
                $"one that is built in the image '{tool.Image}'",
                "Declare the tool a second time without an Image, for the reader.", [experiment.Name]));
        return ofReader.Concat(context.Needs.Tools([experiment with { Reader = null }],
            []).Where(tool => !string.Equals(tool.Image, image, StringComparison.OrdinalIgnoreCase))
            .Select(tool => new Shortfall($"tool {tool.Name}",
                image is null ? "one of this machine" : $"one of the image '{image}'",
                tool.Image is null ? "one of this machine" : $"one that is built in the image '{tool.Image}'",
                image is null ? "Give the experiment the executor Docker and that image."
                    : "Build it in that image (metadata Image of the tool), or name a program of the image without "
                        + "{tool:}.", [experiment.Name])));
    }

    // Traces every location where a tool may be found, including those that are searched before the one where it was
    // found: a program that appears there is a different tool.
    private void TraceTools(IEnumerable<ToolDeclaration> tools)
    {
        foreach (var path in tools.SelectMany(tool => tool.Build?.Inputs.Values ?? []))
            context.Trace.File(context.Options.Layout.Resolve(path));
        foreach (var tool in tools.Where(tool => tool.Image is null))
            foreach (var path in tool.Path is { } given
                ? [Path.GetFullPath(given, context.Options.Layout.ProjectDirectory)]
                : context.Options.SearchPath.Select(folder => Path.Combine(folder, tool.Command)))
                context.Trace.File(path);
    }
}

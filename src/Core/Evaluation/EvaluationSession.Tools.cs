using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(20);

    // What stands in the way of an experiment, by its name; experiments that are not in here can be measured.
    private readonly SortedDictionary<string, IReadOnlyList<Shortfall>> missing = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ResolvedTool> tools = [];
    private IReadOnlyList<string> provided = [];

    /// <summary>
    /// Finds what the experiments of the request lack here, before any long work. With OnMissing=Fail that is one error that lists all of it;
    /// else these experiments are left out, and a line says so.
    /// </summary>
    /// <exception cref="DiagnosticException">Something is missing, and that is to be an error.</exception>
    public async Task PreflightAsync(IBuildLog log, CancellationToken cancellation)
    {
        if (Options.Smoke)
            log.Info("Smoke run: a few cells of each experiment, one sample each. " + FullCost(log));
        if (held is null)
            ExpectSources();
        var shortfalls = await FindAsync(log, cancellation).ConfigureAwait(false);
        if (shortfalls.Count == 0)
        {
            // Asked by name, it answers; on the way to somewhere else it is silent.
            if (held is null)
                log.Info(Enough());
            return;
        }
        if (Options.OnMissing == OnMissing.Fail)
            throw new DiagnosticException(Preflight.Render(shortfalls));
        log.Info($"{missing.Count} experiments cannot be measured here and are {(Options.OnMissing == OnMissing.Skip ? "left out" : "taken from recorded numbers")}: {string.Join(", ", missing.Keys)}");
        foreach (var shortfall in shortfalls)
            log.Detail($"{shortfall.What}: needed {shortfall.Needed}, found {shortfall.Found}. {shortfall.Remedy}");
    }

    /// <summary>Installs and builds the tools of the experiments that can be measured.</summary>
    /// <exception cref="DiagnosticException">A tool could not be provided, and that is to be an error.</exception>
    public async Task ProvisionToolsAsync(IBuildLog log, CancellationToken cancellation)
    {
        var needed = ToolsOf(Possible(), PossibleTools()).Select(tool => tool.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var results = await ToolProvisioner.ProvideAsync(ToolsOf(Possible(), PossibleTools(), build: true), ToolOptionsNow(), log, cancellation).ConfigureAwait(false);
        tools.Clear();
        tools.AddRange(results.OfType<ResolvedTool>());
        foreach (var tool in tools)
            dependsOn.Add(tool.Path);
        // What only builds need may be missing where nothing is built.
        var failed = results.OfType<MissingTool>().Where(tool => needed.Contains(tool.Name)).ToList();
        if (failed.Count == 0)
            return;
        if (Options.OnMissing == OnMissing.Fail)
            throw new DiagnosticException([.. failed.Select(tool => tool.Failure ?? Preflight.Render([Lacking(tool, [])]))]);
        mayBeHadNextTime = true;
        foreach (var tool in failed)
        {
            var without = Possible().Where(experiment => ToolsOf([experiment], []).Any(needed => needed.Name == tool.Name)).ToList();
            foreach (var experiment in without)
                missing[experiment.Name] = [Lacking(tool, [experiment.Name])];
            if (without.Count > 0)
                log.Info($"Left out: {string.Join(", ", without.Select(experiment => experiment.Name))}. {tool.Failure?.Message ?? $"Tool '{tool.Name}': needed {tool.Needed}, found {tool.Found}."}");
        }
    }

    // Looks for tools and at the machine; provides nothing.
    private async Task<IReadOnlyList<Shortfall>> FindAsync(IBuildLog log, CancellationToken cancellation)
    {
        stageLog = log;
        await LookForImagesAsync(log, cancellation).ConfigureAwait(false);
        var results = await ToolResolver.ResolveAsync(ToolsOf(Selection.Experiments, Selection.Tools, build: true), ToolOptionsNow(), log, cancellation).ConfigureAwait(false);
        tools.AddRange(results.OfType<ResolvedTool>());
        foreach (var lacking in results.OfType<MissingTool>())
            dependsOn.UnionWith(PlacesOf(Model.Tools.First(tool => tool.Name == lacking.Name)));
        provided = [.. results.OfType<MissingTool>().Select(tool => tool.Provision).OfType<string>()];
        var problems = new List<Diagnostic>();
        var requirements = Selection.Experiments.Select(experiment => Requirement.Parse(experiment.Item, experiment.Requires, [.. ToolsOf([experiment], []).Select(tool => tool.Name)], problems) with { Remedy = experiment.Remedy }).ToList();
        requirements.AddRange(Selection.Tools.Select(name => new Requirement(name, 0, 0, 0, [.. ToolsOf([], [name]).Select(tool => tool.Name)])));
        if (problems.Count > 0)
            throw new DiagnosticException(problems);
        List<Shortfall> shortfalls = [.. Preflight.Check(requirements, MachineFacts.Read(Options.Layout.Root), results)];
        foreach (var experiment in Selection.Experiments.Where(experiment => executors.ContainsKey(experiment.Executor)))
            shortfalls.AddRange(await executors[experiment.Executor].LackingAsync(experiment, cancellation).ConfigureAwait(false));
        shortfalls.AddRange(Selection.Experiments.SelectMany(ToolsElsewhere));
        foreach (var tool in Model.Tools.Where(tool => tool.Image is not null && Selection.Tools.Contains(tool.Name) && !tools.Exists(found => found.Name == tool.Name)))
            shortfalls.AddRange(await docker.LackingAsync(tool.Image!, tool.Name, cancellation).ConfigureAwait(false));
        foreach (var (experiment, requirement) in Selection.Experiments.Zip(requirements))
            shortfalls.AddRange(TuningNeeds.Of(experiment, requirement.Settings, machine, Options.TuneMachine));
        shortfalls = Preflight.Merge(shortfalls);
        foreach (var (experiment, lacking) in Preflight.ByUser(shortfalls))
            missing[experiment] = lacking;
        return shortfalls;
    }

    private string Enough() => Selection.Tools.Count > 0 && Selection.Experiments.Count == 0
        ? $"Nothing is lacking for {string.Join(", ", Selection.Tools)}." + (provided.Count == 0 ? "" : $" On the way: {string.Join("; ", provided)}.")
        : Selection.Experiments.Count == 0
        ? "No experiment is declared for what was asked for."
        : $"Nothing is lacking for {Selection.Experiments.Count} experiments." + (provided.Count == 0 ? "" : $" On the way: {string.Join("; ", provided)}.");

    // Where a tool that is not here would be found when somebody installs it.
    private IEnumerable<string> PlacesOf(ToolDeclaration tool) => tool.Path is { } path
        ? [Path.GetFullPath(path, Options.Layout.ProjectDirectory)]
        : Options.SearchPath.Select(folder => Path.Combine(folder, tool.Command));

    // Images that are here already count in keys before anything is pulled, so that a plan is right about them.
    private async Task LookForImagesAsync(IBuildLog log, CancellationToken cancellation) =>
        Keep(await new ImageStore(engine, offline: true, log).FindAsync(ImagesOf(Selection.Experiments, Selection.Tools), cancellation).ConfigureAwait(false));

    // A tool runs where it was made: in its image, or on this machine.
    private IEnumerable<Shortfall> ToolsElsewhere(ExperimentDeclaration experiment)
    {
        var image = experiment.Executor == ExecutorKind.Docker ? experiment.Image : null;
        return ToolsOf([experiment], []).Where(tool => !string.Equals(tool.Image, image, StringComparison.OrdinalIgnoreCase)).Select(tool => new Shortfall($"tool {tool.Name}",
            image is null ? "one of this machine" : $"one of the image '{image}'", tool.Image is null ? "one of this machine" : $"one that is built in the image '{tool.Image}'",
            image is null ? "Give the experiment the executor Docker and that image." : "Build it in that image (metadata Image of the tool), or name a program of the image without {tool:}.", [experiment.Name]));
    }

    // The tools that experiments name or refer to, and what those need: to run, or also to be built.
    private IReadOnlyList<ToolDeclaration> ToolsOf(IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<string> asked, bool build = false)
    {
        var problems = new List<Diagnostic>();
        var wanted = experiments.SelectMany(experiment => References.Tools(Model, experiment)).Concat(asked);
        var needed = ToolGraph.InOrder(Model.Tools, wanted, problems, build);
        return problems.Count == 0 ? needed : throw new DiagnosticException(problems);
    }

    private ToolOptions ToolOptionsNow() => new(Options.Layout.ProjectDirectory, Options.SearchPath,
        Model.Pins.Tools.Select(pin => (pin.Name, Rule: VersionRule.Parse(pin.Version))).Where(pin => pin.Rule is not null)
            .ToDictionary(pin => pin.Name, pin => pin.Rule!, StringComparer.OrdinalIgnoreCase), VersionTimeout)
    {
        ToolPins = Model.Pins.Tools.ToDictionary(pin => pin.Name, StringComparer.OrdinalIgnoreCase),
        ToolsDirectory = Options.Layout.Tools,
        DotNetHost = Options.DotNetHost,
        Offline = Options.Offline,
        Packages = Options.Layout.Packages,
        Sources = SourceBindings(),
        InImage = name => images.GetValueOrDefault(name) is { } image ? new ContainerCommandRunner(engine, image, Options.Layout.Root) : null,
        Hashes = hashes,
    };

    private static Shortfall Lacking(MissingTool tool, IReadOnlyList<string> neededBy) =>
        new($"tool {tool.Name}", tool.Needed, tool.Failure?.Message ?? tool.Found, tool.Remedy, neededBy);
}

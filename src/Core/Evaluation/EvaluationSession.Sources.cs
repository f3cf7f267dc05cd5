using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Pins;
using Verus.Artifact.Places.Vm;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private readonly Dictionary<string, AcquiredSource> sources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AcquiredFile> files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AcquiredImage> images = new(StringComparer.OrdinalIgnoreCase);
    private readonly DockerEngine engine = new(DockerEndpoint.Find());

    /// <summary>Prints the ledger.</summary>
    /// <exception cref="DiagnosticException">A pin floats, or is malformed.</exception>
    public Task PrintPinsAsync(IBuildLog log, CancellationToken cancellation)
    {
        log.Info(Model.Pins.Print());
        var found = Model.Pins.Lint();
        foreach (var warning in found.Where(diagnostic => diagnostic.Rule.Severity == Severity.Warning))
            log.Report(warning);
        var errors = found.Where(diagnostic => diagnostic.Rule.Severity == Severity.Error).ToList();
        return errors.Count == 0 ? Task.CompletedTask : throw new DiagnosticException(errors);
    }

    /// <summary>
    /// Brings the pinned sources that the experiments need, or all of the ledger, to this machine. With another OnMissing than Fail, an experiment
    /// whose source cannot be had is left out.
    /// </summary>
    /// <exception cref="DiagnosticException">A source could not be brought to its pin, and that is to be an error.</exception>
    public async Task AcquireSourcesAsync(bool all, IBuildLog log, CancellationToken cancellation)
    {
        LintPins();
        var problems = new AcquisitionProblems();
        Keep(await Store(log).AcquireAsync(all ? Model.Pins.Repos : ReposOf(Possible(), PossibleTools()), problems, cancellation).ConfigureAwait(false),
            await FileStore(log).AcquireAsync(all ? Model.Pins.Files : FilesOf(Possible()), problems, cancellation).ConfigureAwait(false));
        Keep(await new ImageStore(engine, Options.Offline, log).AcquireAsync(await ImagesToPullAsync(all, log, cancellation).ConfigureAwait(false), problems, cancellation).ConfigureAwait(false));
        if (all || Options.OnMissing == OnMissing.Fail)
            problems.ThrowIfAny();
        foreach (var (pin, problem) in problems.All)
        {
            mayBeHadNextTime = true;
            var without = Possible().Where(experiment => PinsOf(experiment).Contains(pin)).ToList();
            foreach (var experiment in without)
                missing[experiment.Name] = [.. problem.Diagnostics.Select(diagnostic => new Shortfall("sources", $"{pin.Item.Type} '{pin.Name}'", diagnostic.Message, "", [experiment.Name]))];
            if (without.Count > 0)
                log.Info($"Left out: {string.Join(", ", without.Select(experiment => experiment.Name))}. {problem.Diagnostics[0].Message}");
        }
    }

    private IEnumerable<IDeclaration> PinsOf(ExperimentDeclaration experiment) => ReposOf([experiment], []).Concat<IDeclaration>(FilesOf([experiment])).Concat(ImagesOf([experiment], []));

    // The whole ledger is brought for later; a machine without a container engine can still have the rest of it.
    private async Task<List<ContainerImage>> ImagesToPullAsync(bool all, IBuildLog log, CancellationToken cancellation)
    {
        var wanted = ImagesOf(all ? Model.Experiments : Possible(), all ? [.. Model.Tools.Select(tool => tool.Name)] : PossibleTools());
        if (!all || wanted.Count == 0)
            return wanted;
        try
        {
            await engine.LookAsync(cancellation).ConfigureAwait(false);
            return wanted;
        }
        catch (DiagnosticException problem)
        {
            log.Report(ImageRules.LeftOut.At(wanted[0].Item.Where, string.Join(", ", wanted.Select(image => image.Name)), problem.Diagnostics[0].Message));
            return [];
        }
    }

    private void Keep(IEnumerable<AcquiredImage> pulled)
    {
        foreach (var image in pulled)
            images[image.Name] = image;
    }

    // What sources will be, for a call that brings none: the pin says the commit, or the checkout, where the fallback was taken. Without it, what was
    // built or measured from a source would look stale.
    private void ExpectSources()
    {
        foreach (var repo in Model.Pins.Repos)
        {
            var path = SourceStore.PathOf(Options.Layout, repo);
            var fallback = repo.Fallback is not null && Options.AllowFallback.Contains(repo.Name, StringComparer.OrdinalIgnoreCase) && Checkout.CommitOf(path) == repo.Fallback;
            sources[repo.Name] = new AcquiredSource(repo.Name, path, fallback ? repo.Fallback! : repo.Commit, null);
        }
        foreach (var file in Model.Pins.Files.Where(file => file.Sha256 is not null))
            files[file.Name] = new AcquiredFile(file.Name, ExternalFileStore.PathOf(Options.Layout, file), file.Sha256!);
    }

    private SourceStore Store(IBuildLog log) => new(new SourceOptions(Options.Layout, Options.Offline, Options.AllowFallback) { SearchPath = Options.SearchPath }, log);

    private ExternalFileStore FileStore(IBuildLog log) => new(Options.Layout, Options.Offline, hashes, log);

    private void LintPins()
    {
        var errors = Model.Pins.Lint().Where(diagnostic => diagnostic.Rule.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
            throw new DiagnosticException(errors);
    }

    private void Keep(IEnumerable<AcquiredSource> acquired, IEnumerable<AcquiredFile> downloaded)
    {
        foreach (var source in acquired)
        {
            sources[source.Name] = source;
            dependsOn.Add(source.Path);
        }
        foreach (var file in downloaded)
        {
            files[file.Name] = file;
            dependsOn.Add(file.Path);
        }
    }

    // What the experiments use themselves, and what tools that must be built are built from.
    private List<ExternalRepo> ReposOf(IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<string> asked) =>
        ReposWith(experiments, ToolsOf(experiments, asked).Where(tool => tools.TrueForAll(found => found.Name != tool.Name)));

    private List<ExternalRepo> ReposWith(IReadOnlyList<ExperimentDeclaration> experiments, IEnumerable<ToolDeclaration> built)
    {
        var names = experiments.SelectMany(experiment => References.Sources(Model, experiment))
            .Concat(MachinesOf(experiments).SelectMany(machine => machine.Sources))
            .Concat(built.SelectMany(tool => tool.Build?.Sources ?? [])).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Model.Pins.Repos.Where(repo => names.Contains(repo.Name))];
    }

    private List<ExternalFile> FilesOf(IReadOnlyList<ExperimentDeclaration> experiments)
    {
        var names = experiments.SelectMany(experiment => References.Placeholder(Model, experiment, "file"))
            .Concat(MachinesOf(experiments).SelectMany(machine => machine.Files)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Model.Pins.Files.Where(file => names.Contains(file.Name))];
    }

    // Images in which experiments run and tools are built; one that nothing uses is not pulled.
    private List<ContainerImage> ImagesOf(IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<string> asked)
    {
        var names = experiments.Where(experiment => experiment.Executor == ExecutorKind.Docker).Select(experiment => experiment.Image)
            .Concat(ToolsOf(experiments, asked).Select(tool => tool.Image)).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. Model.Pins.Images.Where(image => names.Contains(image.Name))];
    }

    private IEnumerable<VirtualMachineDeclaration> MachinesOf(IEnumerable<ExperimentDeclaration> experiments) => Model.Machines.Where(machine =>
        experiments.Any(experiment => experiment.Executor == ExecutorKind.Vm && machine.Name.Equals(experiment.Image, StringComparison.OrdinalIgnoreCase)));

    private Dictionary<string, SourceBinding> SourceBindings() =>
        sources.Values.ToDictionary(source => source.Name, source => new SourceBinding(source.Path, source.Commit), StringComparer.OrdinalIgnoreCase);
}

using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The state that all stages of one call share: the user's request, the declarations, and the services that stages use.
/// The context of a call is immutable; each stage passes its results to the next stage in its output.
/// </summary>
public sealed record EvaluationContext
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The options of the call, as the user gave them.</summary>
    public required EvaluationOptions Options { get; init; }
    /// <summary>What the project declares.</summary>
    public required EvaluationModel Model { get; init; }
    /// <summary>The part of the declarations that the request needs.</summary>
    public required Selection Selection { get; init; }
    /// <summary>The parts of the request that other machines evaluate.</summary>
    public IReadOnlyList<SentPart> Sent { get; init; } = [];

    /// <summary>The context of the stages that measure on this machine, which leave out what is sent.</summary>
    public EvaluationContext Here => Sent.Count == 0 ? this : this with
    {
        Selection = SentPart.Without(Selection, Sent),
        IsHere = true,
    };

    /// <summary>Whether the selection leaves out what is sent to other machines.</summary>
    private bool IsHere { get; init; }

    /// <summary>
    /// Whether the call is read-only: a read-only call takes no lease, and fetches, builds, starts and writes nothing.
    /// </summary>
    public required bool IsReading { get; init; }
    /// <summary>The settings of the machine that can be tuned.</summary>
    public required MachineTuning Tuning { get; init; }
    /// <summary>The container engine.</summary>
    public required DockerEngine Engine { get; init; }
    /// <summary>The hashes of the contents of files.</summary>
    public required ContentHashes Hashes { get; init; }
    /// <summary>The record of everything outside the declarations on which the results of a stage depend.</summary>
    public required InputTrace Trace { get; init; }

    /// <summary>The needs of the parts of the evaluation: what they need from each other.</summary>
    public EvaluationNeeds Needs => new(Model);

    /// <summary>The declarations of recorded numbers that the request needs.</summary>
    public IEnumerable<RecordedDataDeclaration> Recorded =>
        Model.Recorded.Where(recorded => Selection.Datasets.Contains(recorded.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The files of pins that declarations name, as far as they are present.</summary>
    internal NamedFiles Files => new(Options.Layout, Model.Pins);

    /// <summary>
    /// The context of the call once its pins are present: the values of axes and the recorded numbers may come from the
    /// files of pins. All declarations are checked against the files of the pins.
    /// </summary>
    /// <exception cref="DiagnosticException">A declaration does not fit the files of the pins.</exception>
    internal EvaluationContext WithPins(CancellationToken cancellation)
    {
        if (!Model.ReadsPins)
            return this;
        var model = OpenEvaluation.ReadModel(Options, Model.Items, Trace, cancellation);
        var selection = Selection.Of(model, Options.Request);
        return this with
        {
            Options = OpenEvaluation.WithChoice(Options, model),
            Model = model,
            Selection = IsHere ? SentPart.Without(selection, Sent) : selection,
        };
    }

    /// <summary>The journal with the samples that were taken so far.</summary>
    public Journal ReadJournal(IBuildLog log)
    {
        var file = Journal.FileIn(Options.Layout);
        Trace.File(file);
        return Journal.Read(file, log);
    }

    /// <summary>The store of checkouts.</summary>
    internal SourceStore Sources(IBuildLog log) =>
        new(new SourceOptions(Options.Layout, Options.Offline,
            Options.AllowFallback)
        { SearchPath = Options.SearchPath }, log);

    /// <summary>The store of downloads.</summary>
    internal ExternalFileStore Downloads(IBuildLog log) => new(Options.Layout, Options.Offline, Hashes, log);

    /// <summary>The recipes that images are built from.</summary>
    internal ImageRecipes Recipes => new(Options.Layout, Model.Pins.Images, Hashes);

    /// <summary>The built images whose recipe is known, as files that a bundle brings.</summary>
    internal IReadOnlyList<BundledImage> SavedImages =>
        [.. Model.Pins.Images.Where(image => image.IsBuilt).Select(Recipes.Known).OfType<ImageRecipe>()
            .Select(recipe => Containers.SavedImages.Of(recipe, Options.Layout))];

    /// <summary>The store of images, which in offline mode neither pulls nor builds images.</summary>
    internal ImageStore Images(bool offline, IBuildLog log) =>
        new(Engine, offline, log) { Recipes = Recipes, Own = new OwnImages(Options.Layout) };

    /// <summary>The options for finding and providing tools, given the inputs that are present.</summary>
    internal ToolOptions ToolOptions(AcquiredInputs inputs) => new(Options.Layout.ProjectDirectory, Options.SearchPath,
        Model.Pins.Tools.Select(pin => (pin.Name, Rule: VersionRule.Parse(pin.Version)))
            .Where(pin => pin.Rule is not null)
            .ToDictionary(pin => pin.Name, pin => pin.Rule!, StringComparer.OrdinalIgnoreCase), VersionTimeout)
    {
        ToolPins = Model.Pins.Tools.ToDictionary(pin => pin.Name, StringComparer.OrdinalIgnoreCase),
        ToolsDirectory = Options.Layout.Tools,
        DotNetHost = Options.DotNetHost,
        Offline = Options.Offline,
        Packages = Options.Layout.Packages,
        Runner = Options.Runner,
        Sources = inputs.SourceBindings,
        Files = inputs.FileBindings,
        InImage = name => inputs.Images.GetValueOrDefault(name) is { } image
            ? new ContainerCommandRunner(Engine, image, Options.Layout.Root, Options.Runner) : null,
        Hashes = Hashes,
    };

    /// <summary>The context of cells: the inputs and tools that experiments can use.</summary>
    internal CellContext CellContext(AcquiredInputs inputs, IReadOnlyList<ResolvedTool> tools,
        Gaps? gaps = null) => new()
        {
            Layout = Options.Layout,
            Services = Model.Services,
            Tools = tools.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase),
            MissingTools = (gaps ?? Gaps.None).MissingTools,
            Sources = inputs.SourceBindings,
            Files = inputs.FileBindings,
            Runner = Options.Runner,
        };

    /// <summary>The policy that decides how many samples each cell gets, and in how many runs.</summary>
    internal SamplePolicy Policy => Options.Smoke ? new SamplePolicy(1) : Options.Policy;

    /// <summary>The engine that plans cells and takes samples.</summary>
    /// <param name="cellContext">The inputs and tools that experiments can use.</param>
    /// <param name="places">The places where experiments run.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="log">Log that receives messages.</param>
    /// <param name="run">The number of the run within the call, and the id of the call.</param>
    /// <param name="watch">Who follows the run; null for nobody.</param>
    internal ExperimentEngine ExperimentEngine(CellContext cellContext, EvaluationPlaces places, Journal journal,
        IBuildLog log, (int Number, string? CallId) run = default, IRunWatch? watch = null) =>
        new(new CellResolver(cellContext, Hashes, Trace), new EngineOptions
        {
            Policy = Policy,
            Places = places.All,
            UsedNumbers = (experiment, samples) => Observations.Used(experiment, samples,
                Model.Datasets.Where(dataset => dataset.From is null && EvaluationNeeds.IsOf(dataset, experiment))),
            Seed = Options.Seed,
            Run = Math.Max(1, run.Number),
            CallId = run.CallId,
            FailFast = Options.OnMissing == OnMissing.FailFast,
            RetryFailed = Options.RetryFailed,
            Predicates = Model.Predicates.ToDictionary(predicate => predicate.Name, predicate => predicate.Hash,
                StringComparer.Ordinal),
            Watch = watch,
            SdkVersion = SdkVersion.Text,
            Machine = Tuning,
            TuneMachine = Options.TuneMachine,
        }, journal, log);
}

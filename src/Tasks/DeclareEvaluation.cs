using Microsoft.Build.Framework;
using Verus.Artifact.Claims;
using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Report;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// Reads all declarations of the project, and determines whether there is anything to do. The parameters that take
/// items are named after the item types.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class DeclareEvaluation : EvaluationTask
{
    /// <summary>Absolute path of the project.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc/>
    private protected override string? OwnProject => ProjectFile;

    /// <summary>The request, which says what to evaluate; empty for everything.</summary>
    public string Request { get; set; } = "";

    /// <summary>Title of the report.</summary>
    public string Title { get; set; } = "";

    /// <summary>Folder of all outputs, relative to the folder of the project.</summary>
    public string EvaluationDir { get; set; } = "";

    /// <summary>Absolute path of the runner.</summary>
    [Required]
    public string Runner { get; set; } = "";

    /// <summary>The number of samples, or auto.</summary>
    public string Samples { get; set; } = "";

    /// <summary>The width of the confidence interval for automatic sampling, as a share of the number.</summary>
    public string SamplesWidth { get; set; } = "";

    /// <summary>The maximum number of samples for automatic sampling.</summary>
    public string SamplesCap { get; set; } = "";
    /// <summary>The number of runs over which samples are spread, as text.</summary>
    public string Runs { get; set; } = "";

    /// <summary>Whether the number of samples is chosen so that predicates can be decided.</summary>
    public string DecideSamples { get; set; } = "";

    /// <summary>Whether the number of samples is chosen so that predicates can be decided if <see
    /// cref="DecideSamples"/> is empty.</summary>
    public string SuiteDecidesSamples { get; set; } = "";

    /// <summary>A note on the numbers of samples that experiments name.</summary>
    public string SampleSizesNote { get; set; } = "";

    /// <summary>The seed of the random order of samples.</summary>
    public string Seed { get; set; } = "";

    /// <summary>Fail, Skip or Recorded.</summary>
    public string OnMissing { get; set; } = "";

    /// <summary>Whether the call runs in offline mode, without a network.</summary>
    public string Offline { get; set; } = "";

    /// <summary>Whether failed samples are repeated.</summary>
    public string RetryFailed { get; set; } = "";

    /// <summary>Whether the state of the machine may be changed for suites that ask for it.</summary>
    public string TuneMachine { get; set; } = "";

    /// <summary>Whether the call is a smoke run.</summary>
    public string Smoke { get; set; } = "";

    /// <summary>The outcomes of claims that are errors: NotSupported, Inconclusive, NotMeasured.</summary>
    public string ClaimErrors { get; set; } = "";

    /// <summary>Path of a file that receives the exit code of a call that failed.</summary>
    public string ExitCodeFile { get; set; } = "";

    /// <summary>Names of pins whose fallback may be used.</summary>
    public string AllowFallback { get; set; } = "";

    /// <summary>
    /// Whether a call that shows no measured number succeeds although experiments were requested: true, false or empty.
    /// </summary>
    public string AllowNothingMeasured { get; set; } = "";

    /// <summary>Path of a bundle, relative to the folder of the project; empty when there is none.</summary>
    public string Bundle { get; set; } = "";

    /// <summary>Name of the machine that this call was sent to; empty for a call of a user.</summary>
    public string OnMachine { get; set; } = "";

    /// <summary>The purpose of the call: Read, Evaluate or OneStage.</summary>
    public string Purpose { get; set; } = "";

    /// <summary>All ArtifactExtension items.</summary>
    public ITaskItem[] ArtifactExtension { get; set; } = [];
    /// <summary>All ExternalRepo items.</summary>
    public ITaskItem[] ExternalRepo { get; set; } = [];
    /// <summary>All ContainerImage items.</summary>
    public ITaskItem[] ContainerImage { get; set; } = [];
    /// <summary>All ExternalFile items.</summary>
    public ITaskItem[] ExternalFile { get; set; } = [];
    /// <summary>All ToolPin items.</summary>
    public ITaskItem[] ToolPin { get; set; } = [];
    /// <summary>All Tool items.</summary>
    public ITaskItem[] Tool { get; set; } = [];
    /// <summary>All VirtualMachine items.</summary>
    public ITaskItem[] VirtualMachine { get; set; } = [];
    /// <summary>All Experiment items.</summary>
    public ITaskItem[] Experiment { get; set; } = [];
    /// <summary>All Service items.</summary>
    public ITaskItem[] Service { get; set; } = [];
    /// <summary>All Dataset items.</summary>
    public ITaskItem[] Dataset { get; set; } = [];
    /// <summary>All RecordedData items.</summary>
    public ITaskItem[] RecordedData { get; set; } = [];
    /// <summary>All Figure items.</summary>
    public ITaskItem[] Figure { get; set; } = [];
    /// <summary>All Claim items.</summary>
    public ITaskItem[] Claim { get; set; } = [];
    /// <summary>All Predicate items.</summary>
    public ITaskItem[] Predicate { get; set; } = [];
    /// <summary>All Machine items.</summary>
    public ITaskItem[] Machine { get; set; } = [];

    /// <summary>Handle of the call, for the stages.</summary>
    [Output]
    public override string Evaluation { get; set; } = "";

    /// <summary>Whether the call has nothing to do.</summary>
    [Output]
    public bool UpToDate { get; set; }

    private protected override async System.Threading.Tasks.Task RunAsync(TaskBuildLog log,
        CancellationToken cancellation)
    {
        var smoke = PropertyValue.Flag(nameof(Smoke), Smoke);
        var options = new EvaluationOptions
        {
            ProjectFile = ProjectFile,
            Request = Request,
            Title = Title.Length > 0 ? Title : Path.GetFileNameWithoutExtension(ProjectFile),
            Layout = EvaluationLayout.In(EvaluationDir, ProjectFile, smoke),
            Runner = Runner,
            Policy = SamplePolicy.Parse(Samples, SamplesWidth, SamplesCap, Runs),
            DecideSamples = PropertyValue.Flag("ArtifactDecideSamples",
                DecideSamples.Length > 0 ? DecideSamples : SuiteDecidesSamples),
            SampleSizesNote = SampleSizesNote.Trim(),
            Seed = PropertyValue.Integer(nameof(Seed), Seed),
            OnMissing = PropertyValue.Choice(nameof(OnMissing), OnMissing, Artifact.Declarations.OnMissing.Fail),
            AllowNothingMeasured = PropertyValue.Flag("ArtifactAllowNothingMeasured", AllowNothingMeasured),
            Offline = PropertyValue.Flag(nameof(Offline), Offline),
            Bundle = Bundle.Length > 0 ? Bundle : null,
            OnMachine = OnMachine,
            RetryFailed = PropertyValue.Flag(nameof(RetryFailed), RetryFailed),
            TuneMachine = PropertyValue.Flag(nameof(TuneMachine), TuneMachine),
            Smoke = smoke,
            ClaimErrors = PropertyValue.ChoiceList("ArtifactClaimErrors", ClaimErrors, VerdictOutcome.NotSupported,
                VerdictOutcome.Inconclusive, VerdictOutcome.NotMeasured),
            ExitCodeFile = ExitCodeFile.Length == 0
                ? null : Path.GetFullPath(ExitCodeFile, Path.GetDirectoryName(ProjectFile)!),
            JobSummaryFile = Environment.GetEnvironmentVariable(JobSummary.Variable) is { Length: > 0 } summary
                ? summary : null,
            AllowFallback = PropertyValue.List("ArtifactAllowFallback", AllowFallback),
            DotNetHost = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"),
            // The task itself reads PATH, so that its value does not end up in a binary log, as it would if the targets
            // passed it.
            SearchPath = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Where(Path.IsPathRooted)],
        };
        var purpose = PropertyValue.Choice(nameof(Purpose), Purpose, Artifact.Evaluation.Purpose.Evaluate);
        var opened = await OpenEvaluation.OpenAsync(options, Items(), purpose, log, cancellation).ConfigureAwait(false);
        Evaluation = Start(opened);
        UpToDate = opened is FinishedEvaluation;
    }

    private List<DeclarationItem> Items() =>
    [
        .. EvaluationModel.ItemTypes.SelectMany(type =>
            ((ITaskItem[])GetType().GetProperty(type)!.GetValue(this)!)
                .Select(item => Declare(type, item, ProjectFile))),
    ];

    private static DeclarationItem Declare(string type, ITaskItem item, string project)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry pair in item.CloneCustomMetadata())
            metadata[(string)pair.Key] = (string)pair.Value!;
        var file = DefiningFile.Of(item, project);
        return new DeclarationItem(type, item.ItemSpec, metadata, () => ItemLocator.Find(file, type, item.ItemSpec));
    }
}

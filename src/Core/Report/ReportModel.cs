using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Report;

/// <summary>Everything that a report says, apart from its appearance.</summary>
public sealed record ReportModel
{
    /// <summary>Title.</summary>
    public required string Title { get; init; }
    /// <summary>File name of the project, for the commands in the report.</summary>
    public required string Project { get; init; }
    /// <summary>What the user requested.</summary>
    public required string Request { get; init; }
    /// <summary>Version of the SDK.</summary>
    public required string SdkVersion { get; init; }
    /// <summary>
    /// The time at which the report was written, in a form for people; it is the only difference between two reports on
    /// the same results.
    /// </summary>
    public required string CreatedUtc { get; init; }
    /// <summary>Verdicts on claims.</summary>
    public IReadOnlyList<ClaimVerdict> Verdicts { get; init; } = [];
    /// <summary>What may decide a claim that is inconclusive, as sentences, by the name of the claim.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Advice { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
    /// <summary>The outcomes of claims that are errors of the build.</summary>
    public IReadOnlyList<VerdictOutcome> ClaimErrors { get; init; } = [];
    /// <summary>What the predicates of the claims compare, by the name of the predicate.</summary>
    public IReadOnlyDictionary<string, PredicateDeclaration> Bounds { get; init; } =
        new Dictionary<string, PredicateDeclaration>();
    /// <summary>All points of the datasets behind the figures and claims, measured and recorded ones apart.</summary>
    public IReadOnlyList<Dataset> Datasets { get; init; } = [];
    /// <summary>Figures that were drawn.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];
    /// <summary>The figures that could not be drawn.</summary>
    public IReadOnlyList<MissingFigure> Missing { get; init; } = [];
    /// <summary>The machines on which samples were taken.</summary>
    public IReadOnlyList<ReportMachine> Machines { get; init; } = [];
    /// <summary>The runs in which samples were taken, oldest first.</summary>
    public IReadOnlyList<ReportRun> Runs { get; init; } = [];
    /// <summary>The samples of the report, good and failed ones.</summary>
    public IReadOnlyList<ReportedSample> Taken { get; init; } = [];
    /// <summary>
    /// The names of the cells behind the points of datasets, by <see cref="PointId"/>; a point without known cells is
    /// absent.
    /// </summary>
    public IReadOnlyDictionary<string, string> Cells { get; init; } = new Dictionary<string, string>();
    /// <summary>The ledger, with a mark on the pins that were used.</summary>
    public IReadOnlyList<ReportPin> Pins { get; init; } = [];
    /// <summary>The tools as they were used.</summary>
    public IReadOnlyList<ReportTool> Tools { get; init; } = [];
    /// <summary>
    /// The names of the experiments behind each claim, by the name of the claim: these are the experiments of the
    /// claim's figures and predicates.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ClaimExperiments { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
    /// <summary>The declared requirements on the machine.</summary>
    public IReadOnlyList<ReportNeed> Needs { get; init; } = [];
    /// <summary>
    /// The time that the samples of a smoke run take, according to what was measured; null when the time of some
    /// samples was not measured.
    /// </summary>
    public double? SmokeSeconds { get; init; }
    /// <summary>What each experiment cost.</summary>
    public IReadOnlyList<ReportResource> Resources { get; init; } = [];
    /// <summary>The disk space that each stage uses.</summary>
    public IReadOnlyList<ReportDisk> Disk { get; init; } = [];
    /// <summary>Sentences on how the numbers and verdicts were obtained, by topic.</summary>
    public IReadOnlyList<ReportMethod> Methods { get; init; } = [];
    /// <summary>Sentences on what a reader must know about the whole evaluation.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Returns the key of a point in <see cref="Cells"/>.</summary>
    /// <param name="dataset">The name of the dataset.</param>
    /// <param name="keys">The values of the dataset's columns, in their order.</param>
    public static string PointId(string dataset, IEnumerable<string> keys) =>
        string.Join('\u001f', keys.Prepend(dataset.ToUpperInvariant()));

    /// <summary>The folders of this machine, each with the text that is written instead wherever a text names the
    /// folder.</summary>
    public IReadOnlyList<ReportFolder> Folders { get; init; } = [];
}

/// <summary>A figure with the numbers behind it.</summary>
public sealed record ReportFigure
{
    /// <summary>The figure as drawn.</summary>
    public required DrawnFigure Drawn { get; init; }
    /// <summary>The other names of the figure.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>The datasets that were measured on this machine, with the points that the figure shows.</summary>
    public IReadOnlyList<Dataset> Measured { get => [.. field.Select(Drawn.Shown)]; init; } = [];
    /// <summary>Datasets that the authors recorded, with the points that the figure shows.</summary>
    public IReadOnlyList<Dataset> Recorded { get => [.. field.Select(Drawn.Shown)]; init; } = [];
    /// <summary>The names of the experiments that measure the figure.</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>The absolute paths of the tidy CSV files that the figure was drawn from.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];
    /// <summary>The command that produces the figure again.</summary>
    public required string RerunCommand { get; init; }
    /// <summary>Samples that failed.</summary>
    public IReadOnlyList<ReportFailure> Failures { get; init; } = [];

    /// <summary>Whether the figure shows a smoke run.</summary>
    public bool IsSmoke => Measured.Any(dataset => dataset.IsSmoke);

    /// <summary>Whether none of the numbers in the figure was measured on this machine.</summary>
    public bool IsAllRecorded => Drawn.Origin == Origin.Recorded && Measured.Count == 0;
}

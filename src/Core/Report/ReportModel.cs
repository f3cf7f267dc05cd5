using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Report;

/// <summary>Everything that a report says, apart from how it looks.</summary>
public sealed record ReportModel
{
    /// <summary>Title.</summary>
    public required string Title { get; init; }
    /// <summary>File name of the project, for the commands.</summary>
    public required string Project { get; init; }
    /// <summary>What was asked for.</summary>
    public required string Request { get; init; }
    /// <summary>Version of the SDK.</summary>
    public required string SdkVersion { get; init; }
    /// <summary>
    /// When it was written, for people; the only thing that differs between two reports on the same results.
    /// </summary>
    public required string CreatedUtc { get; init; }
    /// <summary>Verdicts on claims.</summary>
    public IReadOnlyList<ClaimVerdict> Verdicts { get; init; } = [];
    /// <summary>Figures that were drawn.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];
    /// <summary>Figures that could not be drawn.</summary>
    public IReadOnlyList<MissingFigure> Missing { get; init; } = [];
    /// <summary>Machines that samples were taken on.</summary>
    public IReadOnlyList<ReportMachine> Machines { get; init; } = [];
    /// <summary>Runs that samples were taken in, oldest first.</summary>
    public IReadOnlyList<ReportRun> Runs { get; init; } = [];
    /// <summary>The ledger, with what was used of it.</summary>
    public IReadOnlyList<ReportPin> Pins { get; init; } = [];
    /// <summary>Tools as they were used.</summary>
    public IReadOnlyList<ReportTool> Tools { get; init; } = [];
    /// <summary>
    /// Names of the experiments behind each claim, by the claim's name: those of its figures and of its predicates.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ClaimExperiments { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
    /// <summary>What the machine must have, as declared.</summary>
    public IReadOnlyList<ReportNeed> Needs { get; init; } = [];
    /// <summary>
    /// What the samples of a smoke run take, from what was measured; null when some of them were not.
    /// </summary>
    public double? SmokeSeconds { get; init; }
    /// <summary>What each experiment cost.</summary>
    public IReadOnlyList<ReportResource> Resources { get; init; } = [];
    /// <summary>Disk that the stages use.</summary>
    public IReadOnlyList<ReportDisk> Disk { get; init; } = [];
    /// <summary>What a reader must know of the whole evaluation, as sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Folders of this machine and what is written in their place, wherever a text names them.</summary>
    public IReadOnlyList<ReportFolder> Folders { get; init; } = [];
}

/// <summary>A figure with the numbers behind it.</summary>
public sealed record ReportFigure
{
    /// <summary>The figure as drawn.</summary>
    public required DrawnFigure Drawn { get; init; }
    /// <summary>Its other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>Datasets that were measured here, with the points that the figure shows.</summary>
    public IReadOnlyList<Dataset> Measured { get => [.. field.Select(Drawn.Shown)]; init; } = [];
    /// <summary>Datasets that the authors recorded, likewise.</summary>
    public IReadOnlyList<Dataset> Recorded { get => [.. field.Select(Drawn.Shown)]; init; } = [];
    /// <summary>Names of the experiments that measure it.</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>Absolute paths of the tidy CSV files it was drawn from.</summary>
    public IReadOnlyList<string> DataFiles { get; init; } = [];
    /// <summary>The command that makes it again.</summary>
    public required string RerunCommand { get; init; }
    /// <summary>Samples that failed.</summary>
    public IReadOnlyList<ReportFailure> Failures { get; init; } = [];

    /// <summary>Whether it shows a smoke run.</summary>
    public bool IsSmoke => Measured.Any(dataset => dataset.IsSmoke);

    /// <summary>Whether no number in it was measured here.</summary>
    public bool IsAllRecorded => Drawn.Origin == Origin.Recorded && Measured.Count == 0;
}

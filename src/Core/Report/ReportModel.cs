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
    /// <summary>When it was written.</summary>
    public required string CreatedUtc { get; init; }
    /// <summary>Verdicts on claims.</summary>
    public IReadOnlyList<ClaimVerdict> Verdicts { get; init; } = [];
    /// <summary>Figures that were drawn.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];
    /// <summary>Figures that could not be drawn.</summary>
    public IReadOnlyList<MissingFigure> Missing { get; init; } = [];
    /// <summary>Machines that samples were taken on.</summary>
    public IReadOnlyList<ReportMachine> Machines { get; init; } = [];
    /// <summary>Sources as they were used.</summary>
    public IReadOnlyList<ReportPin> Pins { get; init; } = [];
    /// <summary>Tools as they were used.</summary>
    public IReadOnlyList<ReportTool> Tools { get; init; } = [];
    /// <summary>What each experiment cost.</summary>
    public IReadOnlyList<ReportResource> Resources { get; init; } = [];
}

/// <summary>A figure with the numbers behind it.</summary>
public sealed record ReportFigure
{
    /// <summary>The figure as drawn.</summary>
    public required DrawnFigure Drawn { get; init; }
    /// <summary>Its other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>Datasets that were measured here.</summary>
    public IReadOnlyList<Dataset> Measured { get; init; } = [];
    /// <summary>Datasets that the authors recorded.</summary>
    public IReadOnlyList<Dataset> Recorded { get; init; } = [];
    /// <summary>The command that makes it again.</summary>
    public required string RerunCommand { get; init; }
    /// <summary>Samples that failed.</summary>
    public IReadOnlyList<ReportFailure> Failures { get; init; } = [];
}

/// <summary>A figure that could not be drawn.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Reasons">Why.</param>
public sealed record MissingFigure(string Name, string Title, IReadOnlyList<string> Reasons);

/// <summary>A sample that failed.</summary>
/// <param name="Cell">Its cell.</param>
/// <param name="Why">Why.</param>
/// <param name="Logs">Folder of its output, relative to the report.</param>
public sealed record ReportFailure(string Cell, string Why, string Logs);

/// <summary>A machine.</summary>
/// <param name="Id">Identity of its state.</param>
/// <param name="Rows">What is known of it: name and value.</param>
/// <param name="Runs">Runs on it.</param>
public sealed record ReportMachine(string Id, IReadOnlyList<(string Name, string Value)> Rows, IReadOnlyList<string> Runs);

/// <summary>A source.</summary>
/// <param name="Name">Its name in the ledger.</param>
/// <param name="Commit">Its commit or hash.</param>
/// <param name="Deviation">How it is not as pinned; null when it is.</param>
public sealed record ReportPin(string Name, string Commit, string? Deviation);

/// <summary>A tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Identity">First digits of its identity.</param>
/// <param name="Deviation">How it is not as pinned; null when it is.</param>
public sealed record ReportTool(string Name, string Version, string Identity, string? Deviation);

/// <summary>What an experiment cost.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Samples">Samples taken, failed ones included.</param>
/// <param name="Seconds">Their wall times together.</param>
/// <param name="PeakMemoryBytes">Largest peak memory of a sample.</param>
public sealed record ReportResource(string Experiment, int Samples, double Seconds, long PeakMemoryBytes);

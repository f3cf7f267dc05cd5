using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Evaluation;

/// <summary>The user's request for one call, read from properties. Immutable.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Absolute path of the project.</summary>
    public required string ProjectFile { get; init; }
    /// <summary>What to evaluate; see <see cref="Selection.Of"/>.</summary>
    public string Request { get; init; } = "";
    /// <summary>Title of the report.</summary>
    public string Title { get; init; } = "";
    /// <summary>Folders of the stages.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>Absolute path of the runner.</summary>
    public required string Runner { get; init; }
    /// <summary>Number of samples.</summary>
    public required SamplePolicy Policy { get; init; }
    /// <summary>The seed of the random order; null to choose a new one.</summary>
    public int? Seed { get; init; }
    /// <summary>What to do when something cannot be measured here.</summary>
    public OnMissing OnMissing { get; init; }
    /// <summary>Whether a call succeeds if experiments were asked for but no measured number can be shown.</summary>
    public bool AllowNothingMeasured { get; init; }
    /// <summary>Whether offline mode is on.</summary>
    public bool Offline { get; init; }
    /// <summary>Whether failed samples are repeated.</summary>
    public bool RetryFailed { get; init; }
    /// <summary>Whether the call may change the machine's state.</summary>
    public bool TuneMachine { get; init; }
    /// <summary>Whether this is a smoke run: few cells of each experiment, one sample each.</summary>
    public bool Smoke { get; init; }
    /// <summary>Whether a claim that is not supported is an error.</summary>
    public bool TreatFailedClaimsAsErrors { get; init; }
    /// <summary>Names of pins whose fallback may be used.</summary>
    public IReadOnlyList<string> AllowFallback { get; init; } = [];
    /// <summary>Absolute path of the dotnet program that runs this build; null when it is not known.</summary>
    public string? DotNetHost { get; init; }
    /// <summary>Folders in which tools are looked up.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];

    /// <summary>The request in a form for file names: All, Figure6a, or several names joined.</summary>
    public string RequestName => Request.Length == 0 ? Requests.Everything
        : string.Concat(Request.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '+'));
}

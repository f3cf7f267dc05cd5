using Verus.Artifact.Claims;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Evaluation;

/// <summary>The options of one call, as read from the user's properties. The options are immutable.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Absolute path of the project.</summary>
    public required string ProjectFile { get; init; }
    /// <summary>The command that evaluates a request.</summary>
    public string CommandFor(string request) => $"dotnet build {Path.GetFileName(ProjectFile)} -p:Request={request}";

    /// <summary>The request, which says what to evaluate; see <see cref="Selection.Of"/>.</summary>
    public string Request { get; init; } = "";
    /// <summary>Title of the report.</summary>
    public string Title { get; init; } = "";
    /// <summary>Folders of the stages.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>Absolute path of the runner.</summary>
    public required string Runner { get; init; }
    /// <summary>Number of samples.</summary>
    public required SamplePolicy Policy { get; init; }
    /// <summary>Whether the number of samples is chosen so that predicates can be decided, where nothing else gives a
    /// number.</summary>
    public bool DecideSamples { get; init; }
    /// <summary>What a suite says about the numbers in SampleSizes, such as the time that a guide names.</summary>
    public string SampleSizesNote { get; init; } = "";
    /// <summary>The seed of the random order of samples; null to choose a new seed.</summary>
    public int? Seed { get; init; }
    /// <summary>What to do when a part of the request cannot be measured on this machine.</summary>
    public OnMissing OnMissing { get; init; }
    /// <summary>Whether a call succeeds if experiments were requested but no measured number can be shown.</summary>
    public bool AllowNothingMeasured { get; init; }
    /// <summary>Whether the call runs in offline mode, without a network.</summary>
    public bool Offline { get; init; }
    /// <summary>Whether samples that failed earlier are repeated.</summary>
    public bool RetryFailed { get; init; }
    /// <summary>Whether the call may change the settings of the machine.</summary>
    public bool TuneMachine { get; init; }
    /// <summary>Whether the call is a smoke run: few cells of each experiment, with one sample of each cell.</summary>
    public bool Smoke { get; init; }
    /// <summary>The outcomes of claims that are errors of the build.</summary>
    public IReadOnlyList<VerdictOutcome> ClaimErrors { get; init; } = [];
    /// <summary>Path of a bundle, relative to the project; null when there is none.</summary>
    public string? Bundle { get; init; }
    /// <summary>Name of the machine that this call was sent to, on which the addresses of machines are not used; empty
    /// for a call of a user.</summary>
    public string OnMachine { get; init; } = "";
    /// <summary>Absolute path of a file that receives the exit code of a call that failed; null when nobody asks for
    /// it.</summary>
    public string? ExitCodeFile { get; init; }
    /// <summary>Absolute path of the summary of the job that this call is part of, to which the call appends its own;
    /// null when there is none.</summary>
    public string? JobSummaryFile { get; init; }
    /// <summary>Names of the pins whose fallback may be used.</summary>
    public IReadOnlyList<string> AllowFallback { get; init; } = [];
    /// <summary>Absolute path of the dotnet program that runs this build; null when it is not known.</summary>
    public string? DotNetHost { get; init; }
    /// <summary>The folders in which tools are looked up.</summary>
    public IReadOnlyList<string> SearchPath { get; init; } = [];

    /// <summary>The request in a form that can be part of file names, such as All or Figure6a, or several names
    /// joined.</summary>
    public string RequestName => Request.Length == 0 ? Requests.Everything
        : string.Concat(Request.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '+'));
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The programs and folders with which the commands of readers and figures run on this machine.</summary>
/// <param name="Runner">Absolute path of the runner, which ends all processes that the command has started; null when
/// there is no runner.</param>
/// <param name="Cancellation">Ends the command.</param>
public sealed record ReaderHost(string? Runner, CancellationToken Cancellation = default)
{
    /// <summary>The folders in which the programs of figures are looked up.</summary>
    public IReadOnlyList<string> OfFigures { get; init; } = SearchPath.SystemFolders;
}

/// <summary>The place where the command of a reader runs, with the values of the command's placeholders.</summary>
/// <param name="ValueOf">Returns the value of a placeholder other than <c>{output}</c>.</param>
internal sealed record ReaderPlace(Func<Placeholder, string> ValueOf)
{
    /// <summary>The arguments that replace one argument as written; <c>{args:axis}</c> stands for several
    /// arguments.</summary>
    public Func<Template, IReadOnlyList<Template>> Arguments { get; init; } = argument => [argument];

    /// <summary>The folders in which the programs of readers' commands are looked up.</summary>
    public string Path { get; init; } = SearchPath.System;

    /// <summary>Environment variables that the tools of the command need.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What runs the command.</summary>
    public ReaderHost Host { get; init; } = new(null);

    /// <summary>Whether every tool, source and file that the command names is present.</summary>
    public bool IsComplete { get; init; } = true;
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>What runs the commands of readers and figures.</summary>
/// <param name="Runner">Absolute path of the runner, which ends the whole tree of the command; null for none.</param>
/// <param name="Cancellation">Ends the command.</param>
public sealed record ReaderHost(string? Runner, CancellationToken Cancellation = default)
{
    /// <summary>The folders in which the programs of figures are looked up.</summary>
    public IReadOnlyList<string> OfFigures { get; init; } = SearchPath.SystemFolders;
}

/// <summary>Where the command of a reader runs, and the values of its placeholders.</summary>
/// <param name="ValueOf">The value of a placeholder other than <c>{output}</c>.</param>
internal sealed record ReaderPlace(Func<Placeholder, string> ValueOf)
{
    /// <summary>What stands for an argument: several arguments for <c>{args:axis}</c>.</summary>
    public Func<Template, IReadOnlyList<Template>> Arguments { get; init; } = argument => [argument];

    /// <summary>The folders in which programs are looked up.</summary>
    public string Path { get; init; } = SearchPath.System;

    /// <summary>Variables that the tools of the command need.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What runs the command.</summary>
    public ReaderHost Host { get; init; } = new(null);

    /// <summary>Whether every tool, source and file that the command names is present.</summary>
    public bool IsComplete { get; init; } = true;
}

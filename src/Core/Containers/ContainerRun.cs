namespace Verus.Artifact.Containers;

/// <summary>One process in a container of its own.</summary>
/// <param name="Name">Name of the container, unique in the engine; one of that name that is there is in the
/// way.</param>
/// <param name="Image">The image.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
public sealed record ContainerRun(string Name, AcquiredImage Image, IReadOnlyList<string> Command,
    string WorkingDirectory)
{
    /// <summary>Label with the folder of the evaluation that a container belongs to.</summary>
    public const string EvaluationLabel = "verus.artifact.evaluation";

    /// <summary>Variables in place of or beside those of the image.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Files and folders that are there under the same paths, read-only; what does not exist is left out.
    /// </summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Folders that are there under the same paths and can be written.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>
    /// Whether it has the network of this machine; without, it has a loopback interface of its own and nothing else.
    /// </summary>
    public bool Network { get; init; }

    /// <summary>
    /// Whether it builds a tool and so has the rights that the engine gives by default: package managers change their
    /// user. A sample has no right that root does not need for its files and processes.
    /// </summary>
    public bool IsBuild { get; init; }

    /// <summary>Memory of all its processes in bytes; null: no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Whether its standard input stays open as long as this process lives, so that it can end when nobody waits any
    /// more.
    /// </summary>
    public bool Lifeline { get; init; }

    /// <summary>What goes to its standard input first, where that is a lifeline.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>Labels by which it is found again.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes each line of standard output and standard error.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>Takes each line of standard output in place of <see cref="Output"/>; null: that takes them.</summary>
    public Action<string>? StandardOutput { get; init; }
}

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Exit code of its process.</param>
/// <param name="OutOfMemory">Whether the kernel killed a process of it at its memory limit.</param>
public sealed record ContainerEnd(long ExitCode, bool OutOfMemory);

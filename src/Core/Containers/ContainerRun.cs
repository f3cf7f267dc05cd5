namespace Verus.Artifact.Containers;

/// <summary>One process in a container of its own.</summary>
/// <param name="Name">Name of the container, unique in the engine; an existing container with that name is in the
/// way.</param>
/// <param name="Image">The image.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
public sealed record ContainerRun(string Name, AcquiredImage Image, IReadOnlyList<string> Command,
    string WorkingDirectory)
{
    /// <summary>The label for the folder of the evaluation that a container belongs to.</summary>
    public const string EvaluationLabel = "verus.artifact.evaluation";

    /// <summary>Environment variables that are added to those of the image or replace them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Files and folders that the container sees under the same paths, read-only; files and folders that do not exist
    /// are left out.
    /// </summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Folders that the container sees under the same paths and can write to.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>
    /// Whether the container uses the network of this machine; otherwise the container has only a loopback interface of
    /// its own.
    /// </summary>
    public bool Network { get; init; }

    /// <summary>
    /// Whether the container builds a tool, and so keeps the engine's default rights, because package managers switch
    /// users. The container of a sample has only the rights that root needs for its own files and processes.
    /// </summary>
    public bool IsBuild { get; init; }

    /// <summary>Memory limit of all processes of the container together, in bytes; null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Whether the container's standard input stays open as long as this process lives, so that the container can end
    /// once nobody waits for it any more.
    /// </summary>
    public bool Lifeline { get; init; }

    /// <summary>The bytes that are sent first to the container's standard input, if that is a lifeline.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>The labels by which the container is found again.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The function that receives each line of standard output and standard error.</summary>
    public Action<string> Output { get; init; } = _ => { };

    /// <summary>
    /// The function that receives each line of standard output instead of <see cref="Output"/>; null when <see
    /// cref="Output"/> receives these lines.
    /// </summary>
    public Action<string>? StandardOutput { get; init; }
}

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Exit code of the container's process.</param>
/// <param name="OutOfMemory">Whether the kernel killed one of the container's processes at the memory limit.</param>
public sealed record ContainerEnd(long ExitCode, bool OutOfMemory);

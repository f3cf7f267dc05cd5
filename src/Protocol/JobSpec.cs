namespace Verus.Artifact.Protocol;

/// <summary>One process to start: what to run, where, with which environment.</summary>
/// <remarks>Nothing is inherited: the environment is complete, standard input is a file or empty.</remarks>
public sealed record CommandSpec
{
    /// <summary>
    /// Program and arguments. The program is an absolute path, or a name to look up in the job's own PATH.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute path of the working directory; must exist.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>Absolute path of the file that becomes standard input; null is an empty input.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Absolute path of the file that standard output goes to; truncated first.</summary>
    public required string StandardOutput { get; init; }

    /// <summary>Absolute path of the file that standard error goes to; truncated first.</summary>
    public required string StandardError { get; init; }
}

/// <summary>A process that must be up while the measured command runs, such as a server under load.</summary>
public sealed record ServiceSpec
{
    /// <summary>Name for messages, unique in the job.</summary>
    public required string Name { get; init; }

    /// <summary>The process.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>Ready when its standard output or standard error contains this text; null: not asked.</summary>
    public string? ReadyText { get; init; }

    /// <summary>
    /// Ready when this TCP port on loopback accepts a connection, which none may do before; null: not asked.
    /// </summary>
    public int? ReadyPort { get; init; }

    /// <summary>Seconds until readiness is given up.</summary>
    public double ReadyTimeoutSeconds { get; set; } = 60;
}

/// <summary>One sample to take: what the runner reads.</summary>
public sealed record JobSpec
{
    /// <summary>Version of this format; a runner refuses another one.</summary>
    public int Format { get; set; } = CurrentFormat;

    /// <summary>The version that this assembly writes.</summary>
    public const int CurrentFormat = 2;

    /// <summary>
    /// Name of the environment variable that marks every process of a sample, so that leftovers can be found.
    /// </summary>
    public const string MarkerVariable = "VERUS_ARTIFACT_SAMPLE";

    /// <summary>
    /// Unique id of the sample, 32 hexadecimal digits; the value of <see cref="MarkerVariable"/> in all its processes.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// A secret that the result repeats, so that nothing but the runner can have written it; null: not asked. No
    /// process of the job gets to know it.
    /// </summary>
    public string? Nonce { get; init; }

    /// <summary>
    /// Commands that run before, in order and not measured; one that exits non-zero ends the job as
    /// <see cref="JobOutcome.PrepareFailed"/>.
    /// </summary>
    public IReadOnlyList<CommandSpec> Prepare { get; set; } = [];

    /// <summary>Seconds of wall time after which a preparation is killed; null: no limit.</summary>
    public double? PrepareTimeoutSeconds { get; init; }

    /// <summary>Processes that must be ready before the measured command starts and are stopped after it.</summary>
    public IReadOnlyList<ServiceSpec> Services { get; set; } = [];

    /// <summary>The measured command.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>Runs of the measured command before the one that counts; their output is overwritten.</summary>
    public int WarmUps { get; init; }

    /// <summary>Seconds of wall time after which the measured process tree is killed; null: no limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Seconds between the polite signal (SIGTERM) and SIGKILL.</summary>
    public double KillGraceSeconds { get; set; } = 2;

    /// <summary>
    /// Logical CPUs the measured command may use, not preparations and services; empty: all that the runner may use.
    /// </summary>
    public IReadOnlyList<int> Cpus { get; set; } = [];

    /// <summary>Limit of the measured tree's memory in bytes, which needs a control group; null: none.</summary>
    public long? MemoryLimitBytes { get; init; }
}

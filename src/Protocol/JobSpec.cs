namespace Verus.Artifact.Protocol;

/// <summary>A process to start: its command, its folder, and its environment.</summary>
/// <remarks>The process inherits nothing: the environment is complete, and standard input is a file or empty.</remarks>
public sealed record CommandSpec
{
    /// <summary>
    /// The program and its arguments. The program is an absolute path, or a name that is looked up in the PATH of the
    /// command itself.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute path of the working directory, which must exist.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The complete environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>Absolute path of the file that becomes standard input; null for an empty input.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Absolute path of the file that receives standard output; the file is truncated first.</summary>
    public required string StandardOutput { get; init; }

    /// <summary>Absolute path of the file that receives standard error; the file is truncated first.</summary>
    public required string StandardError { get; init; }
}

/// <summary>A process that must be running while the measured command runs, such as a server under load.</summary>
public sealed record ServiceSpec
{
    /// <summary>The name of the service for messages, which is unique within the job.</summary>
    public required string Name { get; init; }

    /// <summary>The process.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>
    /// The service is ready when its standard output or standard error contains this text; null when the output is not
    /// checked.
    /// </summary>
    public string? ReadyText { get; init; }

    /// <summary>
    /// The service is ready when this TCP port on loopback accepts a connection, which must not happen before the
    /// service starts; null when no port is checked.
    /// </summary>
    public int? ReadyPort { get; init; }

    /// <summary>The maximum time in seconds until the service must be ready.</summary>
    public double ReadyTimeoutSeconds { get; set; } = 60;
}

/// <summary>A job: one sample to take, in the form that the runner reads.</summary>
public sealed record JobSpec
{
    /// <summary>Version of the format of jobs; a runner rejects any version other than its own.</summary>
    public int Format { get; set; } = CurrentFormat;

    /// <summary>The version of the format of jobs that this assembly writes.</summary>
    public const int CurrentFormat = 2;

    /// <summary>
    /// Name of the environment variable that marks every process of a sample, so that leftover processes can be found.
    /// </summary>
    public const string MarkerVariable = "VERUS_ARTIFACT_SAMPLE";

    /// <summary>
    /// Unique id of the sample, 32 hexadecimal digits; the value of <see cref="MarkerVariable"/> in all its processes.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// A secret that the result repeats, so that only the runner can have written it; null when no secret is required.
    /// No process of the job learns the secret.
    /// </summary>
    public string? Nonce { get; init; }

    /// <summary>
    /// Commands that run before the measured command, in order and unmeasured; if a command exits with a code other
    /// than 0, the job ends as <see cref="JobOutcome.PrepareFailed"/>.
    /// </summary>
    public IReadOnlyList<CommandSpec> Prepare { get; set; } = [];

    /// <summary>Wall time in seconds after which a preparation is killed; null for no limit.</summary>
    public double? PrepareTimeoutSeconds { get; init; }

    /// <summary>Processes that must be ready before the measured command starts and are stopped after it.</summary>
    public IReadOnlyList<ServiceSpec> Services { get; set; } = [];

    /// <summary>The measured command.</summary>
    public required CommandSpec Command { get; init; }

    /// <summary>
    /// Number of warm-up runs of the measured command before the run that is recorded; the output of warm-ups is
    /// overwritten.
    /// </summary>
    public int WarmUps { get; init; }

    /// <summary>Wall time in seconds after which the measured process tree is killed; null for no limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Seconds between the polite signal (SIGTERM) and SIGKILL.</summary>
    public double KillGraceSeconds { get; set; } = 2;

    /// <summary>
    /// Logical CPUs that the measured command, but not preparations and services, may use; empty for all that the
    /// runner may use.
    /// </summary>
    public IReadOnlyList<int> Cpus { get; set; } = [];

    /// <summary>
    /// Memory limit of the measured process tree in bytes, which requires a control group; null for no limit.
    /// </summary>
    public long? MemoryLimitBytes { get; init; }
}

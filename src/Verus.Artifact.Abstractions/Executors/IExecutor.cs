using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>An experiment and where it runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Placement">What <see cref="IExecutorKind.Configure"/> gave for it.</param>
/// <param name="Where">Where in the project it is declared, for diagnostics of the executor's own.</param>
public sealed record PlacedExperiment(string Name, Placement Placement, SourceLocation Where)
{
    /// <summary>Whether its samples are timed; false: they may run beside other work.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>How many CPUs the command may use; null: all.</summary>
    public int? Cpus { get; init; }

    /// <summary>
    /// Limit of the command's memory in bytes; null: none. The runner sets it; a place that is started for the job
    /// needs room for it.
    /// </summary>
    public long? MemoryLimit { get; init; }
}

/// <summary>
/// One job for the runner, which takes one sample. The runner does all that belongs to the sample: it prepares,
/// starts services, measures, keeps limits and kills what is left. An executor brings the runner to where it is to
/// run, the job to its standard input, and its standard output back.
/// </summary>
public sealed record ExecutorJob
{
    /// <summary>Id of the sample, 32 hexadecimal digits; the runner marks its processes with it.</summary>
    public required string Id { get; init; }

    /// <summary>The experiment that it is a sample of.</summary>
    public required PlacedExperiment Experiment { get; init; }

    /// <summary>
    /// What <c>artifact-runner run</c> reads on its standard input: one line, line end included. It holds a secret
    /// that the result repeats; nothing but the runner should see it. Standard input must stay open until the runner
    /// has ended: its end tells the runner that nobody waits any more.
    /// </summary>
    public required ReadOnlyMemory<byte> Question { get; init; }

    /// <summary>
    /// Absolute path of the only folder that the job writes to. Paths of the job mean the same where it runs; what it
    /// wrote must be here afterwards.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Absolute paths of the files and folders that the job reads, and does not write.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    /// <summary>Seconds after which the runner cannot be running any more; null: the job has no limit.</summary>
    public double? Limit { get; init; }
}

/// <summary>What a place lacks for an experiment, as the preflight shows it.</summary>
/// <param name="What">The thing, such as "host bench-1".</param>
/// <param name="Needed">How much or which.</param>
/// <param name="Found">What is there instead.</param>
/// <param name="Remedy">What a user can do.</param>
public sealed record MissingRequirement(string What, string Needed, string Found, string Remedy);

/// <summary>
/// Starts the runner where experiments run, and does nothing else: the runner measures there, so that no number holds
/// the cost of getting there. Its methods may be called from several threads at once. An error that a user can mend
/// is a <see cref="DiagnosticException"/> with a rule of the executor's own, which stops the run; any other exception
/// is told as a failure of the executor.
/// </summary>
public interface IExecutor : IAsyncDisposable
{
    /// <summary>
    /// What the place lacks for an experiment; found in a moment, without a change to anything. Nothing, unless the
    /// executor says so.
    /// </summary>
    Task<IReadOnlyList<MissingRequirement>> FindMissingAsync(PlacedExperiment experiment,
        CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<MissingRequirement>>([]);

    /// <summary>
    /// The machine that the runner sees there, as the JSON that <c>artifact-runner machine</c> prints there. Samples
    /// of unlike machines are not mixed. Asked only where <see cref="Placement.Machine"/> is another one than this;
    /// null, where it is not known, is allowed only while <see cref="IExecutorServices.MayStart"/> is false.
    /// </summary>
    Task<string?> MachineAsync(PlacedExperiment experiment, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    /// <summary>
    /// Runs one job. Cancelled, it is back within two seconds with nothing left behind.
    /// </summary>
    /// <returns>What the runner wrote to its standard output. The evaluation checks that it is the runner's.</returns>
    Task<string> RunAsync(ExecutorJob job, CancellationToken cancellation);

    /// <summary>
    /// How measuring at the place falls short of what the numbers are taken for, such as an emulated processor, in
    /// words that stand with all of them. None, unless the executor says so.
    /// </summary>
    IReadOnlyList<string> DeviationsOf(PlacedExperiment experiment) => [];

    /// <summary>
    /// Removes what jobs with these ids left behind, when they failed or their evaluation was killed. Processes of
    /// the runner on this machine are swept anyhow. Nothing, unless the executor says so.
    /// </summary>
    Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation) => Task.CompletedTask;
}

using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>An experiment as an executor sees it, with the place where it runs.</summary>
/// <param name="Name">The name of the experiment.</param>
/// <param name="Placement">The placement that <see cref="IExecutorKind.Configure"/> returned for the
/// experiment.</param>
/// <param name="Where">The position in the project where the experiment is declared, for diagnostics of the
/// executor.</param>
public sealed record PlacedExperiment(string Name, Placement Placement, SourceLocation Where)
{
    /// <summary>Whether the experiment's samples are timed. Samples that are not timed may run beside other
    /// work.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>The number of CPUs that the command may use; null for all.</summary>
    public int? Cpus { get; init; }

    /// <summary>
    /// The limit of the command's memory in bytes; null for no limit. The limit of memory is set by the runner. A place
    /// that is started for the job needs as much memory as the limit.
    /// </summary>
    public long? MemoryLimit { get; init; }
}

/// <summary>
/// One job for the runner, which takes one sample. The runner does everything for the sample: it prepares, starts
/// services, measures, enforces limits and kills what is left. An executor brings the runner to the place where it
/// runs, passes the job to its standard input, and brings back its standard output.
/// </summary>
public sealed record ExecutorJob
{
    /// <summary>Id of the sample, 32 hexadecimal digits, with which the runner marks the sample's processes.</summary>
    public required string Id { get; init; }

    /// <summary>The experiment of the sample.</summary>
    public required PlacedExperiment Experiment { get; init; }

    /// <summary>
    /// The text that <c>artifact-runner run</c> reads on its standard input: one line with its line ending. The line of
    /// the job contains a secret that the result repeats, and only the runner should see it. Standard input must stay
    /// open until the runner has ended: from its end, the runner knows that nobody is waiting any more.
    /// </summary>
    public required ReadOnlyMemory<byte> Question { get; init; }

    /// <summary>
    /// The absolute path of the only folder to which the job writes. Paths of the job must have the same meaning where
    /// it runs. When the job has ended, the content of its folder must be on this machine.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Absolute paths of the files and folders that the job reads, and does not change.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    /// <summary>Seconds after which the runner must have ended; null if the job has no limit.</summary>
    public double? Limit { get; init; }
}

/// <summary>Something that a place lacks for an experiment, as the preflight shows it.</summary>
/// <param name="What">The missing thing, such as "host bench-1".</param>
/// <param name="Needed">The required amount or version.</param>
/// <param name="Found">What was found instead.</param>
/// <param name="Remedy">Advice on what a user can do.</param>
public sealed record MissingRequirement(string What, string Needed, string Found, string Remedy);

/// <summary>
/// Starts the runner where experiments run, and does nothing else: the runner measures at that place, so no number
/// contains the cost of reaching it. The methods of an executor may be called from several threads at once. An error
/// that a user can fix is a <see cref="DiagnosticException"/> with a rule of the executor's own, which stops the run;
/// any other exception is reported as a failure of the executor.
/// </summary>
public interface IExecutor : IAsyncDisposable
{
    /// <summary>
    /// Determines what the place lacks for an experiment. The check for missing requirements answers quickly and
    /// changes nothing. By default a place lacks nothing.
    /// </summary>
    Task<IReadOnlyList<MissingRequirement>> FindMissingAsync(PlacedExperiment experiment,
        CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<MissingRequirement>>([]);

    /// <summary>
    /// The machine that the runner sees at the place, as the JSON that <c>artifact-runner machine</c> prints. Samples
    /// of different machines are not mixed. The machine of a place is read only if <see cref="Placement.Machine"/> is
    /// another machine than this one. The state of the machine may be null, if it is unknown, only while <see
    /// cref="IExecutorServices.MayStart"/> is false.
    /// </summary>
    Task<string?> MachineAsync(PlacedExperiment experiment, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    /// <summary>Runs one job at the place. When the call is cancelled, it returns within two seconds and leaves nothing
    /// behind.</summary>
    /// <returns>
    /// The text that the runner wrote to its standard output. The evaluation checks that the text comes from the
    /// runner.
    /// </returns>
    Task<string> RunAsync(ExecutorJob job, CancellationToken cancellation);

    /// <summary>
    /// A text on how the place makes numbers less meaningful, such as by an emulated processor, which is shown with all
    /// numbers of its experiments. By default a place does not make numbers less meaningful, and the text is null.
    /// </summary>
    IReadOnlyList<string> DeviationsOf(PlacedExperiment experiment) => [];

    /// <summary>
    /// Removes what jobs with the given ids left behind when they failed or their evaluation was killed. Processes of
    /// the runner on this machine are killed in any case. By default there is nothing to remove.
    /// </summary>
    Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation) => Task.CompletedTask;
}

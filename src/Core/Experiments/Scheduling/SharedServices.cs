using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The services that a group of cells shares, in one round. The runner of a job of their own keeps them running, so
/// they end with this process, and their processes carry the id of that job.
/// </summary>
/// <param name="host">The place where the services run.</param>
/// <param name="job">The job of the group.</param>
/// <param name="attempt">The folders of the group.</param>
internal sealed class SharedServices(IPlace host, JobSpec job, Attempt attempt) : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    // Services have the job's grace, and the runner needs a moment to kill the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource kill = new();
    private Task<JobResult>? running;

    /// <summary>Cancelled when the services have ended.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Why the services have ended, as a sentence; null while they run.</summary>
    public string? WhyEnded => running is not { IsCompleted: true } ? null
        : running.IsCompletedSuccessfully ? running.Result.Error ?? "The shared services ended."
        : running.Exception?.InnerException?.Message ?? "The shared services were stopped.";

    /// <summary>Prepares the group, and starts its services.</summary>
    /// <param name="experiment">The experiment of the group.</param>
    /// <param name="reads">Absolute paths of files and folders that the job reads.</param>
    /// <param name="cancellation">Stops the start, and the services.</param>
    /// <returns>How the start failed; null when all services are ready.</returns>
    /// <exception cref="DiagnosticException">The machine was unable to run the job.</exception>
    public async Task<JobResult?> StartAsync(ExperimentDeclaration experiment, IReadOnlyList<string> reads,
        CancellationToken cancellation)
    {
        using var stop = cancellation.Register(kill.Cancel);
        running = host.RunAsync(experiment, job, attempt, reads, kill.Token);
        try
        {
            while (!running.IsCompleted && !File.Exists(attempt.Ready))
                await Task.WhenAny(running, Task.Delay(PollInterval, CancellationToken.None)).ConfigureAwait(false);
            if (running.IsCompleted)
                return await running.ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
        _ = running.ContinueWith(_ => ended.Cancel(), CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
        return null;
    }

    /// <summary>Ends the services: politely at first, so that they write what they have to write.</summary>
    public async ValueTask DisposeAsync()
    {
        if (running is null)
            return;
        try
        {
            if (!running.IsCompleted && File.Exists(attempt.Ready))
            {
                // Opened for reading, too, since opening would wait for a reader otherwise.
                await using var pipe = new FileStream(attempt.End, FileMode.Open, FileAccess.ReadWrite,
                    FileShare.ReadWrite, bufferSize: 0);
                pipe.Write("\n"u8);
                await Task.WhenAny(running, Task.Delay(Patience)).ConfigureAwait(false);
            }
            await kill.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is OperationCanceledException or DiagnosticException or IOException
            or UnauthorizedAccessException)
        {
            // A killed runner leaves its processes.
            await host.SweepAsync([job.Id], CancellationToken.None).ConfigureAwait(false);
        }
    }
}

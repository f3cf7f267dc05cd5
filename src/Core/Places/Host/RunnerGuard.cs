using System.Runtime.InteropServices;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places.Host;

/// <summary>
/// Watches a runner from outside, once a second. A runner that was stopped is continued; a runner that is stopped again
/// and again, or that has not returned long after its own limits, is killed. A measured command can stop the runner
/// that measures it, but not the process that runs this class.
/// </summary>
internal sealed partial class RunnerGuard : IDisposable
{
    /// <summary>The limit in seconds for a call of the runner that runs no job.</summary>
    public const double LimitOfShort = 120;

    private const double Margin = 30;
    private const int MostStops = 10, SigContinue = 18;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource ended = new();

    /// <summary>Guards the process of a runner until it ends, and kills it by calling <paramref
    /// name="kill"/>.</summary>
    public RunnerGuard(int process, double? limit, CancellationTokenSource kill) =>
        _ = WatchAsync(process, limit, kill, ended.Token);

    /// <summary>Why the runner was killed, as a phrase that can follow its name; null when the runner was not
    /// killed.</summary>
    public string? Why { get; private set; }

    /// <summary>
    /// Seconds after which a runner with the given job cannot be running any more; null when the job has no time limit.
    /// </summary>
    public static double? LimitOf(JobSpec job) =>
        job.TimeoutSeconds is not { } limit || (job.Prepare.Count > 0 && job.PrepareTimeoutSeconds is null) ? null
        : job.Prepare.Count * ((job.PrepareTimeoutSeconds ?? 0) + job.KillGraceSeconds)
            + job.Services.Sum(service => service.ReadyTimeoutSeconds)
            + (job.WarmUps + 1) * (limit + job.KillGraceSeconds) + job.KillGraceSeconds + Margin;

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
    }

    // Seconds are counted by the number of checks and not by the clock: this process may have been stopped as well, in
    // which case the runner gets the time to report that.
    private async Task WatchAsync(int process, double? limit, CancellationTokenSource kill,
        CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PollInterval);
        var (looks, stops) = (0, 0);
        try
        {
            while (Why is null && await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                if (IsStopped(process) && ++stops <= MostStops)
                    _ = Kill(process, SigContinue);
                else if (stops > MostStops)
                    Why = "was stopped again and again, and was killed";
                else if (++looks > limit)
                    Why = FormattableString.Invariant($"exceeded its time limit, and was killed after {looks} s");
            }
            if (Why is not null)
                await kill.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException)
        {
            // The runner has ended.
        }
    }

    private static bool IsStopped(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The kernel describes a process as "id (name) state ...", where the name may contain any character.
            return stat.AsSpan(stat.LastIndexOf(')') + 1) is [' ', 'T', ..];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

namespace Verus.Artifact.Places.Host;

/// <summary>
/// The runners of this machine that have no job at the moment. Starting a runner takes longer than many commands, so a
/// runner is kept for the next job. A runner that has had nothing to do for a while ends.
/// </summary>
internal sealed class RunnerPool : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly List<(ServingRunner Runner, Timer Alarm)> idle = [];
    private bool over;

    /// <summary>A runner without a job, which the caller has to give back or dispose; null when there is
    /// none.</summary>
    public ServingRunner? Take()
    {
        while (true)
        {
            (ServingRunner Runner, Timer Alarm) last;
            lock (gate)
            {
                if (idle.Count == 0)
                    return null;
                last = idle[^1];
                idle.RemoveAt(idle.Count - 1);
            }
            last.Alarm.Dispose();
            // A runner that somebody killed meanwhile had no job to lose.
            if (!last.Runner.Ended.IsCompleted)
                return last.Runner;
        }
    }

    /// <summary>Keeps a runner that has finished its job.</summary>
    public async ValueTask GiveAsync(ServingRunner runner)
    {
        bool kept;
        lock (gate)
            if (kept = !over)
                idle.Add((runner, new Timer(_ => End(runner), null, Rest, Timeout.InfiniteTimeSpan)));
        if (!kept)
            await runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
            over = true;
        while (Take() is { } runner)
            await runner.DisposeAsync().ConfigureAwait(false);
    }

    private void End(ServingRunner runner)
    {
        lock (gate)
        {
            var at = idle.FindIndex(one => one.Runner == runner);
            if (at < 0)
                return;
            idle[at].Alarm.Dispose();
            idle.RemoveAt(at);
        }
        _ = runner.DisposeAsync().AsTask();
    }
}

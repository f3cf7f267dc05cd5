using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The right to change an evaluation's folder. Only one process holds the lease of a folder at a time. Within the
/// process the lease is reference-counted, so that no call waits for another call of the same build that can only end
/// after the first call.
/// </summary>
public sealed class EvaluationLease : IDisposable
{
    private static readonly Dictionary<string, Shared> Held = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();
    private readonly string file;
    private bool released;

    private EvaluationLease(string file) => this.file = file;

    /// <summary>Takes the lease of a folder. If another process holds the lease, the method reports which process it
    /// is, and waits.</summary>
    /// <param name="options">The options of the call, which name the folder; other processes that wait for the lease
    /// show the call to their users.</param>
    /// <param name="log">Log that receives a message about the wait.</param>
    /// <param name="cancellation">Cancels the wait for the lease.</param>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static async Task<EvaluationLease> TakeAsync(EvaluationOptions options, IBuildLog log,
        CancellationToken cancellation)
    {
        var lease = new EvaluationLease(Path.Combine(options.Layout.Root, ".lock"));
        Task<FileLock> taken;
        lock (Gate)
        {
            if (!Held.TryGetValue(lease.file, out var shared))
                Held.Add(lease.file, shared = new Shared(LockAsync(lease.file, options, log, cancellation)));
            shared.Count++;
            taken = shared.Lock;
        }
        try
        {
            await taken.ConfigureAwait(false);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            if (released)
                return;
            released = true;
            var shared = Held[file];
            if (--shared.Count > 0)
                return;
            Held.Remove(file);
            if (shared.Lock.IsCompletedSuccessfully)
                shared.Lock.Result.Dispose();
        }
    }

    private static Task<FileLock> LockAsync(string file, EvaluationOptions options, IBuildLog log,
        CancellationToken cancellation)
    {
        var owner =
            $"process {Environment.ProcessId} ({options.RequestName} of {options.ProjectFile}, since "
                + $"{DateTime.Now:HH:mm:ss})";
        return FileLock.ExclusiveAsync(file, owner,
            other => log.Report(ExperimentRules.WaitingForOwner.At(SourceLocation.None, other, options.Layout.Root)),
            cancellation);
    }

    // Calls of one process share the wait for another process: calls that arrive meanwhile join the same wait.
    private sealed class Shared(Task<FileLock> @lock)
    {
        public Task<FileLock> Lock { get; } = @lock;

        public int Count { get; set; }
    }
}

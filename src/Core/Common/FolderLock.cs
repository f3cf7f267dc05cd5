using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>
/// Prevents two builds from installing or building the same tool at the same time. A folder lock is a kernel lock, so
/// it ends with the process that holds it.
/// </summary>
internal static class FolderLock
{
    /// <summary>Waits until no other process has locked the folder, and locks it; disposing the result releases the
    /// lock.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be created or locked; the diagnostic code names the
    /// cause.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, IBuildLog log, CancellationToken cancellation) =>
        await FileLock.ExclusiveAsync(Path.Combine(folder, ".lock"), null,
            owner => log.Info($"Waiting for {owner}, which works in {folder}"), cancellation).ConfigureAwait(false);
}

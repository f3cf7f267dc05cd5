using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>
/// Keeps a second build from installing or building the same tool. A lock of the kernel: it ends with the process that
/// holds it.
/// </summary>
internal static class FolderLock
{
    /// <summary>Waits until the folder is free; dispose to free it.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be made or locked; the code names the cause.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, IBuildLog log, CancellationToken cancellation) =>
        await FileLock.ExclusiveAsync(Path.Combine(folder, ".lock"), null,
            owner => log.Info($"Waiting for {owner}, which works in {folder}"), cancellation).ConfigureAwait(false);
}

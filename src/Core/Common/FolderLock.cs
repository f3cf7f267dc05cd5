using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>Keeps a second build from installing or building the same tool. A lock of the kernel: it ends with the process that holds it.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the folder is free; dispose to free it.</summary>
    public static async Task<IDisposable> TakeAsync(string folder, IBuildLog log, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, ".lock");
        for (var waited = false; ; waited = true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException problem)
            {
                throw AtomicFile.Explain(path, problem);
            }
            catch (IOException problem) when (!File.Exists(path))
            {
                throw AtomicFile.Explain(path, problem);
            }
            catch (IOException)
            {
                if (!waited)
                    log.Info($"Waiting for another build that works in {folder}");
                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        }
    }
}

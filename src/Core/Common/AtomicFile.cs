using System.Text;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>
/// Writes files atomically: a file is either complete or absent. A file whose content would not change is not touched.
/// </summary>
public static class AtomicFile
{
    private static int count;

    /// <summary>Writes a UTF-8 text file without a byte order mark; returns true when the content changed.</summary>
    public static bool Write(string path, string content) => Write(path, new UTF8Encoding(false).GetBytes(content));

    /// <summary>
    /// Writes a file by renaming a temporary file; returns true when the content changed. A file that already has the
    /// given content keeps its time stamp.
    /// </summary>
    /// <exception cref="DiagnosticException">The file cannot be written; the diagnostic code names the
    /// cause.</exception>
    public static bool Write(string path, byte[] content)
    {
        // Reading from a FIFO or a device could block forever.
        if (FileFacts.IsOdd(path))
            throw SystemProblem.NotAFile(path);
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length == content.Length
                && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}-{Interlocked.Increment(ref count)}.tmp";
            try
            {
                using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                {
                    stream.Write(content);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                TryDelete(temporary);
                throw;
            }
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, problem);
        }
    }

    /// <summary>Removes a file; does nothing when the file does not exist.</summary>
    /// <exception cref="DiagnosticException">The folder is not writable.</exception>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The file does not exist, so there is nothing to remove.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, problem);
        }
    }

    /// <summary>Returns the coded diagnostic for a failed write.</summary>
    public static DiagnosticException Explain(string path, Exception problem) => SystemProblem.Explain(path, problem);

    /// <summary>Removes a file that is no longer needed; ignores a failure to remove it.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A temporary file that cannot be removed does no harm.
        }
    }
}

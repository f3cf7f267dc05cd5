using System.Text;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>Writes files that are either whole or not there, and leaves alone those that would not change.</summary>
public static class AtomicFile
{
    private static int count;

    /// <summary>Writes a UTF-8 text file without a byte order mark; true when the content changed.</summary>
    public static bool Write(string path, string content) => Write(path, new UTF8Encoding(false).GetBytes(content));

    /// <summary>
    /// Writes a file by rename; true when the content changed. A file with the same content keeps its time stamp.
    /// </summary>
    /// <exception cref="DiagnosticException">It cannot be written; the code names the cause.</exception>
    public static bool Write(string path, byte[] content)
    {
        // A FIFO or a device would be read for ever.
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

    /// <summary>Removes a file; nothing happens where there is none.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // There is none.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, problem);
        }
    }

    /// <summary>The coded diagnostic for a failed write.</summary>
    public static DiagnosticException Explain(string path, Exception problem) => SystemProblem.Explain(path, problem);

    /// <summary>Removes a file that nothing needs any more; one that cannot be removed stays.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way.
        }
    }
}

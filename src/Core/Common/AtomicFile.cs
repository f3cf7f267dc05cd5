using System.Text;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Common;

/// <summary>Writes files that are either whole or not there, and leaves alone those that would not change.</summary>
public static class AtomicFile
{
    private const int DiskFullHResult = 28; // ENOSPC

    /// <summary>Writes a UTF-8 text file without a byte order mark; true when the content changed.</summary>
    public static bool Write(string path, string content) => Write(path, new UTF8Encoding(false).GetBytes(content));

    /// <summary>Writes a file by rename; true when the content changed. A file with the same content keeps its time stamp.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written, or the disk is full.</exception>
    public static bool Write(string path, byte[] content)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}.tmp";
            try
            {
                using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                {
                    stream.Write(content);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, problem);
        }
    }

    /// <summary>The coded diagnostic for a failed write.</summary>
    public static DiagnosticException Explain(string path, Exception problem) => IsDiskFull(problem)
        ? DeclarationRules.DiskFull.Throw(SourceLocation.None, path)
        : DeclarationRules.FolderNotWritable.Throw(SourceLocation.None, Path.GetDirectoryName(path), problem.Message);

    /// <summary>Whether a write failed because the disk is full.</summary>
    public static bool IsDiskFull(Exception problem) => (problem.HResult & 0xFFFF) == DiskFullHResult;
}

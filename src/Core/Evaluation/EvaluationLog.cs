using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The evaluation's own log file: the output that users saw, with the time (UTC) of each line, so that an unattended
/// run can be followed and read later. Each call appends to the log; a file that has grown large is set aside once. A
/// failure to write the log never stops a call.
/// </summary>
public sealed class EvaluationLog(string path) : IDisposable
{
    private const long Large = 8 << 20;
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private StreamWriter? writer;
    private bool failed;
    private DateTime last;

    /// <summary>Appends one or more lines to the log.</summary>
    public void Line(string text)
    {
        lock (gate)
            Write(text);
    }

    /// <summary>Appends the current progress to the log, at most once a second.</summary>
    public void Progress(string text)
    {
        lock (gate)
            if (DateTime.UtcNow - last > BetweenProgress)
                Write(text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            try
            {
                writer?.Dispose();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // If the log cannot be written, its last line is lost.
            }
            (writer, failed) = (null, true);
        }
    }

    private void Write(string text)
    {
        if (failed)
            return;
        try
        {
            writer ??= Open();
            last = DateTime.UtcNow;
            var stamp = last.ToString("yyyy-MM-dd HH:mm:ss'Z '", CultureInfo.InvariantCulture);
            foreach (var line in text.Split('\n'))
                writer.WriteLine(stamp + PlainText.Of(line).TrimEnd());
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            failed = true;
        }
    }

    private StreamWriter Open()
    {
        // The log must be a regular file, since opening a FIFO would block.
        if (FileFacts.IsOdd(path))
            throw new IOException("It is no regular file.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (new FileInfo(path) is { Exists: true, Length: > Large })
            File.Move(path, Path.ChangeExtension(path, ".old" + Path.GetExtension(path)), overwrite: true);
        return new StreamWriter(path, append: true) { AutoFlush = true };
    }
}

using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Where the result goes.</summary>
internal abstract class Answer : IDisposable
{
    private Answer()
    {
    }

    /// <summary>Writes the result, once.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public abstract void Write(JobResult result);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>One line on standard output, which the command does not get.</summary>
    public static Answer OnOutput() => new Line();

    /// <summary>
    /// A file that is whole or not there. It is begun now, with room for the result, so that a place that cannot be
    /// written is known before the job runs, and a disk that fills up meanwhile does no harm.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static Answer InFile(string path) => new Whole(path);

    private sealed class Line : Answer
    {
        public override void Write(JobResult result)
        {
            using var output = Console.OpenStandardOutput();
            output.Write([.. JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.JobResult), (byte)'\n']);
        }

        public override void Dispose()
        {
            // Standard output is not ours to close.
        }
    }

    private sealed class Whole(string path) : Answer
    {
        private const int Room = 64 << 10;
        private readonly FileStream stream = Begin(path + ".tmp");
        private bool written;

        public override void Write(JobResult result)
        {
            stream.Position = 0;
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.JobResult));
            stream.SetLength(stream.Position);
            stream.Flush(flushToDisk: true);
            stream.Close();
            File.Move(stream.Name, path, overwrite: true);
            written = true;
        }

        public override void Dispose()
        {
            try
            {
                stream.Dispose();
                if (!written)
                    File.Delete(stream.Name);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // It is told already that the result could not be written.
            }
        }

        // Written over later, which needs no room any more.
        private static FileStream Begin(string file)
        {
            var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            try
            {
                stream.Write(new byte[Room]);
                return stream;
            }
            catch (IOException)
            {
                stream.Dispose();
                File.Delete(file);
                throw;
            }
        }
    }
}

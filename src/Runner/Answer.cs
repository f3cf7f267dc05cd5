using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The destination of the result.</summary>
internal abstract class Answer : IDisposable
{
    private Answer()
    {
    }

    /// <summary>Writes the result; called once.</summary>
    /// <exception cref="IOException">The result cannot be written.</exception>
    public abstract void Write(JobResult result);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Writes one line to the standard output, which the command does not inherit.</summary>
    public static Answer OnOutput() => new Line();

    /// <summary>
    /// Writes a file that is either complete or absent. The file is created now, with room for the result, so that an
    /// unwritable location is noticed before the job runs, and a disk that fills up meanwhile does no harm.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
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
            // The standard output belongs to the process, so this stream does not close it.
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
                // The failure to write the result has already been reported.
            }
        }

        // The content is overwritten later, which then needs no more room.
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

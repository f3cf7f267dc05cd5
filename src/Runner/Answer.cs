using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The destination to which the runner writes its result.</summary>
internal abstract class Answer : IDisposable
{
    private Answer()
    {
    }

    /// <summary>Writes the result. Only standard output takes the results of several jobs.</summary>
    /// <exception cref="IOException">The result cannot be written.</exception>
    public abstract void Write(JobResult result);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Writes the result as one line to the runner's standard output, which the command does not
    /// inherit.</summary>
    public static Answer OnOutput() => new Line();

    /// <summary>
    /// Writes the result to a file that is either complete or absent. The result file is created before the job runs,
    /// with room for the result, so that an unwritable location is noticed at once, and a disk that fills up meanwhile
    /// does no harm.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static Answer InFile(string path) => new Whole(path);

    private sealed class Line : Answer
    {
        private readonly Stream output = Console.OpenStandardOutput();

        public override void Write(JobResult result) =>
            output.Write([.. JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.JobResult), (byte)'\n']);

        // The stream has a descriptor of its own.
        public override void Dispose() => output.Dispose();
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

        // The file is filled with bytes that are overwritten later, so that writing the result needs no more room.
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

using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Reads jobs, and rejects invalid ones.</summary>
internal static class JobFile
{
    private const int MostBytes = 256 << 20, FirstRead = 64 << 10;

    /// <summary>
    /// Reads a job from a file. A file that holds a secret is removed afterwards, so that the command cannot read it.
    /// </summary>
    /// <exception cref="JsonException">The content of the file is not a job, or is a job that this runner does not
    /// understand.</exception>
    /// <exception cref="IOException">The file cannot be read or removed.</exception>
    public static JobSpec Read(string file)
    {
        var job = Parse(File.ReadAllBytes(file));
        if (job.Nonce is not null)
            File.Delete(file);
        return job;
    }

    /// <summary>Reads a job from the first line of a stream, without reading beyond that line.</summary>
    /// <exception cref="JsonException">The line is not a job, or is a job that this runner does not
    /// understand.</exception>
    /// <exception cref="IOException">The stream ends before the end of the line.</exception>
    public static JobSpec ReadLine(Stream stream)
    {
        var content = new byte[FirstRead];
        for (var length = 0; ;)
        {
            var count = stream.Read(content, length, content.Length - length);
            if (count <= 0)
                throw new EndOfStreamException("standard input ends before the job does, which is one line");
            var end = Array.IndexOf(content, (byte)'\n', length, count);
            length += count;
            if (end >= 0)
                return end == length - 1
                    ? Parse(content[..end]) : throw new JsonException("something follows it on standard input");
            if (length > MostBytes)
                throw new JsonException("it is too long");
            if (length == content.Length)
                Array.Resize(ref content, 2 * length);
        }
    }

    /// <summary>
    /// The lines of a stream as they arrive, without their line feeds. What follows the last line feed when the stream
    /// ends is not a line: whoever wrote it was killed meanwhile. A line that is too long is returned cut, and is the
    /// last one.
    /// </summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static IEnumerable<byte[]> Lines(Stream stream)
    {
        var content = new byte[FirstRead];
        for (var length = 0; ;)
        {
            var count = stream.Read(content, length, content.Length - length);
            if (count <= 0)
                yield break;
            var seen = length;
            length += count;
            var start = 0;
            for (var end = Array.IndexOf(content, (byte)'\n', seen, length - seen); end >= 0;
                end = Array.IndexOf(content, (byte)'\n', start, length - start))
            {
                yield return content[start..end];
                start = end + 1;
            }
            Buffer.BlockCopy(content, start, content, 0, length - start);
            length -= start;
            if (length > MostBytes)
            {
                yield return content[..length];
                yield break;
            }
            if (length == content.Length)
                Array.Resize(ref content, 2 * length);
        }
    }

    /// <summary>
    /// Whether a text is the id of a sample, which is used in folder names and to find the processes to kill.
    /// </summary>
    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Parses a job.</summary>
    /// <exception cref="JsonException">The text is not a job, or is a job that this runner does not
    /// understand.</exception>
    public static JobSpec Parse(byte[] content)
    {
        // The version of a job is checked first, since a later format may lack properties that the present format
        // requires.
        using (var document = JsonDocument.Parse(content))
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("format", out var format)
                && format.ValueKind == JsonValueKind.Number && format.GetDouble() != JobSpec.CurrentFormat)
                throw new JsonException($"it has format {format}, this runner knows {JobSpec.CurrentFormat}");
        var job = JsonSerializer.Deserialize(content, ProtocolJson.Default.JobSpec)
            ?? throw new JsonException("it is empty");
        return Problem(job) is { } problem ? throw new JsonException(problem) : job;
    }

    private static string? Problem(JobSpec job)
    {
        if (!IsId(job.Id))
            return "its id is not 32 hexadecimal digits in lower case";
        if (job.WarmUps < 0 || job.TimeoutSeconds <= 0 || job.PrepareTimeoutSeconds <= 0 || job.KillGraceSeconds < 0
            || job.MemoryLimitBytes <= 0)
            return "a limit or count in it is negative or zero";
        if (job.Cpus.Where(cpu => cpu is < 0 or >= CpuList.Most).ToList() is [var cpu, ..])
            return $"CPU {cpu} is not a number from 0 to {CpuList.Most - 1}";
        foreach (var service in job.Services)
            if (service.ReadyPort is <= 0 or > 65535)
                return $"port {service.ReadyPort} of service '{service.Name}' is not a number from 1 to 65535";
        return job.Prepare.Append(job.Command).Concat(job.Services.Select(service => service.Command)).Select(Problem)
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Problem(CommandSpec command)
    {
        if (command.Arguments.Count == 0 || command.Arguments[0].Length == 0)
            return "a command in it is empty";
        var name = command.Arguments[0];
        foreach (var path in new[] { command.WorkingDirectory, command.StandardInput, command.StandardOutput,
            command.StandardError })
            if (path is not null && !Path.IsPathFullyQualified(path))
                return $"'{name}' has the path '{path}', which is not absolute";
        // Texts with a zero byte and names of variables with an equals sign are rejected: the C library would silently
        // truncate the text, or the variable would have a different name.
        if (command.Arguments.Concat(command.Environment.Keys).Concat(command.Environment.Values)
            .Any(text => text.Contains('\0')))
            return $"an argument or variable of '{name}' contains a zero character";
        return command.Environment.Keys.FirstOrDefault(key => key.Length == 0 || key.Contains('=')) is { } bad
            ? $"'{name}' has the environment variable '{bad}', which is not a name"
            : null;
    }
}

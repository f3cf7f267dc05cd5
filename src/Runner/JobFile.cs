using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Reads jobs, refuses those that cannot mean anything, and writes results.</summary>
internal static class JobFile
{
    /// <summary>Reads a job.</summary>
    /// <exception cref="JsonException">It is not a job, or one that this runner does not understand.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JobSpec Read(string file)
    {
        var content = File.ReadAllBytes(file);
        // Asked first: a later format may lack what this one requires.
        using (var document = JsonDocument.Parse(content))
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out var format)
                && format.ValueKind == JsonValueKind.Number && format.GetDouble() != JobSpec.CurrentFormat)
                throw new JsonException($"it has format {format}, this runner knows {JobSpec.CurrentFormat}");
        var job = JsonSerializer.Deserialize(content, ProtocolJson.Default.JobSpec) ?? throw new JsonException("it is empty");
        return Problem(job) is { } problem ? throw new JsonException(problem) : job;
    }

    /// <summary>
    /// Makes the file that <see cref="Write"/> will fill, so that a place that cannot be written is known before the job runs.
    /// </summary>
    public static FileStream Create(string file) => new(file + ".tmp", FileMode.Create, FileAccess.Write);

    /// <summary>Whole or not there: whoever finds the file finds all of it.</summary>
    public static void Write(FileStream stream, string file, JobResult result)
    {
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.JobResult));
        stream.Flush(flushToDisk: true);
        stream.Close();
        File.Move(stream.Name, file, overwrite: true);
    }

    /// <summary>Whether a text is the id of a sample: part of names of folders, and what processes are killed by.</summary>
    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    private static string? Problem(JobSpec job)
    {
        if (!IsId(job.Id))
            return "its id is not 32 hexadecimal digits in lower case";
        if (job.WarmUps < 0 || job.TimeoutSeconds <= 0 || job.PrepareTimeoutSeconds <= 0 || job.KillGraceSeconds < 0 || job.MemoryLimitBytes <= 0)
            return "a limit or count in it is negative or zero";
        if (job.Cpus.Where(cpu => cpu is < 0 or >= Native.MostCpus).ToList() is [var cpu, ..])
            return $"CPU {cpu} is not a number from 0 to {Native.MostCpus - 1}";
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
        foreach (var path in new[] { command.WorkingDirectory, command.StandardInput, command.StandardOutput, command.StandardError })
            if (path is not null && !Path.IsPathFullyQualified(path))
                return $"'{name}' has the path '{path}', which is not absolute";
        // The C library would silently cut the text there, or the variable would have another name.
        if (command.Arguments.Concat(command.Environment.Keys).Concat(command.Environment.Values).Any(text => text.Contains('\0')))
            return $"an argument or variable of '{name}' contains a zero character";
        return command.Environment.Keys.FirstOrDefault(key => key.Length == 0 || key.Contains('=')) is { } bad
            ? $"'{name}' has the environment variable '{bad}', which is not a name"
            : null;
    }
}

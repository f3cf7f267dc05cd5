using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Starts the process of a <see cref="CommandSpec"/>.</summary>
internal static class Launch
{
    /// <summary>The process id, or a sentence on why it could not be started.</summary>
    public static (int Process, string? Error) Start(CommandSpec command, string jobId)
    {
        if (command.Arguments.Count == 0)
            return (0, "The command is empty.");
        var name = command.Arguments[0];
        if (!Directory.Exists(command.WorkingDirectory))
            return (0, $"'{name}' cannot be started: its working directory '{command.WorkingDirectory}' does not exist.");
        foreach (var file in new[] { command.StandardOutput, command.StandardError })
            if (!Directory.Exists(Path.GetDirectoryName(file)))
                return (0, $"'{name}' cannot be started: the folder of its output '{file}' does not exist.");
        if (command.StandardInput is { } input && !File.Exists(input))
            return (0, $"'{name}' cannot be started: its standard input '{input}' does not exist.");
        if (Find(name, command) is not { } program)
            return (0, $"'{name}' cannot be started: there is no such program in PATH ({command.Environment.GetValueOrDefault("PATH") ?? "which is empty"}).");
        var environment = command.Environment.Select(pair => $"{pair.Key}={pair.Value}").Append($"{JobSpec.MarkerVariable}={jobId}").ToList();
        var process = Native.Spawn(program, command.Arguments, environment, command.WorkingDirectory, command.StandardInput ?? "/dev/null",
            command.StandardOutput, command.StandardError);
        return process > 0 ? (process, null) : (0, $"'{program}' cannot be started: {Native.Explain(-process)}.");
    }

    // A name without a slash is looked up in the PATH of the command, not in that of the runner.
    private static string? Find(string name, CommandSpec command) => name.Contains('/')
        ? name
        : (command.Environment.GetValueOrDefault("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string file) => File.Exists(file)
        && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}

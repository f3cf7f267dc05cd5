using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Makes the process of a <see cref="CommandSpec"/> ready to start, and says in a sentence why it cannot be started.</summary>
internal sealed class Launch : IDisposable
{
    private readonly CommandSpec command;
    private readonly string program;
    private readonly List<int> files;
    private readonly Spawn spawn;

    private Launch(CommandSpec command, string jobId, string program, List<int> files)
    {
        (this.command, this.program, this.files) = (command, program, files);
        var environment = command.Environment.Where(pair => pair.Key != JobSpec.MarkerVariable).Select(pair => $"{pair.Key}={pair.Value}")
            .Append($"{JobSpec.MarkerVariable}={jobId}").ToList();
        spawn = new Spawn(program, command.Arguments, environment, command.WorkingDirectory, files[0], files[1], files[^1]);
    }

    /// <summary>Finds the program and opens its files.</summary>
    public static (Launch? Ready, string? Error) Prepare(CommandSpec command, string jobId)
    {
        var name = command.Arguments[0];
        if (!Directory.Exists(command.WorkingDirectory))
            return (null, $"'{name}' cannot be started: its working directory '{command.WorkingDirectory}' does not exist.");
        if (!Native.IsExecutable(command.WorkingDirectory))
            return (null, $"'{name}' cannot be started: its working directory '{command.WorkingDirectory}' may not be entered.");
        if (Find(name, command) is not { } program)
            return (null, $"'{name}' cannot be started: there is no such program in PATH ({PathOf(command) ?? "which is empty"}).");
        var files = new List<int>();
        foreach (var (file, flags, what) in FilesOf(command))
        {
            var descriptor = file is null ? Empty() : Native.Open(file, flags);
            if (descriptor < 0)
            {
                files.ForEach(Native.Close);
                return (null, $"'{name}' cannot be started: its {what} '{file}' cannot be opened: {Native.Explain(-descriptor)}.");
            }
            files.Add(descriptor);
        }
        return (new Launch(command, jobId, program, files), null);
    }

    /// <summary>Starts a command at once. The process id, or a sentence on why it could not be started.</summary>
    public static (int Process, string? Error) Start(CommandSpec command, string jobId)
    {
        var (ready, error) = Prepare(command, jobId);
        if (ready is null)
            return (0, error);
        using (ready)
        {
            var process = ready.Start();
            return process > 0 ? (process, null) : (0, ready.Explain(process));
        }
    }

    /// <summary>Starts the process and returns its id, or what <see cref="Explain"/> explains.</summary>
    public int Start() => spawn.Start();

    /// <summary>Why <see cref="Start()"/> did not start it.</summary>
    public string Explain(int failure)
    {
        // The kernel says "no such file" of a script too, when what is missing is the interpreter in its first line.
        var why = failure == -2 && File.Exists(Path.Combine(command.WorkingDirectory, program))
            ? "the interpreter that it names (first line of a script, or dynamic loader) does not exist"
            : Native.Explain(-failure);
        return $"'{program}' cannot be started: {why}.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        spawn.Dispose();
        files.ForEach(Native.Close);
    }

    private static IEnumerable<(string? File, int Flags, string What)> FilesOf(CommandSpec command)
    {
        yield return (command.StandardInput, Native.OpenReadOnly, "standard input");
        yield return (command.StandardOutput, Native.OpenTruncated, "standard output");
        // Opened twice, the two would overwrite each other.
        if (command.StandardError != command.StandardOutput)
            yield return (command.StandardError, Native.OpenTruncated, "standard error");
    }

    private static int Empty()
    {
        var descriptor = Native.Open("/dev/null", Native.OpenReadOnly);
        return descriptor >= 0 ? descriptor : Native.OpenEmpty();
    }

    // A name without a slash is looked up in the PATH of the command, not in that of the runner; relative folders are below its directory.
    private static string? Find(string name, CommandSpec command) => name.Contains('/')
        ? name
        : (PathOf(command) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(command.WorkingDirectory, folder, name))
            .FirstOrDefault(file => File.Exists(file) && Native.IsExecutable(file));

    private static string? PathOf(CommandSpec command) => command.Environment.GetValueOrDefault("PATH");
}

using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>The reason why a command could not be started.</summary>
/// <param name="Sentence">A sentence that names the program.</param>
/// <param name="Error">The error number; 0 when the error does not come from the kernel.</param>
internal sealed record StartFailure(string Sentence, int Error)
{
    /// <summary>The name of the resource that the machine lacks; null when the command is the cause.</summary>
    public string? Lack => ErrorNumber.LackOf(Error);
}

/// <summary>
/// Prepares the process of a <see cref="CommandSpec"/> for starting, and explains in a sentence why it cannot be
/// started.
/// </summary>
internal sealed class Launch : IDisposable
{
    private readonly CommandSpec command;
    private readonly string program;
    private readonly int input;
    private readonly List<OutputFile> outputs;
    private readonly Spawn spawn;

    private Launch(CommandSpec command, string jobId, string program, int input, List<OutputFile> outputs)
    {
        (this.command, this.program, this.input, this.outputs) = (command, program, input, outputs);
        var environment = command.Environment.Where(pair => pair.Key != JobSpec.MarkerVariable)
            .Select(pair => $"{pair.Key}={pair.Value}")
            .Append($"{JobSpec.MarkerVariable}={jobId}").ToList();
        spawn = new Spawn(program, command.Arguments, environment, command.WorkingDirectory, input,
            outputs[0].Descriptor,
            outputs[^1].Descriptor);
    }

    /// <summary>Finds the program of a command and opens its files.</summary>
    public static (Launch? Ready, StartFailure? Failure) Prepare(CommandSpec command, string jobId)
    {
        var name = command.Arguments[0];
        if (!Directory.Exists(command.WorkingDirectory))
            return Failed($"its working directory '{command.WorkingDirectory}' does not exist");
        if (!Native.IsExecutable(command.WorkingDirectory))
            return Failed($"its working directory '{command.WorkingDirectory}' may not be entered");
        if (Find(name, command) is not { } program)
            return Failed($"there is no such program in PATH ({PathOf(command) ?? "which is empty"})");
        var input = command.StandardInput is { } file ? Native.OpenInput(file) : Empty();
        if (input < 0)
            return Failed(
                $"its standard input '{command.StandardInput}' cannot be opened: {ErrorNumber.Explain(-input)}",
                -input);
        var outputs = new List<OutputFile>();
        foreach (var (path, what) in OutputsOf(command))
        {
            var (output, error) = OutputFile.Open(path);
            if (output is null)
            {
                outputs.ForEach(opened => opened.Dispose());
                Native.Close(input);
                return Failed($"its {what} '{path}' cannot be opened: {ErrorNumber.Explain(error)}", error);
            }
            outputs.Add(output);
        }
        return (new Launch(command, jobId, program, input, outputs), null);

        (Launch?, StartFailure) Failed(string why, int error = 0) =>
            (null, new StartFailure($"'{name}' cannot be started: {why}.", error));
    }

    /// <summary>Starts a command immediately; returns the process id, or why the command could not be
    /// started.</summary>
    public static (int Process, StartFailure? Failure) Start(CommandSpec command, string jobId)
    {
        var (ready, failure) = Prepare(command, jobId);
        if (ready is null)
            return (0, failure);
        using (ready)
        {
            var process = ready.Start();
            return process > 0 ? (process, null) : (0, ready.Explain(process));
        }
    }

    /// <summary>Starts the process and returns its id, or an error for <see cref="Explain"/>.</summary>
    public int Start() => spawn.Start();

    /// <summary>Explains why <see cref="Start()"/> failed.</summary>
    public StartFailure Explain(int failure)
    {
        // For a script, the kernel also reports "no such file" when the interpreter in the script's first line is
        // missing.
        var why = failure == -2 && File.Exists(Path.Combine(command.WorkingDirectory, program))
            ? "the interpreter that it names (first line of a script, or dynamic loader) does not exist"
            : ErrorNumber.Explain(-failure);
        return new StartFailure($"'{program}' cannot be started: {why}.", -failure);
    }

    /// <summary>
    /// Restores the files of standard output and standard error if the command removed or replaced them.
    /// </summary>
    /// <exception cref="IOException">The files cannot be restored.</exception>
    public void RestoreOutput() => outputs.ForEach(output => output.Restore());

    /// <inheritdoc/>
    public void Dispose()
    {
        spawn.Dispose();
        Native.Close(input);
        outputs.ForEach(output => output.Dispose());
    }

    private static IEnumerable<(string File, string What)> OutputsOf(CommandSpec command)
    {
        yield return (command.StandardOutput, "standard output");
        // A file that receives both standard output and standard error is opened once; otherwise the two streams would
        // overwrite each other.
        if (command.StandardError != command.StandardOutput)
            yield return (command.StandardError, "standard error");
    }

    private static int Empty()
    {
        var descriptor = Native.Open("/dev/null", Native.OpenReadOnly);
        return descriptor >= 0 ? descriptor : Native.OpenEmpty();
    }

    // The name of a program without a slash is looked up in the PATH of the command, not of the runner; relative
    // folders are resolved against the command's working directory.
    private static string? Find(string name, CommandSpec command) => name.Contains('/')
        ? name
        : (PathOf(command) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(command.WorkingDirectory, folder, name))
            .FirstOrDefault(file => File.Exists(file) && Native.IsExecutable(file));

    private static string? PathOf(CommandSpec command) => command.Environment.GetValueOrDefault("PATH");
}

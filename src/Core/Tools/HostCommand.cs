using System.ComponentModel;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tools;

/// <summary>
/// A command of an artifact's author on this machine: a step of a build, the program of a figure, a reader. A command
/// gets exactly the given environment, and its program is looked up in the PATH of that environment. When the command
/// has ended, no process that it started is left.
/// </summary>
/// <param name="Arguments">Program and arguments.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
/// <param name="Environment">The whole environment.</param>
internal sealed record HostCommand(
    IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    // The longest duration that a timer accepts.
    private const double MostSeconds = int.MaxValue / 1000;

    // The time after which a runner that was asked to stop is killed; it normally ends the process tree within a
    // second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.7);

    // Ctrl-C reaches the runner as well as this process, and may reach the runner first.
    private static readonly TimeSpan OtherSignalTime = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Absolute path of the runner, which ends all processes that the command has started, including those whose parent
    /// is gone; null when there is no runner, and then only the children of living parents are ended.
    /// </summary>
    public string? Runner { get; init; }

    /// <summary>The number of seconds after which the command is killed with its process tree; null for no
    /// limit.</summary>
    public double? Seconds { get; init; }

    /// <summary>The command's standard input; empty by default.</summary>
    public PipeSource Input { get; init; } = PipeSource.Null;

    /// <summary>Receives its standard output.</summary>
    public PipeTarget Output { get; init; } = PipeTarget.Null;

    /// <summary>Receives its standard error.</summary>
    public PipeTarget Error { get; init; } = PipeTarget.Null;

    /// <summary>The variable that keeps Python from writing files beside the modules that it imports.</summary>
    public const string NoPythonFiles = "PYTHONDONTWRITEBYTECODE";

    /// <summary>
    /// The environment of an isolated program, which contains nothing that would make the results of two machines or
    /// two days differ. Python writes no compiled modules, because these would be written beside the modules, into
    /// pinned checkouts.
    /// </summary>
    /// <param name="home">The folder that the program may write to.</param>
    /// <param name="path">The folders in which programs are looked up.</param>
    public static Dictionary<string, string> Alone(string home, string path) => new(StringComparer.Ordinal)
    {
        ["PATH"] = path,
        ["HOME"] = home,
        ["TMPDIR"] = home,
        ["LANG"] = "C.UTF-8",
        ["TZ"] = "UTC",
        [NoPythonFiles] = "1",
    };

    /// <summary>
    /// Runs the command to its end. The result is the exit code of the command, or null when the command was killed at
    /// its time limit.
    /// </summary>
    /// <exception cref="FileNotFoundException">The program does not exist or cannot be started; the message of the
    /// exception says why.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the command was killed with its
    /// tree.</exception>
    public async Task<int?> RunAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource();
        if (Seconds is { } seconds)
            limit.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, MostSeconds)));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return Runner is null
                ? (await Wrapped(Locate(), Arguments.Skip(1)).ExecuteAsync(either.Token).ConfigureAwait(false)).ExitCode
                : await RunWholeAsync(Runner, either.Token, cancellation).ConfigureAwait(false);
        }
        catch (Win32Exception problem)
        {
            throw new FileNotFoundException(problem.Message, problem);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<int> RunWholeAsync(string runner, CancellationToken stop, CancellationToken cancellation)
    {
        const int signals = 128, interrupt = 2, noFile = 2;
        using var kill = new CancellationTokenSource();
        await using var delayed = stop.Register(() => kill.CancelAfter(Patience));
        using var folder = new TemporaryFolder();
        var (program, answer) = (Locate(), Path.Combine(folder.Path, "answer"));
        var run = await Wrapped(runner,
            ["tree", $"{System.Environment.ProcessId}", answer, program, .. Arguments.Skip(1)])
            .ExecuteAsync(kill.Token, stop).ConfigureAwait(false);
        var how = File.Exists(answer) ? (await File.ReadAllTextAsync(answer, stop).ConfigureAwait(false)).Split() : [];
        if (how is ["stopped", ..])
        {
            await Task.Delay(OtherSignalTime, stop).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
        return how switch
        {
            ["exited", var code, ..] => Number(code),
            ["signal", var signal, ..] => signals + Number(signal),
            ["stopped", ..] => signals + interrupt,
            // For a script, the kernel also reports "no such file" when the interpreter in the script's first line is
            // missing.
            ["failed", var text, ..] when Number(text) is var error =>
                throw new FileNotFoundException(error == noFile && File.Exists(program)
                    ? $"the interpreter that '{program}' names in its first line does not exist"
                    : $"'{program}': {ErrorNumber.Explain(error)}"),
            _ => run.ExitCode,
        };
    }

    private static int Number(string text) =>
        Amount.ParseWhole(text) ?? throw new InvalidDataException($"the runner answered '{text}'");

    private Command Wrapped(string program, IEnumerable<string> arguments) => Cli.Wrap(program)
        .WithArguments(arguments).WithWorkingDirectory(WorkingDirectory).WithEnvironmentVariables(Only(Environment))
        .WithValidation(CommandResultValidation.None).WithStandardInputPipe(Input).WithStandardOutputPipe(Output)
        .WithStandardErrorPipe(Error);

    /// <summary>Replaces the environment that a child would inherit from this process by the given variables.</summary>
    public static Dictionary<string, string?> Only(IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys)
            all[name] = null;
        foreach (var (name, value) in environment)
            all[name] = value;
        return all;
    }

    // The program is looked up explicitly, since the system would search the PATH of this process rather than that of
    // the command.
    private string Locate()
    {
        var program = Arguments[0];
        if (program.Contains('/', StringComparison.Ordinal))
            return Path.GetFullPath(program, WorkingDirectory);
        var path = Environment.GetValueOrDefault("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"there is no program '{program}' in PATH ({path})");
    }
}

using CliWrap;

namespace Verus.Artifact.Tools;

/// <summary>One command of a build.</summary>
/// <param name="Arguments">Program and arguments, expanded.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
/// <param name="Environment">The whole environment; nothing is inherited.</param>
/// <param name="Output">Takes each line of standard output and standard error, one at a time.</param>
public sealed record BuildCommand(
    IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    Action<string> Output)
{
    /// <summary>Files and folders that it reads, for runners that must bring them to it.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Folders that it writes.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];
}

/// <summary>Runs the commands of a build: on this machine, or where another implementation takes them.</summary>
public interface ICommandRunner
{
    /// <summary>Where it runs them, such as the platform or an image; part of the key of what is built.</summary>
    string Identity { get; }

    /// <summary>
    /// Runs a command to its end and returns its exit code. Cancelled, it ends with all its children.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such program; the message says where it was looked
    /// for.</exception>
    Task<int> RunAsync(BuildCommand command, CancellationToken cancellation);
}

/// <summary>Runs commands on this machine.</summary>
public sealed class HostCommandRunner : ICommandRunner
{
    /// <inheritdoc/>
    public string Identity => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    /// <inheritdoc/>
    public async Task<int> RunAsync(BuildCommand command, CancellationToken cancellation)
    {
        var gate = new Lock();
        var output = PipeTarget.ToDelegate(line =>
        {
            lock (gate)
                command.Output(line);
        });
        try
        {
            var run = await Cli.Wrap(Locate(command)).WithArguments(command.Arguments.Skip(1))
                .WithWorkingDirectory(command.WorkingDirectory)
                .WithEnvironmentVariables(Only(command.Environment)).WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(output).WithStandardErrorPipe(output).ExecuteAsync(cancellation)
                .ConfigureAwait(false);
            return run.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new FileNotFoundException(problem.Message, problem);
        }
    }

    // The system would look in the PATH of this process, not in that of the command.
    private static string Locate(BuildCommand command)
    {
        var program = command.Arguments[0];
        if (program.Contains('/', StringComparison.Ordinal))
            return Path.GetFullPath(program, command.WorkingDirectory);
        var path = command.Environment.GetValueOrDefault("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"there is no program '{program}' in PATH ({path})");
    }

    // Every variable of this process is taken away, and those given are set.
    internal static Dictionary<string, string?> Only(IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            all[name] = null;
        foreach (var (name, value) in environment)
            all[name] = value;
        return all;
    }
}

using CliWrap;

namespace Verus.Artifact.Tools;

/// <summary>One command of a build.</summary>
/// <param name="Arguments">Program and arguments, with placeholders replaced.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
/// <param name="Environment">The whole environment of the command, which inherits no other variables.</param>
/// <param name="Output">Function that receives each line of standard output and standard error, one at a time.</param>
public sealed record BuildCommand(
    IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    Action<string> Output)
{
    /// <summary>The files and folders that the command reads, for runners that must make them available to
    /// it.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>The folders to which the command writes.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];
}

/// <summary>Runs the commands of a build: on this machine, or wherever another implementation runs them.</summary>
public interface ICommandRunner
{
    /// <summary>A text that identifies where the commands run, such as the platform or an image, and that is part of
    /// the key of the built tool.</summary>
    string Identity { get; }

    /// <summary>
    /// Runs a command to its end and returns its exit code. On cancellation, the command is ended with all its
    /// children.
    /// </summary>
    /// <exception cref="FileNotFoundException">The program does not exist; the message of the exception says where it
    /// was looked for.</exception>
    Task<int> RunAsync(BuildCommand command, CancellationToken cancellation);
}

/// <summary>Runs commands on this machine.</summary>
/// <param name="runner">Absolute path of the runner, which ends all processes that a command has started; null when
/// there is no runner.</param>
public sealed class HostCommandRunner(string? runner = null) : ICommandRunner
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
        var run = new HostCommand(command.Arguments, command.WorkingDirectory, command.Environment)
        {
            Runner = runner,
            Output = output,
            Error = output,
        };
        return await run.RunAsync(cancellation).ConfigureAwait(false)
            ?? throw new OperationCanceledException(cancellation);
    }
}

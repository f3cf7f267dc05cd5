using CliWrap;
using CliWrap.Buffered;

namespace Verus.Artifact.Places.Host;

/// <summary>Starts a runner, or a command that starts a runner elsewhere, and supervises the process.</summary>
internal static class GuardedProcess
{
    // A runner that is asked to stop ends its process tree within a second. A runner that was asked to stop is killed
    // after this time, and the next start removes the files that it left.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.7);

    /// <summary>
    /// The standard input of a runner, which contains the job. The stream of standard input stays open as long as this
    /// process lives: from its end, the runner knows that nobody is waiting any more.
    /// </summary>
    public static PipeSource Asking(ReadOnlyMemory<byte> question) => PipeSource.Create(async (stream, ended) =>
    {
        await stream.WriteAsync(question, ended).ConfigureAwait(false);
        await stream.FlushAsync(ended).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, ended).ConfigureAwait(false);
    });

    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="folder">Working directory.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="limit">Seconds after which the command cannot be running any more; null when there is no
    /// limit.</param>
    /// <param name="cancellation">Stops the command.</param>
    /// <returns>How the process ended, or why it was killed.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The command does not start; InvalidOperationException and
    /// IOException have the same meaning.</exception>
    public static async Task<(BufferedCommandResult? Result, string? Why)> RunAsync(IReadOnlyList<string> command,
        string folder, PipeSource input, double? limit,
        CancellationToken cancellation)
    {
        using var kill = new CancellationTokenSource();
        await using var delayed = cancellation.Register(() => kill.CancelAfter(Patience));
        RunnerGuard? guard = null;
        try
        {
            var running = Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithStandardInputPipe(input)
                .WithWorkingDirectory(folder)
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, kill.Token, cancellation);
            guard = new RunnerGuard(running.ProcessId, limit, kill);
            return (await running.ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (guard?.Why is not null && !cancellation.IsCancellationRequested)
        {
            return (null, guard.Why);
        }
        finally
        {
            guard?.Dispose();
        }
    }
}

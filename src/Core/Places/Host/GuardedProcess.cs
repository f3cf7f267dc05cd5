using CliWrap;
using CliWrap.Buffered;

namespace Verus.Artifact.Places.Host;

/// <summary>Starts a runner, or a command that brings one to where it is to run, and looks after it.</summary>
internal static class GuardedProcess
{
    // The runner stops its tree within a second when asked; after this it is killed, and swept at the next start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.7);

    /// <summary>
    /// Standard input with a job. It stays open as long as this process lives: its end tells the runner that nobody
    /// waits any more.
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
    /// <param name="limit">Seconds after which it cannot be running any more; null: it has no limit.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How it ended, or why it was killed.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">
    /// It does not start; so do InvalidOperationException and IOException.
    /// </exception>
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

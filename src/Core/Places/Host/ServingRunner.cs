using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace Verus.Artifact.Places.Host;

/// <summary>How a runner ended.</summary>
/// <param name="ExitCode">Its exit code; null when it was killed by its guard.</param>
/// <param name="Words">What it printed on standard error.</param>
/// <param name="Why">Why its guard killed it, as a phrase that can follow its name; null when the guard did
/// not.</param>
internal sealed record RunnerEnd(int? ExitCode, string Words, string? Why);

/// <summary>
/// A runner that takes one job after the other: jobs go to its standard input, one a line, and results come from its
/// standard output. Its standard input ends with this process, from which the runner knows that nobody is waiting any
/// more.
/// </summary>
internal sealed class ServingRunner : IAsyncDisposable
{
    // A runner that is asked to stop ends its process tree within a second. A runner that was asked to stop is killed
    // after this time, and the next start removes the files that it left.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.7);
    private readonly Channel<byte[]> questions = Channel.CreateUnbounded<byte[]>();
    private readonly CancellationTokenSource kill = new();
    private readonly StringBuilder words = new();
    private readonly int process;
    private volatile TaskCompletionSource<string>? answer;
    private string? why;

    /// <summary>Starts a runner.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The command does not start; InvalidOperationException and
    /// IOException have the same meaning.</exception>
    public ServingRunner(IReadOnlyList<string> command)
    {
        var running = Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithWorkingDirectory("/")
            .WithStandardInputPipe(PipeSource.Create(AskAsync))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => answer?.TrySetResult(line)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(words))
            .WithValidation(CommandResultValidation.None).ExecuteAsync(kill.Token);
        process = running.ProcessId;
        Ended = EndAsync(running);
    }

    /// <summary>Completes when the runner has ended and everything that it wrote has been read.</summary>
    public Task<RunnerEnd> Ended { get; }

    /// <summary>Asks the runner to run a job; one job at a time.</summary>
    /// <param name="question">The line of the job.</param>
    /// <param name="limit">Seconds after which the runner cannot be running the job any more; null when there is no
    /// limit.</param>
    /// <param name="cancellation">Stops the job, and the runner with it.</param>
    /// <returns>The line of the result; null when the runner has ended without one.</returns>
    /// <exception cref="OperationCanceledException">The job was stopped, and nothing of it is left.</exception>
    public async Task<string?> RunAsync(byte[] question, double? limit, CancellationToken cancellation)
    {
        var waiting = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = waiting;
        using var guard = new RunnerGuard(process, limit, kill);
        await using var stop = cancellation.Register(Stop);
        questions.Writer.TryWrite(question);
        await Task.WhenAny(waiting.Task, Ended).ConfigureAwait(false);
        why = guard.Why;
        if (!cancellation.IsCancellationRequested)
            return waiting.Task.IsCompleted ? await waiting.Task.ConfigureAwait(false) : null;
        await Ended.ConfigureAwait(false);
        throw new OperationCanceledException(cancellation);
    }

    /// <summary>Ends the runner.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await Ended.ConfigureAwait(false);
        kill.Dispose();
    }

    private void Stop()
    {
        questions.Writer.TryComplete();
        kill.CancelAfter(Patience);
    }

    private async Task AskAsync(Stream stream, CancellationToken ended)
    {
        await foreach (var question in questions.Reader.ReadAllAsync(ended).ConfigureAwait(false))
        {
            await stream.WriteAsync(question, ended).ConfigureAwait(false);
            await stream.FlushAsync(ended).ConfigureAwait(false);
        }
    }

    private async Task<RunnerEnd> EndAsync(CommandTask<CommandResult> running)
    {
        try
        {
            var result = await running.ConfigureAwait(false);
            return new RunnerEnd(result.ExitCode, words.ToString().Trim(), null);
        }
        catch (OperationCanceledException)
        {
            return new RunnerEnd(null, words.ToString().Trim(), why);
        }
    }
}

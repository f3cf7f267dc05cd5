using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Host;

/// <summary>Runs the runner on this machine.</summary>
/// <param name="runner">Absolute path of the runner.</param>
public sealed class HostExecutor(string runner) : IExecutor
{
    // The runner stops its tree within a second when asked; after this it is killed, and swept at the next start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.7);

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment) => "host";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Shortfall>> LackingAsync(ExperimentDeclaration experiment, CancellationToken cancellation) =>
        experiment.Device is null ? [] : await ScratchDevice.LackingAsync(experiment, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation) => ReadMachineAsync(cancellation);

    /// <summary>This machine, whatever runs on it.</summary>
    public async Task<string> ReadMachineAsync(CancellationToken cancellation) =>
        (await StartAsync(["machine"], PipeSource.Null, RunnerGuard.LimitOfShort, cancellation).ConfigureAwait(false)).StandardOutput;

    /// <inheritdoc/>
    public Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt, IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        ScratchDevice.RequireFree(experiment);
        return RunAsync(job, cancellation);
    }

    /// <summary>Runs a job that is no sample, such as what another executor keeps up. It ends with this process, and is swept like a sample.</summary>
    public async Task<JobResult> RunAsync(JobSpec job, CancellationToken cancellation)
    {
        var exchange = new JobExchange(job);
        // Standard input stays open as long as this process lives: its end tells the runner that nobody waits any more.
        var input = PipeSource.Create(async (stream, ended) =>
        {
            await stream.WriteAsync(exchange.Question, ended).ConfigureAwait(false);
            await stream.FlushAsync(ended).ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, ended).ConfigureAwait(false);
        });
        var end = await StartAsync(["run"], input, RunnerGuard.LimitOf(job), cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return exchange.Answer(end.StandardOutput, $"the runner '{runner}'");
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        if (jobIds.Count > 0)
            await StartAsync(["sweep", .. jobIds], PipeSource.Null, RunnerGuard.LimitOfShort, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<BufferedCommandResult> StartAsync(IReadOnlyList<string> arguments, PipeSource input, double? limit, CancellationToken cancellation)
    {
        using var kill = new CancellationTokenSource();
        await using var delayed = cancellation.Register(() => kill.CancelAfter(Patience));
        RunnerGuard? guard = null;
        try
        {
            var running = Cli.Wrap(runner).WithArguments(arguments).WithStandardInputPipe(input).WithWorkingDirectory("/")
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, kill.Token, cancellation);
            guard = new RunnerGuard(running.ProcessId, limit, kill);
            var result = await running.ConfigureAwait(false);
            return result.ExitCode == 0 ? result : throw Ended(result.ExitCode, result.StandardError.Trim());
        }
        catch (OperationCanceledException) when (guard?.Why is not null && !cancellation.IsCancellationRequested)
        {
            throw ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, guard.Why);
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            throw SystemProblem.NotStarted(runner, problem) ?? Unusable($"cannot be started: {problem.Message.TrimEnd('.')}. {Remedy}");
        }
        finally
        {
            guard?.Dispose();
        }
    }

    // A shell's way of telling a signal; the runner's own exit codes are small.
    private DiagnosticException Ended(int exitCode, string words)
    {
        const int firstSignal = 128, aborted = firstSignal + 6, noRuntime = 255;
        const string name = "artifact-runner: ";
        // What it lacked stands before the first colon.
        if (words.StartsWith(name, StringComparison.Ordinal) && words[name.Length..].Split(':')[0] is var lack && ErrorNumber.IsLack(lack))
            return PlaceRules.Lacks(lack, $"The measuring program could not go on: {words[name.Length..].TrimEnd('.')}.");
        // A runtime that cannot make its threads or reserve its memory ends so; without a word, somebody sent that signal.
        if (exitCode is noRuntime || (exitCode is aborted && words.Length > 0))
            return FileRules.NoProcess.Error(SourceLocation.None, runner, "EAGAIN or ENOMEM");
        if (exitCode > firstSignal)
            return ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, $"was ended by signal {exitCode - firstSignal}"
                + (exitCode == firstSignal + 9 ? " (SIGKILL: somebody or the kernel, when memory runs out, ended it)" : ""));
        // Of a trace only its first line says something.
        var said = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "it said nothing";
        return Unusable($"ended with exit code {exitCode}: {said.TrimEnd('.')}. {Remedy}");
    }

    private const string Remedy = "Build or restore the SDK again when the program is damaged; it is part of the package, a static program for Linux on x64";

    private DiagnosticException Unusable(string why) => ExperimentRules.RunnerUnusable.Error(SourceLocation.None, runner, why);
}

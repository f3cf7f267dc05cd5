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
        (await StartAsync(["machine"], PipeSource.Null, cancellation).ConfigureAwait(false)).StandardOutput;

    /// <inheritdoc/>
    public Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt, IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        ScratchDevice.RequireFree(experiment);
        return RunAsync(job, attempt, cancellation);
    }

    /// <summary>Runs a job that is no sample, such as what another executor keeps up. It ends with this process, and is swept like a sample.</summary>
    public async Task<JobResult> RunAsync(JobSpec job, Attempt attempt, CancellationToken cancellation)
    {
        var files = await JobFiles.WriteAsync(attempt, job, cancellation).ConfigureAwait(false);
        // Standard input stays open as long as this process lives: its end tells the runner that nobody waits any more.
        var lifeline = PipeSource.Create(async (_, ended) => await Task.Delay(Timeout.Infinite, ended).ConfigureAwait(false));
        await StartAsync(["run", files.Job, files.Result, "--parent-stdin"], lifeline, cancellation, attempt.Directory).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return JobFiles.Read(files) ?? throw Failed("wrote no result", attempt.Directory);
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        if (jobIds.Count > 0)
            await StartAsync(["sweep", .. jobIds], PipeSource.Null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<BufferedCommandResult> StartAsync(IReadOnlyList<string> arguments, PipeSource input, CancellationToken cancellation, string? folder = null)
    {
        using var kill = new CancellationTokenSource();
        await using var delayed = cancellation.Register(() => kill.CancelAfter(Patience));
        try
        {
            var result = await Cli.Wrap(runner).WithArguments(arguments).WithStandardInputPipe(input).WithWorkingDirectory("/")
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, kill.Token, cancellation).ConfigureAwait(false);
            return result.ExitCode == 0 ? result : throw Ended(result.ExitCode, result.StandardError.Trim(), folder);
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            throw SystemProblem.NotStarted(runner, problem) ?? Unusable($"cannot be started: {problem.Message.TrimEnd('.')}. {Remedy}");
        }
    }

    // A shell's way of telling a signal; the runner's own exit codes are small.
    private DiagnosticException Ended(int exitCode, string words, string? folder)
    {
        const int firstSignal = 128, aborted = firstSignal + 6;
        if (folder is not null && SystemProblem.WithoutRoom(folder) is { } full)
            return full;
        if (folder is not null && !Directory.Exists(folder))
            return ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, "could leave no result, since the folder of the sample was removed while it ran");
        if (exitCode is > firstSignal and not aborted)
            return ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, $"was ended by signal {exitCode - firstSignal}"
                + (exitCode == firstSignal + 9 ? " (SIGKILL: somebody or the kernel, when memory runs out, ended it)" : ""));
        // Of a trace only its first line says something.
        var said = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "it said nothing";
        return Unusable($"ended with exit code {exitCode}: {said.TrimEnd('.')}. {(exitCode == aborted ? "That is an error of it, or it lacked memory or processes" : Remedy)}");
    }

    private DiagnosticException Failed(string why, string folder) => SystemProblem.WithoutRoom(folder) ?? Unusable($"{why}. {Remedy}");

    private const string Remedy = "Build or restore the SDK again when the program is damaged; it is part of the package, a static program for Linux on x64";

    private DiagnosticException Unusable(string why) => ExperimentRules.RunnerUnusable.Error(SourceLocation.None, runner, why);
}

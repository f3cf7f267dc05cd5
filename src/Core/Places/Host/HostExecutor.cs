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
public sealed class HostExecutor(string runner) : IPlace
{
    private readonly RunnerPool runners = new();

    /// <summary>The scope in which the runner may create control groups.</summary>
    internal DelegatedScope Scope { get; init; } = DelegatedScope.Here;

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment) => "host";

    /// <inheritdoc/>
    public Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation) =>
        ScratchDevice.FindMissingAsync(experiment, cancellation);

    /// <inheritdoc/>
    public Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation) =>
        ReadMachineAsync(cancellation);

    /// <summary>The state of this machine, independent of the experiment.</summary>
    public async Task<string> ReadMachineAsync(CancellationToken cancellation) =>
        (await StartAsync(["machine"], PipeSource.Null, RunnerGuard.LimitOfShort,
            cancellation).ConfigureAwait(false)).StandardOutput;

    /// <inheritdoc/>
    public Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        ScratchDevice.RequireFree(experiment);
        return ServeAsync(job, cancellation);
    }

    /// <summary>
    /// Runs a job that is not a sample, such as a virtual machine that another executor keeps running, in a runner of
    /// its own. A job that is not a sample ends when this process ends, and is cleaned up like a sample.
    /// </summary>
    public async Task<JobResult> RunAsync(JobSpec job, CancellationToken cancellation)
    {
        var exchange = new JobExchange(job);
        var scope = await Scope.CommandAsync().ConfigureAwait(false);
        var end = await StartAsync(["run"], GuardedProcess.Asking(exchange.Question), RunnerGuard.LimitOf(job),
            cancellation, scope).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return exchange.Answer(end.StandardOutput, $"the runner '{runner}'");
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        if (jobIds.Count > 0)
            await StartAsync(["sweep", .. jobIds], PipeSource.Null, RunnerGuard.LimitOfShort,
                cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => runners.DisposeAsync();

    // Runs a job in a runner that takes other jobs before and after it.
    private async Task<JobResult> ServeAsync(JobSpec job, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var serving = runners.Take() ?? await StartServingAsync().ConfigureAwait(false);
        var isLast = true;
        try
        {
            var exchange = new JobExchange(job);
            var text = await serving.RunAsync(exchange.Question, RunnerGuard.LimitOf(job), cancellation)
                .ConfigureAwait(false);
            if (text is null)
                throw EndOf(await serving.Ended.ConfigureAwait(false));
            var result = exchange.Answer(text, $"the runner '{runner}'");
            isLast = result.IsLast;
            return result with { IsLast = false };
        }
        finally
        {
            if (isLast)
                await serving.DisposeAsync().ConfigureAwait(false);
            else
                await runners.GiveAsync(serving).ConfigureAwait(false);
        }
    }

    private async Task<ServingRunner> StartServingAsync()
    {
        var scope = await Scope.CommandAsync().ConfigureAwait(false);
        try
        {
            return new ServingRunner([.. scope, runner, "serve"]);
        }
        catch (Exception problem) when (IsNotStarted(problem))
        {
            throw NotStarted(problem);
        }
    }

    private DiagnosticException EndOf(RunnerEnd end) =>
        end.Why is not null ? ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, end.Why)
        : end.ExitCode is null or 0
            ? ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, "ended before it gave a result")
        : Ended(end.ExitCode.Value, end.Words);

    private async Task<BufferedCommandResult> StartAsync(IReadOnlyList<string> arguments, PipeSource input,
        double? limit, CancellationToken cancellation, IReadOnlyList<string>? scope = null)
    {
        try
        {
            var (result, why) = await GuardedProcess.RunAsync([.. scope ?? [], runner, .. arguments], "/", input, limit,
                cancellation).ConfigureAwait(false);
            return result is null ? throw ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner, why)
                : result.ExitCode == 0 ? result : throw Ended(result.ExitCode, result.StandardError.Trim());
        }
        catch (Exception problem) when (IsNotStarted(problem))
        {
            throw NotStarted(problem);
        }
    }

    private static bool IsNotStarted(Exception problem) =>
        problem is System.ComponentModel.Win32Exception or InvalidOperationException or IOException;

    private DiagnosticException NotStarted(Exception problem) => SystemProblem.NotStarted(runner, problem)
        ?? Unusable($"cannot be started: {problem.Message.TrimEnd('.')}. {Remedy}");

    // An exit code above 128 means a signal, as shells report it; the runner's own exit codes are small.
    private DiagnosticException Ended(int exitCode, string words)
    {
        const int firstSignal = 128, aborted = firstSignal + 6, noRuntime = 255;
        if (PlaceRules.LackIn(words) is { } lacking)
            return lacking;
        // A .NET runtime that cannot create its threads or reserve its memory ends with this signal. If the .NET
        // runtime printed nothing before the signal, another process sent the signal.
        if (exitCode is noRuntime || (exitCode is aborted && words.Length > 0))
            return FileRules.NoProcess.Error(SourceLocation.None, runner, "EAGAIN or ENOMEM");
        if (exitCode > firstSignal)
            return ExperimentRules.RunnerEnded.Error(SourceLocation.None, runner,
                $"was killed by signal {exitCode - firstSignal}"
                + (exitCode == firstSignal + 9
                    ? " (SIGKILL: from somebody, or from the kernel when memory runs out)" : ""));
        // Of a stack trace that a runner printed, only the first line is informative.
        var said = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault() ?? "it printed nothing";
        return Unusable($"ended with exit code {exitCode}: {said.TrimEnd('.')}. {Remedy}");
    }

    private const string Remedy =
        "Build or restore the SDK again when the program is damaged; it is part of the package, a static program for "
            + "Linux on x64";

    private DiagnosticException Unusable(string why) =>
        ExperimentRules.RunnerUnusable.Error(SourceLocation.None, runner, why);
}

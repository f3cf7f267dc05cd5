using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Added;

/// <summary>
/// A place that an extension provides. The extension brings a job to the runner and the answer back; the SDK decides
/// what is asked, and whether the answer can be the runner's. Every mistake of the extension becomes a coded diagnostic
/// that names the extension.
/// </summary>
/// <param name="kind">The kind that the extension provides.</param>
/// <param name="services">The evaluation's services.</param>
public sealed class AddedPlace(AddedPlaceKind kind, PlaceServices services) : IPlace
{
    // A cancelled job must return within two seconds. An extension that does not return in time is abandoned, and the
    // next call removes what it still holds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    // The margin on top of a job's limit, which already includes all the time that the runner may take.
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(60);
    private readonly Lazy<IExecutor> executor = new(() => kind.Open(new AddedPlaceServices(kind.Name, services)));
    private readonly HostExecutor host = new(services.Runner);

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment) =>
        $"{kind.Name} {kind.Version}" + (experiment.Place.Identity is { Length: > 0 } identity ? $"; {identity}" : "");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(experiment.Item.Where, "it listed what it lacks", null, LacksAsync, cancellation)
                .ConfigureAwait(false);
        }
        catch (DiagnosticException problem)
        {
            return [.. problem.Diagnostics.Select(diagnostic =>
                ShortfallOf($"executor {kind.Name}", "one that works", $"{diagnostic.Message} ({diagnostic.Rule.Code})",
                    ""))];
        }

        async Task<List<Shortfall>> LacksAsync(IExecutor executor) =>
            [.. (await executor.FindMissingAsync(Placed(experiment), cancellation).ConfigureAwait(false))
                .Select(lack => ShortfallOf(lack.What, lack.Needed, lack.Found, lack.Remedy))];

        Shortfall ShortfallOf(string what, string needed, string found, string remedy) =>
            new(what, needed, found, remedy, [experiment.Name]);
    }

    /// <inheritdoc/>
    public async Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation)
    {
        if (experiment.Place.Machine == PlaceMachine.This)
            return await host.ReadMachineAsync(cancellation).ConfigureAwait(false);
        var where = experiment.Item.Where;
        var json = await AskAsync(where, Describing, null,
            executor => executor.MachineAsync(Placed(experiment), cancellation),
            cancellation, mayBeNull: !services.MayStart).ConfigureAwait(false);
        const string Unreadable = "it did not return what artifact-runner prints about a machine";
        return json is null ? MachineReading.Unknown : MachineReading.IsReadable(json) ? json
            : throw ExecutorRules.Failed.Error(where, kind.Name, Describing, Unreadable);
    }

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        var exchange = new JobExchange(job);
        var asked = new ExecutorJob
        {
            Id = job.Id,
            Experiment = Placed(experiment),
            Question = exchange.Question,
            Folder = attempt.Directory,
            Reads = reads,
            Limit = RunnerGuard.LimitOf(job),
        };
        var answer = await AskAsync(experiment.Item.Where, "it ran a job", asked.Limit,
            executor => executor.RunAsync(asked, cancellation), cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return exchange.Answer(answer!, $"the runner that the executor '{kind.Name}' has started");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment)
    {
        try
        {
            return [.. executor.Value.DeviationsOf(Placed(experiment))];
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            ReportLater("it described its deviations", problem);
            return [$"the executor {kind.Name} failed to describe its deviations"];
        }
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        if (jobIds.Count == 0)
            return;
        await host.SweepAsync(jobIds, cancellation).ConfigureAwait(false);
        await AskAsync(SourceLocation.None, "it removed what jobs have left", null, async executor =>
        {
            await executor.SweepAsync(jobIds, cancellation).ConfigureAwait(false);
            return "";
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!executor.IsValueCreated)
            return;
        try
        {
            await Task.Run(() => executor.Value.DisposeAsync().AsTask()).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            ReportLater("it ended", problem);
        }
    }

    private const string Describing = "it described its machine";

    // The call of the extension runs on another thread, since code that blocks must not hold up everything else.
    private async Task<T> AskAsync<T>(SourceLocation where, string doing, double? limit, Func<IExecutor, Task<T>> ask,
        CancellationToken cancellation, bool mayBeNull = false)
    {
        using var late = new CancellationTokenSource();
        if (limit is { } seconds)
            late.CancelAfter(TimeSpan.FromSeconds(seconds) + Beyond);
        await using var stopped = cancellation.Register(() => late.CancelAfter(Patience));
        try
        {
            var answer = await Task.Run(() => ask(executor.Value), CancellationToken.None)
                .WaitAsync(late.Token).ConfigureAwait(false);
            return answer is null && !mayBeNull ? throw new InvalidOperationException("it returned nothing") : answer;
        }
        catch (Exception problem) when (problem is not OutOfMemoryException && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(problem.Message, problem, cancellation);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw ExecutorRules.Failed.Error(where, kind.Name, doing,
                "it did not return long after the limit of the job");
        }
        catch (Exception problem) when (problem is not (DiagnosticException or OutOfMemoryException))
        {
            throw ExecutorRules.Failed.Error(where, kind.Name, doing, Describe(problem));
        }
    }

    private void ReportLater(string doing, Exception problem) =>
        services.Log.Report(ExecutorRules.FailedAfterwards.At(SourceLocation.None, kind.Name, doing,
            Describe(problem)));

    private static string Describe(Exception problem) => problem is DiagnosticException coded
        ? PlainText.Line(coded.Diagnostics[0].Message).TrimEnd('.')
        : PlainText.Of(problem);

    private static PlacedExperiment Placed(ExperimentDeclaration experiment) =>
        new(experiment.Name, experiment.Place, experiment.Item.Where)
        {
            IsMeasured = experiment.Measured,
            Cpus = experiment.Cpus,
            MemoryLimit = experiment.MemoryLimit,
        };
}

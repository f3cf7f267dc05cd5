using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// Groups of cells that share what their Prepare makes, and services. Both are made again in each round, so that each
/// round remains a block in which all cells are compared.
/// </summary>
/// <param name="resolver">Creates the jobs of preparations.</param>
/// <param name="host">The place where preparations run.</param>
/// <param name="log">Log to which folders that cannot be removed are reported.</param>
internal sealed class CellGroups(CellResolver resolver, IPlace host, IBuildLog log)
{
    private const int MostWords = 160;
    private readonly Dictionary<string, SharedServices> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> neverReady = new(StringComparer.Ordinal);
    private readonly EvaluationLayout layout = resolver.CellContext.Layout;

    /// <summary>
    /// The cells of a round in their order, except that the cells of a group follow each other, at the position of the
    /// group's first cell.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<CellPlan>> Of(IReadOnlyList<CellPlan> plans) =>
        [.. plans.GroupBy(plan => PreparedGroup.Of(plan.Cell) ?? $"\0{plan.Cell.Name}", StringComparer.Ordinal)
            .Select(group => group.ToList())];

    /// <summary>
    /// Runs the shared preparation of a group of cells. A failed preparation is part of the result, and every sample of
    /// the group fails with it.
    /// </summary>
    /// <param name="cell">One of the cells of the group.</param>
    /// <param name="cancellation">Cancels the preparation.</param>
    /// <exception cref="DiagnosticException">The machine was unable to run the preparation.</exception>
    public async Task<PreparedGroup> PrepareAsync(ResolvedCell cell, CancellationToken cancellation)
    {
        var name = PreparedGroup.Of(cell.Cell)!;
        if (neverReady.TryGetValue(name, out var failure))
            return PreparedGroup.NotStarted(failure);
        var id = Guid.NewGuid().ToString("N");
        var root = Path.Combine(Attempts.RootIn(layout), id);
        var ports = new FreeAttemptPorts();
        var attempt = new Attempt(root) { Ports = ports };
        attempt = attempt with
        {
            Group = new PreparedGroup(Path.Combine(root, "group"), attempt.Output, null)
            {
                Ports = ports,
            },
        };
        Attempts.Prepare(attempt);
        Directory.CreateDirectory(attempt.Group!.Folder);
        log.Progress($"Preparing {name.Replace("\0", " ", StringComparison.Ordinal)}");
        var job = resolver.GroupJob(cell, id, attempt);
        var services = new SharedServices(host, job, attempt);
        var paths = resolver.ReadPaths(cell);
        if (job.Services.Count > 0)
            running[attempt.Group.Folder] = services;
        var result = await (job.Services.Count > 0 ? services.StartAsync(cell.Cell.Experiment, paths, cancellation)
            : Alone(host.RunAsync(cell.Cell.Experiment, job, attempt, paths, cancellation))).ConfigureAwait(false);
        if (result is null)
            return attempt.Group with { ServicesEnded = services.Ended, WhyEnded = () => services.WhyEnded };
        if (result.IsNotReady)
            neverReady[name] = result.Error!;
        return Ended(attempt, result, cancellation);
    }

    private static async Task<JobResult?> Alone(Task<JobResult> job) => await job.ConfigureAwait(false);

    private static PreparedGroup Ended(Attempt attempt, JobResult result, CancellationToken cancellation)
    {
        if (result.Outcome == JobOutcome.Cancelled)
            throw new OperationCanceledException(cancellation);
        if (result.Outcome != JobOutcome.Exited && SystemProblem.WithoutRoom(attempt.Directory) is { } full)
            throw full;
        var words = string.Join(" ",
            Directory.EnumerateFiles(attempt.Output, "prepare-*.stderr.txt").Order(StringComparer.Ordinal)
            .Select(file => OutputText.LastWords(1, MostWords, file)).Where(text => text.Length > 0));
        return attempt.Group! with
        {
            Outcome = result.Outcome == JobOutcome.ServiceFailed ? result.Outcome : JobOutcome.PrepareFailed,
            Failure = result.Outcome == JobOutcome.Exited
                ? null : result.Outcome == JobOutcome.ServiceFailed ? result.Error
                : "the preparation of its group failed: "
                    + $"{result.Error ?? $"{result.Outcome}"}{(words.Length > 0 ? $" ({words})" : "")}",
        };
    }

    /// <summary>Ends the services of a group, and removes what was prepared.</summary>
    public async Task EndAsync(PreparedGroup group)
    {
        if (group.Folder.Length == 0)
            return;
        if (running.Remove(group.Folder, out var services))
            await services.DisposeAsync().ConfigureAwait(false);
        Attempts.Remove(layout, Path.GetFileName(Path.GetDirectoryName(group.Folder)!), log);
    }
}

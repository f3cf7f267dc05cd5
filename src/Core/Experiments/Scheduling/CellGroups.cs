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
/// Groups of cells that share what their Prepare makes. The shared result of Prepare is made again in each round, so
/// that each round remains a block in which all cells are compared.
/// </summary>
/// <param name="resolver">Creates the jobs of preparations.</param>
/// <param name="host">The place where preparations run.</param>
/// <param name="log">Log to which folders that cannot be removed are reported.</param>
internal sealed class CellGroups(CellResolver resolver, IPlace host, IBuildLog log)
{
    private const int MostWords = 160;
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
        var id = Guid.NewGuid().ToString("N");
        var root = Path.Combine(Attempts.RootIn(layout), id);
        var attempt = new Attempt(root);
        attempt = attempt with { Group = new PreparedGroup(Path.Combine(root, "group"), attempt.Output, null) };
        Attempts.Prepare(attempt);
        Directory.CreateDirectory(attempt.Group!.Folder);
        log.Progress($"Preparing {PreparedGroup.Of(cell.Cell)!.Replace("\0", " ", StringComparison.Ordinal)}");
        var result = await host.RunAsync(cell.Cell.Experiment, resolver.GroupJob(cell, id, attempt), attempt,
            resolver.ReadPaths(cell), cancellation).ConfigureAwait(false);
        if (result.Outcome == JobOutcome.Cancelled)
            throw new OperationCanceledException(cancellation);
        if (result.Outcome != JobOutcome.Exited && SystemProblem.WithoutRoom(root) is { } full)
            throw full;
        var words = string.Join(" ",
            Directory.EnumerateFiles(attempt.Output, "prepare-*.stderr.txt").Order(StringComparer.Ordinal)
            .Select(file => OutputText.LastWords(1, MostWords, file)).Where(text => text.Length > 0));
        return attempt.Group with
        {
            Failure = result.Outcome == JobOutcome.Exited
                ? null
                : "the preparation of its group failed: "
                    + $"{result.Error ?? $"{result.Outcome}"}{(words.Length > 0 ? $" ({words})" : "")}",
        };
    }

    /// <summary>Removes what was prepared.</summary>
    public void Remove(PreparedGroup group) =>
        Attempts.Remove(layout, Path.GetFileName(Path.GetDirectoryName(group.Folder)!), log);
}

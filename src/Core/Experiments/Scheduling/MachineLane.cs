using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The machine's only lane: work that is not timed shares it, and a timed sample has it exclusively, across all
/// evaluations on this machine. The file of the lane is at a path that all users know. If the path of the lane's file
/// cannot be used, this user's evaluations have a lane of their own.
/// </summary>
public sealed class MachineLane(IBuildLog log, string? file = null)
{
    private string path = file ?? Path.Combine(Path.GetTempPath(), "verus-artifact.lane");

    /// <summary>Takes the lane exclusively, for a measured sample.</summary>
    public Task<FileLock> AloneAsync(CancellationToken cancellation) =>
        TakeAsync(lane => FileLock.ExclusiveAsync(lane, null, Waiting, cancellation));

    /// <summary>Takes the lane shared, for builds and generators.</summary>
    public Task<FileLock> SharedAsync(CancellationToken cancellation) =>
        TakeAsync(lane => FileLock.SharedAsync(lane, Waiting, cancellation));

    private async Task<FileLock> TakeAsync(Func<string, Task<FileLock>> take)
    {
        var tried = path;
        try
        {
            return await take(tried).ConfigureAwait(false);
        }
        catch (DiagnosticException problem) when (tried != Own && WhatStandsThere.Contains(problem.Diagnostics[0].Rule))
        {
            if (Interlocked.CompareExchange(ref path, Own, tried) == tried)
                log.Report(ExperimentRules.LaneUnusable.At(SourceLocation.None, tried, problem.Diagnostics[0].Message,
                    Own));
            return await take(Own).ConfigureAwait(false);
        }
    }

    // Only errors that concern the lane's own file lead to another file, because other causes, such as too many open
    // files, would affect that file as well.
    private static readonly DiagnosticRule[] WhatStandsThere =
        [FileRules.NotAFile, FileRules.FileNotWritable, FileRules.FolderNotWritable, FileRules.ReadOnlyFileSystem];

    // The file of the fallback lane is below a folder to which no other user can write.
    private static string Own { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify), "verus-artifact", "lane");

    private void Waiting(string owner) =>
        log.Info(
            $"Waiting for {owner}, which measures on this machine. Two measurements at once would disturb each other.");
}

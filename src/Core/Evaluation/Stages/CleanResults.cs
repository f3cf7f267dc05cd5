using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// Removes everything that can be made again from samples. Samples cost hours and are never removed; sources and tools
/// cost a download, and are kept as well.
/// </summary>
public static class CleanResults
{
    /// <summary>
    /// Removes data, figures, verdicts, reports, scripts and state, provided that no other call is working in the
    /// folder.
    /// </summary>
    /// <exception cref="DiagnosticException">A folder cannot be removed.</exception>
    public static async Task RunAsync(EvaluationOptions options, IBuildLog log, CancellationToken cancellation)
    {
        var layout = options.Layout;
        if (!Directory.Exists(layout.Root))
            return;
        using var lease = await EvaluationLease.TakeAsync(options, log, cancellation).ConfigureAwait(false);
        var smoke = Path.GetDirectoryName((layout with { IsSmoke = true }).Data)!;
        foreach (var folder in new[] { layout.Data, layout.Figures, layout.Claims, layout.Report, layout.State,
            layout.Scripts, smoke })
            Remove(folder);
    }

    private static void Remove(string folder)
    {
        try
        {
            // If the folder to remove is a link, only the link is removed.
            Directory.Delete(folder, recursive: new DirectoryInfo(folder).LinkTarget is null);
        }
        catch (DirectoryNotFoundException)
        {
            // The folder to remove does not exist.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(Path.Combine(folder, "."), problem);
        }
    }
}

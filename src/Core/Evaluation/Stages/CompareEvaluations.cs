using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Compares this evaluation with others of the same artifact; nothing is measured.</summary>
/// <param name="context">The call.</param>
public sealed class CompareEvaluations(EvaluationContext context)
{
    /// <summary>The name of this evaluation in the comparison.</summary>
    private const string Here = "here";

    /// <summary>Writes the page <c>compare.html</c> beside the report.</summary>
    /// <param name="others">The names and paths of the other evaluations: of a <c>results.json</c>, of the folder of an
    /// evaluation, or of its archive, relative to the project.</param>
    /// <param name="log">Log that receives the path of the page.</param>
    /// <exception cref="DiagnosticException">No evaluation is named, or one of them has no results.</exception>
    public void Run(IReadOnlyList<(string Name, string Path)> others, IBuildLog log)
    {
        var layout = context.Options.Layout;
        others = [.. others, .. Fetched(layout).Where(one => others.All(other => other.Name != one.Name))];
        if (others.Count == 0)
            throw ReportRules.ComparedWithNothing.Error(SourceLocation.None);
        List<ComparedResults> all = [ComparedResults.Read(Here, Path.Combine(layout.Report, "results.json")),
            .. others.Select(other => ComparedResults.Read(other.Name, layout.Resolve(other.Path)))];
        var page = Path.Combine(layout.Report, "compare.html");
        AtomicFile.Write(page, ComparisonPage.Render(all, ReportDescription.FoldersOf(layout)));
        log.Info($"comparison -> {Path.GetRelativePath(layout.ProjectDirectory, page)}");
    }

    // The machines to which a part was sent made results of their own.
    private static IEnumerable<(string Name, string Path)> Fetched(EvaluationLayout layout) =>
        Directory.Exists(layout.Machines)
            ? Directory.EnumerateDirectories(layout.Machines).Order(StringComparer.Ordinal)
                .Select(folder => (Path.GetFileName(folder), Path.Combine(folder, layout.IsSmoke ? "smoke" : "")))
                .Where(one => File.Exists(Path.Combine(one.Item2, "report", "results.json"))) : [];
}

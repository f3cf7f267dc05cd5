using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation.Reproduction;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    /// <summary>Writes the plain commands of the request's experiments as a shell script. Looks for the tools; provides nothing and measures nothing.</summary>
    /// <exception cref="DiagnosticException">The request has no experiment.</exception>
    public async Task WriteReproductionScriptAsync(IBuildLog log, CancellationToken cancellation)
    {
        if (Selection.Experiments.Count == 0)
            throw ExperimentRules.NothingToReproduce.Throw(SourceLocation.None, RequestName);
        ExpectSources();
        await FindAsync(log, cancellation).ConfigureAwait(false);
        var (options, needed) = (ToolOptionsNow(), ToolsOf(Selection.Experiments, Selection.Tools, build: true));
        var script = ReproductionScript.Render($"{RequestName} of {Path.GetFileName(Options.ProjectFile)}", Options.Layout.Scripts, Options.Layout.ProjectDirectory,
            Model, Selection.Experiments, ReposWith(Selection.Experiments, needed), FilesOf(Selection.Experiments), needed, tools, tool => RuleOf(tool, options));
        var file = Path.Combine(Options.Layout.Scripts, RequestName + ".sh");
        AtomicFile.Write(file, script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        log.Info($"The commands are in {file}");
    }
}

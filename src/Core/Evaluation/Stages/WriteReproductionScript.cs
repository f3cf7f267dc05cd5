using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation.Reproduction;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// Writes the plain commands of the request's experiments as a shell script. This stage looks for tools, but neither
/// provides them nor measures anything.
/// </summary>
/// <param name="context">The call.</param>
public sealed class WriteReproductionScript(EvaluationContext context)
{
    /// <summary>Writes the reproduction script of the request.</summary>
    /// <exception cref="DiagnosticException">The request has no experiment.</exception>
    public async Task RunAsync(IBuildLog log, CancellationToken cancellation)
    {
        var (options, selection) = (context.Options, context.Selection);
        if (selection.Experiments.Count == 0)
            throw ExperimentRules.NothingToReproduce.Error(SourceLocation.None, options.RequestName);
        if (selection.Experiments.FirstOrDefault(experiment => experiment.IsOpen) is { } open)
            throw ExperimentRules.InputsNotHere.Error(open.Item.Where, open.Name,
                string.Join(", ", open.Matrix.Where(axis => axis.IsOpen).SelectMany(axis => axis.Files).Distinct()));
        // An input that has not been fetched is written into the script as it will be after a fetch.
        var reading = context with { IsReading = true };
        var found = await new FindAvailable(reading).RunAsync(log, cancellation).ConfigureAwait(false);
        var (tools, needed) = (context.ToolOptions(found.Inputs),
            context.Needs.Tools(selection.Experiments, selection.Tools, build: true));
        var layout = options.Layout;
        var script = ReproductionScript.Render(
            new ReproductionRequest($"{options.RequestName} of {Path.GetFileName(options.ProjectFile)}", layout,
                context.Model, selection.Experiments,
                [.. context.Needs.Repos(selection.Experiments, needed).Union(context.Needs.Repos(selection.Figures))],
                [.. context.Needs.Files(selection.Experiments, needed).Union(context.Needs.Files(selection.Figures))],
                needed, [.. found.Tools], tool => WriteBundle.RuleOf(tool, tools), selection.Figures)
            {
                Offsets = context.ReadJournal(log).Samples.Where(sample => sample.Offset is not null)
                    .DistinctBy(sample => sample.Cell)
                    .ToDictionary(sample => sample.Cell, sample => sample.Offset!.Value, StringComparer.Ordinal),
            });
        var file = Path.Combine(layout.Scripts, options.RequestName + ".sh");
        CopyFiles(script.Files, Path.Combine(layout.Scripts, options.RequestName + ".files"));
        AtomicFile.Write(file, script.Text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        log.Info($"The commands are in {file}");
    }

    private static void CopyFiles(IReadOnlyDictionary<string, string> files, string folder)
    {
        try
        {
            FolderRemoval.Remove(folder);
            foreach (var (from, to) in files)
            {
                var target = Path.Combine(folder, to);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(from, target, overwrite: true);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(folder, problem);
        }
    }
}

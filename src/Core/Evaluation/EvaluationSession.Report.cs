using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments;
using Verus.Artifact.Figures;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private readonly List<DrawnFigure> drawn = [];
    private readonly List<MissingFigure> undrawn = [];
    private string report = "";

    /// <summary>Draws the figures of the request.</summary>
    /// <exception cref="DiagnosticException">A figure does not fit its data.</exception>
    public Task DrawFiguresAsync(IBuildLog log, CancellationToken cancellation)
    {
        foreach (var figure in Selection.Figures)
        {
            cancellation.ThrowIfCancellationRequested();
            var shown = figure.Datasets.Select(DatasetOf).OfType<Dataset>().ToList();
            if (shown.Count == 0)
            {
                undrawn.Add(new MissingFigure(figure.Name, figure.Title, [.. ReasonsFor(figure)]));
                continue;
            }
            // Recorded numbers of what was measured come along, so that the table can show paper and here side by side.
            var beside = figure.Datasets.Where(measured.ContainsKey).Select(recorded.GetValueOrDefault).OfType<Dataset>();
            var picture = FigureDrawer.Draw(figure, [.. shown, .. beside], Options.Layout.Figures, cancellation);
            drawn.Add(picture);
            outputs.UnionWith(picture.Files.Values);
        }
        return Task.CompletedTask;
    }

    /// <summary>Writes the report of the request.</summary>
    public Task WriteReportAsync(IBuildLog log, CancellationToken cancellation)
    {
        if (Selection.Figures.Count == 0 && Selection.Claims.Count == 0)
            return Task.CompletedTask;
        report = ReportWriter.Write(Describe(), Options.Layout.Report, Options.Request.Length == 0 ? "index" : RequestName);
        outputs.Add(report);
        var refuted = verdicts.Where(verdict => verdict.Outcome == VerdictOutcome.NotSupported).ToList();
        if (Options.TreatFailedClaimsAsErrors && refuted.Count > 0)
            throw new DiagnosticException([.. refuted.Select(claim => ClaimRules.NotSupported.At(SourceLocation.None, claim.Name,
                string.Join("; ", claim.Predicates.Where(predicate => predicate.Outcome == VerdictOutcome.NotSupported).Select(predicate => predicate.Statement)), report))]);
        return Task.CompletedTask;
    }

    private IEnumerable<string> ReasonsFor(FigureDeclaration figure)
    {
        var names = Model.Datasets.Where(dataset => figure.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase)).SelectMany(dataset => dataset.Experiments).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var experiments = Model.Experiments.Where(experiment => names.Contains(experiment.Name) || names.Contains(experiment.Suite)).ToList();
        if (experiments.Count == 0)
            yield return "nothing measures it in this evaluation";
        foreach (var experiment in experiments)
            foreach (var shortfall in missing.GetValueOrDefault(experiment.Name, []))
                yield return $"{experiment.Name}: {shortfall.What}: needed {shortfall.Needed}, found {shortfall.Found}";
        foreach (var failure in observations.Where(observation => names.Contains(observation.Experiment) && observation.Failure is not null).Select(observation => $"{observation.Cell}: {observation.Failure}").Distinct().Take(5))
            yield return failure;
    }

    private ReportModel Describe() => new()
    {
        Title = Options.Title,
        Project = Path.GetFileName(Options.ProjectFile),
        Request = RequestName,
        SdkVersion = SdkVersion.Text,
        CreatedUtc = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) + " UTC",
        Verdicts = verdicts,
        Figures = [.. drawn.Select(figure => Describe(figure, Selection.Figures.First(declaration => declaration.Name == figure.Name)))],
        Missing = undrawn,
        Machines = MachinesUsed(),
        Pins = [.. PinsUsed()],
        Tools = [.. tools.Select(tool => new ReportTool(tool.Name, tool.Version, tool.Identity[..12], tool.Deviation))],
        Resources = [.. Resources()],
    };

    private ReportFigure Describe(DrawnFigure figure, FigureDeclaration declaration) => new()
    {
        Drawn = figure,
        Aliases = declaration.Aliases,
        Measured = [.. declaration.Datasets.Select(measured.GetValueOrDefault).OfType<Dataset>()],
        Recorded = [.. declaration.Datasets.Select(recorded.GetValueOrDefault).OfType<Dataset>()],
        RerunCommand = $"dotnet build {Path.GetFileName(Options.ProjectFile)} -p:Request={figure.Name}",
        Failures =
        [
            .. observations.Where(observation => observation.Failure is not null && observation.Logs.Length > 0 && IsOf(declaration, observation))
                .Select(observation => new ReportFailure(observation.Cell, observation.Failure!, Path.GetRelativePath(Options.Layout.Report, Path.Combine(Options.Layout.Experiments, observation.Logs)))),
        ],
    };

    private bool IsOf(FigureDeclaration figure, Observation observation) =>
        Model.Datasets.Any(dataset => figure.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase) && IsOf(dataset, observation));

    private List<ReportMachine> MachinesUsed()
    {
        if (journal is null)
            return [];
        var ids = plans.SelectMany(plan => plan.Good).Select(sample => sample.Run).ToHashSet();
        return
        [
            .. journal.Runs.Values.Where(run => ids.Contains(run.Id)).GroupBy(run => run.MachineId).Select(group => new ReportMachine(group.Key,
                MachineText.Rows(group.Last().Machine), [.. group.Select(run => $"{run.StartedUtc[..16].Replace('T', ' ')} UTC, seed {run.Seed}")])),
        ];
    }

    private IEnumerable<ReportPin> PinsUsed() => sources.Values.Select(source => new ReportPin(source.Name, source.Commit, source.Deviation))
        .Concat(files.Values.Select(file => new ReportPin(file.Name, "sha256:" + file.Sha256, null)));

    private IEnumerable<ReportResource> Resources() => plans.GroupBy(plan => plan.Cell.Experiment.Name).Select(group =>
    {
        var samples = group.SelectMany(plan => plan.Good.Concat(plan.Failed)).ToList();
        return new ReportResource(group.Key, samples.Count, Planner.Seconds(samples).Sum(), samples.Select(sample => sample.Result.Measurement?.PeakMemoryBytes ?? 0).DefaultIfEmpty().Max());
    });

    private string Summary() => SummaryTable.Render(Describe(), Path.GetRelativePath(Options.Layout.ProjectDirectory, report.Length == 0 ? Options.Layout.Root : report));
}

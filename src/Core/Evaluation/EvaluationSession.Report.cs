using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private readonly List<DrawnFigure> drawn = [];
    private readonly List<MissingFigure> undrawn = [];
    private ReportModel? described;
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
            foreach (var warning in picture.Warnings)
                log.Report(warning);
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
        described = Describe();
        var files = ReportWriter.Write(described, Options.Layout.Report, Options.Request.Length == 0 ? ReportWriter.Whole : RequestName);
        report = files.Page;
        outputs.UnionWith(files.All);
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
        Runs = RunsUsed(),
        Pins = [.. Ledger()],
        Tools = [.. tools.Select(tool => new ReportTool(tool.Name, tool.Version, tool.Identity[..12], tool.Deviation))],
        ClaimExperiments = Selection.Claims.ToDictionary(claim => claim.Name, ExperimentsOf),
        Needs = [.. Needs()],
        SmokeSeconds = SmokeSeconds(),
        Resources = [.. Resources()],
        Disk = [.. DiskInUse()],
        Folders = [new(Options.Layout.ProjectDirectory, "."), new(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~")],
    };

    private ReportFigure Describe(DrawnFigure figure, FigureDeclaration declaration) => new()
    {
        Drawn = figure,
        Aliases = declaration.Aliases,
        Measured = [.. declaration.Datasets.Select(measured.GetValueOrDefault).OfType<Dataset>()],
        Recorded = [.. declaration.Datasets.Select(recorded.GetValueOrDefault).OfType<Dataset>()],
        Experiments = ExperimentsOf(declaration.Datasets),
        DataFiles = [.. outputs.Where(path => Path.GetDirectoryName(path) == Options.Layout.Data
            && declaration.Datasets.Any(name => Path.GetFileName(path).StartsWith(name + ".", StringComparison.OrdinalIgnoreCase)))],
        RerunCommand = Rerun(figure.Name),
        Failures =
        [
            .. observations.Where(observation => observation.Failure is not null && observation.Logs.Length > 0 && IsOf(declaration, observation))
                .Select(observation => new ReportFailure(observation.Cell, observation.Failure!, Path.GetRelativePath(Options.Layout.Report, Path.Combine(Options.Layout.Experiments, observation.Logs)))),
        ],
    };

    private bool IsOf(FigureDeclaration figure, Observation observation) => DatasetsOf(figure).Any(dataset => IsOf(dataset, observation));

    private IEnumerable<DatasetDeclaration> DatasetsOf(FigureDeclaration figure) =>
        Model.Datasets.Where(dataset => figure.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase));

    private static bool IsOf(DatasetDeclaration dataset, ExperimentDeclaration experiment) =>
        dataset.Experiments.Contains(experiment.Name, StringComparer.OrdinalIgnoreCase) || dataset.Experiments.Contains(experiment.Suite, StringComparer.OrdinalIgnoreCase);

    private IReadOnlyList<string> ExperimentsOf(IReadOnlyList<string> datasets) =>
        [.. Model.Experiments.Where(experiment => Model.Datasets.Any(dataset => datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase) && IsOf(dataset, experiment))).Select(experiment => experiment.Name)];

    private IReadOnlyList<string> ExperimentsOf(ClaimDeclaration claim) => ExperimentsOf(
    [
        .. Model.Figures.Where(figure => claim.Figures.Contains(figure.Name, StringComparer.OrdinalIgnoreCase)).SelectMany(figure => figure.Datasets),
        .. Model.Predicates.Where(predicate => predicate.Claim.Equals(claim.Name, StringComparison.OrdinalIgnoreCase)).SelectMany(predicate => predicate.Datasets),
    ]);

    private IEnumerable<ReportNeed> Needs() => Selection.Experiments.SelectMany(experiment => experiment.Requires.Select(need => (need.Key, need.Value, experiment.Name)))
        .GroupBy(need => (need.Key, need.Value)).Select(group => new ReportNeed(group.Key.Key, group.Key.Value, [.. group.Select(need => need.Name)]));

    // One sample of each cell of a smoke run takes what samples of these cells took.
    private double? SmokeSeconds()
    {
        var cells = plans.ToDictionary(plan => plan.Cell.Name, StringComparer.Ordinal);
        var each = plans.Select(plan => plan.Cell.Experiment).Distinct().SelectMany(experiment => Cell.Of(experiment with { IsSmoke = true }))
            .Select(cell => cells.GetValueOrDefault(cell.Name) is { Good.Count: > 0 } plan ? Planner.Typical(Planner.Seconds(plan.Good)) : null).ToList();
        return each.Count == 0 || each.Contains(null) ? null : each.Sum();
    }

    private string Rerun(string name) => $"dotnet build {Path.GetFileName(Options.ProjectFile)} -p:Request={name}";

    private List<ReportMachine> MachinesUsed() =>
        [.. RunRecords().GroupBy(run => run.Record.MachineId).Select(group => new ReportMachine(group.Key, MachineText.Rows(group.Last().Record.Machine)))];

    private List<ReportRun> RunsUsed() =>
        [.. RunRecords().Select(run => new ReportRun(run.Record.StartedUtc[..16].Replace('T', ' '), run.Record.MachineId, run.Record.Seed, run.Samples.Count, Elapsed(run.Samples)))];

    private IEnumerable<(RunRecord Record, IReadOnlyList<SampleRecord> Samples)> RunRecords() => journal is null ? [] : plans.SelectMany(plan => plan.Good.Concat(plan.Failed))
        .GroupBy(sample => sample.Run).Where(group => journal.Runs.ContainsKey(group.Key)).Select(group => (journal.Runs[group.Key], (IReadOnlyList<SampleRecord>)[.. group]))
        .OrderBy(run => run.Item1.Id, StringComparer.Ordinal);

    private static double Elapsed(IReadOnlyList<SampleRecord> samples)
    {
        var times = samples.Select(sample => (Start: Time(sample.Result.StartedUtc), sample.Result.Measurement?.WallSeconds)).Where(time => time.Start is not null).ToList();
        return times.Count == 0 ? 0 : (times.Max(time => time.Start!.Value.AddSeconds(time.WallSeconds ?? 0)) - times.Min(time => time.Start!.Value)).TotalSeconds;

        static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    private IEnumerable<ReportPin> Ledger() =>
    [
        .. Model.Pins.Repos.Select(repo => sources.GetValueOrDefault(repo.Name) is { } source ? new ReportPin("repository", repo.Name, source.Commit, repo.Url, true, source.Deviation)
            : new ReportPin("repository", repo.Name, repo.Commit, repo.Url, false, null)),
        .. Model.Pins.Images.Select(image => new ReportPin("image", image.Name, images.GetValueOrDefault(image.Name)?.Digest ?? image.Digest ?? "", image.Reference, images.ContainsKey(image.Name), null)),
        .. Model.Pins.Files.Select(file => files.GetValueOrDefault(file.Name) is { } found ? new ReportPin("download", file.Name, "sha256:" + found.Sha256, file.Url, true, null)
            : new ReportPin("download", file.Name, file.Sha256 is null ? "" : "sha256:" + file.Sha256, file.Url, false, null)),
        .. Model.Pins.Tools.Select(tool => new ReportPin("tool", tool.Name, tool.Version, "", tools.Exists(found => found.Name.Equals(tool.Name, StringComparison.OrdinalIgnoreCase)), null)),
    ];

    private IEnumerable<ReportResource> Resources() => plans.GroupBy(plan => plan.Cell.Experiment).Select(group =>
    {
        var samples = group.SelectMany(plan => plan.Good.Concat(plan.Failed)).ToList();
        return new ReportResource(group.Key.Name, group.Key.Suite, samples.Count, group.Sum(plan => plan.Failed.Count), Planner.Seconds(samples).Sum(),
            samples.Select(sample => sample.Result.Measurement?.PeakMemoryBytes ?? 0).DefaultIfEmpty().Max(),
            samples.Sum(sample => FolderSize.Of(Path.Combine(Options.Layout.Experiments, sample.Logs))), Rerun(group.Key.Name));
    });

    private IEnumerable<ReportDisk> DiskInUse() => new[] { Options.Layout.Sources, Options.Layout.Tools, Options.Layout.Experiments }
        .Select(folder => new ReportDisk(Path.GetRelativePath(Options.Layout.ProjectDirectory, folder), FolderSize.Of(folder))).Where(disk => disk.Bytes > 0);

    private SummaryTable Summary(params IReadOnlyList<string> more) =>
        SummaryTable.Of(described ?? Describe(), Path.GetRelativePath(Options.Layout.ProjectDirectory, report.Length == 0 ? Options.Layout.Root : report), more);
}

using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Composes the content of a call's report from the results of its stages.</summary>
internal sealed class ReportDescription(EvaluationContext context, EvaluationResults results)
{
    private readonly DatasetFolder data = new(results.Data.Folder, context.Options.OnMissing);

    private EvaluationOptions Options => context.Options;

    private EvaluationModel Declared => context.Model;

    private Selection Selection => context.Selection;

    public ReportModel Model() => new()
    {
        Title = Options.Title,
        Project = Path.GetFileName(Options.ProjectFile),
        Request = Options.RequestName,
        SdkVersion = SdkVersion.Text,
        CreatedUtc = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC",
        Verdicts = results.Claims.Verdicts,
        Figures = [.. results.Figures.Drawn
            .Select(figure => Figure(figure, Selection.Figures.First(declaration => declaration.Name == figure.Name)))],
        ClaimErrors = Options.ClaimErrors,
        Advice = results.Claims.Verdicts.ToDictionary(claim => claim.Name,
            new ClaimAdvice(context, results, data).For),
        Bounds = Declared.Predicates.ToDictionary(one => one.Name, StringComparer.Ordinal),
        Datasets = [.. Datasets()],
        Taken = [.. new ReportSamples(context, results).All()],
        Cells = new ReportSamples(context, results).CellsOfPoints(Datasets()),
        Missing = results.Figures.NotDrawn,
        Machines = MachinesUsed(),
        Runs = RunsUsed(),
        Pins = [.. Ledger()],
        Tools = [.. results.Tools.Tools
            .Select(tool => new ReportTool(tool.Name, tool.Version, tool.Identity[..12], tool.Deviation))],
        ClaimExperiments = Selection.Claims.ToDictionary(claim => claim.Name, ExperimentsOf),
        Needs = [.. Needs()],
        SmokeSeconds = SmokeSeconds(),
        Methods = new ReportMethods(context, results, data).All(),
        Resources = [.. Resources()],
        Disk = [.. DiskInUse()],
        Folders = FoldersOf(Options.Layout),
    };

    /// <summary>Returns the folders of this machine that a page must not name.</summary>
    public static IReadOnlyList<ReportFolder> FoldersOf(EvaluationLayout layout) =>
        [new(layout.ProjectDirectory, "."),
            new(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~")];

    private ReportFigure Figure(DrawnFigure figure, FigureDeclaration declaration) => new()
    {
        Drawn = figure,
        Aliases = declaration.Aliases,
        Measured = [.. declaration.Datasets.Select(data.Measured).OfType<Dataset>()],
        Recorded = [.. declaration.Datasets.Select(data.Recorded).OfType<Dataset>()],
        Experiments = context.Needs.ExperimentsOf([.. declaration.Datasets]),
        DataFiles = [.. results.Data.Files.Where(path => Path.GetDirectoryName(path) == Options.Layout.Data
            && declaration.Datasets.Any(name =>
                Path.GetFileName(path).StartsWith(name + ".", StringComparison.OrdinalIgnoreCase)))],
        RerunCommand = Options.CommandFor(figure.Name),
        Failures =
        [
            .. results.Data.Observations.Where(observation =>
                observation.Failure is not null && observation.Logs.Length > 0 && IsOf(declaration, observation))
                .Select(observation => new ReportFailure(observation.Cell, observation.Failure!,
                    LogsOf(observation.Logs))),
        ],
    };

    // A page on a static host can show a file and not a folder.
    private List<string> LogsOf(string logs)
    {
        var folder = Path.Combine(Options.Layout.Experiments, logs);
        IReadOnlyList<string> names = ["stdout.txt", "stderr.txt"];
        return [.. names.Select(file => Path.Combine(folder, file))
            .Where(file => File.Exists(file) && new FileInfo(file).Length > 0)
            .Select(file => Path.GetRelativePath(Options.Layout.Report, file))];
    }

    private IEnumerable<Dataset> Datasets() => Selection.Figures.SelectMany(figure => figure.Datasets)
        .Concat(Declared.Predicates.Where(predicate => Selection.Claims.Any(claim =>
            predicate.Claim.Equals(claim.Name, StringComparison.OrdinalIgnoreCase))).Select(one => one.Dataset))
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .SelectMany(name => new[] { data.Measured(name), data.Recorded(name) }).OfType<Dataset>();

    private bool IsOf(FigureDeclaration figure, Observation observation) =>
        DatasetsOf(figure).Any(dataset => context.Needs.IsOf(dataset, observation.Experiment));

    private IEnumerable<DatasetDeclaration> DatasetsOf(FigureDeclaration figure) =>
        Declared.Datasets.Where(dataset => figure.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase));

    private IReadOnlyList<string> ExperimentsOf(ClaimDeclaration claim) => context.Needs.ExperimentsOf(
    [
        .. Declared.Figures.Where(figure => claim.Figures.Contains(figure.Name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(figure => figure.Datasets),
        .. Declared.Predicates.Where(predicate =>
            predicate.Claim.Equals(claim.Name, StringComparison.OrdinalIgnoreCase))
            .SelectMany(predicate => predicate.Datasets),
    ]);

    private IEnumerable<ReportNeed> Needs() => Selection.Experiments
        .SelectMany(experiment =>
            experiment.Requires.Select(need => (need.Name, need.Demand, Experiment: experiment.Name)))
        .GroupBy(need => (need.Name, need.Demand))
        .Select(group => new ReportNeed(group.Key.Name, group.Key.Demand, [.. group.Select(need => need.Experiment)]));

    // A smoke run takes one sample of each of its cells, so its time is estimated from earlier samples of these cells.
    private double? SmokeSeconds()
    {
        var cells = results.Sampled.Plans.ToDictionary(plan => plan.Cell.Name, StringComparer.Ordinal);
        var each = results.Sampled.Plans.Select(plan => plan.Cell.Experiment).Distinct()
            .SelectMany(experiment => Cell.Of(experiment with { IsSmoke = true }))
            .Select(cell => cells.GetValueOrDefault(cell.Name) is { Good.Count: > 0 } plan
                ? Planner.Typical(Planner.Seconds(plan.Good)) : null).ToList();
        return each.Count == 0 || each.Contains(null) ? null : each.Sum();
    }

    private List<ReportMachine> MachinesUsed() =>
        [.. RunRecords().GroupBy(run => run.Record.MachineId)
            .Select(group => new ReportMachine(group.Key,
                [.. PlaceOf(group.Key), .. MachineText.Rows(group.Last().Record.Machine)]))];

    // Where parts of the request were sent to other machines, the report says which of them a machine is.
    private IEnumerable<(string Name, string Value)> PlaceOf(string machine)
    {
        if (context.Sent.Count == 0)
            return [];
        var experiments = results.Sampled.Plans
            .Where(plan => plan.Good.Concat(plan.Failed).Any(sample => sample.MachineId == machine))
            .Select(plan => plan.Cell.Experiment.Name).Distinct();
        return [("Evaluated", string.Join("; ", experiments.GroupBy(name => context.Sent.FirstOrDefault(part =>
            part.Experiments.Any(experiment => experiment.Name == name))?.Machine.Name ?? "here")
            .Select(part => $"{part.Key}: {string.Join(", ", part)}")))];
    }

    private List<ReportRun> RunsUsed() =>
        [.. RunRecords().Select(run => new ReportRun(run.Record.StartedUtc[..16].Replace('T', ' '),
            run.Record.MachineId, run.Record.Seed, run.Samples.Count,
            Elapsed(run.Samples))
        {
            Boot = string.Join(' ', run.Samples.Select(sample => sample.BootIn(results.Sampled.Runs)).OfType<string>()
                .Distinct().Select(Observations.Short)),
        })];

    private IEnumerable<(RunRecord Record, IReadOnlyList<SampleRecord> Samples)> RunRecords() =>
        results.Sampled.Plans.SelectMany(plan => plan.Good.Concat(plan.Failed))
        .GroupBy(sample => sample.Run).Where(group => results.Sampled.Runs.ContainsKey(group.Key))
        .Select(group => (results.Sampled.Runs[group.Key], (IReadOnlyList<SampleRecord>)[.. group]))
        .OrderBy(run => run.Item1.Id, StringComparer.Ordinal);

    private static double Elapsed(IReadOnlyList<SampleRecord> samples)
    {
        var times = samples.Select(sample =>
            (Start: Time(sample.Result.StartedUtc), sample.Result.Measurement?.WallSeconds))
            .Where(time => time.Start is not null).ToList();
        return times.Count == 0 ? 0
            : (times.Max(time => time.Start!.Value.AddSeconds(time.WallSeconds ?? 0))
                - times.Min(time => time.Start!.Value)).TotalSeconds;

        static DateTimeOffset? Time(string? text) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    private IEnumerable<ReportPin> Ledger() =>
    [
        .. Declared.Pins.Repos.Select(repo => results.Inputs.Sources.GetValueOrDefault(repo.Name) is { } source
            ? new ReportPin("repository", repo.Name, source.Identity, repo.Url, true, source.Deviation)
            : new ReportPin("repository", repo.Name, repo.Commit, repo.Url, false, null)),
        .. Declared.Pins.Images.Select(image => new ReportPin("image", image.Name,
            results.Inputs.Images.GetValueOrDefault(image.Name)?.Digest ?? image.Digest ?? "", image.Reference,
            results.Inputs.Images.ContainsKey(image.Name), null)),
        .. Declared.Pins.Files.Select(file => results.Inputs.Files.GetValueOrDefault(file.Name) is { } found
            ? new ReportPin("download", file.Name, "sha256:" + found.Sha256, file.Url, true, null)
            : new ReportPin("download", file.Name, file.Sha256 is null ? "" : "sha256:" + file.Sha256, file.Url, false,
                null)),
        .. Declared.Pins.Tools.Select(tool => new ReportPin("tool", tool.Name, tool.Version, "",
            results.Tools.Tools.Any(found => found.Name.Equals(tool.Name, StringComparison.OrdinalIgnoreCase)), null)),
    ];

    private IEnumerable<ReportResource> Resources() =>
        results.Sampled.Plans.GroupBy(plan => plan.Cell.Experiment).Select(group =>
    {
        var samples = group.SelectMany(plan => plan.Good.Concat(plan.Failed)).ToList();
        return new ReportResource(group.Key.Name, group.Key.Suite, samples.Count, group.Sum(plan => plan.Failed.Count),
            Planner.Seconds(samples).Sum(),
            samples.Select(sample => sample.Result.Measurement?.PeakMemoryBytes ?? 0).DefaultIfEmpty().Max(),
            samples.Sum(sample => FolderSize.Of(Path.Combine(Options.Layout.Experiments, sample.Logs))),
            Options.CommandFor(group.Key.Name))
        { Reader = PlanText.CommandOf(group.Key.Reader) };
    });

    private IEnumerable<ReportDisk> DiskInUse() =>
        new[] { Options.Layout.Sources, Options.Layout.Tools, Options.Layout.Experiments }
        .Select(folder => new ReportDisk(Path.GetRelativePath(Options.Layout.ProjectDirectory, folder),
            FolderSize.Of(folder))).Where(disk => disk.Bytes > 0);
}

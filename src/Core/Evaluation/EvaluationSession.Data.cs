using System.Text.Json;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Data.UpstreamFormats;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private readonly Dictionary<string, Dataset> measured = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dataset> recorded = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<Observation> observations = [];
    private IReadOnlyList<ClaimVerdict> verdicts = [];

    /// <summary>Turns samples into datasets and writes them as tidy CSV files; reads the recorded ones.</summary>
    /// <exception cref="DiagnosticException">A recorded file cannot be read, or a metric is in no sample.</exception>
    public Task WriteDatasetsAsync(IBuildLog log, CancellationToken cancellation)
    {
        observations = Observations.Of(plans, DeviationsOf);
        foreach (var declaration in Model.Datasets.Where(IsRead))
        {
            var rows = observations.Where(observation => IsOf(declaration, observation)).ToList();
            var entries = HandEntry.Read(declaration, Options.Layout);
            if (declaration.ByHand is { } file)
                dependsOn.Add(Options.Layout.Resolve(file));
            var dataset = DatasetBuilder.Build(declaration, rows, entries) with { IsSmoke = Options.Smoke };
            if (!dataset.Points.Any(point => point.Estimate is not null))
                continue;
            measured[declaration.Name] = dataset;
            rows.AddRange(entries.Select(entry => entry.Observation));
            outputs.Add(DatasetFile.WriteSummary(dataset, Options.Layout.Data));
            outputs.Add(DatasetFile.WriteObservations(declaration.Name, rows, Options.Layout.Data));
            outputs.UnionWith(UpstreamFormatCatalogue.WriteAll(declaration, rows, Path.Combine(Options.Layout.Data, "upstream")));
        }
        foreach (var declaration in Model.Recorded.Where(IsRead))
        {
            recorded[declaration.Name] = RecordedDataReader.Read(declaration, Options.Layout);
            dependsOn.Add(Options.Layout.Resolve(declaration.File));
            if (Options.OnMissing == OnMissing.Recorded && !measured.ContainsKey(declaration.Name))
                outputs.Add(DatasetFile.WriteSummary(recorded[declaration.Name], Options.Layout.Data));
        }
        return Task.CompletedTask;
    }

    /// <summary>Judges the claims of the request.</summary>
    /// <exception cref="DiagnosticException">A predicate does not fit its dataset; or a claim is not supported, and that is to be an error.</exception>
    public Task CheckClaimsAsync(IBuildLog log, CancellationToken cancellation)
    {
        if (Selection.Claims.Count == 0)
            return Task.CompletedTask;
        verdicts = ClaimEvaluator.Evaluate(Selection.Claims, Model.Predicates, DatasetOf, NumaNodesOf);
        if (Options.Smoke)
            verdicts = [.. verdicts.Select(verdict => verdict.Undecided("a smoke run decides nothing"))];
        outputs.UnionWith(VerdictFile.Write(verdicts, Options.Layout.Claims, RequestName));
        return Task.CompletedTask;
    }

    // Measured numbers are judged and drawn; recorded ones in their place only when the user said so.
    private Dataset? DatasetOf(string name) => measured.GetValueOrDefault(name) ?? (Options.OnMissing == OnMissing.Recorded ? recorded.GetValueOrDefault(name) : null);

    // Of the smallest machine that measured a part of it.
    private int? NumaNodesOf(string dataset)
    {
        if (journal is null || !measured.ContainsKey(dataset))
            return null;
        var declaration = Model.Datasets.First(one => string.Equals(one.Name, dataset, StringComparison.OrdinalIgnoreCase));
        var machines = observations.Where(observation => observation.Failure is null && IsOf(declaration, observation)).Select(observation => observation.MachineId).ToHashSet();
        return journal.Runs.Values.Where(run => machines.Contains(run.MachineId))
            .Min(run => (int?)run.Machine.Deserialize(ProtocolJson.Default.MachineState)!.NumaNodes.Count);
    }

    private bool IsRead(IDeclaration dataset) => Selection.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase);

    private bool IsOf(DatasetDeclaration dataset, Observation observation) =>
        dataset.Experiments.Contains(observation.Experiment, StringComparer.OrdinalIgnoreCase)
        || Model.Experiments.Any(experiment => experiment.Name == observation.Experiment && dataset.Experiments.Contains(experiment.Suite, StringComparer.OrdinalIgnoreCase));

    private IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment)
    {
        var needed = ToolsOf([experiment], []).ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase);
        var built = needed.Values.SelectMany(tool => tool.Build?.Sources ?? []);
        var read = References.Sources(Model, experiment).Concat(built).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. experiment.Deviations
                .Concat(tools.Where(tool => needed.ContainsKey(tool.Name)).Select(tool => tool.Deviation).OfType<string>())
                .Concat(sources.Values.Where(source => read.Contains(source.Name)).Select(source => source.Deviation).OfType<string>())
                .Concat(executors[experiment.Executor].DeviationsOf(experiment)),
        ];
    }

    // Names files of a request: All, Figure6a, or several names in one.
    private string RequestName => Options.Request.Length == 0 ? Evaluation.Selection.Everything
        : string.Concat(Options.Request.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '+'));
}

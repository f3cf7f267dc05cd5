using System.Text.Json;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Protocol;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The output of the data stage. The datasets themselves are read from the folder to which the stage
/// writes.</summary>
public sealed record WrittenData
{
    /// <summary>Absolute path of the folder from whose files figures and claims are made.</summary>
    public required string Folder { get; init; }
    /// <summary>Names of the datasets that have at least one measured number.</summary>
    public IReadOnlyList<string> Measured { get; init; } = [];
    /// <summary>The observations: every measured row, including failures.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];
    /// <summary>
    /// The number of NUMA nodes of the smallest machine that measured part of a dataset, by the name of the dataset.
    /// </summary>
    public IReadOnlyDictionary<string, int> NumaNodes { get; init; } = new Dictionary<string, int>();
    /// <summary>
    /// The hashes of predicates that were declared when the good samples of an experiment were taken, one set a run, by
    /// the name of the experiment.
    /// </summary>
    public IReadOnlyDictionary<string,
        IReadOnlyList<IReadOnlyDictionary<string, string>?>> PredicatesThen
    { get; init; }
        = new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>?>>();
    /// <summary>Absolute paths of the files that were written.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>The sources and tools that are present.</summary>
    public CellContext? Context { get; init; }
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public Gaps Gaps { get; init; } = Gaps.None;
}

/// <summary>
/// The stage that turns samples into datasets and writes these as tidy CSV files, with the recorded datasets beside
/// them.
/// </summary>
/// <param name="context">The call.</param>
public sealed class WriteDatasets(EvaluationContext context)
{
    /// <summary>
    /// Writes the datasets of the request. A dataset that does not fit its samples is an error for the end of the call;
    /// the other datasets are still written.
    /// </summary>
    public Task<WrittenData> RunAsync(SampledCells sampled, IBuildLog log, CancellationToken cancellation)
    {
        var (layout, gaps) = (context.Options.Layout, sampled.Gaps);
        var observations = ObservationsOf(sampled);
        var (files, measured) = (new List<string>(), new List<string>());
        var own = context.Model.Datasets.Where(dataset => IsRead(dataset.Name)).ToList();
        foreach (var declaration in own.Where(dataset => dataset is { From: null } or { Source: not null }))
        {
            cancellation.ThrowIfCancellationRequested();
            gaps = Attempt(gaps, declaration.Name, Origin.Measured, () =>
            {
                var written = Write(declaration,
                    [.. observations.Where(observation => context.Needs.IsOf(declaration, observation.Experiment))]);
                files.AddRange(written.Files);
                if (written.IsMeasured)
                    measured.Add(declaration.Name);
            });
        }
        foreach (var declaration in context.Recorded)
        {
            cancellation.ThrowIfCancellationRequested();
            gaps = Attempt(gaps, declaration.Name, Origin.Recorded, () =>
                files.AddRange(Write(declaration, sampled.Context, cancellation)));
        }
        foreach (var declaration in own.Where(HasRecordedForm))
        {
            cancellation.ThrowIfCancellationRequested();
            gaps = Attempt(gaps, declaration.Name, Origin.Recorded, () =>
                files.AddRange(RecordedOf(declaration, sampled.Context, cancellation) is { } source
                    ? DatasetFile.Write(source, layout.Data) : []));
        }
        return Task.FromResult(new WrittenData
        {
            Folder = layout.Data,
            Measured = measured,
            Observations = observations,
            NumaNodes = NumaNodes(measured, observations, sampled),
            PredicatesThen = PredicatesThen(sampled),
            Files = files,
            Context = sampled.Context,
            Gaps = gaps,
        });
    }

    // Experiments that cannot be measured here have an observation for each cell, too, so that figures and verdicts
    // name what they lack.
    private IReadOnlyList<Observation> ObservationsOf(SampledCells sampled) =>
        [.. Observations.Of(sampled.Plans, experiment => sampled.Deviations.GetValueOrDefault(experiment.Name, []),
            sampled.Runs),
            .. context.Selection.Experiments.Where(experiment => sampled.Gaps.Missing.ContainsKey(experiment.Name))
                .SelectMany(experiment => Observations.OfMissing(experiment, "not measured: " + string.Join("; ",
                    sampled.Gaps.Missing[experiment.Name].Select(one => $"{one.What} (found {one.Found})"))))];

    private static Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>?>> PredicatesThen(
        SampledCells sampled) => sampled.Plans.GroupBy(plan => plan.Cell.Experiment.Name).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<IReadOnlyDictionary<string, string>?>)[.. group.SelectMany(plan => plan.Good)
                .Select(sample => sample.Run).Distinct()
                .Select(run => sampled.Runs.GetValueOrDefault(run)?.Predicates)],
            StringComparer.OrdinalIgnoreCase);

    private (IReadOnlyList<string> Files, bool IsMeasured) Write(DatasetDeclaration declaration, List<Observation> rows)
    {
        var layout = context.Options.Layout;
        if (declaration.Root.ByHand is { } file)
            context.Trace.File(layout.Resolve(file));
        var entries = HandEntry.Read(declaration.Root, layout);
        var dataset = DatasetBuilder.Build(declaration, rows, entries) with { IsSmoke = context.Options.Smoke };
        if (declaration.Source is null)
            dataset = dataset with { Notes = [.. dataset.Notes, .. SampleDiagnosis.Of(dataset)] };
        rows.AddRange(entries.Select(entry => entry.Observation));
        var files = new List<string>();
        // The observations behind a derived dataset belong to the dataset that it is derived from.
        if (rows.Count > 0 && declaration.Source is null)
            files.Add(DatasetFile.WriteObservations(declaration.Name, rows, layout.Data));
        if (!dataset.Points.Any(point => point.Estimate is not null))
        {
            // A dataset that has no samples any more is removed, since the numbers of earlier samples are no longer the
            // result.
            DatasetFile.Remove(layout.Data, declaration.Name, Origin.Measured);
            return (files, false);
        }
        List<string> formats = [.. FormatFiles.Write(declaration, rows, layout.Data)];
        dataset = dataset with { FormatFiles = [.. formats.Select(path => Path.GetFileName(path))] };
        files.AddRange(DatasetFile.Write(dataset, layout.Data));
        files.AddRange(formats);
        return (files, true);
    }

    private IReadOnlyList<string> Write(RecordedDataDeclaration declaration, CellContext? around,
        CancellationToken cancellation)
    {
        var files = RecordedDataReader.FilesOf(declaration, context.Files, context.Trace)
            ?? throw DataRules.PinNotHere.Error(declaration.Item.Where, declaration.Name, declaration.File);
        return DatasetFile.Write(Read(declaration, files, around, cancellation), context.Options.Layout.Data);
    }

    // Recorded numbers are processed in the same way as measured ones.
    private Dataset? RecordedOf(DatasetDeclaration declaration, CellContext? around, CancellationToken cancellation)
    {
        var source = context.Model.Datasets.FirstOrDefault(dataset => Is(dataset.Name, declaration.From!));
        var recorded = context.Model.Recorded.FirstOrDefault(dataset => Is(dataset.Name, declaration.From!));
        var points = recorded is not null
            ? RecordedDataReader.FilesOf(recorded, context.Files, context.Trace) is { } files
                ? Read(recorded, files, around, cancellation) : null
            : source?.From is not null ? RecordedOf(source, around, cancellation) : null;
        return points is null ? null : DatasetFrom.Make(declaration, points);
    }

    private Dataset Read(RecordedDataDeclaration declaration, IReadOnlyList<NamedFile> files, CellContext? around,
        CancellationToken cancellation) => RecordedDataReader.Read(
            around is not null && declaration.Reader is CommandReader command
                ? declaration with
                {
                    Reader = BoundReader.Of(command, "", around, null, context.Hashes, context.Trace,
                        cancellation).Reader
                }
                : declaration, files);

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private Dictionary<string, int> NumaNodes(IReadOnlyList<string> measured, IReadOnlyList<Observation> observations,
        SampledCells sampled)
    {
        var nodes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var dataset in context.Model.Datasets.Where(dataset => measured.Contains(dataset.Name)))
        {
            var machines = observations.Where(observation =>
                observation.Failure is null && context.Needs.IsOf(dataset, observation.Experiment))
                .Select(observation => observation.MachineId).ToHashSet();
            if (sampled.Runs.Values.Where(run => machines.Contains(run.MachineId))
                .Min(run => (int?)run.Machine.Deserialize(ProtocolJson.Default.MachineState)!.NumaNodes.Count)
                is { } least)
                nodes[dataset.Name] = least;
        }
        return nodes;
    }

    // Whether a dataset also processes the recorded numbers of the dataset from which it is made, which is not so if
    // its own recorded numbers are declared.
    private bool HasRecordedForm(DatasetDeclaration dataset) =>
        dataset.From is not null && !context.Recorded.Any(recorded => Is(recorded.Name, dataset.Name));

    private bool IsRead(string dataset) =>
        context.Selection.Datasets.Contains(dataset, StringComparer.OrdinalIgnoreCase);

    // If a dataset cannot be made, its files of an earlier call are removed, because they would be mistaken for its
    // current state.
    private Gaps Attempt(Gaps gaps, string dataset, Origin origin, Action step)
    {
        try
        {
            step();
            return gaps;
        }
        catch (DiagnosticException problem)
        {
            DatasetFile.Remove(context.Options.Layout.Data, dataset, origin);
            // A problem with a dataset is reported once, and not again for the datasets derived from it.
            return gaps.With(problem.Diagnostics.Except(gaps.Errors));
        }
    }
}

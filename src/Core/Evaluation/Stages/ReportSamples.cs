using System.Globalization;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The samples behind a report, and the cells behind the points of its datasets.</summary>
internal sealed class ReportSamples(EvaluationContext context, EvaluationResults results)
{
    /// <summary>Returns all samples, good and failed ones, in the order of the plans.</summary>
    public IEnumerable<ReportedSample> All() => results.Sampled.Plans.SelectMany(plan =>
        plan.Good.Concat(plan.Failed)
            .Select(sample => Taken(context.Options.Layout, plan.Cell.Experiment.Name, sample)));

    /// <summary>Returns the cell behind each point of the measured datasets, as far as a point has only one.</summary>
    public Dictionary<string, string> CellsOfPoints(IEnumerable<Dataset> datasets)
    {
        var cells = new Dictionary<string, string>(StringComparer.Ordinal);
        var several = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dataset in datasets.Where(dataset => dataset.Origin == Origin.Measured))
        {
            var declared = context.Model.Datasets.FirstOrDefault(one =>
                one.Name.Equals(dataset.Name, StringComparison.OrdinalIgnoreCase));
            if (declared is null or { Source: not null })
                continue;
            foreach (var observation in results.Data.Observations.Where(one => one.Sample.Length > 0
                && context.Needs.IsOf(declared, one.Experiment)
                && declared.Where.All(condition => condition.Holds(one.Columns.GetValueOrDefault(condition.Name, "")))))
            {
                foreach (var value in ObservedValue.Of(declared, observation))
                {
                    var id = ReportModel.PointId(dataset.Name, dataset.Columns.Select(value.Key));
                    if (cells.TryAdd(id, observation.Cell) || cells[id] == observation.Cell)
                        continue;
                    several.Add(id);
                }
            }
        }
        foreach (var id in several)
            cells.Remove(id);
        return cells;
    }

    /// <summary>Returns what the report says of a sample.</summary>
    public static ReportedSample Taken(EvaluationLayout layout, string experiment, SampleRecord sample) =>
        new(experiment, sample.Cell, sample.Run,
        DateTimeOffset.TryParse(sample.Result.StartedUtc, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var started) ? started : null,
        sample.Result.Measurement?.WallSeconds ?? 0,
        sample.Outcome == Experiments.Cells.SampleOutcome.Ok ? null : sample.Why ?? $"{sample.Outcome}",
        Path.Combine(layout.Experiments, sample.Logs))
        {
            Load = sample.Result.Disturbance?.LoadBefore ?? 0,
            StealSeconds = sample.Result.Disturbance?.StealSeconds ?? 0,
            Switches = (int)Math.Min(int.MaxValue, sample.Result.Disturbance?.InvoluntarySwitches ?? 0),
            MajorFaults = (int)Math.Min(int.MaxValue, sample.Result.Disturbance?.MajorFaults ?? 0),
        };
}

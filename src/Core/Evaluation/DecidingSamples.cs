using System.Globalization;
using MathNet.Numerics.Distributions;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Chooses the smallest numbers of samples with which the predicates of an evaluation can be decided. The authors'
/// recorded numbers stand for the true ones: samples that differ from these by a typical spread are made up, and the
/// predicates are judged by the same code as measured samples. The choice depends on declarations and recorded numbers
/// only, so that it is the same in every call.
/// </summary>
/// <param name="model">The declarations.</param>
/// <param name="files">The locations of the files of pins.</param>
internal sealed class DecidingSamples(EvaluationModel model, NamedFiles files)
{
    /// <summary>The standard deviation of made-up samples of a cell, as a share of their number.</summary>
    public const double Spread = 0.03;

    // A number of samples is enough if at least four of five made-up evaluations decide the predicate.
    private const int Repetitions = 5, Enough = 4;

    private static readonly int[] Sizes = [3, 4, 5, 6, 8, 10, 12, 15, SampleChoice.Most];

    private readonly Dictionary<string, Dataset?> recorded = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<IReadOnlyDictionary<string, string>>> cells =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Chooses the numbers of samples of all experiments.</summary>
    public SampleChoice Choose()
    {
        var all = model.Predicates.Select(predicate => (predicate.Name, Need: NeedOf(predicate)))
            .Where(one => one.Need is not null).ToDictionary(one => one.Name, one => one.Need!.Value,
                StringComparer.OrdinalIgnoreCase);
        var needs = all.Where(one => one.Value <= SampleChoice.Most)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var costs = model.Experiments.ToDictionary(experiment => experiment.Name,
            experiment => new SampleCost(experiment,
            experiment.IsOpen ? 0 : Cell.Of(experiment with { IsSmoke = false }).Count(), NeedOf(experiment, needs)),
            StringComparer.OrdinalIgnoreCase);
        var targets = costs.Values.ToDictionary(cost => cost.Experiment.Name, cost => cost.Target(SampleChoice.Most),
            StringComparer.OrdinalIgnoreCase);
        var sets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var set in model.Figures.Where(figure => figure.Set.Length > 0)
            .GroupBy(figure => figure.Set, StringComparer.OrdinalIgnoreCase))
        {
            var names = new EvaluationNeeds(model).ExperimentsOf(
                [.. set.SelectMany(figure => figure.Datasets).Distinct(StringComparer.OrdinalIgnoreCase)]);
            if (names.Count > 0)
                sets[set.Key] = Fit(set.Key, [.. names.Select(name => costs[name])], targets);
        }
        return new SampleChoice(targets, needs,
            "The number of samples is the smallest with which the predicates of an experiment can be decided, if the "
                + "true numbers are those that the authors recorded and samples of a cell differ by "
                + FormattableString.Invariant($"{100 * Spread:0}%."), sets)
        {
            Open = all.Keys.Except(needs.Keys).ToHashSet(StringComparer.OrdinalIgnoreCase),
        };
    }

    // Reduces the numbers of samples to the most that fits into the hours of a set, and says so.
    private static string Fit(string set, List<SampleCost> costs, Dictionary<string, int> targets)
    {
        var unknown = costs.Where(cost => cost.Hours(1) is null).Select(cost => cost.Experiment.Name).ToList();
        var missing = unknown.Count == 0 ? ""
            : $" How long {string.Join(", ", unknown)} {(unknown.Count == 1 ? "takes" : "take")} is not known, and not "
                + "counted.";
        var all = Duration(SampleChoice.Most);
        if (SampleChoice.MostThatFits(costs) is not { } cap)
            return $"{set}: these samples take about {all}.{missing}";
        foreach (var cost in costs)
            targets[cost.Experiment.Name] = Math.Min(targets[cost.Experiment.Name], cost.Target(cap));
        var limit = FormattableString.Invariant($"{SampleChoice.HoursOfSet} hours");
        return $"{set}: these samples would take about {all}, so that at most {Amount.Count(cap, "sample")} of a cell "
            + (cap == 1 ? "is taken, " : "are taken, ") + (SampleChoice.Hours(costs, cap) <= SampleChoice.HoursOfSet
                ? $"the most that fit in {limit}" : $"and even these take about {Duration(cap)}, more than {limit}")
            + $".{missing}";

        string Duration(int most) => Amount.Duration(3600 * SampleChoice.Hours(costs, most));
    }

    // An experiment without a predicate that some number of samples decides gets the usual number.
    private int NeedOf(ExperimentDeclaration experiment, Dictionary<string, int> needs)
    {
        var own = model.Predicates.Where(predicate => needs.ContainsKey(predicate.Name)
            && predicate.Strength == PredicateStrength.Must && Matches(predicate, experiment))
            .Select(predicate => needs[predicate.Name]).ToList();
        return own.Count > 0 ? own.Max() : experiment.Samples ?? SamplePolicy.Default;
    }

    private bool Matches(PredicateDeclaration predicate, ExperimentDeclaration experiment) => experiment.Measured
        && model.Datasets.Any(dataset => dataset.Name.Equals(predicate.Dataset, StringComparison.OrdinalIgnoreCase)
            && EvaluationNeeds.IsOf(dataset, experiment))
        && Recorded(predicate.Dataset)!.Points.Any(point => IsOf(point, experiment)
            && predicate.Where.All(condition => condition.Holds(point[condition.Name])));

    // The smallest number of samples that decides a predicate, or one more than the largest that is tried; null when
    // the true numbers themselves do not decide it, since the recorded ones lack a point, or when nothing is sampled.
    private int? NeedOf(PredicateDeclaration predicate)
    {
        if (predicate.Quantity is null || Recorded(predicate.Dataset) is not { Points.Count: > 0 } numbers)
            return null;
        if (model.Datasets.FirstOrDefault(one =>
            one.Name.Equals(predicate.Dataset, StringComparison.OrdinalIgnoreCase)) is not { } dataset)
            return null;
        var measured = model.Experiments
            .Where(experiment => experiment.Measured && EvaluationNeeds.IsOf(dataset, experiment)).ToList();
        numbers = numbers with { Statistic = $"{dataset.Statistic}" };
        var noisy = numbers.Points.Select(point => measured.Exists(experiment => IsOf(point, experiment))).ToList();
        if (!Decides(predicate, MadeUp(numbers, noisy.ConvertAll(_ => false), 1, 0)))
            return null;
        return Sizes.FirstOrDefault(size => Enumerable.Range(1, Repetitions)
            .Count(seed => Decides(predicate, MadeUp(numbers, noisy, size, seed))) >= Enough, SampleChoice.Most + 1);
    }

    private static bool Decides(PredicateDeclaration predicate, Dataset dataset)
    {
        try
        {
            return ClaimEvaluator.Judge(predicate, dataset, int.MaxValue).Outcome
                is VerdictOutcome.Supported or VerdictOutcome.NotSupported;
        }
        catch (DiagnosticException)
        {
            // The recorded numbers do not fit the predicate, which is reported where the verdict is.
            return false;
        }
    }

    private static Dataset MadeUp(Dataset numbers, List<bool> noisy, int size, int seed)
    {
        var random = new Random(seed);
        string[] rounds = [.. Enumerable.Range(1, size).Select(round => round.ToString(CultureInfo.InvariantCulture))];
        return numbers with { Origin = Origin.Measured, Points = [.. numbers.Points.Select(Measured)] };

        DataPoint Measured(DataPoint point, int index)
        {
            if (point.Estimate is not { } estimate)
                return point;
            if (!noisy[index])
                return point with { Estimate = new Estimate(estimate.Value), IsExact = true };
            double[] samples = [.. rounds.Select(_ =>
                estimate.Value * Math.Exp(Spread * Normal.Sample(random, 0, 1)))];
            return point with
            {
                Estimate = new Estimate(Statistics.Of(PointSpread.StatisticOf(numbers), samples)),
                Samples = samples,
                Rounds = rounds,
            };
        }
    }

    private bool IsOf(DataPoint point, ExperimentDeclaration experiment)
    {
        if (!cells.TryGetValue(experiment.Name, out var columns))
            cells[experiment.Name] = columns =
                experiment.IsOpen ? [] : [.. Cell.Of(experiment with { IsSmoke = false }).Select(cell => cell.Columns)];
        return columns.Exists(cell => point.Keys.All(key => cell.GetValueOrDefault(key.Key, key.Value) == key.Value));
    }

    private Dataset? Recorded(string name)
    {
        if (recorded.TryGetValue(name, out var known))
            return known;
        var declaration = model.Recorded
            .FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        try
        {
            return recorded[name] = declaration is not null && files.PathOf(declaration.File) is { } file
                && File.Exists(file) ? RecordedDataReader.Read(declaration, file) : null;
        }
        catch (DiagnosticException)
        {
            return recorded[name] = null;
        }
    }
}

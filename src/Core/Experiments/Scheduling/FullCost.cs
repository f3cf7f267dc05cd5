using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The cost of a request that is not a smoke run, as far as the cost can be known before anything runs: it is estimated
/// from samples in the journal, whatever their key, or else from the declarations.
/// </summary>
public static class FullCost
{
    /// <summary>A text with the numbers of samples and cells and the time, in total and on a line for each
    /// experiment.</summary>
    public static string Text(IReadOnlyList<ExperimentDeclaration> experiments, Journal journal, SamplePolicy policy)
    {
        var costs = Costs(experiments, journal, policy);
        var text = new StringBuilder("In full: ").Append(Line(costs.Sum(cost => cost.Samples),
            costs.Sum(cost => cost.Cells), costs));
        var width = experiments.Select(experiment => experiment.Name.Length).DefaultIfEmpty().Max();
        foreach (var cost in costs)
            text.Append("\n  ").Append(cost.Name.PadRight(width)).Append("  ")
                .Append(cost.Cells == 0 ? "its inputs are not here yet" : Line(cost.Samples, cost.Cells, [cost]));
        return text.ToString();
    }

    /// <summary>
    /// A line with the cost of each number of samples that experiments name in SampleSizes, after a line with the cost
    /// of the default numbers; none where no experiment names any.
    /// </summary>
    public static IEnumerable<(SamplePolicy Policy, string Text)> OfSizes(
        IReadOnlyList<ExperimentDeclaration> experiments, Journal journal, SamplePolicy asked)
    {
        var names = SamplePolicy.NamesOf(experiments);
        foreach (var name in names.Count == 0 ? [] : names.Cast<string?>().Prepend(null))
        {
            var policy = new SamplePolicy(null) { Named = name, Choice = asked.Choice };
            var costs = Costs(experiments, journal, policy);
            yield return (policy, (name is null ? "By default: " : $"With -p:Samples={name}: ")
                + Line(costs.Sum(cost => cost.Samples), costs.Sum(cost => cost.Cells), costs));
        }
    }

    private static List<Cost> Costs(IReadOnlyList<ExperimentDeclaration> experiments, Journal journal,
        SamplePolicy policy) =>
        [.. experiments.Select(experiment => Of(experiment with { IsSmoke = false }, policy, journal))];

    private static Cost Of(ExperimentDeclaration experiment, SamplePolicy policy, Journal journal)
    {
        var cells = experiment.IsOpen ? [] : Cell.Of(experiment).ToList();
        var known = cells.Select(cell => Planner.Typical(journal.SamplesOf(cell.Name)
            .Select(sample => sample.Result.Measurement?.WallSeconds).OfType<double>())).OfType<double>().ToList();
        // Cells without measured times are assumed to take as long as the measured ones, or, if there are none, as long
        // as the declaration says.
        double? each = known.Count > 0 ? known.Average() : experiment.EstimatedSeconds;
        var samples = cells.Count * policy.Target(experiment);
        return new Cost(experiment.Name, cells.Count, samples, each * samples * (1 + experiment.WarmUps));
    }

    private static string Line(int samples, int cells, IReadOnlyList<Cost> costs)
    {
        var unknown = costs.Where(cost => cost.Seconds is null).Select(cost => cost.Name).ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $"{Amount.Count(samples, "sample")} of {Amount.Count(cells, "cell")}")
            + (unknown.Count == costs.Count ? ", no estimate yet"
            : $", about {Amount.Duration(costs.Sum(cost => cost.Seconds ?? 0))}"
                + (unknown.Count > 0 ? $" and, without an estimate: {string.Join(", ", unknown)}" : ""));
    }

    private sealed record Cost(string Name, int Cells, int Samples, double? Seconds);
}

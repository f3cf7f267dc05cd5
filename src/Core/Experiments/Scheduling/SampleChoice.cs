using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The numbers of samples that were chosen so that predicates can be decided, and what the choice rests on.
/// </summary>
/// <param name="Targets">The number of good samples of each cell, by the name of the experiment.</param>
/// <param name="Needs">The smallest number of samples with which a predicate can be decided, by the predicate's name;
/// only predicates that some number decides.</param>
/// <param name="Basis">A sentence on how the numbers were chosen.</param>
/// <param name="OfSets">By the name of a set, a sentence on what its samples cost, and on what does not fit.</param>
public sealed record SampleChoice(IReadOnlyDictionary<string, int> Targets, IReadOnlyDictionary<string, int> Needs,
    string Basis, IReadOnlyDictionary<string, string> OfSets)
{
    /// <summary>The predicates that even <see cref="Most"/> samples do not decide, although the true numbers
    /// would.</summary>
    public IReadOnlySet<string> Open { get; init; } = new HashSet<string>();

    /// <summary>The hours that the samples of a set may take.</summary>
    public const double HoursOfSet = 10;

    /// <summary>The most samples that are chosen, which is the number of the paper's own evaluation.</summary>
    public const int Most = 20;

    /// <summary>What a reader must know about the choice, if some sets and predicates are evaluated.</summary>
    /// <param name="sets">The names of the sets.</param>
    /// <param name="predicates">The names of the predicates.</param>
    public IEnumerable<string> Sentences(IEnumerable<string> sets, IEnumerable<string> predicates)
    {
        yield return Basis;
        foreach (var set in sets.Distinct(StringComparer.OrdinalIgnoreCase))
            if (OfSets.TryGetValue(set, out var sentence))
                yield return sentence;
        var open = predicates.Where(Open.Contains).ToList();
        if (open.Count > 0)
            yield return FormattableString.Invariant(
                $"Even {Most} samples would not decide {string.Join(", ", open)}.");
    }

    /// <summary>
    /// Fits numbers of samples into the hours of a set: each experiment gets what it needs, if all of this fits, and
    /// else at most the largest number that fits. An experiment's own number is never reduced.
    /// </summary>
    /// <param name="costs">The experiments of a set, each with its cells and its need.</param>
    /// <returns>The largest number of samples that fits; null when every need fits.</returns>
    public static int? MostThatFits(IReadOnlyList<SampleCost> costs)
    {
        if (Hours(costs, Most) <= HoursOfSet)
            return null;
        var cap = Most;
        while (cap > 1 && Hours(costs, cap) > HoursOfSet)
            cap--;
        return cap;
    }

    /// <summary>
    /// The hours that experiments take, as far as it is known, with at most a number of samples each.
    /// </summary>
    public static double Hours(IEnumerable<SampleCost> costs, int cap) =>
        costs.Sum(cost => cost.Hours(cap) ?? 0);
}

/// <summary>What the samples of an experiment cost.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Cells">The number of its cells; 0 when they are not known yet.</param>
/// <param name="Need">The number of samples that its predicates need.</param>
public sealed record SampleCost(ExperimentDeclaration Experiment, int Cells, int Need)
{
    /// <summary>The number of samples of a cell, if at most a number of samples fits.</summary>
    public int Target(int cap) => Math.Max(Experiment.Samples ?? 1, Math.Min(Need, cap));

    /// <summary>The hours that the experiment takes; null when its duration or its cells are not known.</summary>
    public double? Hours(int cap) => Cells == 0 || Experiment.EstimatedSeconds is not { } seconds ? null
        : Cells * Target(cap) * seconds * (1 + Experiment.WarmUps) / 3600;
}

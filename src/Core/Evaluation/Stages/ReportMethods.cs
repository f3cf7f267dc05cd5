using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Composes the methods section of a report from declarations, journal and datasets.</summary>
internal sealed class ReportMethods(EvaluationContext context, EvaluationResults results, DatasetFolder data)
{
    /// <summary>Returns the topics of the methods section in order; none when nothing was measured or judged.</summary>
    public IReadOnlyList<ReportMethod> All() => results.Sampled.Plans.Count == 0 && results.Claims.Verdicts.Count == 0
        ? [] : [.. new[]
        {
            new ReportMethod("Order of samples", [.. Design()]),
            new ReportMethod("Number of samples", [.. Counts()]),
            new ReportMethod("Numbers and intervals", [.. Estimators()]),
            new ReportMethod("Verdicts", [.. Verdicts()]),
            new ReportMethod("What the samples look like", [.. Checks()]),
        }.Where(method => method.Sentences.Count > 0)];

    private IEnumerable<string> Design()
    {
        if (results.Sampled.Plans.Count == 0)
            yield break;
        yield return "Samples were taken in rounds: in each round, every cell was measured once, in random order and "
            + "one at "
            + "a time. The seeds of the order are with the runs, below.";
        var exact = results.Sampled.Plans.Select(plan => plan.Cell.Experiment).Distinct()
            .Where(experiment => experiment.ExactEnvironment).Select(experiment => experiment.Name).ToList();
        yield return Text(
            $"The environment of each sample was padded by 0 to {CellResolver.Offsets - 1} bytes at random, ")
            + "so that no offset of the stack favours a program in all samples (Mytkowicz et al., ASPLOS 2009)"
            + (exact.Count == 0 ? "." : $", except for {Names(exact)}.");
        foreach (var sentence in Runs())
            yield return sentence;
        foreach (var group in results.Sampled.Plans.Select(plan => plan.Cell.Experiment).Distinct()
            .GroupBy(experiment => experiment.WarmUps).OrderBy(group => group.Key))
            yield return group.Key == 0 ? $"Without warm-ups: {Names(group.Select(one => one.Name))}."
                : $"{Amount.Count(group.Key, "warm-up")} before each sample: {Names(group.Select(one => one.Name))}.";
        var aside = results.Sampled.Plans.Select(plan => plan.Cell.Experiment).Distinct()
            .Where(experiment => !experiment.Measured).Select(experiment => experiment.Name).ToList();
        if (aside.Count > 0)
            yield return $"Not timed, since only what they print counts: {Names(aside)}.";
    }

    private IEnumerable<string> Runs()
    {
        var good = results.Sampled.Plans.SelectMany(plan => plan.Good).ToList();
        var runs = good.Select(sample => sample.Run).Distinct().ToList();
        var boots = good.Select(sample => sample.BootIn(results.Sampled.Runs)).OfType<string>().Distinct().Count();
        if (runs.Count == 0)
            yield break;
        yield return $"The samples are of {Amount.Count(runs.Count, "run")}"
            + (boots > 0 ? $" in {Amount.Count(boots, "boot")} of the machines" : "")
            + ". All samples of a cell are of one build of its tools.";
        foreach (var group in results.Sampled.Plans.Where(plan => plan.Good.Count > 0)
            .GroupBy(plan => plan.Good.Select(sample => sample.Run).Distinct().Count()).OrderBy(group => group.Key))
            yield return $"{Amount.Count(group.Count(), "cell")} of "
                + $"{Names(group.Select(plan => plan.Cell.Experiment.Name).Distinct())}: "
                + $"{Amount.Count(group.Key, "run")}"
                + (group.Key == 1 ? ", so that no interval tells how much another run would differ." : ".");
    }

    private IEnumerable<string> Counts()
    {
        var policy = context.Options.Policy;
        if (results.Sampled.Plans.Count == 0)
            yield break;
        if (policy.Auto)
            yield return Text($"Samples were taken until an interval was at most {100 * policy.Width:0.#}% wide, then ")
                + Text($"{SamplePolicy.Confirming} more, and at most {policy.Cap}. All of them count.");
        foreach (var sentence in policy is { IsChosen: true, Choice: { } choice } && !context.Options.Smoke
            ? choice.Value.Sentences(context.Selection.Figures.Select(figure => figure.Set), context.Model.Predicates
                .Where(predicate => predicate.Strength == PredicateStrength.Must
                    && context.Selection.Claims.Any(claim => claim.Name == predicate.Claim))
                .Select(predicate => predicate.Name)) : [])
            yield return sentence;
        foreach (var group in results.Sampled.Plans.GroupBy(plan => plan.Good.Count).OrderBy(group => group.Key))
            yield return $"{Amount.Count(group.Key, "good sample")}: {Amount.Count(group.Count(), "cell")} of "
                + $"{Names(group.Select(plan => plan.Cell.Experiment.Name).Distinct())}.";
    }

    private IEnumerable<string> Estimators()
    {
        foreach (var figure in results.Figures.Drawn)
            foreach (var dataset in context.Model.Figures.First(one => one.Name == figure.Name).Datasets
                .Select(data.Measured).OfType<Dataset>())
                yield return $"{figure.Name}, {dataset.Name}: {dataset.Statistic} of the samples of each point; "
                    + $"its interval covers {dataset.Coverage}.";
    }

    private IEnumerable<string> Verdicts()
    {
        if (results.Claims.Verdicts.Count == 0)
            yield break;
        yield return "Each end of an interval is beyond the true value with a probability of at most 2.5%. Ratios and "
            + "other "
            + "smooth quantities are compared round by round from six shared rounds on. A smallest or largest number "
            + "is "
            + "judged by the limits of all numbers that it is chosen from, with Bonferroni's correction where one of "
            + "them "
            + "decides. Fewer than three samples decide nothing.";
        yield return "Where runs, or boots of the machine, differ by more than samples of one run do, the interval "
            + "rests "
            + "on the runs (F test; pooled only where it is not significant at 0.25, Bancroft 1944, or at 0.5 for "
            + "fewer "
            + "than five or unequal runs).";
        yield return "Each predicate is judged on its own. A claim is supported if all of its deciding predicates are, "
            + "which "
            + "needs no correction; that several claims are judged is not corrected for.";
        yield return ClaimSection.Age(results.Claims.Verdicts);
        foreach (var group in context.Selection.Claims.Where(claim => claim.Basis.Length > 0)
            .GroupBy(claim => claim.Basis))
            yield return $"{group.Key} (claims {string.Join(", ", group.Select(claim => claim.Name))}).";
        var gaps = results.Claims.Verdicts.SelectMany(claim => claim.Predicates).Where(predicate =>
            predicate.Notes.Any(note => note.StartsWith("left out", StringComparison.Ordinal)
                || note.StartsWith("no data", StringComparison.Ordinal)
                || note.StartsWith("without a partner", StringComparison.Ordinal)))
            .Select(predicate => predicate.Name).ToList();
        yield return gaps.Count == 0 ? "No predicate lacks a point that it asks for."
            : $"Points are left out of {Names(gaps)}, as the notes of these predicates say.";
    }

    private IEnumerable<string> Checks()
    {
        var measured = context.Model.Datasets.Select(dataset => data.Measured(dataset.Name)).OfType<Dataset>().ToList();
        if (measured.Count == 0)
            yield break;
        var found = false;
        foreach (var dataset in measured)
            foreach (var note in SampleDiagnosis.Of(dataset))
            {
                found = true;
                yield return $"{dataset.Name}: {note}.";
            }
        if (!found)
            yield return "No point with six samples or more shows a warm-up, a trend, correlation, skewness, two "
                + "groups or outliers.";
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(12)) + (all.Count > 12 ? $" and {Amount.Count(all.Count - 12)} more" : "");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

using System.Globalization;
using System.Text;
using Verus.Artifact.Experiments;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>Plans in words.</summary>
public static class PlanText
{
    private const int MostCells = 40;

    /// <summary>What would run, why, and how long: a line for each experiment, and its cells where they differ.</summary>
    public static string Render(IReadOnlyList<CellPlan> plans, IReadOnlyDictionary<string, IReadOnlyList<Shortfall>> missing)
    {
        var text = new StringBuilder();
        foreach (var experiment in plans.GroupBy(plan => plan.Cell.Experiment))
        {
            var cells = experiment.ToList();
            text.Append(CultureInfo.InvariantCulture, $"{experiment.Key.Name}: {cells.Sum(plan => plan.Need)} samples of {cells.Count(plan => plan.Need > 0)} cells to take{Time(cells)}; ")
                .Append(CultureInfo.InvariantCulture, $"{cells.Sum(plan => plan.Good.Count)} are there").AppendLine();
            foreach (var reason in cells.Where(plan => plan.Reason.Length > 0).GroupBy(plan => plan.Reason))
            {
                var names = reason.Select(plan => plan.Cell.Name).ToList();
                text.Append("  ").Append(reason.Key).Append(": ").AppendJoin(", ", names.Take(MostCells))
                    .AppendLine(names.Count > MostCells ? $" and {names.Count - MostCells} more" : "");
            }
            text.Append("  command: ").AppendLine(CommandLine.Join(experiment.Key.Command));
        }
        foreach (var (name, shortfalls) in missing)
            text.Append(name).Append(": cannot be measured here: ").AppendJoin("; ", shortfalls.Select(s => $"{s.What}: needed {s.Needed}, found {s.Found}")).AppendLine();
        if (plans.Sum(plan => plan.Need) == 0 && missing.Count == 0)
            text.AppendLine("Nothing would run.");
        else
            text.Append("In all").Append(Time([.. plans])).AppendLine();
        return text.ToString().TrimEnd();
    }

    /// <summary>For each cell whose key is not that of its last samples: the parts that differ, old and new.</summary>
    public static string Explain(IReadOnlyList<CellPlan> plans)
    {
        var text = new StringBuilder();
        foreach (var plan in plans.Where(plan => plan.Reason.Length > 0))
        {
            text.Append(plan.Cell.Name).Append(": ").AppendLine(plan.Differences.Count == 0 ? plan.Reason : "its key has changed since its last samples");
            foreach (var difference in plan.Differences)
                text.Append("  ").Append(difference).AppendLine();
        }
        return text.Length == 0 ? "No key differs from that of the last samples." : text.ToString().TrimEnd();
    }

    private static string Time(IReadOnlyList<CellPlan> plans)
    {
        var needy = plans.Where(plan => plan.Need > 0).ToList();
        if (needy.Count == 0)
            return "";
        var known = needy.Where(plan => plan.SecondsEach is not null).ToList();
        var seconds = known.Sum(plan => plan.Need * plan.SecondsEach!.Value * (1 + plan.Cell.Experiment.WarmUps));
        return known.Count == 0 ? ", no estimate yet"
            : $", about {RunProgress.Duration(seconds)}" + (known.Count < needy.Count ? $" and {needy.Count - known.Count} cells that nobody has timed yet" : "");
    }
}

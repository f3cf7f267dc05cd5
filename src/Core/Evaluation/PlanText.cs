using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>Describes plans in words.</summary>
public static class PlanText
{
    private const int MostCells = 40;

    /// <summary>
    /// Describes what would run, with which parameters, why, and for how long, in a paragraph for each experiment that
    /// lists the cells if they differ.
    /// </summary>
    /// <param name="plans">The cells of experiments that can be measured on this machine.</param>
    /// <param name="missing">The experiments that cannot be measured on this machine, with the reason for each.</param>
    /// <param name="tuneMachine">Whether the machine may be tuned as experiments ask for.</param>
    /// <param name="services">The services of experiments.</param>
    /// <param name="runs">The number of runs over which samples are spread.</param>
    public static string Render(IReadOnlyList<CellPlan> plans,
        IReadOnlyList<(ExperimentDeclaration Experiment, IReadOnlyList<Shortfall> Lacks)> missing, bool tuneMachine,
        IReadOnlyList<ServiceDeclaration> services, int runs = 1)
    {
        var text = new StringBuilder();
        foreach (var experiment in plans.GroupBy(plan => plan.Cell.Experiment))
        {
            var cells = experiment.ToList();
            text.Append(CultureInfo.InvariantCulture,
                $"{experiment.Key.Name}: {Amount.Count(cells.Sum(plan => plan.Need), "sample")} of "
                    + $"{Amount.Count(cells.Count(plan => plan.Need > 0), "cell")} to take{Time(cells)}; ")
                .Append(CultureInfo.InvariantCulture, $"{cells.Sum(plan => plan.Good.Count)} are there").AppendLine();
            foreach (var reason in cells.Where(plan => plan.Reason.Length > 0).GroupBy(plan => plan.Reason))
            {
                var names = reason.Select(plan => plan.Cell.Name).ToList();
                text.Append("  ").Append(reason.Key).Append(": ").AppendJoin(", ", names.Take(MostCells))
                    .AppendLine(names.Count > MostCells ? $" and {names.Count - MostCells} more" : "");
            }
            text.Append(Parameters(experiment.Key, tuneMachine, services)).Append(Each(cells)).Append(ReadAgain(cells));
        }
        foreach (var (experiment, lacks) in missing)
        {
            text.Append(experiment.Name).Append(": cannot be measured here: ").AppendJoin("; ",
                lacks.Select(s => $"{s.What}: needed {s.Needed}, found {s.Found}")).AppendLine()
                .Append(Parameters(experiment, tuneMachine, services));
            if (experiment.EstimatedSeconds is { } seconds)
                text.Append(CultureInfo.InvariantCulture,
                    $"  {Amount.Count(Cell.Of(experiment).Count(), "cell")}; a sample takes about "
                        + $"{Amount.Duration(seconds)} as declared").AppendLine();
        }
        if (plans.Sum(plan => plan.Need) == 0 && missing.Count == 0)
            text.AppendLine("Nothing would run.");
        else if (plans.Any(plan => plan.Need > 0))
            text.Append("In all").Append(Time([.. plans])).AppendLine(runs > 1 ? $", in {runs} runs" : "");
        return text.ToString().TrimEnd();
    }

    /// <summary>
    /// Lists, for each cell whose key differs from that of its last samples, the parts that differ, old and new.
    /// </summary>
    public static string Explain(IReadOnlyList<CellPlan> plans)
    {
        var text = new StringBuilder();
        foreach (var plan in plans.Where(plan => plan.Reason.Length > 0))
        {
            text.Append(plan.Cell.Name).Append(": ")
                .AppendLine(plan.Differences.Count == 0 ? plan.Reason : "its key has changed since its last samples");
            foreach (var difference in plan.Differences)
                text.Append("  ").Append(difference).AppendLine();
        }
        foreach (var experiment in plans.GroupBy(plan => plan.Cell.Experiment)
            .Where(cells => cells.Any(plan => plan.ReadAgain.Count > 0)))
            text.Append(experiment.Key.Name).Append(':').Append(ReadAgain(experiment));
        return text.Length == 0 ? "No key differs from that of the last samples." : text.ToString().TrimEnd();
    }

    private static string ReadAgain(IEnumerable<CellPlan> cells) => string.Concat(
        cells.SelectMany(plan => plan.ReadAgain).GroupBy(reason => reason)
            .Select(reason => $"  {Amount.Count(reason.Count(), "kept sample")} read again ({reason.Key})"
                + Environment.NewLine));

    private static string Parameters(ExperimentDeclaration experiment, bool tuneMachine,
        IReadOnlyList<ServiceDeclaration> services)
    {
        var text = new StringBuilder("  command: ").AppendLine(
            CommandLine.Join(experiment.Command.Select(argument => argument.Text)));
        if (CommandOf(experiment.Reader) is { } reader)
            text.Append("  read by: ").AppendLine(reader);
        if (experiment.Matrix.Count > 0)
            text.Append("  parameters: ").AppendLine(Matrix.Text(experiment.Matrix));
        if (experiment.PreparePer is { } per)
        {
            var what = string.Join(" and ", new[]
            {
                experiment.Prepare.Count > 0 ? "prepared" : null,
                services.Any(service => service.IsShared && service.IsOf(experiment)) ? "served" : null,
            }.OfType<string>());
            text.AppendLine(per.Count == 0
                ? $"  {what} once a round for all cells"
                : $"  {what} once a round for each group of cells with the same {string.Join(", ", per)}");
        }
        if (experiment.Tune.Count > 0)
            text.Append(tuneMachine ? "  the machine is tuned for it: "
                : "  asks for machine settings, which only -p:TuneMachine=true changes: ")
                .AppendLine(MachineSetting.Text(experiment.Tune));
        return text.ToString();
    }

    /// <summary>The command of a reader as declared; null for a reader without a command.</summary>
    internal static string? CommandOf(IOutputReader? reader) => reader is CommandReader { Declared: var command }
        ? CommandLine.Join(command.Select(argument => argument.Text)) : null;

    // The estimated times of an experiment's cells are shown as a range, since cells may differ greatly in how long
    // they take.
    private static string Each(List<CellPlan> cells)
    {
        var timed = cells.Where(plan => plan.IsTimed).Select(plan => plan.SecondsEach!.Value).ToList();
        var each = timed.Count > 0
            ? $"took {Amount.Duration(timed.Min())}{(timed.Count > 1 ? $" to {Amount.Duration(timed.Max())}" : "")}"
                + " the last time"
            : cells[0].Cell.Experiment.EstimatedSeconds is { } declared
                ? $"takes about {Amount.Duration(declared)} as declared" : null;
        var limit = cells[0].Cell.Experiment.TimeoutOf is { } varying
            ? $"is killed after {varying} s" : cells[0].Cell.Experiment.Timeout is { } timeout
                ? $"is killed after {Amount.Duration(timeout)}" : null;
        return each is null && limit is null
            ? "" : $"  a sample {string.Join(" and ", new[] { each, limit }.OfType<string>())}{Environment.NewLine}";
    }

    private static string Time(IReadOnlyList<CellPlan> plans)
    {
        var needy = plans.Where(plan => plan.Need > 0).ToList();
        if (needy.Count == 0)
            return "";
        var known = needy.Where(plan => plan.SecondsEach is not null).ToList();
        var seconds = known.Sum(plan => plan.Need * plan.SecondsEach!.Value * (1 + plan.Cell.Experiment.WarmUps));
        return known.Count == 0 ? ", no estimate yet"
            : $", about {Amount.Duration(seconds)}"
                + (known.Count < needy.Count
                    ? $" and {Amount.Count(needy.Count - known.Count, "cell")} without an estimate" : "");
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Checks of experiments that use the output of other experiments; these checks are possible before anything
/// runs.</summary>
internal static class StepChecks
{
    // How many cells of an experiment are checked: enough to find cells that do not match, since a matrix may have
    // millions of cells.
    private const int MostCells = 10_000;

    /// <summary>
    /// Reports cycles, uses of experiments that leave no output of that kind, and cells that use a single cell of
    /// another experiment where there is not exactly one.
    /// </summary>
    /// <param name="experiments">The experiments; names that refer to nothing are already reported.</param>
    /// <param name="services">The services of the experiments.</param>
    /// <param name="found">List to which the problems that were found are added.</param>
    public static void Check(IReadOnlyList<ExperimentDeclaration> experiments,
        IReadOnlyList<ServiceDeclaration> services, ICollection<Diagnostic> found)
    {
        var all = experiments.DistinctBy(one => one.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);
        var uses = all.Values.ToDictionary(one => one.Name, one => Steps.UsesOf(one, services),
            StringComparer.OrdinalIgnoreCase);
        if (ReportCircles(all, uses, found))
            return;
        foreach (var experiment in all.Values)
            foreach (var use in uses[experiment.Name].Where(use => all.ContainsKey(use.Experiment)))
            {
                CheckLeft(experiment, services, use, all[use.Experiment], found);
                CheckAgreement(experiment, use, all[use.Experiment], found);
            }
    }

    private static bool ReportCircles(Dictionary<string, ExperimentDeclaration> all,
        Dictionary<string, IReadOnlyList<OutputUse>> uses, ICollection<Diagnostic> found)
    {
        var (done, any) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), false);
        foreach (var experiment in all.Values)
            Visit(experiment.Name, []);
        return any;

        void Visit(string name, IReadOnlyList<string> path)
        {
            if (path.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                any = true;
                var circle = path.SkipWhile(one => !one.Equals(name, StringComparison.OrdinalIgnoreCase))
                    .Append(path.First(one => one.Equals(name, StringComparison.OrdinalIgnoreCase)));
                found.Add(StepRules.Circle.At(all[name].Item.Where, all[name].Name, string.Join(" uses ", circle)));
            }
            else if (all.TryGetValue(name, out var experiment) && !done.Contains(name))
            {
                foreach (var use in uses[name])
                    Visit(use.Experiment, [.. path, experiment.Name]);
                done.Add(name);
            }
        }
    }

    // A file that is named after the placeholder must be the standard output or a file that the other experiment
    // collects.
    private static void CheckLeft(ExperimentDeclaration experiment, IReadOnlyList<ServiceDeclaration> services,
        OutputUse use, ExperimentDeclaration other, ICollection<Diagnostic> found)
    {
        var ofOther = OutputUse.Texts(other, services.Where(service => service.IsOf(other)))
            .Concat(other.Environment.Values).Append(other.WorkingDirectory);
        if (use.IsOfAll || other.Collect.Count > 0
            || ofOther.SelectMany(text => text.Placeholders).Any(placeholder => placeholder.Text == "output"))
            return;
        var own = services.Where(service => service.IsOf(experiment));
        var file = OutputUse.Texts(experiment, own).Select(text => FileIn(text, use))
            .FirstOrDefault(rest => rest?.Length > 0 && !rest.StartsWith("stdout.txt", StringComparison.Ordinal));
        if (file is not null)
            found.Add(StepRules.NothingCollected.At(experiment.Item.Where, experiment.Name, use.Placeholder, file,
                other.Name));
    }

    // The path that follows the placeholder; null when there is no placeholder, or nothing follows the placeholder.
    private static string? FileIn(Template text, OutputUse use)
    {
        const string mark = "\0/";
        var filled = text.Fill(placeholder =>
            OutputUse.Of(placeholder) == use ? placeholder.Below("\0") : placeholder.ToString());
        return filled.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? filled[(at + mark.Length)..] : null;
    }

    private static void CheckAgreement(ExperimentDeclaration experiment, OutputUse use, ExperimentDeclaration other,
        ICollection<Diagnostic> found)
    {
        // Values of axes that are read from files of sources are not known before the sources have been fetched.
        if (experiment.Matrix.Concat(other.Matrix).Any(axis => axis.IsOfMachine || axis.IsOpen)
            || Matrix.Size(other.Matrix) > MostCells)
            return;
        var shared = Steps.SharedAxes(experiment, other);
        var cells = Cell.Of(other with { IsSmoke = false }).ToLookup(cell => Steps.ValuesOf(cell, shared),
            StringComparer.Ordinal);
        foreach (var cell in Cell.Of(experiment with { IsSmoke = false }).Take(MostCells))
        {
            var meant = cells[Steps.ValuesOf(cell, shared)].ToList();
            if (meant.Count == 1 || (meant.Count > 1 && use.IsOfAll))
                continue;
            var what = meant.Count == 0
                ? "none of its cells has the same values"
                : $"{Amount.Count(meant.Count, "cell")} of it have the same values, such as "
                    + $"{meant[0].Name} and {meant[1].Name}";
            found.Add(StepRules.NoOneCell.At(experiment.Item.Where, cell.Name, use.Placeholder, what,
                shared.Count == 0 ? "there are none" : string.Join(", ", shared),
                meant.Count == 0 ? $"Give both the same values"
                    : $"Write {{outputs:{other.Name}}} for all of them, or give this experiment the axis that "
                        + "distinguishes them"));
            return;
        }
    }
}

using Verus.Artifact.Claims;

namespace Verus.Artifact.Report;

/// <summary>What evaluators have to write, from what was measured: claims and experiments, environment, ledger, figures, getting started.</summary>
internal static class AppendixPage
{
    public static string Render(ReportModel model)
    {
        var page = new Markdown(new ReportText(model.Folders));
        page.Heading(1, model.Title).Paragraph($"Evaluation of {Wording.Request(model)}, {model.CreatedUtc}, by Verus.Artifact.Sdk {model.SdkVersion}.");
        if (Wording.Mark(model) is { } mark)
            page.Quote(mark);
        page.List(Wording.Warnings(model));
        Started(page, model);
        Claims(page, model);
        Figures(page, model);
        Environment(page, model);
        page.Heading(2, "Dependencies");
        if (model.Pins.Count == 0)
            page.Paragraph("The evaluation pins nothing.");
        page.Table(["name", "kind", "pin", "from", "used here", "deviation"],
            [.. model.Pins.Select(pin => new[] { pin.Name, pin.Kind, pin.Pin, pin.From, pin.Used ? "yes" : "no", pin.Deviation ?? "" })]);
        return page.ToString();
    }

    private static void Started(Markdown page, ReportModel model)
    {
        page.Heading(2, "Getting started").Code(BasisSection.Commands(model));
        var cheapest = model.Figures.Where(figure => !figure.IsAllRecorded && CostOf(model, figure.Experiments).Samples > 0).OrderBy(figure => CostOf(model, figure.Experiments).Seconds).FirstOrDefault();
        if (cheapest is null)
        {
            page.Paragraph("Nothing was measured here yet, so no duration is known; -t:Plan estimates it.");
            return;
        }
        var (small, all) = (CostOf(model, cheapest.Experiments), CostOf(model, [.. model.Resources.Select(resource => resource.Experiment)]));
        page.Paragraph($"The shortest way to a figure, {cheapest.Drawn.Name}, took {Amount.Duration(small.Seconds)} of measuring for {Amount.Count(small.Samples, "sample")}; " +
            $"everything in this report {Amount.Duration(all.Seconds)} for {Amount.Count(all.Samples, "sample")}. Building tools and fetching sources comes on top.").Code([cheapest.RerunCommand]);
    }

    private static void Claims(Markdown page, ReportModel model)
    {
        page.Heading(2, "Claims and experiments");
        page.Table(["claim", "", "verdict", "figures", "experiments", "samples", "time", "peak memory", "disk of output"],
        [
            .. model.Verdicts.Select(claim =>
            {
                var experiments = ExperimentsOf(model, claim);
                return (IReadOnlyList<string>)[claim.Name, claim.Title, Wording.Verdict(claim.Outcome, claim.Origin), string.Join(", ", claim.Figures), string.Join(", ", experiments), .. Cells(CostOf(model, experiments))];
            }),
        ]);
        page.Table(["experiment", "suite", "samples", "failed", "time", "peak memory", "disk of output", "command"],
        [
            .. model.Resources.Select(resource => (IReadOnlyList<string>)
            [
                resource.Experiment, resource.Suite, Amount.Count(resource.Samples), Amount.Count(resource.Failed), Amount.Duration(resource.Seconds),
                Amount.Bytes(resource.PeakMemoryBytes), Amount.Bytes(resource.LogBytes), resource.Command,
            ]),
        ]);
        if (model.Resources.Count == 0)
            page.Paragraph("No experiment was run.");
        page.Table(["disk in use", "size"], [.. model.Disk.Select(disk => new[] { disk.Folder, Amount.Bytes(disk.Bytes) })]);
    }

    // A tick stands for a figure that was measured here, all of it: an evaluator ticks what was seen.
    private static void Figures(Markdown page, ReportModel model)
    {
        page.Heading(2, "Figures");
        page.Ticks(
        [
            .. model.Figures.Select(figure => (Wording.Mark(figure) is null, string.Join(": ", new[] { Names(figure), figure.Drawn.Title, State(model, figure) }.Where(text => text.Length > 0)))),
            .. model.Missing.Select(figure => (false, $"{figure.Name}: {figure.Title}: not measured{(figure.Reasons.Count > 0 ? $" ({figure.Reasons[0]})" : "")}")),
        ]);
    }

    private static void Environment(Markdown page, ReportModel model)
    {
        page.Heading(2, "Environment");
        if (model.Machines.Count == 0)
            page.Paragraph("No number in this report was measured on this machine.");
        foreach (var machine in model.Machines)
            page.Heading(3, $"Machine {machine.Id}").Table(["property", "value"], [.. machine.Rows.Select(row => new[] { row.Name, row.Value })]);
        page.Table(["run started (UTC)", "machine", "samples", "seed"], [.. model.Runs.Select(run => new[] { run.StartedUtc, run.MachineId, Amount.Count(run.Samples), Amount.Count(run.Seed) })]);
        page.Table(["tool", "version", "identity", "deviation"], [.. model.Tools.Select(tool => new[] { tool.Name, tool.Version, tool.Identity, tool.Deviation ?? "" })]);
    }

    private static string Names(ReportFigure figure) => figure.Drawn.Name + (figure.Aliases.Count > 0 ? $" ({string.Join(", ", figure.Aliases)})" : "");

    private static string State(ReportModel model, ReportFigure figure)
    {
        if (figure.IsAllRecorded)
            return Wording.Recorded;
        var cost = CostOf(model, figure.Experiments);
        return $"{Amount.Count(figure.Measured.SelectMany(dataset => dataset.Points).Sum(point => point.Samples.Count), "value")} measured here in {Amount.Duration(cost.Seconds)}"
            + (Wording.Mark(figure) is { } mark ? "; " + mark : "") + (figure.Failures.Count > 0 ? $"; {Amount.Count(figure.Failures.Count, "failed sample")}" : "");
    }

    private static List<string> ExperimentsOf(ReportModel model, ClaimVerdict claim) =>
        [.. model.Figures.Where(figure => claim.Figures.Contains(figure.Drawn.Name, StringComparer.OrdinalIgnoreCase)).SelectMany(figure => figure.Experiments).Distinct()];

    private static ReportResource CostOf(ReportModel model, IReadOnlyList<string> experiments)
    {
        var used = model.Resources.Where(resource => experiments.Contains(resource.Experiment, StringComparer.OrdinalIgnoreCase)).ToList();
        return new ReportResource("", "", used.Sum(r => r.Samples), used.Sum(r => r.Failed), used.Sum(r => r.Seconds), used.Select(r => r.PeakMemoryBytes).DefaultIfEmpty().Max(), used.Sum(r => r.LogBytes), "");
    }

    private static string[] Cells(ReportResource cost) =>
        cost.Samples == 0 ? ["0", "–", "–", "–"] : [Amount.Count(cost.Samples), Amount.Duration(cost.Seconds), Amount.Bytes(cost.PeakMemoryBytes), Amount.Bytes(cost.LogBytes)];
}

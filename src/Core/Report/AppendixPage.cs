using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Report;

/// <summary>
/// The page with the text that artifact evaluators have to write, produced from what was measured: claims and
/// experiments, environment, ledger, figures, and how to get started.
/// </summary>
internal static class AppendixPage
{
    private static readonly string[] Evaluators = ["A", "B", "C", "D"];

    public static string Render(ReportModel model)
    {
        var page = new Markdown(new ReportText(model.Folders));
        page.Heading(1, model.Title)
            .Paragraph(
                $"Evaluation of {Wording.Request(model)}, {model.CreatedUtc}, by Verus.Artifact.Sdk "
                    + $"{model.SdkVersion}.");
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
            [.. model.Pins.Select(pin =>
                new[] { pin.Name, pin.Kind, pin.Pin, pin.From, pin.Used ? "yes" : "no", pin.Deviation ?? "" })]);
        if (model.Pins.Any(pin => ResultsFile.Swhid(pin) is not null))
            page.Paragraph("Commits by their identifiers in Software Heritage, if they are archived there:").Table(
                ["name", "SWHID"], [.. model.Pins.Where(pin => ResultsFile.Swhid(pin) is not null)
                    .Select(pin => new[] { pin.Name, ResultsFile.Swhid(pin)! })]);
        page.Heading(2, "Badges").Table(["badge", "requirement", "met", "by"],
            [.. new AppendixFacts(model).Badges.Select(row =>
                new[] { row.Badge, row.Requirement, row.Answer, row.Evidence })]);
        return page.ToString();
    }

    private static void Started(Markdown page, ReportModel model)
    {
        page.Heading(2, "Getting started");
        page.Paragraph(
            "Times are those of the samples that were measured here. Fetching sources and building tools take "
                + "additional time.");
        page.Table(["step", "command", "samples", "time"], Steps(model));
        if (model.Needs.Count > 0)
            page.Paragraph("What the machine must have:").Table(["what", "needed", "by"],
                [.. model.Needs.Select(need => new[] { need.What, need.Needed, string.Join(", ", need.Experiments) })]);
    }

    private static List<IReadOnlyList<string>> Steps(ReportModel model)
    {
        const string Unknown = "not measured here";
        var all = CostOf(model, [.. model.Resources.Select(resource => resource.Experiment)]);
        var cheapest = model.Figures.Where(figure => !figure.IsAllRecorded
            && CostOf(model, figure.Experiments).Samples > 0)
            .MinBy(figure => CostOf(model, figure.Experiments).Seconds);
        var command = $"dotnet build {model.Project}";
        List<IReadOnlyList<string>> steps =
        [
            ["see what is missing here", $"{command} -t:Preflight", "0", "moments"],
            ["see what would run, and how long it would take", $"{command} -t:Plan", "0", "moments"],
            ["try everything on a few cells", $"{command} -p:Smoke=true", "one a cell",
                model.SmokeSeconds is { } seconds ? Amount.Duration(seconds) : Unknown],
        ];
        if (cheapest is not null && CostOf(model, cheapest.Experiments) is var cost)
            steps.Add([$"the quickest figure, {cheapest.Drawn.Name}", cheapest.RerunCommand, Amount.Count(cost.Samples),
                Amount.Duration(cost.Seconds)]);
        // In file names, the names of a request are joined with a plus.
        var (what, request) = model.Request == Requests.Everything ? ("everything", "")
            : ($"all of {model.Request}", $" -p:Request={model.Request.Replace("+", "%3B", StringComparison.Ordinal)}");
        steps.Add([what, command + request, Amount.Count(all.Samples),
            all.Samples > 0 ? Amount.Duration(all.Seconds) : Unknown]);
        return steps;
    }

    private static void Claims(Markdown page, ReportModel model)
    {
        page.Heading(2, "Claims and experiments");
        page.Table(["claim", "", "verdict", "figures", "experiments", "samples", "time", "peak memory",
            "disk of output"],
        [
            .. model.Verdicts.Select(claim =>
            {
                var experiments = model.ClaimExperiments.GetValueOrDefault(claim.Name, []);
                return (IReadOnlyList<string>)[claim.Name, claim.Title, Wording.Verdict(claim.Outcome, claim.Origin),
                    string.Join(", ", claim.Figures), string.Join(", ", experiments),
                    .. Cells(CostOf(model, experiments))];
            }),
        ]);
        page.Table(["experiment", "suite", "samples", "failed", "time", "peak memory", "disk of output", "command"],
        [
            .. model.Resources.Select(resource => (IReadOnlyList<string>)
            [
                resource.Experiment, resource.Suite, Amount.Count(resource.Samples), Amount.Count(resource.Failed),
                Amount.Duration(resource.Seconds),
                Amount.Bytes(resource.PeakMemoryBytes), Amount.Bytes(resource.LogBytes), resource.Command,
            ]),
        ]);
        if (model.Resources.Count == 0)
            page.Paragraph("No experiment was run.");
        page.Table(["disk in use", "size"],
            [.. model.Disk.Select(disk => new[] { disk.Folder, Amount.Bytes(disk.Bytes) })]);
    }

    // The first box of a figure is ticked if all of it was measured here; the other boxes are left to the evaluators
    // who look at the figure.
    private static void Figures(Markdown page, ReportModel model)
    {
        page.Heading(2, "Figures");
        page.Table(["figure", "shows", "here", "", .. Evaluators],
        [
            .. model.Figures.Select(figure => (IReadOnlyList<string>)[Names(figure), figure.Drawn.Title,
                Wording.Mark(figure) is null ? "✓" : "", State(model, figure), .. Evaluators.Select(_ => "☐")]),
            .. model.Missing.Select(figure =>
                (IReadOnlyList<string>)[figure.Name, figure.Title, "",
                    "not measured" + (figure.Reasons.Count > 0 ? $": {figure.Reasons[0]}" : ""),
                    .. Evaluators.Select(_ => "☐")]),
        ]);
        page.Paragraph("✓: measured here, all of it. A to D: evaluators, who tick what they have seen.");
    }

    private static void Environment(Markdown page, ReportModel model)
    {
        page.Heading(2, "Environment");
        if (model.Machines.Count == 0)
            page.Paragraph("No number in this report was measured on this machine.");
        foreach (var machine in model.Machines)
            page.Heading(3, $"Machine {machine.Id}").Table(["property", "value"],
                [.. machine.Rows.Select(row => new[] { row.Name, row.Value })]);
        page.Table(["run started (UTC)", "machine", "samples", "from first to last", "seed"],
            [.. model.Runs.Select(run => new[] { run.StartedUtc, run.MachineId, Amount.Count(run.Samples),
                Amount.Duration(run.Seconds), Amount.Count(run.Seed) })]);
        page.Table(["tool", "version", "identity", "deviation"],
            [.. model.Tools.Select(tool => new[] { tool.Name, tool.Version, tool.Identity, tool.Deviation ?? "" })]);
    }

    private static string Names(ReportFigure figure) =>
        figure.Drawn.Name + (figure.Aliases.Count > 0 ? $" ({string.Join(", ", figure.Aliases)})" : "");

    private static string State(ReportModel model, ReportFigure figure)
    {
        if (figure.IsAllRecorded)
            return Wording.Recorded;
        var cost = CostOf(model, figure.Experiments);
        var values = figure.Measured.SelectMany(dataset => dataset.Points).Sum(point => point.Samples.Count);
        return $"{Amount.Count(values, "value")} measured here in {Amount.Duration(cost.Seconds)}"
            + (Wording.Mark(figure) is { } mark ? "; " + mark : "")
            + (figure.Failures.Count > 0 ? $"; {Amount.Count(figure.Failures.Count, "failed sample")}" : "");
    }

    private static ReportResource CostOf(ReportModel model, IReadOnlyList<string> experiments)
    {
        var used = model.Resources
            .Where(resource => experiments.Contains(resource.Experiment, StringComparer.OrdinalIgnoreCase)).ToList();
        return new ReportResource("", "", used.Sum(r => r.Samples), used.Sum(r => r.Failed), used.Sum(r => r.Seconds),
            used.Select(r => r.PeakMemoryBytes).DefaultIfEmpty().Max(), used.Sum(r => r.LogBytes), "");
    }

    private static string[] Cells(ReportResource cost) =>
        cost.Samples == 0 ? ["0", "–", "–", "–"] : [Amount.Count(cost.Samples), Amount.Duration(cost.Seconds),
            Amount.Bytes(cost.PeakMemoryBytes), Amount.Bytes(cost.LogBytes)];
}

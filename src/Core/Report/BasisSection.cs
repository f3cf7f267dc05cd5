using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>The section on the basis of the numbers: machines, runs, tools, the ledger, and the total cost.</summary>
internal static class BasisSection
{
    public static void Write(Html main, ReportModel model) => main.Inside("section id=\"basis\"", section =>
    {
        section.Element("h2", "What the numbers rest on");
        Machines(section, model);
        if (model.Tools.Count > 0)
        {
            section.Element("h3", "Tools");
            section.Table("Tools as they were used", ["tool", "version", "identity", new("deviation", "long")],
                model.Tools.Select(tool => (IReadOnlyList<HtmlCell>)
                [tool.Name, tool.Version, new(tool.Identity, Css: "code"), Deviation(tool.Deviation)]));
        }
        Pins(section, "Pins in use", [.. model.Pins.Where(pin => pin.Used)], folded: false);
        Pins(section, "Other pins of the ledger, not needed for this report", [.. model.Pins.Where(pin => !pin.Used)],
            folded: true);
        if (model.Resources.Count > 0)
        {
            section.Element("h3", "Experiments and what they cost");
            section.Table("Times are those of the samples in this report together",
                ["experiment", "suite", new("samples", "num"), new("failed", "num"), new("time", "num"),
                    new("peak memory", "num"), new("disk of output", "num"), "run it again"],
                model.Resources.Select(resource => (IReadOnlyList<HtmlCell>)
                [
                    resource.Experiment, resource.Suite, Amount.Count(resource.Samples), Amount.Count(resource.Failed),
                    Amount.Duration(resource.Seconds),
                    Amount.Bytes(resource.PeakMemoryBytes), Amount.Bytes(resource.LogBytes),
                    new(resource.Command, Css: "code"),
                ]));
        }
        if (model.Resources.Where(resource => resource.Reader is not null).ToList() is { Count: > 0 } read)
            section.Table("Output that a command of the authors reads", ["experiment", "read by"],
                read.Select(resource => (IReadOnlyList<HtmlCell>)[resource.Experiment,
                    new(resource.Reader!, Css: "code")]));
        if (model.Disk.Count > 0)
            section.Table("Disk in use", ["folder", new("size", "num")],
                model.Disk.Select(disk => (IReadOnlyList<HtmlCell>)[disk.Folder, Amount.Bytes(disk.Bytes)]));
        section.Element("h3", "Run it again");
        section.Element("p",
            "Run everything, take more samples (existing ones count), and show what would run and why:", "soft");
        section.Element("pre tabindex=\"0\"", string.Join('\n', Commands(model)));
    });

    /// <summary>The commands that rerun the whole evaluation.</summary>
    public static IReadOnlyList<string> Commands(ReportModel model) =>
    [
        $"dotnet build {model.Project} -t:Report", $"dotnet build {model.Project} -t:Report -p:Samples=20",
        $"dotnet build {model.Project} -t:Plan", $"dotnet build {model.Project} -t:Explain",
    ];

    private static void Machines(Html section, ReportModel model)
    {
        section.Element("h3", model.Machines.Count > 1 ? "Machines" : "Machine");
        if (model.Machines.Count == 0)
            section.Element("p", "No number in this report was measured on this machine.", "soft");
        foreach (var machine in model.Machines)
            section.Table($"Machine {machine.Id}", ["property", new("value", "long")],
                machine.Rows.Select(row => (IReadOnlyList<HtmlCell>)[row.Name, row.Value]));
        if (model.Runs.Count > 0)
            section.Table("Runs; the seed repeats the random order",
                ["started (UTC)", new("samples", "num"), new("from first to last", "num"), new("seed", "num"),
                    "machine", "boot"],
                model.Runs.Select(run => (IReadOnlyList<HtmlCell>)
                    [run.StartedUtc, Amount.Count(run.Samples), Amount.Duration(run.Seconds), Amount.Count(run.Seed),
                        new(run.MachineId, Css: "code"), new(run.Boot, Css: "code")]));
    }

    private static void Pins(Html section, string title, IReadOnlyList<ReportPin> pins, bool folded)
    {
        if (pins.Count == 0)
            return;
        section.Inside($"details{(folded ? "" : " open")}", details =>
        {
            details.Element("summary", title);
            details.Table(title, ["name", "kind", "pin", "from", new("deviation", "long")],
                pins.Select(pin => (IReadOnlyList<HtmlCell>)
                [pin.Name, pin.Kind, new(pin.Pin, Css: "code"), new(pin.From, Css: "code"), Deviation(pin.Deviation)]));
        });
    }

    private static HtmlCell Deviation(string? deviation) => deviation is null
        ? "" : new HtmlCell("⚠ " + deviation, Css: "long warn");
}

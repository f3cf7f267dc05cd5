using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Report;

/// <summary>Writes the report: one HTML file that needs nothing else. Verdicts come first, then figures, then what they rest on.</summary>
public static class ReportWriter
{
    private const string RecordedBadge = "RECORDED by the authors, not measured here";

    /// <summary>Writes <c>NAME.html</c>; its path.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be written.</exception>
    public static string Write(ReportModel model, string folder, string name)
    {
        var path = Path.Combine(folder, name + ".html");
        AtomicFile.Write(path, Render(model));
        return path;
    }

    /// <summary>The page.</summary>
    public static string Render(ReportModel model)
    {
        var page = new Html().Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Element("title", model.Title).Raw("<style>").Raw(ReportStyle.Css).Raw("</style></head><body>\n");
        page.Inside("header", header =>
        {
            header.Element("h1", model.Title);
            header.Element("p", $"{model.Request} · {model.CreatedUtc} · Verus.Artifact.Sdk {model.SdkVersion}", "lead");
            if (IsRecorded(model))
                header.Element("p", model.Figures.Any(figure => figure.Measured.Count > 0) ? "Parts of this report are RECORDED by the authors, not measured here" : RecordedBadge, "badge");
            header.Inside("nav aria-label=\"Contents\"", nav => nav.Inside("ul", list =>
            {
                if (model.Verdicts.Count > 0)
                    list.Raw("<li><a href=\"#claims\">Claims</a></li>");
                for (var i = 0; i < model.Figures.Count; i++)
                    list.Raw($"<li><a href=\"#figure-{i}\">{Html.Escape(model.Figures[i].Drawn.Name)}</a></li>");
                list.Raw("<li><a href=\"#basis\">Machine, pins, tools</a></li>");
            }));
        });
        page.Inside("main", main =>
        {
            if (model.Verdicts.Count > 0)
                main.Inside("section id=\"claims\"", section => Claims(section, model));
            for (var i = 0; i < model.Figures.Count; i++)
                FigureSection.Write(main, model.Figures[i], i);
            if (model.Missing.Count > 0)
                main.Inside("section", section => Missing(section, model));
            main.Inside("section id=\"basis\"", section => Basis(section, model));
        });
        return page.Raw("</body></html>\n").ToString();
    }

    private static bool IsRecorded(ReportModel model) =>
        model.Figures.Any(figure => figure.Drawn.Origin == Origin.Recorded) || model.Verdicts.Any(verdict => verdict.Origin == Origin.Recorded);

    private static void Claims(Html section, ReportModel model)
    {
        section.Element("h2", "Claims");
        section.Inside("div", cards =>
        {
            foreach (var claim in model.Verdicts)
                cards.Inside("article", card =>
                {
                    card.Element("h3", $"{claim.Name}: {claim.Title}");
                    card.Element("p", Words(claim.Outcome), "verdict");
                    if (claim.Origin == Origin.Recorded)
                        card.Element("p", RecordedBadge, "badge");
                    card.Inside($"details{(claim.Outcome is VerdictOutcome.NotSupported or VerdictOutcome.Inconclusive ? " open" : "")}", details =>
                    {
                        details.Element("summary", $"{claim.Predicates.Count(p => p.Outcome == VerdictOutcome.Supported)} of {claim.Predicates.Count} predicates hold");
                        details.Table("Predicates with their margins (above 1: by how much the value may worsen)", ["", "asked", "is", "margin", "verdict", "counts"],
                            claim.Predicates.Select(predicate => new[]
                            {
                                predicate.Name, predicate.Statement, predicate.Value is { } value ? VerdictFile.Show(value) : "", Html.Number(predicate.Margin), Words(predicate.Outcome),
                                predicate.Strength switch { PredicateStrength.Must => "must hold", PredicateStrength.Paper => "holds in the paper", _ => "for information" },
                            }), column => column == 3 ? "num" : null);
                        details.List([.. claim.Predicates.SelectMany(predicate => predicate.Notes.Select(note => $"{predicate.Name}: {note}")).Distinct()], "notes");
                    });
                }, "card " + Css(claim.Outcome));
        }, "cards");
    }

    private static void Missing(Html section, ReportModel model)
    {
        section.Element("h2", "Not measured");
        foreach (var figure in model.Missing)
        {
            section.Element("h3", $"{figure.Name}: {figure.Title}");
            section.List(figure.Reasons, "notes");
        }
    }

    private static void Basis(Html section, ReportModel model)
    {
        section.Element("h2", "Machine, pins, tools");
        foreach (var machine in model.Machines)
        {
            section.Table($"Machine {machine.Id}", ["", "value"], machine.Rows.Select(row => new[] { row.Name, row.Value }));
            section.List(machine.Runs, "notes");
        }
        if (model.Machines.Count == 0)
            section.Element("p", "Nothing in this report was measured on this machine.", "soft");
        if (model.Tools.Count > 0)
            section.Table("Tools", ["tool", "version", "identity", "deviation"], model.Tools.Select(tool => new[] { tool.Name, tool.Version, tool.Identity, tool.Deviation ?? "" }));
        if (model.Pins.Count > 0)
            section.Table("Sources", ["source", "commit or hash", "deviation"], model.Pins.Select(pin => new[] { pin.Name, pin.Commit, pin.Deviation ?? "" }));
        if (model.Resources.Count > 0)
            section.Table("Experiments: what they cost", ["experiment", "samples", "time", "peak memory"], model.Resources.Select(resource => new[]
            {
                resource.Experiment, resource.Samples.ToString(CultureInfo.InvariantCulture), Experiments.RunProgress.Duration(resource.Seconds),
                string.Create(CultureInfo.InvariantCulture, $"{resource.PeakMemoryBytes / (double)(1 << 20):0} MiB"),
            }), column => column > 0 ? "num" : null);
    }

    private static string Words(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Supported => "✓ supported",
        VerdictOutcome.NotSupported => "✗ not supported",
        VerdictOutcome.Inconclusive => "? inconclusive",
        _ => "– not measured",
    };

    private static string Css(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Supported => "good",
        VerdictOutcome.NotSupported => "bad",
        VerdictOutcome.Inconclusive => "open",
        _ => "none",
    };
}

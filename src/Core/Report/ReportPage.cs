namespace Verus.Artifact.Report;

/// <summary>
/// The page of the report: first the verdicts, then the figures, then the basis of the numbers. The report is a single
/// file that loads nothing and declares this to the browser.
/// </summary>
internal static class ReportPage
{
    private static readonly string Head =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            + "content=\"width=device-width,initial-scale=1\">"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        + $"img-src data:; script-src {ReportStyle.ScriptSource}\">"
        + "<meta name=\"referrer\" content=\"no-referrer\"><link rel=\"icon\" href=\"data:,\">";

    /// <summary>Renders the page.</summary>
    /// <param name="model">The report.</param>
    /// <param name="folder">Absolute path of the folder of the report.</param>
    /// <param name="samples">The file name of the page with all samples; null when there is none.</param>
    public static string Render(ReportModel model, string folder, string? samples = null)
    {
        var page = Open(new Html(new ReportText(model.Folders)), model.Title);
        var rows = FigureSection.RowsOf(model);
        var links = new ReportLinks(model, samples);
        page.Inside("header", header => Header(header, model, links));
        page.Inside("main", main =>
        {
            if (model.Verdicts.Count > 0)
                ClaimSection.Write(main, model, links);
            foreach (var figure in model.Figures)
                new FigureSection(links, folder, rows).Write(main, figure, links.Figure(figure.Drawn.Name)!);
            if (model.Missing.Count > 0)
                Missing(main, model);
            if (model.Methods.Count > 0)
                MethodsSection.Write(main, model);
            TimelineSection.Write(main, model.Taken, links.Samples);
            BasisSection.Write(main, model);
        });
        page.Element("footer",
            $"Written by Verus.Artifact.Sdk {model.SdkVersion}. This page is one file and loads nothing; its links "
                + "lead to files of the same evaluation.", "soft");
        return Close(page);
    }

    /// <summary>Begins a page, up to its body.</summary>
    public static Html Open(Html page, string title) => page.Raw(Head).Element("title", page.Words.Line(title))
        .Raw("<style>").Raw(ReportStyle.Css).Raw("</style></head><body>\n");

    /// <summary>Ends a page, and returns it.</summary>
    public static string Close(Html page) =>
        page.Raw("<script>").Raw(ReportStyle.Script).Raw("</script></body></html>\n").ToString();

    private static void Header(Html header, ReportModel model, ReportLinks links)
    {
        header.Element("h1", model.Title);
        header.Element("p", $"Evaluation of {Wording.Request(model)} · {model.CreatedUtc}", "soft");
        if (Wording.Mark(model) is { } mark)
            header.Element("p", mark, "stamp large");
        var warnings = Wording.Warnings(model);
        if (warnings.Count > 0)
            header.Inside("aside aria-label=\"To know before reading\"",
                aside => aside.Element("h2", "⚠ To know before reading").List(warnings, "plain"), "warnings");
        header.Inside("nav aria-label=\"Contents\"", nav => nav.Inside("ul", list =>
        {
            if (model.Verdicts.Count > 0)
                list.Raw("<li><a href=\"#claims\">Claims</a></li>");
            foreach (var figure in model.Figures)
                list.Raw(
                    $"<li><a href=\"#{links.Figure(figure.Drawn.Name)}\">{list.Escape(figure.Drawn.Name)}</a></li>");
            if (model.Missing.Count > 0)
                list.Raw("<li><a href=\"#missing\">Not measured</a></li>");
            if (model.Methods.Count > 0)
                list.Raw("<li><a href=\"#methods\">Methods</a></li>");
            if (model.Taken.Any(sample => sample.Started is not null))
                list.Raw("<li><a href=\"#timeline\">What ran when</a></li>");
            list.Raw("<li><a href=\"#basis\">Machine, tools, pins</a></li>");
        }));
    }

    private static void Missing(Html main, ReportModel model) => main.Inside("section id=\"missing\"", section =>
    {
        section.Element("h2", "Not measured");
        foreach (var figure in model.Missing)
        {
            section.Inside("h3", title =>
                title.Element("bdi", figure.Name, "name").Text(" ").Element("bdi", figure.Title));
            section.List(figure.Reasons, "notes");
        }
    });
}

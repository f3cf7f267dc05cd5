namespace Verus.Artifact.Report;

/// <summary>The section on how the numbers and verdicts were obtained, and which rules of good measurement are
/// kept.</summary>
internal static class MethodsSection
{
    public static void Write(Html main, ReportModel model) => main.Inside("section id=\"methods\"", section =>
    {
        section.Element("h2", "Methods");
        foreach (var method in model.Methods)
        {
            section.Element("h3", method.Topic);
            section.List([.. method.Sentences], "notes");
        }
        var rules = TwelveRules.Of(model);
        if (rules.Count == 0)
            return;
        section.Element("h3", "The twelve rules of Hoefler and Belli");
        section.Table("T. Hoefler, R. Belli: Scientific Benchmarking of Parallel Computing Systems, SC'15",
            [new("rule", "num"), new("asks", "long"), "kept", new("where", "long")],
            rules.Select(rule => (IReadOnlyList<HtmlCell>)
                [rule.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), rule.Asks, rule.Kept,
                    rule.Where]));
    });
}

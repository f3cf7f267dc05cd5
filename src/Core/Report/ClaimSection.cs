using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>The section with the verdicts: a count of each kind, and a card for each claim with its
/// predicates.</summary>
internal static class ClaimSection
{
    private static readonly HtmlColumn[] Columns = ["predicate", "verdict", new("asked", "long"), "is",
        new("margin", "num"), "counts"];

    public static void Write(Html main, ReportModel model, ReportLinks links) =>
        main.Inside("section id=\"claims\"", section =>
    {
        section.Element("h2", "Claims");
        Tally(section, model);
        section.Element("p",
            $"A verdict follows from its predicates. {Age(model.Verdicts)} Margin: the factor by which a value may "
                + "worsen; "
                + "below 1 the predicate fails.", "soft");
        section.Inside("div", cards =>
        {
            foreach (var claim in model.Verdicts)
                Card(cards, model, claim, links);
        }, "cards");
    });

    /// <summary>Writes which claims have thresholds that are older than their samples, as far as the journal records
    /// this.</summary>
    public static string Age(IReadOnlyList<ClaimVerdict> verdicts)
    {
        var known = verdicts.Where(claim => claim.IsDeclaredBefore is not null).ToList();
        var young = known.Where(claim => claim.IsDeclaredBefore is false).Select(claim => claim.Name).ToList();
        return known.Count == 0 ? "It rests on no samples of this evaluation."
            : young.Count == 0 ? "All thresholds were fixed before the samples were taken, as the journal shows."
            : $"Thresholds of {string.Join(", ", young)} are younger than some of the samples"
                + (young.Count < known.Count ? "; all others were fixed before." : ".");
    }

    private static void Tally(Html section, ReportModel model) => section.Inside("ul", list =>
    {
        foreach (var group in model.Verdicts
            .GroupBy(claim => (claim.Outcome, Recorded: claim.Origin == Origin.Recorded))
            .OrderBy(group => group.Key.Recorded).ThenBy(group => group.Key.Outcome))
            list.Inside("li", item => item.Element("strong", Amount.Count(group.Count()))
                .Text(" " + Wording.Verdict(group.Key.Outcome, group.Key.Recorded ? Origin.Recorded : Origin.Measured)),
                Css(group.Key.Outcome, group.Key.Recorded));
    }, "tally");

    private static void Card(Html cards, ReportModel model, ClaimVerdict claim,
        ReportLinks links) => cards.Inside("article", card =>
    {
        card.Element("p", Wording.Verdict(claim.Outcome, claim.Origin), "verdict");
        card.Inside("h3", title => title.Element("bdi", claim.Name, "name").Text(" ").Element("bdi", claim.Title));
        // A card says once that its numbers are recorded.
        if (Wording.Mark(claim) is { } mark && mark != Wording.Recorded)
            card.Element("p", mark, "stamp");
        if (claim.Figures.Count > 0)
            card.Inside("p", line => line.Text("Rests on ").Raw(string.Join(", ", claim.Figures.Select(figure =>
                links.Figure(figure) is { } id
                    ? $"<a href=\"#{id}\">{line.Escape(figure)}</a>" : line.Escape(figure)))),
                "soft");
        var deciding = claim.Predicates.Where(predicate => predicate.Strength == PredicateStrength.Must).ToList();
        card.Inside(
            $"details{(claim.Outcome is VerdictOutcome.NotSupported or VerdictOutcome.Inconclusive ? " open" : "")}",
            details =>
        {
            details.Element("summary",
                "Deciding predicates that hold: "
                    + $"{deciding.Count(predicate => predicate.Outcome == VerdictOutcome.Supported)} of "
                    + $"{deciding.Count}" +
                (deciding.Count < claim.Predicates.Count
                    ? $" ({Amount.Count(claim.Predicates.Count, "predicate")} in all)" : ""));
            details.Table($"Predicates of claim {claim.Name}", Columns,
                claim.Predicates.Select(predicate => Row(claim, predicate,
                    NameOf(details, model, predicate.Name, links))));
            if (model.Advice.GetValueOrDefault(claim.Name) is { Count: > 0 } advice)
            {
                details.Element("p", "What may decide it:", "soft");
                details.List(advice, "notes");
            }
            details.List(
                [.. claim.Predicates.SelectMany(predicate =>
                    predicate.Notes.Select(note => $"{predicate.Name}: {note}")).Distinct()], "notes");
        });
    }, "card " + Css(claim.Outcome, claim.Origin == Origin.Recorded));

    private static IReadOnlyList<HtmlCell> Row(ClaimVerdict claim, PredicateVerdict predicate, HtmlCell name) =>
    [
        name,
        new(Wording.Mark(claim) == Wording.Recorded ? Wording.Verdict(predicate.Outcome)
            : Wording.Verdict(predicate.Outcome, predicate.Origin),
            Css: "mark " + Css(predicate.Outcome, predicate.Origin == Origin.Recorded)),
        predicate.Statement, predicate.Value is { } value ? VerdictFile.Show(value) : "",
        Amount.Number(predicate.Margin) + (predicate.MarginInterval is [var low, var high]
            ? $" [{Amount.Number(low)}, {Amount.Number(high)}]" : ""), Wording.Strength(predicate.Strength),
    ];

    // The name of a predicate leads to the points that it compares.
    private static HtmlCell NameOf(Html page, ReportModel model, string name, ReportLinks links) =>
        model.Bounds.GetValueOrDefault(name) is { } bound && links.TableOf(bound.Dataset) is { } id
            ? new HtmlCell(name, $"<a href=\"#{id}\">{page.Escape(name)}</a>") : name;

    private static string Css(VerdictOutcome outcome, bool recorded) => outcome switch
    {
        VerdictOutcome.Supported => "good",
        VerdictOutcome.NotSupported => "bad",
        VerdictOutcome.Inconclusive => "open",
        _ => "none",
    } + (recorded ? " recorded" : "");
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Report;

/// <summary>
/// The page that compares several evaluations of one artifact, such as those of two machines or of two versions: first
/// whether the claims agree, then what differs in machines and tools, then the numbers beside each other.
/// </summary>
internal static class ComparisonPage
{
    private const int MostRows = 500, LeastForQuantiles = 5;

    public static string Render(IReadOnlyList<ComparedResults> evaluations, IReadOnlyList<ReportFolder> folders)
    {
        var page = ReportPage.Open(new Html(new ReportText(folders)),
            $"Comparison of {string.Join(", ", evaluations.Select(one => one.Name))}");
        var datasets = ComparedDataset.Of(evaluations).ToList();
        page.Inside("header", header =>
        {
            header.Element("h1", evaluations[0].Results.Title);
            header.Element("p", $"{Amount.Count(evaluations.Count, "evaluation")} side by side. Ratios are those to "
                + $"{evaluations[0].Name}.", "soft");
            foreach (var smoke in evaluations.Where(one => one.Results.Smoke))
                header.Element("p", $"{smoke.Name}: {Wording.Smoke}", "stamp large");
        });
        page.Inside("main", main =>
        {
            Claims(main, evaluations);
            Surroundings(main, evaluations);
            foreach (var dataset in datasets)
                Numbers(main, dataset, evaluations);
        });
        return ReportPage.Close(page);
    }

    private static void Claims(Html main, IReadOnlyList<ComparedResults> evaluations)
    {
        var names = evaluations.SelectMany(one => one.Results.Claims).DistinctBy(claim => claim.Name).ToList();
        if (names.Count == 0)
            return;
        var rows = names.Select(claim => (Claim: claim, Outcomes: evaluations.Select(one =>
            one.Results.Claims.FirstOrDefault(other => other.Name == claim.Name) is { } found
                ? Wording.Verdict(found.Outcome, found.Origin) : "not judged").ToList())).ToList();
        main.Inside("section id=\"claims\"", section =>
        {
            section.Element("h2", "Claims");
            var agree = rows.Count(row => row.Outcomes.Distinct().Count() == 1);
            section.Element("p", $"The evaluations agree on {agree} of {Amount.Count(rows.Count, "claim")}.");
            section.Table("Verdicts on the claims in each evaluation",
                [new("claim"), new("what it says", "long"),
                    .. evaluations.Select(one => new HtmlColumn(one.Name)), new("agree")],
                rows.Select(row => (IReadOnlyList<HtmlCell>)[row.Claim.Name, row.Claim.Title,
                    .. row.Outcomes.Select(outcome => new HtmlCell(outcome)),
                    row.Outcomes.Distinct().Count() == 1 ? "yes" : new HtmlCell("no", Css: "warn")]));
        });
    }

    private static void Surroundings(Html main, IReadOnlyList<ComparedResults> evaluations)
    {
        var facts = evaluations.Select(one => FactsOf(one.Results)).ToList();
        var differing = facts.SelectMany(one => one.Keys).Distinct()
            .Where(name => facts.Select(one => one.GetValueOrDefault(name, "")).Distinct().Skip(1).Any()).ToList();
        main.Inside("section id=\"differences\"", section =>
        {
            section.Element("h2", "What differs besides the numbers");
            if (differing.Count == 0)
                section.Element("p", "Machines, tools and pins are the same.");
            else
                section.Table("Facts that are not the same in all evaluations",
                    [new("fact"), .. evaluations.Select(one => new HtmlColumn(one.Name, "long"))],
                    differing.Select(name => (IReadOnlyList<HtmlCell>)[name,
                        .. facts.Select(one => new HtmlCell(one.GetValueOrDefault(name, "–")))]));
        });
    }

    private static Dictionary<string, string> FactsOf(ResultsDocument results) =>
        results.Machines.SelectMany(machine => machine.Facts).Select(fact => ("machine: " + fact.Key, fact.Value))
            .Concat(results.Tools.Select(tool => ($"tool: {tool.Name}", $"{tool.Version} ({tool.Identity})")))
            .Concat(results.Pins.Where(pin => pin.Used).Select(pin => ($"{pin.Kind}: {pin.Name}", pin.Pin)))
            .Append(("SDK", results.Sdk))
            .GroupBy(fact => fact.Item1)
            .ToDictionary(group => group.Key, group => string.Join("; ", group.Select(fact => fact.Item2).Distinct()));

    private static void Numbers(Html main, ComparedDataset dataset, IReadOnlyList<ComparedResults> evaluations) =>
        main.Inside("section", section =>
    {
        var first = dataset.First;
        section.Inside("h2", title => title.Element("bdi", first.Name)
            .Element("span", $" {first.Statistic} of {first.Quantity} in {first.Unit}", "soft"));
        if (dataset.Mismatch is { } mismatch)
            section.Element("p", $"These numbers are left out: {mismatch}.", "stamp");
        for (var other = 1; other < evaluations.Count; other++)
            Pair(section, dataset, evaluations, other);
        Table(section, dataset, evaluations);
    }, "figure");

    private static void Pair(Html section, ComparedDataset dataset, IReadOnlyList<ComparedResults> evaluations,
        int other)
    {
        if (dataset.MeanRatio(other) is not { } mean)
            return;
        var (here, there) = (evaluations[0].Name, evaluations[other].Name);
        var shared = dataset.Points.Where(point => point.Ratio(other) is not null).ToList();
        section.Element("p", $"{there} ÷ {here}: {Amount.Number(mean)} as the geometric "
            + $"mean of {Amount.Count(shared.Count, "point")}; at {shared.Count(point => point.Differs(other))} of "
            + "them, the intervals have nothing in common.");
        var isPositive = shared.TrueForAll(point => point.Here[0]!.Value > 0 && point.Here[other]!.Value > 0);
        if (isPositive)
        {
            section.Element("h3", $"Which points are larger in {there}?");
            section.Element("p", $"Above the diagonal, {there} has the larger number. {MostDifferent(shared, other)}");
            section.Inside("div", frame => frame.Raw(PagePlots.Scatter(frame,
            [
                .. shared.Select(point => new PlotPair(point.Here[0]!.Value!.Value, point.Here[other]!.Value!.Value,
                    point.Differs(other), $"{string.Join(", ", point.Keys)}: {Shown(point.Here[0])} and "
                        + $"{Shown(point.Here[other])}, {Amount.Number(point.Ratio(other))}×")),
            ], here, there)), "picture");
        }
        if (shared.Count < LeastForQuantiles)
            return;
        double[] first = [.. shared.Select(point => point.Here[0]!.Value!.Value)];
        double[] second = [.. shared.Select(point => point.Here[other]!.Value!.Value)];
        section.Element("h3", "Do the largest numbers differ like the others?");
        section.Element("p", $"{there} ÷ {here} at quantiles: " + string.Join(", ", new[] { 0.1, 0.5, 0.9, 1 }
            .Select(share => (share, Of: PagePlots.Quantile(first, share), Other: PagePlots.Quantile(second, share)))
            .Where(at => at.Of != 0).Select(at =>
                $"{Amount.Number(at.Other / at.Of)}× at {Amount.Number(100 * at.share)}%")) + ".");
        section.Inside("div", frame => frame.Raw(PagePlots.Quantiles(frame, [(here, first), (there, second)],
            $"{dataset.First.Quantity} ({dataset.First.Unit})")), "picture");
    }

    // Points are named only if their intervals have nothing in common.
    private static string MostDifferent(List<ComparedPoints> shared, int other)
    {
        const int most = 3;
        var far = shared.Where(point => point.Differs(other) && point.Ratio(other) > 0)
            .OrderByDescending(point => Math.Abs(Math.Log(point.Ratio(other)!.Value))).Take(most)
            .Select(point => $"{string.Join(", ", point.Keys)} ({Amount.Number(point.Ratio(other))}×)").ToList();
        return far.Count == 0 ? "No point differs by more than the intervals allow."
            : $"The points that differ most: {string.Join("; ", far)}.";
    }

    private static void Table(Html section, ComparedDataset dataset, IReadOnlyList<ComparedResults> evaluations)
    {
        var withPaper = dataset.Points.Any(point => point.Paper?.Value is not null);
        List<HtmlColumn> columns = [.. dataset.First.Columns.Select(column => new HtmlColumn(column))];
        for (var i = 0; i < evaluations.Count; i++)
        {
            columns.Add(new(evaluations[i].Name, "num"));
            columns.Add(new("interval", "num"));
            if (i > 0)
                columns.AddRange([new($"÷ {evaluations[0].Name}", "num"), new("differs")]);
        }
        if (withPaper)
            columns.Add(new("paper (recorded)", "num paper"));
        section.Table($"{dataset.First.Name} in each evaluation", columns, dataset.Points.Take(MostRows).Select(point =>
        {
            List<HtmlCell> cells = [.. point.Keys.Select(key => new HtmlCell(key))];
            for (var i = 0; i < evaluations.Count; i++)
            {
                cells.AddRange([Shown(point.Here[i]), Interval(point.Here[i])]);
                if (i > 0)
                    cells.AddRange([point.Ratio(i) is { } ratio ? Amount.Number(ratio) + "×" : "",
                        point.Differs(i) ? "yes" : ""]);
            }
            if (withPaper)
                cells.Add(Shown(point.Paper));
            return (IReadOnlyList<HtmlCell>)cells;
        }));
        if (dataset.Points.Count > MostRows)
            section.Element("p", $"These are the first {MostRows} of {Amount.Count(dataset.Points.Count)} rows.",
                "soft");
    }

    private static string Shown(ResultPoint? point) => point?.Value is { } value
        ? EstimateText.Of(new Estimate(value, point.Low, point.High)).Value : point?.Note ?? "–";

    private static string Interval(ResultPoint? point) => point is { Value: { } value, Low: not null, High: not null }
        && EstimateText.Of(new Estimate(value, point.Low, point.High)) is var all ? $"{all.Low} – {all.High}" : "";
}

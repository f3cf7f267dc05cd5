using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Tests.Extensions;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that all problems that can be known before the first sample are reported before it, and all at
/// once.</summary>
public sealed class RehearsalSpecs : IDisposable
{
    private static readonly string Valid = LatencyReader.Item + """
        <Experiment Include="Time" Command="echo t={n}" Matrix="n=1..4; kind=a|one,b|two" ConstantColumns="series=X" MetricPatterns="lines=t=([0-9]+)" />
        <Experiment Include="Page" Command="pt" Reader="latencies" />
        <Dataset Include="T" Experiments="Time" Where="n>=1" />
        <Dataset Include="R" Experiments="Time" MetricRows="lines|lines;wall|s" KeyColumns="n;kind;metric">
          <Derived>
            metric=ratio; kind=both | lines/s: sum([metric=lines], kind) / sum([metric=wall], kind)
          </Derived>
        </Dataset>
        <Dataset Include="L" Experiments="Page" Metric="latency" KeyColumns="series" />
        <RecordedData Include="T" File="t.csv" KeyColumns="n;kind;series" Value="time" Unit="s" Provenance="them" />
        <Figure Include="F" Kind="LineChart" Datasets="T" X="n" Series="kind" Where="series=X" />
        <Figure Include="B" Kind="GroupedBars" Datasets="L" X="series" />
        <Figure Include="Tab" Kind="Table" Datasets="R" Rows="n;kind" Columns="metric" />
        <Claim Include="C" Title="It holds" Figures="F" />
        <Predicate Include="P" Claim="C" Dataset="T" Where="series=X" Quantity="max([kind=one] / [kind=two])" AtMost="2" />
        <Predicate Include="Q" Claim="C" Dataset="R" Quantity="max(growth([metric=lines], n))" AtMost="2" />
        <Dataset Include="S" From="T" Where="kind!=three" ValueColumn="speed-up" Derived="kind=two: [kind=one] / [kind=two]" />
        <Figure Include="Sc" Kind="Scatter" Datasets="T" XPoints="kind=one" YPoints="kind=two" />
        <Figure Include="St" Kind="StackedBars" Datasets="S" X="n" Series="kind;series" />
        <Dataset Include="K" From="T" Rename="kind=how" KeyColumns="n;series;kind" Derived="kind=ratio: [how=one] / [how=two]" />
        <Figure Include="Ks" Kind="LineChart" Datasets="K" X="n" Series="series" />
        """;

    // Each case has a text in the valid declarations, the text that replaces it, and the code of the expected
    // diagnostic.
    private static readonly (string Right, string Wrong, string Code)[] Mistakes =
    [
        ("echo t={n}", "echo t={m}", "VART4002"), ("echo t={n}", "echo t={work:A}", "VART4002"),
        ("echo t={n}", "echo t={n", "VART4181"),
        ("echo t={n}", "echo t={n} | cat", "VART4180"), ("n=1..4; kind", "n=4..1; kind", "VART0002"),
        ("n=1..4; kind", "n=1..2000000000; kind", "VART0002"),
        ("n=1..4; kind", "n=1..9999; m=1..9999; kind", "VART4182"), ("lines=t=([0-9]+)", "lines=t=[0-9]+", "VART4162"),
        ("lines=t=([0-9]+)", "wall=t=([0-9]+)", "VART4185"),
        ("Reader=\"latencies\"", "Reader=\"latences\"", "VART4015"),
        ("Where=\"n>=1\"", "Where=\"m>=1\"", "VART5006"), ("Where=\"n>=1\"", "Where=\"kind=a\"", "VART5030"),
        ("Where=\"n>=1\"", "Where=\"n>=5\"", "VART5030"),
        ("Rows=\"lines|lines;wall|s\"", "Rows=\"liens|lines;wall|s\"", "VART5004"),
        ("Columns=\"n;kind;metric\"", "Columns=\"m;kind;metric\"", "VART5006"),
        ("sum([metric=lines], kind) / sum", "sum([metric=lines], kind) + sum", "VART5022"),
        ("kind=both | lines/s", "kind=both | lines", "VART5022"),
        ("metric=ratio; kind=both", "metric=ratio", "VART5022"),
        ("Metric=\"latency\"", "Metric=\"latencies\"", "VART5004"),
        ("Value=\"time\" Unit=\"s\"", "Value=\"tim\" Unit=\"s\"", "VART5002"),
        ("File=\"t.csv\"", "File=\"u.csv\"", "VART5001"),
        ("File=\"t.csv\"", "File=\"empty.csv\"", "VART5031"),
        ("X=\"n\" Series=\"kind\"", "X=\"m\" Series=\"kind\"", "VART6001"),
        ("X=\"n\" Series=\"kind\"", "X=\"n\" Series=\"knd\"", "VART6001"),
        ("X=\"n\" Series=\"kind\"", "X=\"n\"", "VART6002"),
        ("X=\"n\" Series=\"kind\"", "X=\"kind\" Series=\"n\" XScale=\"Linear\"", "VART6005"),
        ("Where=\"series=X\" />\n<Figure Include=\"B\"", "Where=\"series=Y\" />\n<Figure Include=\"B\"", "VART5030"),
        ("Kind=\"Table\" Datasets=\"R\" Rows=\"n;kind\" Columns=\"metric\"",
            "Kind=\"LineChart\" Datasets=\"R\" X=\"n\" Series=\"kind;metric\"", "VART6003"),
        ("[kind=one] /", "[knd=one] /", "VART7003"), ("max([kind=one] /", "(([kind=one] /", "VART7001"),
        ("max([kind=one] / [kind=two])", "[kind=one] / [kind=two]", "VART7006"),
        ("max(growth([metric=lines], n))", "max(growth([metric=lines], kind))", "VART7005"),
        ("max(growth([metric=lines], n))", "max([])", "VART7001"),
        ("[kind=one] /", "[kind=on] /", "VART5030"),
        ("AtMost=\"2\" />\n<Predicate", "AtMost=\"2,5\" />\n<Predicate", "VART0002"),
        ("Claim=\"C\" Dataset=\"T\"", "Claim=\"C\" Dataset=\"X\"", "VART0005"),
        ("Title=\"It holds\"", "Titel=\"It holds\"", "VART0003"),
        ("From=\"T\"", "From=\"X\"", "VART0005"), ("From=\"T\"", "From=\"S\"", "VART5060"),
        ("Where=\"kind!=three\"", "Where=\"knd!=three\"", "VART5061"),
        ("Rename=\"kind=how\"", "Rename=\"knd=how\"", "VART5061"),
        ("Rename=\"kind=how\"", "Rename=\"kind=n\"", "VART5066"),
        ("n;series;kind\" Derived=\"kind=ratio: [how=one] / [how=two]\"", "n;series\" Where=\"n>=1\"", "VART5063"),
        ("\"n;series;kind\"", "\"n;series;kind;m\"", "VART5061"), ("[how=one] /", "[kind=one] /", "VART5022"),
        ("[how=one] /", "[how=on] /", "VART5030"),
        ("[kind=one] / [kind=two]\" />\n<Figure", "[knd=one] / [kind=two]\" />\n<Figure", "VART5022"),
        ("kind=two: [kind=one]", ": [kind=one]", "VART5022"),
        ("XPoints=\"kind=one\"", "XPoints=\"knd=one\"", "VART6001"),
        ("XPoints=\"kind=one\"", "XPoints=\"kind=on\"", "VART5030"),
        ("XPoints=\"kind=one\" YPoints=\"kind=two\"", "XPoints=\"kind=one; n&gt;=3\" YPoints=\"kind=two; n&lt;3\"",
            "VART6042"),
        ("YPoints=\"kind=two\"", "Ypoints=\"kind=two\" Series=\"kind\"", "VART0002"),
        ("YPoints=\"kind=two\"", "Series=\"n\"", "VART0001"),
        ("Unit=\"s\" Provenance=\"them\"", "Unit=\"ms\" Provenance=\"them\"", "VART5008"),
    ];

    private readonly EvaluationLayout layout;

    public RehearsalSpecs()
    {
        var folder = Directory.CreateTempSubdirectory("rehearsal-").FullName;
        layout = new EvaluationLayout(Path.Combine(folder, "evaluation"), folder);
        File.WriteAllText(Path.Combine(folder, "t.csv"), "n,kind,series,time\n1,one,X,1.5\n1,two,X,2.5\n");
        File.WriteAllText(Path.Combine(folder, "empty.csv"), "n,kind,series,time\n");
    }

    public void Dispose() => Directory.Delete(layout.ProjectDirectory, recursive: true);

    public static TheoryData<int> EveryMistake => [.. Enumerable.Range(0, Mistakes.Length)];

    [Fact]
    public void Right_declarations_give_no_alarm() =>
        Declared.Problems(Valid, layout).Select(problem => problem.Message).ShouldBeEmpty();

    [Fact]
    public void Where_no_file_can_be_read_they_give_none_either() =>
        Declared.Problems(Valid).Select(problem => problem.Message).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(EveryMistake))]
    public void A_mistake_is_told(int index) =>
        Declared.Codes(With([Mistakes[index]]), layout).ShouldContain(Mistakes[index].Code, Mistakes[index].ToString());

    [Fact]
    public void Several_mistakes_at_different_places_are_all_told_at_once()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 20261126;
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            // The mistakes, one of each line, are made at once, chosen so that none hides another; an experiment, a
            // dataset or a file that cannot be read hides the mistakes of everything that depends on it.
            (string Right, string Wrong, string Code)[] drawn = [.. Mistakes.Where(mistake => !Hides(mistake))
                .OrderBy(_ => random.Next()).DistinctBy(mistake => LineOf(mistake.Right)).Take(random.Next(2, 6))];
            var (codes, why) = (Declared.Codes(With(drawn), layout),
                $"seed {seed}, round {round}: {string.Join("; ", drawn)}");
            drawn.ShouldNotBeEmpty(why);
            drawn.Select(mistake => mistake.Code).ShouldBeSubsetOf(codes, why);
            // An item that cannot be read causes others to be left out, which is reported as well.
            codes.ShouldBeSubsetOf(drawn.Select(mistake => mistake.Code)
                .Concat(["VART0001", "VART5008", "VART6042", "VART7002", "VART7007"]), why);
        }
    }

    [Fact]
    public void A_mistake_has_its_place_and_its_remedy()
    {
        var problem = Declared.Problems(With([("X=\"n\" Series=\"kind\"", "X=\"n\" Series=\"knd\"", "")]),
            layout).ShouldHaveSingleItem();
        problem.Where.ShouldBe(new SourceLocation("test.proj", 11));
        problem.Message.ShouldBe(
            "Figure 'F': Series names the column 'knd', which the dataset 'T' does not have. Did you mean 'kind'?");
    }

    [Fact]
    public void All_unknown_names_of_one_item_are_told() =>
        Declared.Problems(
            With([("X=\"n\" Series=\"kind\" Where=\"series=X\"", "X=\"m\" Series=\"knd\" Where=\"sries=X\"", "")]),
            layout)
        .Select(problem => problem.Rule.Code).ShouldBe(["VART6001", "VART6001", "VART6001"]);

    [Fact]
    public void What_only_the_output_tells_gives_no_alarm() => Declared.Codes(LatencyReader.Item + """
        <Experiment Include="E" Command="x" Reader="latencies" />
        <Dataset Include="D" Experiments="E" Metric="time" Where="series=whatever" KeyColumns="series;benchmark" />
        <Figure Include="F" Kind="GroupedBars" Datasets="D" X="benchmark" Series="series" Where="benchmark=cfrac,larson" />
        <Claim Include="C" Title="T" />
        <Predicate Include="P" Claim="C" Dataset="D" Quantity="max([series=a; benchmark=b] / [series=c; benchmark=b])" AtMost="1" />
        """).ShouldBeEmpty();

    [Fact]
    public void Experiments_of_which_one_may_be_left_out_may_stand_for_one_point() => Declared.Codes("""
        <Experiment Include="Here" Suite="S" Command="x" Matrix="n=1,2" />
        <Experiment Include="There" Suite="S" Command="x" Matrix="n=1,2" Requires="memory&gt;=64GiB" />
        <Dataset Include="D" Experiments="S" KeyColumns="n" />
        """).ShouldBeEmpty();

    [Fact]
    public void Datasets_that_are_made_from_each_other_are_told() => Declared.Codes("""
        <Dataset Include="A" From="B" />
        <Dataset Include="B" From="A" />
        <Figure Include="F" Kind="GroupedBars" Datasets="A" X="n" />
        """).Distinct().ShouldBe(["VART5060"]);

    [Fact]
    public void A_large_matrix_is_checked_by_its_ends_and_the_values_that_are_named()
    {
        const string Large = """
            <Experiment Include="E" Command="x" Matrix="a=1..100; b=1..100; c=x,y,z" />
            <Dataset Include="D" Experiments="E" Where="a=57" />
            <Figure Include="F" Kind="LineChart" Datasets="D" X="b" Series="c" />
            """;
        Declared.Codes(Large).ShouldBeEmpty();
        Declared.Codes(Large.Replace("a=57", "a=101", StringComparison.Ordinal)).ShouldBe(["VART5030"]);
        Declared.Codes(Large.Replace("Series=\"c\"", "Series=\"d\"", StringComparison.Ordinal)).ShouldBe(["VART6001"]);
    }

    private static bool Hides((string Right, string Wrong, string Code) mistake) => LineOf(mistake.Right) < 10;

    private static int LineOf(string text) =>
        Valid[..Valid.IndexOf(text, StringComparison.Ordinal)].Count(c => c == '\n');

    private static string With(IEnumerable<(string Right, string Wrong, string Code)> mistakes) =>
        mistakes.Aggregate(Valid.ReplaceLineEndings("\n"), (text, mistake) =>
    {
        text.ShouldContain(mistake.Right);
        var at = text.IndexOf(mistake.Right, StringComparison.Ordinal);
        return text[..at] + mistake.Wrong + text[(at + mistake.Right.Length)..];
    });
}

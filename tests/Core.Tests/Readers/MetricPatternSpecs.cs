using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Readers;

public sealed class MetricPatternSpecs : EngineFixture
{
    [Theory]
    [InlineData(@"(\S+)", "12.5", 12.5)]
    [InlineData(@"(\S+)", "-5", -5)]
    [InlineData(@"(\S+)", "+5", 5)]
    [InlineData(@"(\S+)", "1e5", 1e5)]
    [InlineData(@"(\S+)", "1.5E-3", 1.5e-3)]
    [InlineData(@"(\S+)", ".5", 0.5)]
    [InlineData(@"([0-9.]+)", "3ms", 3)]
    [InlineData(@"([0-9.]+)", "3 ms", 3)]
    [InlineData(@"([0-9.]+)", "45%", 45)]
    [InlineData(@"([0-9.]+)", "took 5.", 5)]
    [InlineData(@"([0-9.]+)", "5, then more", 5)]
    [InlineData(@"([0-9.]+)", "x=5;", 5)]
    [InlineData(@"([0-9.]+)", "x:5", 5)]
    [InlineData(@"([0-9.]+)", "[5]", 5)]
    [InlineData(@"([0-9]+)/", "3/4 passed", 3)]
    [InlineData(@"^v([0-9]+)", "v7", 7)]
    [InlineData(@"utf-([0-9]+)", "utf-8", 8)]
    [InlineData(@"\[([0-9.]+)", "\u001b[32m[5.25\u001b[0m", 5.25)]
    [InlineData(@"([0-9.]+) ms$", "5.25 ms\r\nnext", 5.25)]
    [InlineData(@"= (.*)$", "n =  5  ", 5)]
    public void A_number_is_read_whole(string pattern, string output, double value) =>
        Read(pattern, output).ShouldBe(value);

    [Theory]
    [InlineData(@"(\S+)", "0,045")]
    [InlineData(@"([0-9.]+)", "0,045")]
    [InlineData(@",([0-9.]+)", "0,045")]
    [InlineData(@"val ([0-9,]+)", "val 1,5")]
    [InlineData(@"([0-9.]+)", "1.2.3")]
    [InlineData(@"([0-9]+\.[0-9]+)", "1.2.3")]
    [InlineData(@"(\S+)", "1.2.3")]
    [InlineData(@"([0-9]+)", "0x1F")]
    [InlineData(@"([0-9]+)", "0xFF")]
    [InlineData(@"x([0-9]+)", "0x1F")]
    [InlineData(@"(\S+)", "0x1F")]
    [InlineData(@"([0-9.]+)", "1e5")]
    [InlineData(@"([0-9.]+)", "1e-5")]
    [InlineData(@"([0-9]+)$", "1e-5")]
    [InlineData(@"([0-9]+)$", "1e+5")]
    [InlineData(@"([0-9.]+)", "1.5D+03")]
    [InlineData(@"([0-9]+)", "1_000")]
    [InlineData(@"_([0-9]+)", "1_000")]
    [InlineData(@"(\S+)", "1_000")]
    [InlineData(@"([0-9]+)", "-5")]
    [InlineData(@"x=-([0-9]+)", "x=-5")]
    [InlineData(@"([0-9]+)", "\u22125")]
    [InlineData(@"(\S+)", "\u22125")]
    [InlineData(@"(\S+)", "1,234,567")]
    [InlineData(@"([0-9]+)", "1,234,567")]
    [InlineData(@"([0-9]+)$", "1,234,567")]
    [InlineData(@"([0-9]+)", "1'234")]
    [InlineData(@"([0-9]+)", "1\u202F234")]
    [InlineData(@"([0-9]+)", "1\u00A0234")]
    [InlineData(@"(\S+)", "45%")]
    [InlineData(@"(\S+)", "3ms")]
    [InlineData(@"([0-9])", "12")]
    [InlineData(@"([0-9])$", "12")]
    [InlineData(@"([0-9]+)", ".5")]
    [InlineData(@"(\S+)", "nan")]
    [InlineData(@"(\S+)", "NaN")]
    [InlineData(@"(\S+)", "inf")]
    [InlineData(@"(\S+)", "-Infinity")]
    [InlineData(@"(\S+)", "∞")]
    [InlineData(@"(\S+)", "1e400")]
    [InlineData(@"(\S+)", "1e999999999999")]
    [InlineData(@"(\S+)", "1e-400")]
    [InlineData(@"(\d+)", "٣٤")]
    [InlineData(@"([0-9]+)", "1٣")]
    [InlineData(@"([0-9]+)", "10⁵")]
    [InlineData(@"([0-9]+)", "3½")]
    [InlineData(@"([0-9.]+)", "1.5×10^5")]
    [InlineData(@"([0-9]+)$", "10^5")]
    [InlineData(@"([0-9]+)", "5m30s")]
    [InlineData(@"([0-9.]+)", "1:05.2")]
    [InlineData(@"([0-9.]+)$", "1:05.2")]
    [InlineData(@"([0-9]+)", "2026-11-26")]
    [InlineData(@"([0-9]+)", "ab12")]
    [InlineData(@"([0-9]*)", "x")]
    [InlineData(@"(.*)", "5 apples")]
    [InlineData(@"a(?:x([0-9])|y)", "ay")]
    public void What_is_no_whole_number_is_refused_with_the_reason(string pattern, string output)
    {
        var problem = Should.Throw<FormatException>(() => Read(pattern, output, "first"));
        problem.Message.ShouldStartWith("the pattern of the metric 'm' takes ");
    }

    [Theory]
    [InlineData("first", 4)]
    [InlineData("last", 2)]
    [InlineData("sum", 9)]
    [InlineData("min", 2)]
    [InlineData("max", 4)]
    [InlineData("mean", 3)]
    [InlineData("count", 3)]
    public void Which_of_several_matches_counts_is_the_authors_word(string word, double value) =>
        Read("v=([0-9]+)", "v=4 v=3 v=2", word).ShouldBe(value);

    [Fact]
    public void Several_matches_without_a_word_are_a_failure_that_says_the_word() =>
        Should.Throw<FormatException>(() => Read("v=([0-9]+)", "v=4\nv=4\n")).Message.ShouldContain(
            "several times, first 'v=4' and then 'v=4'; say which one counts, such as MetricMatches=\"m=last\"");

    [Fact]
    public void A_count_may_be_nothing_and_all_else_may_not()
    {
        Read("warning", "fine", "count").ShouldBe(0);
        foreach (var word in new[] { "first", "last", "each", "sum", "min", "max", "mean" })
            Should.Throw<FormatException>(() => Read("w=([0-9])", "fine", word)).Message.ShouldContain(
                "finds no number");
    }

    [Fact]
    public void Sums_that_are_beyond_a_number_are_refused() =>
        Should.Throw<FormatException>(() => Read(@"(\S+)", "1e308 1e308", "sum")).Message.ShouldContain(
            "beyond the range");

    [Fact]
    public void Each_match_is_a_row_and_those_of_several_metrics_stand_side_by_side()
    {
        var experiment = Experiment("E", ("Command", "true"),
            ("MetricPatterns", "time=t=([0-9]+)\nrate=r=([0-9]+)\ntotal=all=([0-9]+)"),
            ("MetricMatches", "time=each; rate=each"));
        var rows = MetricPatterns.Read(experiment.MetricPatterns, experiment.MetricMatches,
            "t=1 r=10\nt=2 r=20\nall=9\n", isWhole: true);
        rows.Select(row => (row.Columns["match"], row.Metrics["time"], row.Metrics["rate"], row.Metrics["total"]))
            .ShouldBe([("1", 1, 10, 9), ("2", 2, 20, 9)]);
        Should.Throw<FormatException>(() =>
            MetricPatterns.Read(experiment.MetricPatterns, experiment.MetricMatches, "t=1 r=10\nt=2\nall=9\n",
                isWhole: true)).Message.ShouldContain("'time' matches 2 times and that of 'rate' 1 times");
    }

    [Fact]
    public void Of_an_output_whose_beginning_is_not_there_only_the_last_match_is_known()
    {
        var pattern = Experiment("E", ("Command", "true"), ("MetricPatterns", "m=v=([0-9]+)"));
        Should.Throw<FormatException>(() => MetricPatterns.Read(pattern.MetricPatterns, pattern.MetricMatches, "v=4",
            isWhole: false)).Message.ShouldContain("m=last");
        var last = Experiment("E", ("Command", "true"), ("MetricPatterns", "m=v=([0-9]+)"),
            ("MetricMatches", "m=last"));
        MetricPatterns.Read(last.MetricPatterns, last.MetricMatches, "23\nv=4",
            isWhole: false)[0].Metrics["m"].ShouldBe(4);
        Should.Throw<FormatException>(() =>
            MetricPatterns.Read(last.MetricPatterns, last.MetricMatches, "v=4", isWhole: false));
    }

    [Theory]
    [InlineData("m=x ([0-9]+)", "m=lst", "VART4161", "last")]
    [InlineData("m=x ([0-9]+)", "n=last", "VART4160", "'n'")]
    [InlineData("m=x [0-9]+", "", "VART4162", "parentheses")]
    [InlineData("m=x [0-9]+", "m=last", "VART4162", "parentheses")]
    [InlineData("m=x ([0-9]+", "", "VART0002", "regular expression")]
    public void What_cannot_be_read_is_an_error_before_anything_runs(string patterns, string matches, string code,
        string word)
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            Experiment("E", ("Command", "true"), ("MetricPatterns", patterns), ("MetricMatches", matches)));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(word);
    }

    [Theory]
    [InlineData("Reader", "gnu-time")]
    [InlineData("ConstantColumns", "match=x")]
    [InlineData("Matrix", "match=1,2")]
    public void Matches_cannot_be_rows_beside_other_rows(string name, string value) =>
        Should.Throw<DiagnosticException>(() => Experiment("E", ("Command", "true"), ("MetricPatterns", "m=x ([0-9]+)"),
            ("MetricMatches", "m=each"), (name, value)))
            .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ReadingRules.RowsOfTwoKinds);

    [Theory]
    [InlineData("{work}/a/*.txt", true)]
    [InlineData("*", true)]
    [InlineData("{copy:x}/out", true)]
    [InlineData("{dir}/x", true)]
    [InlineData("../x", false)]
    [InlineData("a/../../x", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("{work}/../x", false)]
    [InlineData("{output}/x", false)]
    [InlineData("{project}/x", false)]
    public void What_Collect_may_name_is_below_the_work_folder(string pattern, bool isFine)
    {
        var found = new List<Diagnostic>();
        _ = ExperimentDeclaration.Parse(Item("Experiment", "E", ("Command", "true"), ("Matrix", "dir=a,b"),
            ("Collect", pattern)), found);
        found.Select(one => one.Rule).ShouldBe(isFine ? [] : [ReadingRules.CollectOutside]);
    }

    private static double Read(string pattern, string output, string? word = null)
    {
        var experiment = Experiment("E", ("Command", "true"), ("MetricPatterns", "m=" + pattern),
            ("MetricMatches", word is null ? "" : "m=" + word));
        return MetricPatterns.Read(experiment.MetricPatterns, experiment.MetricMatches, output,
            isWhole: true)[0].Metrics["m"];
    }
}

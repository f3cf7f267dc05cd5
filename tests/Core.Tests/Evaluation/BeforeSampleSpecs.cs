namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests that mistakes in readers, recorded files, figures by command and kinds of figures are reported by a plan,
/// before anything is measured. RehearsalSpecs tests mistakes in other items.
/// </summary>
public sealed class BeforeSampleSpecs : EvaluationFixture
{
    private const string Valid = """
        <Experiment Include="Rows" Command="sh {project}/run.sh {n}" Matrix="n=1,2" Reader="table" RowPattern="^(?&lt;op&gt;\w+) (?&lt;rate&gt;[0-9.]+)" RowColumns="op" RowMetrics="rate|1/s" />
        <Experiment Include="Json" Command="sh {project}/run.sh {n}" Matrix="n=1,2" Reader="json" RowPath="run.results" RowColumns="op=name" RowMetrics="p50|us=latency.p50" />
        <Experiment Include="Own" Command="sh {project}/run.sh {n}" Matrix="n=1,2" ReaderCommand="{project}/parse.sh {n}" RowMetrics="v|s" />
        <Dataset Include="R" Experiments="Rows" Metric="rate" KeyColumns="n;op" />
        <Dataset Include="J" Experiments="Json" Metric="p50" KeyColumns="n;op" />
        <Dataset Include="O" Experiments="Own" Metric="v" KeyColumns="n" />
        <Dataset Include="F" From="O" Derived=": [] / [n=1]" ValueColumn="speed-up" />
        <RecordedData Include="Paper" File="paper.csv" KeyColumns="n" Value="time" Unit="s" Provenance="them" />
        <RecordedData Include="Raw" File="raw.txt" ReaderCommand="sh {project}/convert.sh" Reader="csv" RowColumns="n" RowMetrics="time" KeyColumns="n" Value="time" Unit="s" Provenance="them" />
        <Figure Include="Stack" Kind="StackedBars" Datasets="R" X="n" Series="op" FontFile="font.ttf" />
        <Figure Include="Heat" Kind="HeatMap" Datasets="J" X="n" Rows="op" />
        <Figure Include="Line" Kind="LineChart" Datasets="O" X="n" XScale="Linear" />
        <Figure Include="Box" Kind="BoxPlot" Datasets="O" X="n" />
        <Figure Include="Cdf" Kind="Cdf" Datasets="J" Series="op" />
        <Figure Include="Speed" Kind="GroupedBars" Datasets="F" X="n" />
        <Figure Include="Theirs" Kind="GroupedBars" Datasets="Paper" X="n" />
        <Figure Include="Mine" Kind="Command" Datasets="O" Command="sh {project}/plot.sh {data:O} {out}" />
        """;

    // Each case has a text in the valid declarations, the text that replaces it, and the code of the expected
    // diagnostic.
    private static readonly (string Right, string Wrong, string Code)[] Mistakes =
    [
        ("{project}/run.sh {n}\" Matrix=\"n=1,2\" Reader=\"table\"",
            "{project}/rum.sh {n}\" Matrix=\"n=1,2\" Reader=\"table\"", "VART4184"),
        ("(?&lt;rate&gt;[0-9.]+)", "([0-9.]+)", "VART0002"), ("(?&lt;op&gt;\\w+)", "\\w+", "VART0002"),
        ("(?&lt;op&gt;\\w+)", "(?&lt;op&gt;\\w+", "VART0002"),
        ("RowColumns=\"op\" RowMetrics=\"rate|1/s\"", "RowMetrics=\"rate|1/s\"", "VART5006"),
        ("RowPath=\"run.results\"", "RowPath=\"run..results\"", "VART0002"),
        ("p50|us=latency.p50", "p50|us=latency..p50", "VART0002"),
        ("op=name", "op=name.", "VART0002"),
        ("{project}/parse.sh", "{project}/none.sh", "VART4169"),
        ("{project}/parse.sh", "{project}/plain.sh", "VART4154"),
        ("{project}/parse.sh", "{project}/lost.sh", "VART4154"),
        ("{project}/parse.sh", "no-such-interpreter {project}/parse.sh", "VART4169"),
        ("{project}/parse.sh {n}", "{project}/parse.sh {m}", "VART4002"),
        ("{project}/parse.sh {n}", "{tool:none} {n}", "VART0005"),
        ("{project}/parse.sh {n}", "sh {project}/parse.sh | sort", "VART4180"),
        ("Metric=\"rate\"", "Metric=\"rates\"", "VART5004"), ("Metric=\"p50\"", "Metric=\"p99\"", "VART5004"),
        ("From=\"O\"", "From=\"Oo\"", "VART0005"), ("[] / [n=1]", "[] / [m=1]", "VART5022"),
        ("[] / [n=1]", "[] / [n=3]", "VART5030"),
        ("File=\"paper.csv\"", "File=\"folder\"", "VART5001"), ("File=\"paper.csv\"", "File=\"binary\"", "VART5002"),
        ("File=\"paper.csv\"", "File=\"wrong.csv\"", "VART5003"),
        ("{project}/convert.sh", "{project}/fails.sh", "VART5003"),
        ("sh {project}/convert.sh", "sh {project}/none.sh", "VART4169"),
        ("RowMetrics=\"time\"", "RowMetrics=\"times\"", "VART5003"),
        ("FontFile=\"font.ttf\"", "FontFile=\"none.ttf\"", "VART6043"),
        ("FontFile=\"font.ttf\"", "FontFile=\"binary\"", "VART6043"),
        ("X=\"n\" Series=\"op\"", "X=\"n\" Series=\"kind\"", "VART6001"),
        ("X=\"n\" Rows=\"op\"", "X=\"n\" Rows=\"kind\"", "VART6001"),
        ("Kind=\"HeatMap\" Datasets=\"J\" X=\"n\" Rows=\"op\"", "Kind=\"HeatMap\" Datasets=\"J\" X=\"n\"", "VART0001"),
        ("Kind=\"Cdf\"", "Kind=\"Cfd\"", "VART0002"),
        ("{project}/plot.sh", "{project}/plott.sh", "VART0002"), ("{data:O} {out}", "{data:R} {out}", "VART0002"),
        ("{data:O} {out}", "{data:O} out.svg", "VART0002"),
        ("sh {project}/plot.sh {data:O} {out}", "no-such-program-here {data:O} {out}", "VART6044"),
        ("sh {project}/plot.sh", "{project}/plot.sh", "VART0002"),
        ("{data:O} {out}\"", "{data:O} &gt; {out}.svg\"", "VART4180"),
    ];

    public BeforeSampleSpecs()
    {
        Write("run.sh", "echo get $1.5");
        Write("parse.sh", "#!/bin/sh\necho '{\"v\": '$1'}'");
        Write("plain.sh", "echo 1");
        Write("lost.sh", "#!/no/such/interpreter");
        foreach (var name in new[] { "parse.sh", "lost.sh" })
            File.SetUnixFileMode(Path.Combine(Folder, name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("convert.sh", "echo n,time; cat");
        Write("fails.sh", "echo bad line >&2; exit 3");
        Write("plot.sh", "echo '<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>' > $2.svg");
        Write("paper.csv", "n,time\n1,2\n2,3");
        Write("wrong.csv", "n,time\n1,much\n2,3");
        Write("raw.txt", "1,2\n2,3");
        Directory.CreateDirectory(Path.Combine(Folder, "folder"));
        File.WriteAllBytes(Path.Combine(Folder, "binary"), [0xff, 0xfe, 0x00, 0x80]);
        File.Copy(ExplainSpecs.Fonts()[0], Path.Combine(Folder, "font.ttf"));
    }

    public static TheoryData<int> EveryMistake => [.. Enumerable.Range(0, Mistakes.Length)];

    [Fact]
    public void Right_declarations_give_no_alarm() =>
        Declared.Problems(Valid, Layout).Select(problem => problem.Message).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(EveryMistake))]
    public void A_mistake_is_told(int index)
    {
        var (right, wrong, code) = Mistakes[index];
        Valid.ShouldContain(right);
        Declared.Codes(Valid.Replace(right, wrong, StringComparison.Ordinal), Layout).ShouldContain(code,
            Mistakes[index].ToString());
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text + "\n");
}

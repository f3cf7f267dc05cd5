using System.Text;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Tests.Readers;

/// <summary>Tests the readers of rows: csv, json, table and key-value.</summary>
public sealed class RowReaderSpecs
{
    private static readonly (string, string)[] Csv = [("Reader", "csv"), ("RowColumns", "map; n=threads"),
        ("RowMetrics", "ops|1/s=Mops; p99|us")];
    private const string CsvText =
        "# bench 2.1\nmap,threads,Mops,p99,notes\nhopscotch,1,12.5,3.1,\n\n\"a, \"\"b\"\"\",2,24e1,0.5,日本\n";

    private static readonly (string, string)[] Json =
        [("Reader", "json"), ("RowPath", "results"), ("RowColumns", "name; host=^.host.name"),
            ("RowMetrics", "p50|us=latency.p50; first=times.0")];
    private const string JsonText = """
        {"host": {"name": "größe"}, "results": [
          {"name": "get", "latency": {"p50": 1.5}, "times": [3, 4]},
          {"name": "put", "latency": {"p50": "2e0"}, "times": [5]}]}

        """;

    private static readonly (string, string)[] Table =
        [("Reader", "table"), ("RowPattern", @"^(?<op>\w+) +(?<rate>\S+) ops/s +p99=(?<p99>[0-9.]+)us$"),
            ("RowColumns", "op"), ("RowMetrics", "rate|1/s; p99")];
    private const string TableText = "op      rate\nread    125.5 ops/s p99=3us\nwrite   1e3 ops/s p99=4.5us\ndone\n";

    private static readonly (string, string)[] Keys =
        [("Reader", "key-value"), ("RowStart", "threads"), ("RowColumns", "threads"),
            ("RowMetrics", "rate|1/s='total ops'; hit=hit rate")];
    private const string KeysText =
        "bench: v2\nthreads: 1\ntotal ops = 12.5 ops/s\nhit rate: 45%\nthreads: 2\ntotal ops = 25ops/s\nhit rate: "
            + "46%\n";

    public static TheoryData<string> Kinds => ["csv", "json", "table", "key-value"];

    [Fact]
    public void Csv_reads_quoted_fields_among_comments_and_other_lines() =>
        Sample.Show(Reader(Csv).Read(CsvText)).ShouldBe(
        "map=hopscotch n=1 | ops=12.5 p99=3.1\nmap=a, \"b\" n=2 | ops=240 p99=0.5");

    [Fact]
    public void Json_reads_nested_rows_and_what_stands_around_them() =>
        Sample.Show(Reader(Json).Read(JsonText)).ShouldBe(
        "name=get host=größe | p50=1.5 first=3\nname=put host=größe | p50=2 first=5");

    [Fact]
    public void Json_lines_are_rows_and_the_names_of_properties_may_be_a_column()
    {
        Sample.Show(Reader(("Reader", "json"), ("RowColumns", "t"), ("RowMetrics", "v=a.b"))
            .Read("start\n{\"t\":1,\"a.b\":2}\n{\"t\":true,\"a\":{\"b\":3}}\n"))
            .ShouldBe("t=1 | v=2\nt=true | v=3");
        Sample.Show(Reader(("Reader", "json"), ("RowPath", "ops"), ("RowName", "op"), ("RowMetrics", "v"))
            .Read("{\"ops\":{\"get\":{\"v\":1},\"put\":{\"v\":2}}}"))
            .ShouldBe("op=get | v=1\nop=put | v=2");
    }

    [Fact]
    public void Each_match_of_a_pattern_is_a_row() => Sample.Show(Reader(Table).Read(TableText)).ShouldBe(
        "op=read | rate=125.5 p99=3\nop=write | rate=1000 p99=4.5");

    [Fact]
    public void Keys_and_values_are_rows_from_the_key_that_begins_one() =>
        Sample.Show(Reader(Keys).Read(KeysText)).ShouldBe(
        "threads=1 | rate=12.5 hit=45\nthreads=2 | rate=25 hit=46");

    [Fact]
    public void Several_value_columns_become_rows() =>
        Sample.Show(Reader(("Reader", "csv"), ("Delimiter", "space"), ("Header", "threads;r;w"),
        ("RowColumns", "threads"), ("WideFields", "read=r; write=w"), ("WideColumn", "operation"),
        ("WideMetric", "ops|1/s")).Read("1  5 6\n2\t7 8\n"))
        .ShouldBe(
            "threads=1 operation=read | ops=5\nthreads=1 operation=write | ops=6\nthreads=2 operation=read | "
                + "ops=7\nthreads=2 operation=write | ops=8");

    [Fact]
    public void Quoted_texts_between_spaces_are_one_field() =>
        Sample.Show(Reader(("Reader", "csv"), ("Delimiter", "space"), ("RowColumns", "name"), ("RowMetrics", "gbps"))
            .Read("name      gbps err \n\"a (fast)   \"   2.5\t0.1\n\"say \"\"b\"\"\" 3 0\nc\"d 4 0\n\"e 5 0\n"))
            .ShouldBe("name=a (fast) | gbps=2.5\nname=say \"b\" | gbps=3\nname=c\"d | gbps=4\nname=\"e | gbps=5");

    [Fact]
    public void A_property_that_is_a_list_has_a_row_for_each_element() =>
        Sample.Show(Reader(("Reader", "json"), ("RowPath", "data"), ("RowName", "run"), ("RowColumns", "thread"),
            ("RowMetrics", "ops")).Read("""
                {"machine": "vm", "data": {"rw1/0": [{"thread": 0, "ops": 5}, {"thread": 1, "ops": 6}], "note": ["x"]}}
                """))
            .ShouldBe("thread=0 run=rw1/0 | ops=5\nthread=1 run=rw1/0 | ops=6");

    [Fact]
    public void An_optional_metric_may_be_missing_and_another_may_not()
    {
        Sample.Show(Reader([.. Csv, ("OptionalMetrics", "p99")]).Read("map,threads,Mops,p99\na,1,5,\nb,1,6,7\n"))
            .ShouldBe("map=a n=1 | ops=5\nmap=b n=1 | ops=6 p99=7");
        Sample.Show(Reader([.. Csv, ("OptionalMetrics", "p99")]).Read("map,threads,Mops\na,1,5\n"))
            .ShouldBe("map=a n=1 | ops=5");
        Should.Throw<FormatException>(() => Reader(Csv).Read("map,threads,Mops,p99\na,1,5,\n")).Message.ShouldContain(
            "line 2");
    }

    [Fact]
    public void Collected_files_and_standard_error_are_read()
    {
        var files = Reader(("Reader", "json"), ("ReadFrom", "out/*.json"), ("FileColumn", "file"), ("RowMetrics", "v"));
        Sample.Show(files.Read(new WithFiles(("out/a.json", "\uFEFF{\"v\":1}\r\n"), ("out/b.json", "{\"v\":2}"),
            ("c.json", "{\"v\":3}"))))
            .ShouldBe("file=out/a.json | v=1\nfile=out/b.json | v=2");
        Should.Throw<FormatException>(() => files.Read(new WithFiles(("c.json", "{}")))).Message.ShouldContain(
            "c.json");
        Sample.Show(Reader([.. Table, ("ReadFrom", "stderr")]).Read(Sample.Output("", TableText)))
            .ShouldContain("op=write");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_cut_output_is_refused(string kind)
    {
        var (metadata, text) = Of(kind);
        Sample.CutAnywhere(Reader([.. metadata, ("RowCount", "2")]), text);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Line_ends_marks_and_colours_do_no_harm(string kind)
    {
        var (metadata, text) = Of(kind);
        var plain = Sample.Show(Reader(metadata).Read(text));
        Sample.Show(Reader(metadata).Read(text.Replace("\n", "\r\n", StringComparison.Ordinal))).ShouldBe(plain);
        Sample.Show(Reader(metadata).Read("\uFEFF" + text)).ShouldBe(plain);
        Sample.Show(Reader(metadata).Read("\u001B[1;32m" + text.Replace("\n", "\u001B[0m\n", StringComparison.Ordinal)))
            .ShouldBe(plain);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Garbage_is_refused_with_words(string kind)
    {
        foreach (var garbage in Sample.Garbage.AtLeastOne())
            Should.Throw<FormatException>(() => Reader(Of(kind).Metadata).Read(garbage)).Message.Length.ShouldBeInRange(
                10, 500);
    }

    [Theory]
    [InlineData("csv", "map,threads,Mops,p99\na,1,\"1,5\",2\n", "line 2: the metric 'ops'")]
    [InlineData("csv", "map,threads,Mops,p99\na,1,nan,2\n", "not a number")]
    [InlineData("csv", "map,threads,Mops,p99\na,1,5\n", "it has 3 fields, and the header 4")]
    [InlineData("csv", "map,threads,Mop,p99\na,1,5,6\n", "no line names the fields")]
    [InlineData("json", "{\"results\":[{\"name\":\"a\",\"latency\":{\"p50\":NaN}}]}\n", "is not JSON")]
    [InlineData("json", "{\"host\":{\"name\":\"h\"},\"results\":[{\"name\":\"a\"}]}\n", "latency.p50")]
    [InlineData("table", "read 1,5 ops/s p99=3us\n", "the metric 'rate'")]
    [InlineData("key-value", "threads: 1\ntotal ops: 5\ntotal ops: 6\n", "occurs twice")]
    [InlineData("key-value", "threads: 1\ntotal ops: 5m30s\nhit rate: 1\n", "the metric 'rate'")]
    public void What_is_no_number_is_told_with_its_line(string kind, string text, string message) =>
        Should.Throw<FormatException>(() => Reader(Of(kind).Metadata).Read(text)).Message.ShouldContain(message);

    [Fact]
    public void A_large_table_is_read_and_one_without_end_refused()
    {
        static string Rows(int count) =>
            "map,threads,Mops,p99\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"a,{i},1,2\n"));
        Reader(Csv).Read(Rows(50_000)).Count.ShouldBe(50_000);
        Should.Throw<FormatException>(() => Reader(Csv).Read(Rows(100_001))).Message.ShouldContain(
            "more than 100000 rows");
    }

    [Theory]
    [InlineData("csv", "RowMetrics", "", "VART0003|VART0002|RowMetrics")]
    [InlineData("csv", "Delimiter", "ab", "Delimiter")]
    [InlineData("csv", "Header", "map;threads;Mop;p99", "Mops")]
    [InlineData("csv", "WideFields", "a;b", "WideColumn")]
    [InlineData("csv", "RowMetrics", "map", "occurs once")]
    [InlineData("csv", "FileColumn", "f", "ReadFrom")]
    [InlineData("csv", "OptionalMetrics", "op", "VART4167")]
    [InlineData("csv", "RowCount", "0", "RowCount")]
    [InlineData("table", "RowPattern", "(", "regular expression")]
    [InlineData("table", "RowMetrics", "rates", "did you mean|named group")]
    [InlineData("json", "RowName", "name", "RowName")]
    public void Mistakes_are_told_before_anything_runs(string kind, string name, string value, string message)
    {
        var found = Parse([.. Of(kind).Metadata.Where(pair => pair.Item1 != name), (name, value)]).Found;
        var told = string.Join('\n', found.AtLeastOne().Select(one => $"{one.Rule.Code} {one.Message}"));
        message.Split('|').Any(part => told.Contains(part, StringComparison.OrdinalIgnoreCase)).ShouldBeTrue(told);
    }

    private static ((string, string)[] Metadata, string Text) Of(string kind) => kind switch
    {
        "csv" => (Csv, CsvText),
        "json" => (Json, JsonText),
        "table" => (Table, TableText),
        _ => (Keys, KeysText),
    };

    private static IOutputReader Reader(params (string, string)[] metadata)
    {
        var (experiment, found) = Parse(metadata);
        found.ShouldBeEmpty();
        return experiment.Reader.ShouldNotBeNull();
    }

    private static (ExperimentDeclaration Experiment, List<Diagnostic> Found) Parse(
        (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var item = new DeclarationItem("Experiment", "E", metadata.Append(("Command", "true"))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2), () => new SourceLocation("a.proj", 1));
        return (ExperimentDeclaration.Parse(item, found), found);
    }

    private sealed class WithFiles(params (string Name, string Text)[] files) : SampleOutput("")
    {
        public override IReadOnlyList<CollectedFile> Files =>
            [.. files.Select(file => new Kept(file.Name, Encoding.UTF8.GetBytes(file.Text)))];

        private sealed class Kept(string name, byte[] bytes) : CollectedFile(name, bytes.Length)
        {
            public override Stream Open() => new MemoryStream(bytes);
        }
    }
}

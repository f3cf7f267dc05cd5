using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

public sealed class RecordedDataSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("data-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_that_is_no_tidy_table_goes_through_a_reader()
    {
        Read("# theirs\nseries r w\nxor,8 1 2.5\nbloom 3 4\n", ("Reader", "csv"), ("Delimiter", "space"),
            ("Comment", "#"), ("RowColumns", "series"),
            ("WideFields", "read=r; write=w"), ("WideColumn", "operation"), ("WideMetric", "time"),
            ("KeyColumns", "series;operation"))
            .Points.Select(point => FormattableString.Invariant(
                $"{point["series"]} {point["operation"]} {point.Estimate?.Value}"))
            .ShouldBe(["xor,8 read 1", "xor,8 write 2.5", "bloom read 3", "bloom write 4"]);
        var problem = Should.Throw<DiagnosticException>(() =>
            Read("series\tim\n", ("Reader", "csv"), ("RowColumns", "series"), ("RowMetrics", "time"))).Diagnostics[0];
        problem.Rule.Code.ShouldBe("VART5003");
        problem.Message.ShouldContain("'csv' cannot read it");
    }

    [Theory]
    [InlineData("series,time\na,1\nb,x\n", "VART5003", "line 3: time is 'x'", 3)]
    [InlineData("series,time\na,NaN\n", "VART5003", "not a finite number", 2)]
    [InlineData("series,time\na,\"1,5\"\n", "VART5003", "with a decimal point", 2)]
    [InlineData("series,time\na,1,2\n", "VART5003", "it has 3 fields, and the first row 2", 2)]
    [InlineData("series,time\na\n", "VART5003", "it has 1 field,", 2)]
    [InlineData("series,time\n\"a,1\n", "VART5003", "it has 1 field,", 3)]
    [InlineData("series,time,time\na,1,2\n", "VART5003", "twice", 1)]
    [InlineData("", "VART5003", "empty", 1)]
    [InlineData("series,time\na,1\n\nb,2\na,3\n", "VART5005", "line 2 already has the point a", 5)]
    public void A_row_that_cannot_be_right_is_an_error_with_file_and_line(string text, string code, string part,
        int line)
    {
        var problem = Should.Throw<DiagnosticException>(() => Read(text)).Diagnostics[0];
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(part);
        problem.Where.ShouldBe(new SourceLocation(Path.Combine(folder, "r.csv"), line));
    }

    [Theory]
    [InlineData("mkfifo r.csv", "is a named pipe")]
    [InlineData("ln -s /dev/zero r.csv", "is a character device")]
    [InlineData("ln -s r.csv r.csv", "cannot be read")]
    [InlineData("truncate -s 1T r.csv", "has more than 256 MiB")]
    [InlineData("printf 'series,time\\na\\377,1\\n' > r.csv", "is not a text in UTF-8")]
    [InlineData("mkdir r.csv", "is a folder")]
    public void What_is_no_file_of_text_is_an_error_at_once(string script, string words)
    {
        Programs.Shell(folder, script).Succeeds();
        var problem = Should.Throw<DiagnosticException>(() =>
            RecordedDataReader.Read(Recorded(), Path.Combine(folder, "r.csv"))).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.MissingFile);
        problem.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("series,tim\na,1\n", "'time'", "Did you mean 'tim'?")]
    [InlineData("tool,time\na,1\n", "'series'", "Known: time, tool.")]
    public void A_column_that_is_missing_is_an_error_at_the_declaration(string text, string column, string suggestion)
    {
        var problem = Should.Throw<DiagnosticException>(() => Read(text)).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.MissingColumn);
        problem.Message.ShouldContain(column);
        problem.Message.ShouldContain(suggestion);
        problem.Where.ShouldBe(new SourceLocation("test.proj", 7));
    }

    [Fact]
    public void An_empty_number_is_a_point_without_one_and_its_note_says_why()
    {
        var point = Read("series,time,note\nPrusti,,cannot express cycles\n",
            ("NoteColumn", "note")).Points.ShouldHaveSingleItem();
        point.Estimate.ShouldBeNull();
        point.Note.ShouldBe("cannot express cycles");
    }

    [Fact]
    public void Numbers_have_intervals_units_and_a_provenance()
    {
        var data = Read("series,time,from,to,unit\na,2,1,3,s\nb,5,,,ms\n", ("Low", "from"), ("High", "to"),
            ("Unit", "s"), ("Statistic", "mean"));
        (data.Origin, data.Provenance, data.Statistic, data.Quantity,
            data.Unit).ShouldBe((Origin.Recorded, "them", "mean", "time", "s"));
        data.Points.Select(point => (point.Estimate!, point.Unit))
            .ShouldBe([(new Estimate(2, 1, 3), null), (new Estimate(5), "ms")]);
    }

    [Theory]
    [InlineData("a,2,3,1")]
    [InlineData("a,2,1,")]
    [InlineData("a,,1,2")]
    public void An_interval_that_is_none_is_an_error(string row) =>
        Should.Throw<DiagnosticException>(() =>
            Read($"series,time,from,to\n{row}\n", ("Low", "from"), ("High", "to"))).Diagnostics[0].Rule.ShouldBe(
                DataRules.BadRow);

    [Fact]
    public void Columns_get_the_names_that_they_have_here()
    {
        var data = Read("tool,seconds\na,1\nb,2\n", ("Rename", "tool=series; seconds=time"), ("Where", "series=b"));
        data.Columns.ShouldBe(["series"]);
        data.Points.ShouldHaveSingleItem()["series"].ShouldBe("b");
    }

    [Fact]
    public void Rows_that_do_not_count_are_not_read() =>
        Read("series,time\nheading,none\na,1\n", ("Where", "series=a")).Points.Count.ShouldBe(1);

    [Fact]
    public void Line_ends_a_byte_order_mark_spaces_and_quotes_do_no_harm() =>
        Read("\uFEFFseries, time\r\n \"a \"\"b\"\"\" , 1 \r\n").Points.ShouldHaveSingleItem()["series"].ShouldBe(
            "a \"b\"");

    [Fact]
    public void A_file_without_rows_is_an_empty_dataset() => Read("series,time\n").Points.ShouldBeEmpty();

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error_at_the_declaration()
    {
        Should.Throw<DiagnosticException>(() =>
            RecordedDataReader.Read(Recorded(), new EvaluationLayout(folder, folder))).Message.ShouldContain(
                "is not there");
        Should.Throw<DiagnosticException>(() => RecordedDataReader.Read(Recorded(), folder)).Message.ShouldContain(
            "cannot be read");
        File.WriteAllBytes(Path.Combine(folder, "r.csv"), [0x73, 0xff, 0xfe]);
        var problem = Should.Throw<DiagnosticException>(() =>
            RecordedDataReader.Read(Recorded(), Path.Combine(folder, "r.csv"))).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.MissingFile);
        problem.Message.ShouldContain("not a text in UTF-8");
        problem.Where.Line.ShouldBe(7);
    }

    [Theory]
    [InlineData("Low", "from", "both ends")]
    [InlineData("Rename", "a", "name in the file=name here")]
    [InlineData("Rename", "a=b;c=b", "each name here once")]
    [InlineData("KeyColumns", "time", "that of the value column")]
    [InlineData("Provenance", "", "Provenance")]
    [InlineData("Lwo", "x", "Did you mean 'Low'?")]
    public void A_declaration_that_cannot_be_right_is_refused_at_its_place(string name, string value, string part)
    {
        var problem = Should.Throw<DiagnosticException>(() => Recorded((name, value))).Diagnostics
            .ShouldHaveSingleItem();
        problem.Message.ShouldContain(part);
        problem.Where.Line.ShouldBe(7);
    }

    [Fact]
    public void Several_files_are_one_dataset_and_their_names_are_columns()
    {
        Write("theirs/8-threads/xor.csv", "series,time\na,1\nb,2\n");
        Write("theirs/16-threads/xor.csv", "series,time\na,3\n");
        Write("more/2-threads.csv", "series,time\na,4\n");
        Write("theirs/8-threads/readme.txt", "no data");
        Rows(("File", "theirs/**/*.csv; more/2-threads.csv"),
            ("FilePattern", @"^(?<threads>\d+)-threads(?:/(?<filter>\w+))?"), ("KeyColumns", "series;threads;filter"))
            .ShouldBe(["a 16 xor 3", "a 8 xor 1", "b 8 xor 2", "a 2  4"]);
        File.Delete(Path.Combine(folder, "theirs/8-threads/readme.txt"));
        Rows(("File", "theirs"), ("FilePattern", @"^(?<n>\d+)-threads/.*csv"), ("Reader", "table"),
            ("RowPattern", @"^(?<series>\w),(?<time>\d)$"), ("RowColumns", "series"), ("RowMetrics", "time"),
            ("Rename", "n=threads"), ("KeyColumns", "series;threads"), ("Where", "threads=8"), ("ReaderCommand",
                "sh -c 'cat; echo x,0'")).ShouldBe(["a 8 1", "b 8 2", "x 8 0"]);
    }

    [Fact]
    public void A_file_that_Where_leaves_out_by_its_name_is_not_read()
    {
        Write("theirs/xor.csv", "series,time\na,1\n");
        Write("theirs/all-xor.csv", "no table at all");
        Rows(("File", "theirs/*.csv"), ("FilePattern", @"^(?<kind>all-)?(?<filter>\w+)\.csv$"),
            ("Rename", "kind=form"), ("Where", "form=''"), ("KeyColumns", "series;filter")).ShouldBe(["a xor 1"]);
    }

    [Theory]
    [InlineData(@"(?<threads>\d+)", "VART5005", "16-threads.csv' line 2 already has the point a")]
    [InlineData(@"(?<threads>\d+)-processes", "VART5062", "'16-threads.csv' does not match")]
    [InlineData(@"(?<series>\d+)", "VART5003", "the column 'series', which is also a group of FilePattern")]
    public void A_name_that_cannot_be_right_is_told(string pattern, string code, string words)
    {
        Write("theirs/16-threads.csv", "series,time\na,1\n");
        Write("theirs/8-threads.csv", "series,time\na,1\n");
        var problem = Should.Throw<DiagnosticException>(() => Rows(("File", "theirs/*.csv"), ("FilePattern", pattern)))
            .Diagnostics.ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("theirs/*.csv", "matches no file")]
    [InlineData("r.csv;theirs", "is not there")]
    public void A_file_that_is_not_there_is_told_by_its_entry(string file, string words)
    {
        Write("r.csv", "series,time\na,1\n");
        var problem = Should.Throw<DiagnosticException>(() => Rows(("File", file))).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.MissingFile);
        problem.Message.ShouldContain(words);
    }

    [Fact]
    public void A_command_may_find_the_numbers_itself()
    {
        Write("theirs/a.log", "a took 5\n");
        Rows(("File", ""), ("ReaderCommand", "sh -c \"sed 's/ took /,/' " + folder + "/theirs/*.log\""),
            ("Reader", "csv"), ("Header", "series;time"), ("RowColumns", "series"), ("RowMetrics", "time"))
            .ShouldBe(["a 5"]);
        Should.Throw<DiagnosticException>(() => Rows(("File", ""))).Message.ShouldContain("File");
    }

    [Theory]
    [InlineData("FilePattern", "(", "a regular expression")]
    [InlineData("FilePattern", "[0-9]+", "a named group for each column")]
    [InlineData("File", "{tool:x}/a.csv", "tool:x")]
    public void A_list_of_files_that_cannot_be_right_is_refused_at_its_place(string name, string value, string part)
    {
        var problem = Should.Throw<DiagnosticException>(() => Recorded((name, value))).Diagnostics
            .ShouldHaveSingleItem();
        problem.Message.ShouldContain(part);
        problem.Where.Line.ShouldBe(7);
    }

    private IEnumerable<string> Rows(params (string, string)[] metadata)
    {
        var declaration = Recorded(metadata);
        var named = new NamedFiles(new EvaluationLayout(Path.Combine(folder, "evaluation"), folder), new PinLedger());
        return [.. RecordedDataReader.Read(declaration,
            RecordedDataReader.FilesOf(declaration, named, null).ShouldNotBeNull()).Points
            .Select(point => FormattableString.Invariant(
                $"{string.Join(' ', declaration.Columns.Select(column => point[column]))} {point.Estimate?.Value}"))];
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
        File.WriteAllText(Path.Combine(folder, name), text);
    }

    private Dataset Read(string text, params (string, string)[] more)
    {
        var file = Path.Combine(folder, "r.csv");
        File.WriteAllText(file, text);
        return RecordedDataReader.Read(Recorded(more), file);
    }
}

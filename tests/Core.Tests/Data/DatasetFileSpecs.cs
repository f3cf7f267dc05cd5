using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

public sealed class DatasetFileSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("data-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Observations_are_tidy_and_quoted()
    {
        var file = DatasetFile.WriteObservations("D",
        [
            new Observation { Experiment = "E", Cell = "c", Columns = Columns("a,\"b\"\nc"),
                Metrics = new Dictionary<string, double> { ["wall"] = 0.1 + 0.2 }, Deviations = ["x", "y"] },
            new Observation { Experiment = "E", Cell = "c", Columns = Columns("ü"), Failure = "failed", Sample = "s",
                StartedUtc = "t", MachineId = "m", Logs = "l" },
        ], folder);
        File.ReadAllText(file).ShouldBe(
            "series,wall,failure,experiment,cell,sample,started,machine,run,boot,build,deviations,logs\n"
            + "\"a,\"\"b\"\"\nc\",0.30000000000000004,,E,c,,,,,,,x; y,\nü,,failed,E,c,s,t,m,,,,,l\n");
    }

    [Fact]
    public void A_metric_with_the_name_of_a_column_gets_another()
    {
        var file = DatasetFile.WriteObservations("D", [Good("c", "threads=10;cell=x", 4, "threads")], folder);
        File.ReadLines(file).First().ShouldStartWith("threads,cell,threads_2,failure,experiment,cell_2,");
    }

    [Fact]
    public void No_observations_make_a_file_with_a_first_row_only() =>
        File.ReadAllText(DatasetFile.WriteObservations("D", [], folder))
            .ShouldBe("failure,experiment,cell,sample,started,machine,run,boot,build,deviations,logs\n");

    [Fact]
    public void A_summary_is_written_and_read_back()
    {
        var written = DatasetBuilder.Build(Dataset(("MetricRows", "lines|lines"), ("KeyColumns", "series;metric")),
        [
            Good("a", "series=a, b;metric=time", 1), Good("a", "series=a, b;metric=time", 2),
            Good("a", "series=a, b;metric=time", 4), Failed("c", "series=c;metric=time", "timed out; \"why\""),
            Good("l", "series=a, b", 7, "lines"),
        ]);
        var file = DatasetFile.WriteSummary(written, folder);
        File.ReadAllText(file).ShouldBe(
            "series,metric,time,low,high,samples,unit,statistic,origin,note,failures,values,kind,rounds,boots\n\"a, "
                + "b\",time,2,1,4,3,s,median,measured,,0,1 2 4,,,\n"
            + "c,time,,,,0,s,median,measured,\"timed out; \"\"why\"\"\",1,,,,\n\"a, "
            + "b\",lines,7,,,1,lines,median,measured,,0,7,,,\n");
        var read = DatasetFile.ReadSummary(file);
        read.Name.ShouldBe("D");
        read.Columns.ShouldBe(written.Columns);
        (read.Quantity, read.Unit, read.Statistic, read.Origin).ShouldBe(("time", "s", "median", Origin.Measured));
        read.Points.Select(point => (point["series"], point["metric"], point.Estimate, point.Note, point.Unit))
            .ShouldBe(written.Points
                .Select(point => (point["series"], point["metric"], point.Estimate, point.Note, point.Unit)));
    }

    [Theory]
    [InlineData(Origin.Measured)]
    [InlineData(Origin.Recorded)]
    public void A_folder_of_data_gives_back_the_whole_dataset(Origin origin)
    {
        var written = DatasetBuilder.Build(Dataset(("MetricRows", "lines|lines"), ("KeyColumns", "series;metric")),
            [Good("a", "series=a;metric=time", 0.1), Good("a", "series=a;metric=time", 1e-300),
                Failed("c", "series=c;metric=time", "timed out"), Good("l", "series=a", 7, "lines")])
            with
        {
            Origin = origin,
            IsSmoke = true,
            Provenance = "two trials, \"quoted\"",
            Notes = ["one\nwith a break", "two"]
        };
        DatasetFile.Write(written, folder).AtLeastOne().ShouldAllBe(path => File.Exists(path));
        var read = DatasetFile.Read(folder, "D", origin).ShouldNotBeNull();
        JsonSerializer.Serialize(read).ShouldBe(JsonSerializer.Serialize(written));
        DatasetFile.Read(folder, "Other", origin).ShouldBeNull();
    }

    [Fact]
    public void Recorded_numbers_keep_their_mark_in_the_files_name_and_rows()
    {
        File.WriteAllText(Path.Combine(folder, "r.csv"), "series,time\na,1\n");
        var file = DatasetFile.WriteSummary(RecordedDataReader.Read(Recorded(), Path.Combine(folder, "r.csv")), folder);
        Path.GetFileName(file).ShouldBe("D.recorded.csv");
        File.ReadAllText(file).ShouldContain(",recorded,");
        DatasetFile.ReadSummary(file).Origin.ShouldBe(Origin.Recorded);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("series,time\na,1\n", "line 1")]
    [InlineData("series,time,low,high,samples,unit,statistic,origin,note,failures,values,kind,rounds,boots\na,one,,,1,"
        + "s,"
        + "median,measured,,"
        + "0,1,,,\n", "line 2")]
    [InlineData("series,time,low,high,samples,unit,statistic,origin,note,failures,values,kind,rounds,boots\na,1\n",
        "line 2")]
    public void A_summary_that_cannot_be_read_is_an_error_with_file_and_line(string text, string part)
    {
        var file = Path.Combine(folder, "D.csv");
        File.WriteAllText(file, text);
        var problem = Should.Throw<DiagnosticException>(() => DatasetFile.ReadSummary(file)).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.BadRow);
        problem.Message.ShouldContain(part);
        problem.Where.File.ShouldBe(file);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");
        Should.Throw<DiagnosticException>(() =>
            DatasetFile.WriteObservations("D", [], Path.Combine(folder, "file"))).Diagnostics[0].Rule.ShouldBe(
                FileRules.NotAFile);
    }

    private static Dictionary<string, string> Columns(string series) => new() { ["series"] = series };
}

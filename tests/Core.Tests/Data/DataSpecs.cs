using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Data;

public sealed class DataSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("data-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_interval_of_a_median_is_from_order_statistics()
    {
        // For ten samples the interval goes from the second smallest to the second largest (97.9%).
        var interval = Statistics.MedianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])!;
        interval.ShouldBe(new Estimate(5.5, 2, 9));
        Statistics.MedianInterval([1, 2, 3, 4, 5])!.Low.ShouldBeNull();
        Statistics.MedianInterval([1, 2, 3, 4, 5, 6])!.ShouldBe(new Estimate(3.5, 1, 6));
        Statistics.MedianInterval([]).ShouldBeNull();
    }

    [Fact]
    public void The_interval_of_a_mean_is_students()
    {
        var interval = Statistics.Interval(Statistic.Mean, [1, 2, 3, 4])!;
        interval.Value.ShouldBe(2.5);
        interval.Low!.Value.ShouldBe(0.4457, 1e-4);
        interval.High!.Value.ShouldBe(4.5543, 1e-4);
        Statistics.Interval(Statistic.Mean, [1])!.Low.ShouldBeNull();
    }

    [Fact]
    public void Good_samples_become_points_and_failures_notes()
    {
        var dataset = DatasetBuilder.Build(Declaration(("Experiments", "E"), ("Scale", "1000"), ("Unit", "ms")),
        [
            Sample("a", 0.003), Sample("a", 0.001), Sample("a", 0.002), Sample("b", null, "Timeout: killed at the time limit"), Sample("a", null, "Signal: ended by signal 11"),
        ]);
        dataset.Points.Count.ShouldBe(2);
        dataset.Points[0].Estimate!.Value.ShouldBe(2);
        dataset.Points[0].Samples.Count.ShouldBe(3);
        dataset.Points[0].Note.ShouldBe("1 of 4 samples failed");
        dataset.Points[1].Estimate.ShouldBeNull();
        dataset.Points[1].Note.ShouldBe("Timeout: killed at the time limit");
    }

    [Fact]
    public void Conditions_choose_and_columns_group()
    {
        var dataset = DatasetBuilder.Build(Declaration(("Experiments", "E"), ("Columns", "series"), ("Where", "series!=b")), [Sample("a", 1), Sample("b", 2)]);
        dataset.Points.ShouldHaveSingleItem()["series"].ShouldBe("a");
    }

    [Fact]
    public void Unlike_machines_and_deviations_are_noted()
    {
        var dataset = DatasetBuilder.Build(Declaration(("Experiments", "E")),
            [Sample("a", 1), Sample("a", 2) with { MachineId = "other", Deviations = ["dafny 4.11.0 in place of the pinned 4.3.0"] }]);
        dataset.Notes.Count.ShouldBe(2);
        dataset.Notes[0].ShouldStartWith("dafny 4.11.0");
        dataset.Notes[1].ShouldContain("2 machines");
    }

    [Fact]
    public void A_metric_that_no_sample_has_is_an_error_with_a_suggestion() =>
        Should.Throw<DiagnosticException>(() => DatasetBuilder.Build(Declaration(("Experiments", "E"), ("Metric", "wal")), [Sample("a", 1)])).Message.ShouldContain("Did you mean 'wall'?");

    [Fact]
    public void Without_observations_a_dataset_is_empty() => DatasetBuilder.Build(Declaration(("Experiments", "E")), []).Points.ShouldBeEmpty();

    [Fact]
    public void Files_are_tidy_and_quoted()
    {
        var file = DatasetFile.WriteObservations("D", [Sample("a,\"b\"\nc", 0.5), Sample("ü", null, "failed")], folder);
        File.ReadAllText(file).ShouldBe("series,wall,failure,experiment,cell,sample,started,machine,logs\n\"a,\"\"b\"\"\nc\",0.5,,E,E,,,m,\nü,,failed,E,E,,,m,\n");
        var summary = DatasetFile.WriteSummary(DatasetBuilder.Build(Declaration(("Experiments", "E")), [Sample("a", 0.5)]), folder);
        File.ReadAllText(summary).ShouldBe("series,time,low,high,samples,unit,statistic,origin,note\na,0.5,,,1,s,median,measured,\n");
    }

    [Theory]
    [InlineData("series,time\na,1\nb,x\n", "VART5003", "line 3")]
    [InlineData("series,tim\na,1\n", "VART5002", "Did you mean 'tim'?")]
    [InlineData("series,time\na\n", "VART5003", "line 2")]
    [InlineData("series,time\n\"a,1\n", "VART5003", "line")]
    public void Recorded_numbers_that_cannot_be_read_are_an_error_with_file_and_line(string text, string code, string part)
    {
        var problem = Should.Throw<DiagnosticException>(() => ReadRecorded(text)).Diagnostics[0];
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(part);
    }

    [Fact]
    public void An_empty_number_is_a_point_without_one_and_its_note_says_why()
    {
        var point = ReadRecorded("series,time,note\nPrusti,,cannot express cycles\n", ("Note", "note")).Points.ShouldHaveSingleItem();
        point.Estimate.ShouldBeNull();
        point.Note.ShouldBe("cannot express cycles");
    }

    [Fact]
    public void A_file_that_is_missing_is_an_error() =>
        Should.Throw<DiagnosticException>(() => RecordedDataReader.Read(Recorded(), new EvaluationLayout(folder, folder))).Diagnostics[0].Rule.ShouldBe(DataRules.MissingFile);

    private Dataset ReadRecorded(string text, params (string, string)[] more)
    {
        File.WriteAllText(Path.Combine(folder, "r.csv"), text);
        return RecordedDataReader.Read(Recorded(more), new EvaluationLayout(folder, folder));
    }

    private static RecordedDataDeclaration Recorded(params (string, string)[] more) =>
        Parse("RecordedData", RecordedDataDeclaration.Parse, [("File", "r.csv"), ("Columns", "series"), ("Value", "time"), ("Provenance", "them"), .. more]);

    private static DatasetDeclaration Declaration(params (string, string)[] metadata) => Parse("Dataset", DatasetDeclaration.Parse, metadata);

    private static T Parse<T>(string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse, (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var parsed = parse(new DeclarationItem(type, "D", metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase), () => new SourceLocation("test.proj", 1)), found);
        return found.Count == 0 ? parsed : throw new DiagnosticException(found);
    }

    private static Observation Sample(string series, double? wall, string? failure = null) => new()
    {
        Experiment = "E",
        Cell = "E",
        Columns = new Dictionary<string, string> { ["series"] = series },
        Metrics = wall is null ? new Dictionary<string, double>() : new Dictionary<string, double> { ["wall"] = wall.Value },
        Failure = failure,
        MachineId = "m",
    };
}

using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests that no failed sample, no condition and no column is dropped without a message.</summary>
public sealed class SilentLossSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("data-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("series=x")]
    [InlineData("series!=y")]
    public void A_failed_sample_without_the_readers_column_that_a_condition_asks_for_is_noted(string where)
    {
        var dataset = DatasetBuilder.Build(Dataset(("Metric", "latency"), ("Where", where), ("KeyColumns", "threads")),
            [Good("one", "threads=1;series=x", 5, "latency"), Failed("two", "threads=1", "timed out: 60 s")]);
        dataset.Points.ShouldHaveSingleItem().Samples.ShouldBe([5]);
        dataset.Notes.ShouldBe(["two: timed out: 60 s"]);
    }

    [Fact]
    public void So_is_one_where_no_sample_is_good() =>
        DatasetBuilder.Build(Dataset(("Metric", "latency"), ("Where", "series=x")),
            [Failed("run", "threads=1", "exit code: 101")]).Notes.ShouldBe(["run: exit code: 101"]);

    [Fact]
    public void One_that_another_column_leaves_out_is_not() =>
        DatasetBuilder.Build(Dataset(("Metric", "latency"), ("Where", "series=x; threads=1")),
            [Good("one", "threads=1;series=x", 5, "latency"), Failed("two", "threads=2", "timed out: 60 s")]).Notes
            .ShouldBeEmpty();

    [Fact]
    public void One_of_an_experiment_whose_good_samples_lack_the_column_is_not() =>
        DatasetBuilder.Build(Dataset(("Where", "part=a"), ("KeyColumns", "series")),
            [Good("a", "series=a;part=a", 1), Good("b", "series=b", 2) with { Experiment = "F" },
                Failed("b", "series=b", "why") with { Experiment = "F" }]).Notes.ShouldBeEmpty();

    [Fact]
    public void A_summary_names_no_column_twice_and_is_read_back()
    {
        var written = DatasetBuilder.Build(Dataset(), [Good("a", "series=a;time=noon;unit=u;note=n", 1)]);
        var file = DatasetFile.WriteSummary(written, folder);
        File.ReadLines(file).First()
            .ShouldBe(
                "series,time,unit,note,time_2,low,high,samples,unit_2,statistic,origin,note_2,failures,values,kind,"
                    + "rounds,boots");
        var point = DatasetFile.ReadSummary(file).Points.ShouldHaveSingleItem();
        point.Estimate.ShouldBe(new Estimate(1));
        point.Keys.ShouldBe(written.Points[0].Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData("series='a; n>=4", "is not closed")]
    [InlineData("n>=NaN", "has no value that")]
    [InlineData("n<=Infinity", "has no value that")]
    public void A_condition_that_would_swallow_another_or_never_hold_is_refused(string text, string part)
    {
        Condition.Parse(text, out var problem).ShouldBeNull();
        problem.ShouldContain(part);
        Should.Throw<DiagnosticException>(() => Dataset(("Where", text))).Diagnostics.ShouldHaveSingleItem().Where.Line
            .ShouldBe(7);
    }
}

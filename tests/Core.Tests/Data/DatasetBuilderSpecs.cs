using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

public sealed class DatasetBuilderSpecs
{
    [Fact]
    public void Good_samples_become_points_and_failures_notes()
    {
        var dataset = DatasetBuilder.Build(Dataset(("Scale", "1000"), ("Unit", "ms")),
        [
            Good("a", "series=a", 0.003), Good("a", "series=a", 0.001), Good("a", "series=a", 0.002),
            Failed("b", "series=b", "timed out: killed at the time limit"),
            Failed("a", "series=a", "signal: 11"), Failed("b", "series=b", "timed out: killed at the time limit"),
        ]);
        dataset.Origin.ShouldBe(Origin.Measured);
        dataset.Points.Count.ShouldBe(2);
        dataset.Points[0].Samples.ShouldBe([3, 1, 2], 1e-12);
        dataset.Points[0].Estimate!.Value.ShouldBe(2);
        dataset.Points[0].Note.ShouldBe("1 of 4 samples failed: signal: 11");
        dataset.Points.Select(point => point.Failures).ShouldBe([1, 2]);
        dataset.Points[1].Estimate.ShouldBeNull();
        dataset.Points[1].Note.ShouldBe("timed out: killed at the time limit");
    }

    [Fact]
    public void A_cell_that_was_not_run_has_its_reason_and_no_failure()
    {
        var point = DatasetBuilder.Build(Dataset(),
            [Failed("a", "series=a", "the series ended at n = 8") with { Sample = "" }]).Points.ShouldHaveSingleItem();
        (point.Note, point.Failures).ShouldBe(("the series ended at n = 8", 0));
    }

    [Fact]
    public void Samples_stand_in_the_order_in_which_they_were_taken()
    {
        var (first, second) = (Good("a", "series=a", 1), Good("a", "series=a", 2));
        DatasetBuilder.Build(Dataset(), [second, first]).Points[0].Samples.ShouldBe([1, 2]);
    }

    [Fact]
    public void Conditions_choose_and_columns_group()
    {
        var dataset = DatasetBuilder.Build(Dataset(("KeyColumns", "series"), ("Where", "series!=b; n>=4")),
            [Good("a4", "series=a;n=4", 1), Good("b", "series=b;n=4", 2), Good("a2", "series=a;n=2", 3)]);
        dataset.Columns.ShouldBe(["series"]);
        dataset.Points.ShouldHaveSingleItem().Estimate!.Value.ShouldBe(1);
    }

    [Fact]
    public void Unlike_machines_and_deviations_are_noted()
    {
        var dataset = DatasetBuilder.Build(Dataset(),
            [Good("a", "series=a", 1),
                Good("a", "series=a", 2) with { MachineId = "other",
                    Deviations = ["dafny 4.11.0 instead of the pinned 4.3.0"] }]);
        dataset.Notes.Count.ShouldBe(2);
        dataset.Notes[0].ShouldStartWith("dafny 4.11.0");
        dataset.Notes[1].ShouldContain("2 machines");
    }

    [Fact]
    public void A_metric_that_no_sample_has_is_an_error_with_a_suggestion()
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            DatasetBuilder.Build(Dataset(("Metric", "wal")), [Good("a", "series=a", 1)])).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.UnknownMetric);
        problem.Where.ShouldBe(new SourceLocation("test.proj", 7));
        problem.Message.ShouldContain("Did you mean 'wall'?");
    }

    [Theory]
    [InlineData("KeyColumns", "serie")]
    [InlineData("Where", "serie=a")]
    [InlineData("Per", "serie")]
    public void A_column_that_no_sample_has_is_an_error_with_a_suggestion(string name, string value)
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            DatasetBuilder.Build(Dataset((name, value)), [Good("a", "series=a", 1)])).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.UnknownColumn);
        problem.Where.Line.ShouldBe(7);
        problem.Message.ShouldContain("'serie'");
        problem.Message.ShouldContain("Did you mean 'series'?");
    }

    [Fact]
    public void Without_observations_a_dataset_is_empty() =>
        DatasetBuilder.Build(Dataset(("KeyColumns", "series")), []).Points.ShouldBeEmpty();

    [Fact]
    public void With_failed_samples_only_nothing_is_an_error_and_every_reason_is_kept()
    {
        var dataset = DatasetBuilder.Build(Dataset(("Metric", "latency"), ("KeyColumns", "threads;series")),
            [Failed("c", "threads=1", "exit code: 101"), Failed("c", "threads=1", "exit code: 101")]);
        dataset.Points.ShouldBeEmpty();
        dataset.Notes.ShouldBe(["c: exit code: 101 (2 samples)"]);
    }

    [Fact]
    public void A_failed_sample_has_none_of_its_readers_columns_and_is_noted_with_the_dataset()
    {
        var sample = Good("run", "threads=1;series=x", 5, "latency");
        var dataset = DatasetBuilder.Build(Dataset(("Metric", "latency")),
            [sample, Failed("run", "threads=1", "timed out: 60 s")]);
        dataset.Points.ShouldHaveSingleItem()["series"].ShouldBe("x");
        dataset.Notes.ShouldBe(["run: timed out: 60 s"]);
    }

    [Fact]
    public void A_column_that_an_experiment_does_not_have_is_empty_in_its_points()
    {
        var dataset = DatasetBuilder.Build(Dataset(),
            [Good("a", "series=a;n=1", 1), Good("b", "series=b", 2) with { Experiment = "F" },
                Failed("b", "series=c", "why") with { Experiment = "F" }]);
        dataset.Points.Select(point => (point["series"], point["n"])).ShouldBe([("a", "1"), ("b", ""), ("c", "")]);
        dataset.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Unlike_cells_on_one_point_are_an_error()
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            DatasetBuilder.Build(Dataset(("KeyColumns", "series")),
                [Good("a n=1", "series=a;n=1", 1), Good("a n=2", "series=a;n=2", 2)])).Diagnostics[0];
        problem.Rule.ShouldBe(DataRules.PointsFallTogether);
        problem.Message.ShouldContain("2 cells (a n=1, a n=2) belong to the point a");
    }

    [Fact]
    public void Several_rows_of_one_sample_on_one_point_are_an_error()
    {
        var first = Good("a", "series=a;n=1", 1);
        var second = first with { Columns = new Dictionary<string, string> { ["series"] = "a", ["n"] = "2" } };
        Should.Throw<DiagnosticException>(() =>
            DatasetBuilder.Build(Dataset(("KeyColumns", "series")), [first, second])).Message.ShouldContain(
                "2 rows of one sample");
    }

    [Fact]
    public void Alike_cells_are_pooled_when_the_declaration_says_so() =>
        DatasetBuilder.Build(Dataset(("KeyColumns", "series"), ("Combine", "Pool")),
            [Good("a1", "series=a;n=1", 1), Good("a2", "series=a;n=2", 2)])
            .Points.ShouldHaveSingleItem().Samples.ShouldBe([1, 2]);

    [Fact]
    public void Parts_of_a_whole_are_added_sample_by_sample()
    {
        var declaration = Dataset(("KeyColumns", "series"), ("Combine", "Sum"));
        Observation[] linear = [Good("linear", "series=a", 10), Good("linear", "series=a", 12),
            Good("linear", "series=a", 14)];
        var point = DatasetBuilder.Build(declaration,
            [.. linear, Good("nonlinear", "series=a", 1), Good("nonlinear", "series=a", 2)]).Points
            .ShouldHaveSingleItem();
        point.Samples.ShouldBe([11, 14]);
        point.Estimate!.Value.ShouldBe(12.5);
        var lacking = DatasetBuilder.Build(declaration,
            [.. linear, Failed("nonlinear", "series=a", "timed out")]).Points.ShouldHaveSingleItem();
        lacking.Estimate.ShouldBeNull();
        lacking.Note.ShouldBe("1 of its 2 parts have no number; timed out");
    }

    [Fact]
    public void Of_several_metrics_the_first_that_an_observation_has_counts()
    {
        var derived = Good("d", "series=d",
            9) with
        { Metrics = new Dictionary<string, double> { ["wall"] = 9, ["time"] = 1.5 } };
        DatasetBuilder.Build(Dataset(("Metric", "time;wall")),
            [derived, Good("w", "series=w", 3)]).Points.Select(point => point.Estimate!.Value).ShouldBe([1.5, 3]);
    }

    [Fact]
    public void A_sample_without_the_metric_says_what_it_has_in_its_place()
    {
        var crashed = Good("b", "series=b",
            9) with
        { Metrics = new Dictionary<string, double> { ["wall"] = 9, ["signal"] = 6 } };
        var dataset = DatasetBuilder.Build(Dataset(("Metric", "time")), [Good("a", "series=a", 1, "time"), crashed]);
        dataset.Points[1].Estimate.ShouldBeNull();
        dataset.Points[1].Note.ShouldBe("no time in its output (signal 6)");
    }

    [Fact]
    public void A_number_that_is_not_finite_is_none()
    {
        var dataset = DatasetBuilder.Build(Dataset(),
            [Good("a", "series=a", double.NaN), Good("a", "series=a", 2),
                Good("b", "series=b", double.PositiveInfinity)]);
        dataset.Points[0].Estimate.ShouldBe(new Estimate(2));
        dataset.Points[0].Note.ShouldBe("1 of 2 samples failed: its wall is not a finite number");
        dataset.Points[1].Estimate.ShouldBeNull();
    }

    [Fact]
    public void Requests_are_divided_by_the_seconds_they_were_counted_in()
    {
        var declaration = Dataset(("Metric", "requests"), ("Per", "seconds"), ("Scale", "0.001"),
            ("KeyColumns", "series"));
        DatasetBuilder.Build(declaration,
            [Good("a", "series=a;seconds=30", 60000, "requests")]).Points[0].Estimate!.Value.ShouldBe(2, 1e-12);
        var dataset = DatasetBuilder.Build(declaration,
            [Good("a", "series=a;seconds=0", 5, "requests"), Good("b", "series=b;seconds=half", 5, "requests")]);
        dataset.Points[0].Note.ShouldBe("its requests is not a finite number");
        dataset.Points[1].Note.ShouldBe("'half' in the column seconds is not a number");
    }

    [Fact]
    public void Metrics_become_rows_beside_those_that_the_metric_column_names()
    {
        var declaration = Dataset(("Metric", "value;wall"), ("MetricRows", "lines_code|lines; smt_size|MB|1e-6"),
            ("KeyColumns", "system;metric"), ("Combine", "Sum"));
        var single = Good("single", "system=NR;metric=time_1_core",
            15) with
        { Metrics = new Dictionary<string, double> { ["wall"] = 15, ["smt_size"] = 2.5e6 } };
        var dataset = DatasetBuilder.Build(declaration,
            [single, Good("lines", "system=NR", 700, "lines_code"),
                Good("hand", "system=IronKV;metric=smt_size", 352, "value"),
                Failed("count", "system=IronKV", "exit code: 1")]);
        dataset.Points.Select(point => (point["system"], point["metric"], point.Estimate!.Value, point.Unit)).ShouldBe(
            [("NR", "smt_size", 2.5, "MB"), ("NR", "time_1_core", 15, null), ("NR", "lines_code", 700, "lines"),
                ("IronKV", "smt_size", 352, "MB")]);
        dataset.Notes.ShouldBe(["count: exit code: 1"]);
    }

    [Fact]
    public void A_column_can_carry_the_note() =>
        DatasetBuilder.Build(Dataset(("NoteColumn", "origin"), ("KeyColumns", "series")),
            [Good("a", "series=a;origin=entered by hand", 1), Good("b", "series=b;origin=", 1)])
            .Points.Select(point => point.Note).ShouldBe(["entered by hand", null]);

    [Theory]
    [InlineData("Interval", "T", "T with the mean")]
    [InlineData("Interval", "students", "one of")]
    [InlineData("MetricRows", "a|b|c|d", "smt_size|MB|1e-6")]
    [InlineData("MetricRows", "a|b|x", "smt_size|MB|1e-6")]
    [InlineData("ByHand", "hand.csv", "names its KeyColumns")]
    [InlineData("KeyColumns", "a;a", "each once")]
    [InlineData("KeyColumns", "a;time", "that of the value column")]
    [InlineData("Where", "n>=many", "conditions such as")]
    [InlineData("Where", "series", "conditions such as")]
    [InlineData("Scale", "1,5", "a number")]
    [InlineData("Metrics", "wall", "Did you mean 'Metric'?")]
    [InlineData("Experiments", "", "Experiments")]
    public void A_declaration_that_cannot_be_right_is_refused_at_its_place(string name, string value, string part)
    {
        var problem = Should.Throw<DiagnosticException>(() => Dataset((name, value))).Diagnostics
            .ShouldHaveSingleItem();
        problem.Message.ShouldContain(part);
        problem.Where.Line.ShouldBe(7);
    }
}

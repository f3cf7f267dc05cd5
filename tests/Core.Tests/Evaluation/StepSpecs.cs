using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests experiments that use the output of others: their order, keys, reruns, failures, and the errors that are
/// reported before anything runs.
/// </summary>
public sealed class StepSpecs : EvaluationFixture
{
    [Fact]
    public async Task Generating_simulating_and_aggregating_follow_one_another_and_rerun_what_depends()
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Pipeline("echo trace {size}");
        var plan = (await PlanAsync()).Cells;
        plan.Single(cell => cell.Cell.Name == "Sum").Reason.ShouldBe(
            "waits for the output of Simulate[policy=lru,size=1] and others");
        plan.Single(cell => cell.Cell.Name == "Simulate[policy=lru,size=2]").Reason.ShouldBe(
            "waits for the output of Make[size=2]");

        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(2 + 4 + 1);
        Text("Sum", "stdout.txt")
            .ShouldBe("lru trace 1\nlru trace 2\nfifo trace 1\nfifo trace 2\nfolder,policy,size\n");
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);

        // The command is written differently but has the same output, so the experiments that depend on it are not
        // measured again.
        Pipeline("printf 'trace %s\\n' {size}");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(7 + 2);
        Pipeline("echo track {size}");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(9 + 7);
        Text("Sum", "stdout.txt").ShouldStartWith("lru track 1\n");
    }

    [Fact]
    public async Task A_failed_producer_leaves_its_consumers_out_and_the_others_go_on()
    {
        Pipeline("sh -c 'test {size} = 2 && echo trace {size}'");
        Declare("Experiment", "Other", ("Command", "true"));
        var result = await BuildAsync();
        result.Errors.Select(error => error.Rule.Code).ShouldBe(["VART4173"]);
        result.Errors[0].Message.ShouldContain("Make[size=1]");
        Samples().Where(sample => sample.Outcome == SampleOutcome.Ok).Select(sample => sample.Cell).Distinct()
            .ShouldBe(["Make[size=2]", "Simulate[policy=lru,size=2]", "Simulate[policy=fifo,size=2]", "Other"],
                ignoreOrder: true);
        var cells = (await PlanAsync()).Cells;
        cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
        cells.Single(cell => cell.Cell.Name == "Simulate[policy=lru,size=1]").Reason.ShouldStartWith(
            "left out: Make[size=1], which it uses, has no output (failed: ");
    }

    [Fact]
    public async Task A_command_that_writes_into_what_it_uses_changes_no_sample()
    {
        Declare("Experiment", "Make", ("Command", "sh -c 'echo one > {output}/a.txt'"), ("Samples", "1"));
        Declare("Experiment", "Use", ("Command", "sh -c 'cat {output:Make}/a.txt; echo more >> {output:Make}/a.txt'"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count(sample => sample.Cell == "Use").ShouldBe(2);
        foreach (var sample in Samples().Where(sample => sample.Cell == "Use").AtLeastOne())
            File.ReadAllText(Path.Combine(Layout.Experiments, sample.Logs, "stdout.txt")).ShouldBe("one\n");
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
    }

    [Fact]
    public async Task A_smoke_run_takes_the_cells_that_its_cells_use_and_a_request_brings_the_steps_before()
    {
        Pipeline("echo trace {size}");
        Declare("Experiment", "Simulate", ("Command", "cat {output:Make}/trace.txt"),
            ("Matrix", "policy=lru; size=1,2,3"), ("SmokeAxes", "size=2"));
        Declare("Experiment", "Make", ("Command", "sh -c 'echo {size} > trace.txt'"), ("Matrix", "size=1,2,3"),
            ("Collect", "trace.txt"));
        Options = Options with { Smoke = true, Request = "Simulate" };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Select(sample => sample.Cell)
            .ShouldBe(["Make[size=1]", "Make[size=2]", "Make[size=3]", "Simulate[policy=lru,size=2]"],
                ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_good_and_how_long_it_may_take_may_depend_on_the_input()
    {
        Declare("Experiment", "Solve", ("Command", "sh -c 'echo \"sat {file}\"; sleep {seconds}'"),
            ("Matrix",
                "file & verdict & seconds & limit = a & sat a & 0 & 60, b & unsat & 0 & 60, c+ & sat c+ & 0 & 60, d & "
                    + "sat d & 60 & 0.2"),
            ("SuccessPattern", "^{verdict}$"), ("Timeout", "{limit}"), ("Samples", "1"));
        Options = Options with { Policy = new SamplePolicy(1) };
        await BuildAsync();
        Samples().OrderBy(sample => sample.Cell, StringComparer.Ordinal).Select(sample => sample.Outcome)
            .ShouldBe([SampleOutcome.Ok, SampleOutcome.WrongOutput, SampleOutcome.Ok, SampleOutcome.Timeout]);
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
    }

    [Fact]
    public async Task Samples_of_a_cell_have_the_numbers_from_one_on()
    {
        Declare("Experiment", "Seeded", ("Command", "echo {sample}"), ("Matrix", "n=1,2"));
        await BuildAsync();
        Options = Options with { Policy = new SamplePolicy(3) };
        await BuildAsync();
        foreach (var cell in Samples().GroupBy(sample => sample.Cell).AtLeastOne())
            string.Concat(cell.Select(sample =>
                File.ReadAllText(Path.Combine(Layout.Experiments, sample.Logs, "stdout.txt")))).ShouldBe("1\n2\n3\n");
    }

    [Fact]
    public async Task The_reproduction_script_runs_the_steps_in_order_and_comes_to_the_same()
    {
        Pipeline("echo trace {size}");
        Items.Reverse();
        using (var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken))
            await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
                TestContext.Current.CancellationToken);
        var root = Path.Combine(Folder, "again");
        Programs.Run("sh", Directory.GetFiles(Layout.Scripts).ShouldHaveSingleItem(),
            root).Succeeds().Output.ShouldContain("7 cells, 0 of them failed");
        var sum = Directory.GetDirectories(Path.Combine(root, "results"), "Sum*").ShouldHaveSingleItem();
        File.ReadAllText(Path.Combine(sum, "stdout.txt"))
            .ShouldBe("lru trace 1\nlru trace 2\nfifo trace 1\nfifo trace 2\nfolder,policy,size\n");
    }

    [Theory]
    [InlineData("{output:Nobody}", "VART0005")]
    [InlineData("{output:Sum}", "VART4170")]
    [InlineData("{output:Two}", "VART4171")]
    [InlineData("{output:Third}", "VART4171")]
    [InlineData("{output:Plain}/result.csv", "VART4172")]
    public void What_cannot_be_used_is_said_before_anything_runs(string use, string code)
    {
        Declare("Experiment", "Make", ("Command", $"cat {use}"), ("Matrix", "size=1,2"));
        Declare("Experiment", "Sum", ("Command", "ls {outputs:Make}"));
        Declare("Experiment", "Two", ("Command", "true"), ("Matrix", "other=1,2"));
        Declare("Experiment", "Third", ("Command", "true"), ("Matrix", "size=1,3"));
        Declare("Experiment", "Plain", ("Command", "true"));
        var found = Should.Throw<DiagnosticException>(() => EvaluationModel.Parse(Items, Layout)).Diagnostics;
        found.Select(problem => problem.Rule.Code).Distinct().ShouldBe([code]);
    }

    private void Pipeline(string make)
    {
        Declare("Experiment", "Make", ("Command", make), ("Matrix", "size=1,2"), ("Samples", "1"),
            ("Measured", "false"));
        Declare("Experiment", "Simulate",
            ("Command", "sh -c 'echo \"{policy} `cat {output:Make}/stdout.txt`\" > {output}/result.txt'"),
            ("Matrix", "policy=lru,fifo; size=1,2"),
            ("Samples", "1"));
        Declare("Experiment", "Sum",
            ("Command",
                "sh -c 'cd {outputs:Simulate}; sed 1d cells.csv | while IFS=, read folder rest; do cat "
                    + "$folder/result.txt; done; head -1 cells.csv'"),
            ("Samples", "1"), ("Measured", "false"));
    }

    private string Text(string cell, string file) =>
        File.ReadAllText(Path.Combine(Layout.Experiments, Samples().Last(sample => sample.Cell == cell).Logs, file));
}

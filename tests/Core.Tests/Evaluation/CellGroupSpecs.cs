using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests groups of cells that share a preparation: their order, state, failures, and the errors that are reported
/// before anything runs.
/// </summary>
public sealed class CellGroupSpecs : EvaluationFixture
{
    [Fact]
    public async Task A_group_is_prepared_once_a_round_and_its_cells_follow()
    {
        Load();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        // The expected output of two rounds of three groups with two cells each: a line for each preparation, and below
        // it a line for each of its cells.
        var lines = File.ReadAllLines(Path.Combine(Folder, "log"));
        lines.Length.ShouldBe(2 * 3 * (1 + 2));
        foreach (var round in lines.Chunk(9).AtLeastOne())
        {
            foreach (var group in round.Chunk(3).AtLeastOne())
            {
                var db = group[0]["load ".Length..];
                group[0].ShouldStartWith("load ");
                group.Skip(1).Order(StringComparer.Ordinal).ShouldBe([$"query {db} q1", $"query {db} q2"]);
            }
            round.Where(line => line.StartsWith("load", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .ShouldBe(["load a", "load b", "load c"]);
        }
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        LogOf(Samples()[0], "prepare-1.stdout.txt").ShouldBe("loaded\n");
        Directory.GetDirectories(Path.Combine(Layout.Experiments, "attempts")).ShouldBeEmpty();
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
    }

    [Fact]
    public async Task Each_round_has_a_folder_of_its_own_and_a_group_sees_what_its_cells_do_there()
    {
        Declare("Experiment", "E", ("Matrix", "n=1,2"), ("PreparePer", "Round"), ("Prepare", "true"),
            ("Command", "sh -c 'echo x >> {group}/seen; wc -l < {group}/seen'"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Select(sample => LogOf(sample).Trim()).ShouldBe(["1", "2", "1", "2"]);
    }

    [Fact]
    public async Task A_preparation_that_fails_fails_its_group_and_no_other()
    {
        Declare("Experiment", "E", ("Matrix", "db=a,b; n=1,2"), ("PreparePer", "db"),
            ("Prepare", "sh -c 'echo no such {db} >&2; test {db} = a'"), ("Command", "true"));
        await BuildAsync();
        foreach (var sample in Samples().AtLeastOne())
        {
            sample.Outcome.ShouldBe(sample.Cell.Contains("db=a", StringComparison.Ordinal)
                ? SampleOutcome.Ok : SampleOutcome.NotStarted, sample.Cell);
            if (sample.Outcome != SampleOutcome.Ok)
                sample.Why.ShouldNotBeNull().ShouldContain("no such b");
        }
        Samples().Count(sample => sample.Outcome == SampleOutcome.NotStarted).ShouldBe(2);
    }

    [Fact]
    public async Task The_reproduction_script_prepares_each_cell()
    {
        Load();
        using (var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken))
            await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
                TestContext.Current.CancellationToken);
        Programs.Run("sh", Directory.GetFiles(Layout.Scripts).ShouldHaveSingleItem(), Path.Combine(Folder, "again"))
            .Succeeds().Output.ShouldContain("6 cells, 0 of them failed");
    }

    [Theory]
    [InlineData("db", "load {query}", "query", "VART4177")]
    [InlineData("db", "load {args:query}", "query", "VART4177")]
    [InlineData("nobody", "load", "query", "VART4001")]
    [InlineData("db", "", "query", "VART0002")]
    [InlineData("db", "load {work}/x", "query", "VART4002")]
    [InlineData("db", "load {output}", "query", "VART4002")]
    [InlineData("", "load", "query {group}", "VART4002")]
    [InlineData("db", "load {group} {db}", "query {group} {query} {work}", "")]
    public void Groups_are_checked_before_anything_runs(string per, string prepare, string command, string code)
    {
        Declare("Experiment", "E", ("Matrix", "db=a,b; query=q1,q2"), ("PreparePer", per), ("Prepare", prepare),
            ("Command", command));
        Declared.Problems(Items, Layout).Select(problem => problem.Rule.Code).Distinct()
            .ShouldBe(code.Length == 0 ? [] : [code]);
    }

    private void Load() => Declare("Experiment", "Query", ("Matrix", "db=a,b,c; query=q1,q2"), ("PreparePer", "db"),
        ("Prepare", "sh -c 'echo load {db} >> $0/log; echo {db} > {group}/data; echo loaded' {project}"),
        ("Command",
            "sh -c 'echo query `cat {group}/data` {query} >> $0/log; test `cat {group}/data` = {db}' {project}"));
}

using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests generators that write files and folders themselves, and exit codes that depend on the
/// input.</summary>
public sealed class GeneratedFolderSpecs : EvaluationFixture
{
    [Theory]
    [InlineData("inputs/", "sh -c 'mkdir $0/a; echo {n} > $0/a/x; echo 7 > $0/y' {generated}",
        "sh -c 'cat {generated}/a/x {generated}/y'", "1\n7\n")]
    [InlineData("in.txt", "sh -c 'echo {n} > $0' {generated}", "cat {generated}", "1\n")]
    [InlineData("tree", "sh -c 'mkdir $0; echo {n} > $0/x' {generated}", "cat {generated}/x", "1\n")]
    public async Task A_generator_that_names_what_it_makes_writes_it_itself(string name, string generate,
        string command, string output)
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Generate(name, generate, command);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var sample = Samples().ShouldHaveSingleItem();
        LogOf(sample).ShouldBe(output);
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
        (await BuildAsync()).NothingToDo.ShouldBeTrue();

        // A generated input that was removed is made again with the same content; other content is a different input.
        Directory.Delete(Path.Combine(Layout.Experiments, "generated"), recursive: true);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(1);
        Generate(name, generate.Replace("{n}", "0{n}", StringComparison.Ordinal), command);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(2);

        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
        Programs.Run("sh", Directory.GetFiles(Layout.Scripts).ShouldHaveSingleItem(), Path.Combine(Folder, "again"))
            .Succeeds().Output.ShouldContain("0 of them failed");
    }

    [Theory]
    [InlineData("inputs/", "true {generated}", "it left nothing at {generated}")]
    [InlineData("inputs/", "ln -s / {generated}/root", "'inputs/root' is a link")]
    public async Task A_generator_that_leaves_nothing_to_keep_has_failed(string name, string generate, string problem)
    {
        Generate(name, generate, "true");
        (await BuildAsync()).Errors.ShouldHaveSingleItem().Message.ShouldContain(problem);
        Samples().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("inputs/", "echo 1")]
    [InlineData("../x", "true {generated}")]
    [InlineData("a/b", "true {generated}")]
    public void What_is_generated_has_a_name(string name, string generate)
    {
        Generate(name, generate, "true");
        Declared.Problems(Items, Layout).ShouldHaveSingleItem().Rule.Code.ShouldBe("VART0002");
    }

    [Fact]
    public async Task Exit_codes_may_depend_on_the_input()
    {
        Options = Options with { Policy = new SamplePolicy(1) };
        Declare("Experiment", "Solve", ("Command", "sh -c 'exit {got}'"),
            ("Matrix", "got & code = 10 & 10, 20 & 10, 0 & 0"), ("SuccessExitCodes", "{code}"));
        await BuildAsync();
        Samples().ToDictionary(sample => sample.Cell, sample => sample.Outcome)
            .ShouldBe(new Dictionary<string, SampleOutcome>
            {
                ["Solve[got=10,code=10]"] = SampleOutcome.Ok,
                ["Solve[got=20,code=10]"] = SampleOutcome.ExitCode,
                ["Solve[got=0,code=0]"] = SampleOutcome.Ok,
            }, ignoreOrder: true);
        foreach (var codes in new[] { "{nobody}", "{got};x", "ten" })
        {
            Declare("Experiment", "Solve", ("Command", "true"), ("Matrix", "got=10,20"), ("SuccessExitCodes", codes));
            Declared.Problems(Items, Layout).ShouldHaveSingleItem(codes).Rule.Code.ShouldBe("VART0002", codes);
        }
    }

    private void Generate(string name, string generate, string command) =>
        Declare("Experiment", "E", ("Generate", generate), ("GenerateAs", name), ("Command", command),
            ("Matrix", "n=1"));
}

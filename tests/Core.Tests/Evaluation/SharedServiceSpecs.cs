using System.Diagnostics;
using System.Globalization;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Services that a group of cells shares: when they start and stop, what is kept of them, and what their failures cost.
/// </summary>
public sealed class SharedServiceSpecs : EvaluationFixture
{
    private string[] Lines => File.Exists(Path.Combine(Folder, "log"))
        ? File.ReadAllLines(Path.Combine(Folder, "log")) : [];

    [Fact]
    public async Task A_service_starts_once_a_round_for_its_group_and_ends_before_the_next_group()
    {
        Serve();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        // Two rounds of two groups: the preparation, the start, two queries, and the end.
        Lines.Length.ShouldBe(2 * 2 * 5);
        foreach (var group in Lines.Chunk(5).AtLeastOne())
        {
            var db = group[0]["load ".Length..];
            group[1].ShouldBe($"start {db}");
            group[2..4].Order(StringComparer.Ordinal).ShouldBe([$"query {db} q1", $"query {db} q2"]);
            group[4].ShouldBe($"stop {db}");
        }
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        LogOf(Samples()[0], "service-server.stdout.txt").ShouldContain("ready");
        LogOf(Samples()[0], "prepare-1.stdout.txt").ShouldBe("loaded\n");
        Directory.GetDirectories(Attempts.RootIn(Layout)).ShouldBeEmpty();
        (await PlanAsync()).Cells.AtLeastOne().ShouldAllBe(cell => cell.Need == 0);
    }

    [Fact]
    public async Task Without_a_preparation_there_is_only_the_service_and_all_see_its_port()
    {
        if (!File.Exists("/usr/bin/python3"))
            Assert.Skip("python3 is not installed (Debian package python3-minimal)");
        Declare("Experiment", "E", ("Matrix", "n=1,2"), ("PreparePer", "Round"),
            ("Command",
                "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", {port:a})); print({port:a})'"));
        Declare("Service", "server", ("Experiments", "E"), ("Shared", "true"), ("ReadyPort", "{port:a}"),
            ("Command", "python3 -m http.server --bind 127.0.0.1 {port:a}"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        Samples().Chunk(2).AtLeastOne()
            .ShouldAllBe(round => LogOf(round[0], "stdout.txt") == LogOf(round[1], "stdout.txt"));
    }

    // One wait for the group, in spite of its two cells and two rounds; the other group is measured.
    [Fact]
    public async Task A_service_that_is_never_ready_is_waited_for_once()
    {
        Serve(ready: "{db} a", ("ReadyTimeout", "0.3"));
        await BuildAsync();
        Lines.Count(line => line == "start b").ShouldBe(1);
        Lines.Count(line => line == "start a").ShouldBe(2);
        foreach (var sample in Samples().AtLeastOne())
        {
            var good = sample.Cell.Contains("db=a", StringComparison.Ordinal);
            sample.Outcome.ShouldBe(good ? SampleOutcome.Ok : SampleOutcome.NotStarted, sample.Cell);
            if (!good)
                sample.Why.ShouldNotBeNull().ShouldContain("'server' was not ready within 0.3 s");
        }
        Samples().Count(sample => sample.Outcome == SampleOutcome.NotStarted).ShouldBe(2 * 2);
        NothingRuns();
    }

    [Fact]
    public async Task A_service_of_single_samples_that_is_never_ready_is_waited_for_once_for_each_cell()
    {
        Declare("Experiment", "E", ("Matrix", "n=1,2"), ("Command", "true"), ("MaxFailures", "2"));
        Declare("Service", "server", ("Experiments", "E"), ("ReadyText", "never"), ("ReadyTimeout", "0.3"),
            ("Command", $"sh -c 'echo start {{n}} >> {Folder}/log; exec sleep 600'"));
        await BuildAsync();
        Lines.Order(StringComparer.Ordinal).ShouldBe(["start 1", "start 2"]);
        Samples().Count.ShouldBe(4);
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.NotStarted
            && sample.Why!.Contains("was not ready within", StringComparison.Ordinal));
        Options = Options with { RetryFailed = true };
        await BuildAsync();
        Lines.Length.ShouldBe(4, "another call waits again");
    }

    // The client would wait for ten minutes.
    [Theory]
    [InlineData("kill")]
    [InlineData("kill -9")]
    public async Task A_service_that_dies_ends_the_command_and_fails_what_is_left_of_its_group(string kill)
    {
        Declare("Experiment", "E", ("Matrix", "n=1,2,3"), ("PreparePer", "Round"), ("Timeout", "600"),
            ("MaxFailures", "2"),
            ("Command", $"sh -c '{kill} `cat $0`; exec sleep 500' {{group}}/id"));
        Declare("Service", "server", ("Experiments", "E"), ("Shared", "true"), ("ReadyText", "ready"),
            ("Command", "sh -c 'echo $$ > $0; echo ready; exec sleep 400' {group}/id"));
        await BuildAsync();
        Samples().Count.ShouldBe(6);
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.NotStarted
            && sample.Why!.Contains("Service 'server' ended", StringComparison.Ordinal),
            string.Join('\n', Samples().Select(sample => $"{sample.Outcome} {sample.Why}")));
        NothingRuns();
    }

    [Fact]
    public async Task When_the_runner_of_a_service_is_killed_nothing_of_it_stays()
    {
        Declare("Experiment", "E", ("Matrix", "n=1,2"), ("PreparePer", "Round"), ("Timeout", "600"),
            // The parent of the service is its runner.
            ("Command", "sh -c 'kill -9 `cat $0`; exec sleep 500' {group}/parent"));
        Declare("Service", "server", ("Experiments", "E"), ("Shared", "true"), ("ReadyText", "ready"),
            ("Command", "sh -c 'echo $PPID > $0; echo ready; exec sleep 400' {group}/parent"));
        await BuildAsync();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.NotStarted);
        NothingRuns();
    }

    [Fact]
    public async Task A_stopped_build_and_a_time_out_leave_no_service()
    {
        Declare("Experiment", "E", ("Matrix", "n=1"), ("PreparePer", "Round"), ("Timeout", "0.5"),
            ("Command", "sleep 300"));
        Declare("Service", "server", ("Experiments", "E"), ("Shared", "true"), ("ReadyText", "ready"),
            ("Command", "sh -c 'echo ready; exec sleep 400'"));
        await BuildAsync();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Timeout);
        NothingRuns();
        Services.Add(ServiceDeclaration.Parse(Items.Single(item => item.Type == "Service"), []));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = Engine().RunAsync([Experiment("E", ("Matrix", "n=1"), ("PreparePer", "Round"),
            ("Command", "sleep 300"))], stop.Token);
        while (!Running().Any(line => line.StartsWith("sleep 300", StringComparison.Ordinal)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        NothingRuns();
    }

    [Theory]
    [InlineData("db", "serve {db}", "", "")]
    [InlineData("db", "serve {query}", "", "VART4187")]
    [InlineData("db", "serve {args:query}", "", "VART4187")]
    [InlineData("db", "serve", "{query}", "VART4187")]
    [InlineData("", "serve", "", "VART0002")]
    [InlineData("db", "serve {work}", "", "VART4002")]
    [InlineData("db", "serve {sample}", "", "VART4002")]
    public void Shared_services_are_checked_before_anything_runs(string per, string serve, string port, string code)
    {
        Declare("Experiment", "E", ("Matrix", "db=a,b; query=q1,q2"), ("PreparePer", per), ("Command", "true"));
        Declare("Service", "S", ("Experiments", "E"), ("Shared", "true"), ("Command", serve), ("ReadyPort", port));
        Declared.Problems(Items, Layout).Select(problem => problem.Rule.Code).Distinct()
            .ShouldBe(code.Length == 0 ? [] : [code]);
    }

    [Fact]
    public async Task The_plan_says_who_shares_it_and_the_script_serves_each_cell()
    {
        Serve();
        var said = new CollectedLog();
        using (var opened = await Artifact.Evaluation.OpenEvaluation.OpenAsync(Options, Items,
            Artifact.Evaluation.Purpose.Read, said, TestContext.Current.CancellationToken))
        {
            var context = ((Artifact.Evaluation.ReadingEvaluation)opened).Context;
            await new PlanSamples(context).ShowAsync(said, TestContext.Current.CancellationToken);
            await new WriteReproductionScript(context).RunAsync(Log, TestContext.Current.CancellationToken);
        }
        string.Join('\n', said.Lines)
            .ShouldContain("prepared and served once a round for each group of cells with the same db");
        Programs.Run("sh", Directory.GetFiles(Layout.Scripts).ShouldHaveSingleItem(), Path.Combine(Folder, "again"))
            .Succeeds().Output.ShouldContain("4 cells, 0 of them failed");
        Lines.Count(line => line.StartsWith("start", StringComparison.Ordinal)).ShouldBe(4);
    }

    private void Serve(string ready = "x x", params (string Name, string Value)[] more)
    {
        Declare("Experiment", "Query", ("Matrix", "db=a,b; query=q1,q2"), ("PreparePer", "db"), ("MaxFailures", "2"),
            ("Prepare", "sh -c 'echo load {db} >> $0/log; echo {db} > {group}/data; echo loaded' {project}"),
            ("Command", "sh -c 'echo query {db} {query} >> $0/log; test `cat {group}/data` = {db}' {project}"));
        Declare("Service", "server", [("Experiments", "Query"), ("Shared", "true"), ("ReadyText", "ready"),
            ("Command", "sh -c 'echo start {db} >> $0/log; trap \"echo stop {db} >> $0/log; exit\" TERM; "
                + "test $1 = $2 && echo ready; while :; do sleep 0.05; done' {project} " + ready), .. more]);
    }

    // Processes of the test have its folder in their environment.
    private IEnumerable<string> Running() => Process.GetProcesses().Select(process =>
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}");
            return File.ReadAllText($"{folder}/environ").Contains(Folder, StringComparison.Ordinal)
                ? File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ') : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }).OfType<string>();

    private void NothingRuns() => Running().ShouldBeEmpty();
}

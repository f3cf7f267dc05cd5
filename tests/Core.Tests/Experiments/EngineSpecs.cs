using Verus.Artifact.Data;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Experiments;

public sealed class EngineSpecs : EngineFixture
{
    [Fact]
    public async Task Every_cell_gets_its_samples_and_a_second_run_none()
    {
        var experiment = Experiment("Echo", ("Command", "echo {word} {n}"), ("Matrix", "word=a,b; n=1..3"));
        await RunAsync(experiment);
        Read().Samples.Count.ShouldBe(12);
        LogOf(Read().Samples[0]).ShouldMatch("^[ab] [123]\n$");
        await RunAsync(experiment);
        Read().Samples.Count.ShouldBe(12);
        Read().Runs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task More_samples_run_only_the_difference()
    {
        var experiment = Experiment("Echo", ("Command", "echo hi"));
        await RunAsync(4, experiment);
        await RunAsync(20, experiment);
        Read().Samples.Count.ShouldBe(20);
        await RunAsync(4, experiment);
        Read().Samples.Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_changed_argument_reruns_its_cells_only_and_the_plan_names_it()
    {
        await RunAsync(Experiment("Echo", ("Command", "echo {word}"), ("Matrix", "word=a|one,b|two")));
        var changed = Experiment("Echo", ("Command", "echo {word}"), ("Matrix", "word=a|one,c|two"));
        var plans = await Engine().PlanAsync([changed], TestContext.Current.CancellationToken);
        plans.Select(plan => plan.Need).ShouldBe([0, 2]);
        plans[1].Reason.ShouldBe("changed: argument 1: b -> c");
        Read().Samples.Count.ShouldBe(4);
        await RunAsync(changed);
        Read().Samples.Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_changed_input_reruns_and_one_that_was_only_touched_does_not()
    {
        var input = Path.Combine(Folder, "input.txt");
        await File.WriteAllTextAsync(input, "one", TestContext.Current.CancellationToken);
        var experiment = Experiment("Cat", ("Command", "cat {project}/input.txt"));
        await RunAsync(experiment);
        File.SetLastWriteTimeUtc(input, DateTime.UtcNow.AddHours(1));
        await RunAsync(experiment);
        Read().Samples.Count.ShouldBe(2);
        await File.WriteAllTextAsync(input, "two", TestContext.Current.CancellationToken);
        (await Engine().PlanAsync([experiment], TestContext.Current.CancellationToken))[0].Reason.ShouldStartWith(
            "changed: input input.txt: ");
        await RunAsync(experiment);
        Read().Samples.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_missing_input_is_an_error_before_anything_runs()
    {
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            RunAsync(Experiment("Fine", ("Command", "true")),
                Experiment("Cat", ("Command", "cat x"), ("Inputs", "gone.txt"))));
        problem.Diagnostics[0].Rule.ShouldBe(ExperimentRules.MissingInput);
        File.Exists(Journal.FileIn(Layout)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_cell_whose_optional_input_is_lacking_is_neither_run_nor_failed_and_runs_when_it_comes()
    {
        var experiment = Experiment("Shout", ("Matrix", "word=here,gone"), ("Command", "echo {word}"),
            ("OptionalInputs", "{project}/{word}.txt"));
        var lacking = Path.Combine(Folder, "gone.txt");
        await File.WriteAllTextAsync(Path.Combine(Folder, "here.txt"), "one", TestContext.Current.CancellationToken);
        var plans = await RunAsync(experiment);
        plans.Select(plan => (plan.Good.Count, plan.Failed.Count, plan.Reason))
            .ShouldBe([(2, 0, ""), (0, 0, "not available: gone.txt is not there")]);
        var observed = Observations.Of(plans, _ => [])[^1];
        (observed.Sample, observed.Failure).ShouldBe(("", "not available: gone.txt is not there"));

        await File.WriteAllTextAsync(lacking, "two", TestContext.Current.CancellationToken);
        (await RunAsync(experiment))[1].Good.Count.ShouldBe(2);
        await File.WriteAllTextAsync(lacking, "three", TestContext.Current.CancellationToken);
        (await Engine().PlanAsync([experiment], TestContext.Current.CancellationToken))[1].Reason.ShouldStartWith(
            "changed: input {project}/gone.txt: ");
    }

    [Theory]
    [InlineData("sh -c 'exit 3'", SampleOutcome.ExitCode)]
    [InlineData("sh -c 'kill -9 $$'", SampleOutcome.Signal)]
    [InlineData("sleep 50", SampleOutcome.Timeout)]
    [InlineData("echo 1 error", SampleOutcome.WrongOutput)]
    [InlineData("/no/such/program", SampleOutcome.NotStarted)]
    public async Task Failures_are_told_apart_and_not_repeated(string command, SampleOutcome expected)
    {
        var experiment = Experiment("Fails", ("Command", command), ("Timeout", "0.5"), ("SuccessText", "0 errors"));
        await RunAsync(experiment);
        await RunAsync(experiment);
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(expected);
        Log.Reported.Count(diagnostic => diagnostic.Rule == ExperimentRules.SampleFailed).ShouldBe(1);
        await Engine(retryFailed: true).RunAsync([experiment], TestContext.Current.CancellationToken);
        Read().Samples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_memory_limit_is_told_apart_too()
    {
        await RunAsync(Experiment("Greedy", ("Command", "python3 -c 'x = b\".\" * (300 << 20)'"),
            ("MemoryLimit", "100MiB")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        if (sample.Why!.Contains("control group", StringComparison.Ordinal))
            Assert.Skip("no control group for memory can be made here");
        sample.Outcome.ShouldBe(SampleOutcome.OutOfMemory);
    }

    [Fact]
    public async Task An_expected_failure_is_success()
    {
        await RunAsync(Experiment("Rejects", ("Command", "sh -c 'echo 1 error; exit 4'"), ("SuccessExitCodes", "4"),
            ("SuccessPattern", @"\b1 error\b")));
        Read().Samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
    }

    [Fact]
    public async Task Metrics_are_read_from_the_output_and_garbage_is_a_failure()
    {
        await RunAsync(1, Experiment("Speed", ("Command", "echo throughput 12.5 MB/s"),
            ("MetricPatterns", @"throughput=throughput ([0-9.]+) MB/s")),
            Experiment("Garbage", ("Command", "echo nothing"),
                ("MetricPatterns", @"throughput=throughput ([0-9.]+) MB/s")));
        var samples = Read().Samples.ToDictionary(sample => sample.Cell);
        samples["Speed"].Readings.ShouldHaveSingleItem().Metrics["throughput"].ShouldBe(12.5);
        samples["Garbage"].Outcome.ShouldBe(SampleOutcome.WrongOutput);
    }

    [Fact]
    public async Task A_series_ends_at_its_first_timeout()
    {
        var experiment = Experiment("Grows", ("Command", "sh -c 'test {n} -lt 3 || exec sleep 50'"),
            ("Matrix", "s=x,y; n=1..5; twice := {n} * 2"), ("Timeout", "0.3"), ("EndSeriesAt", "n"));
        var plans = await RunAsync(1, experiment);
        Read().Samples.Count.ShouldBe(6);
        plans.Single(plan => plan.Cell.Name == "Grows[s=x,n=5]").Reason.ShouldBe(
            "not run: its series ended at n = 3, which timed out after 0.3 s");
    }

    [Fact]
    public async Task A_generated_input_is_made_once_and_its_content_is_in_the_key()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "make.sh"),
            "echo made $1; echo >> " + Path.Combine(Folder, "calls"), TestContext.Current.CancellationToken);
        var experiment = Experiment("Generated", ("Command", "cat {generated}"),
            ("Generate", "sh {project}/make.sh {n}"), ("GenerateAs", "in.txt"), ("Matrix", "n=1,2"));
        await RunAsync(experiment);
        await RunAsync(3, experiment);
        (await File.ReadAllLinesAsync(Path.Combine(Folder, "calls"), TestContext.Current.CancellationToken)).Length
            .ShouldBe(2);
        Read().Cells.Values.AtLeastOne().ShouldAllBe(cell => cell.Parts.Any(part => part.Name == "generated in.txt"));
        LogOf(Read().Samples[0]).ShouldStartWith("made ");
    }

    [Fact]
    public async Task A_generator_that_is_named_by_its_path_runs_again_when_its_content_changes()
    {
        var script = Path.Combine(Folder, "make.sh");
        var experiment = Experiment("Generated", ("Command", "cat {generated}"), ("Generate", $"sh {script}"),
            ("GenerateAs", "in.txt"));
        foreach (var word in new[] { "first", "second" })
        {
            await File.WriteAllTextAsync(script, $"echo {word}", TestContext.Current.CancellationToken);
            await RunAsync(1, experiment);
        }
        Read().Samples.Select(sample => LogOf(sample)).ShouldBe(["first\n", "second\n"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_generator_that_fails_is_an_error_with_its_last_words_and_stops_nothing_else()
    {
        ExperimentDeclaration[] experiments = [
            Experiment("Generated", ("Command", "cat {generated}"), ("Matrix", "n=1,2"),
                ("Generate", "sh -c 'echo broken >&2; exit $(( {n} - 1 ))'")),
            Experiment("Other", ("Command", "true"))];
        var engine = Engine(new SamplePolicy(1));
        var plans = await engine.RunAsync(experiments, TestContext.Current.CancellationToken);
        var problem = engine.Problems.ShouldHaveSingleItem();
        problem.Rule.ShouldBe(ExperimentRules.GeneratorFailed);
        problem.Message.ShouldContain("broken");
        plans.Select(plan => plan.Good.Count).ShouldBe([1, 0, 1]);
        plans[1].Reason.ShouldStartWith("left out: ");
        engine.HasProblem(experiments[0]).ShouldBeTrue();
        engine.HasProblem(experiments[1]).ShouldBeFalse();
        (await Should.ThrowAsync<DiagnosticException>(() => Engine(new SamplePolicy(1), failFast: true).RunAsync(
            experiments, TestContext.Current.CancellationToken))).Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(
            ExperimentRules.GeneratorFailed);
    }

    [Fact]
    public async Task An_optional_input_may_be_named_from_a_file_beside_it()
    {
        foreach (var name in new[] { "one", "other" })
            await File.WriteAllTextAsync(Path.Combine(Folder, name), "", TestContext.Current.CancellationToken);
        (await RunAsync(1, Experiment("E", ("Command", "true"), ("OptionalInputs", "one/../other"))))
            .ShouldHaveSingleItem().Good.Count.ShouldBe(1);
    }

    [Fact]
    public void A_generator_of_an_experiment_that_works_in_a_copy_works_in_a_folder_of_its_own()
    {
        var cell = Cell.Of(Experiment("Copied", ("WorkingDirectory", "{copy:there}/deep"),
            ("Command", "cat {generated}"), ("Generate", "pwd"))).ShouldHaveSingleItem();
        var attempt = new Attempt(Path.Combine(Folder, "attempt"));
        new CellResolver(new CellContext { Layout = Layout }, new ContentHashes()).Generator(cell, attempt).Command
            .WorkingDirectory.ShouldBe(attempt.Work);
    }

    [Fact]
    public async Task Series_are_interleaved_in_a_seeded_random_order()
    {
        var experiment = Experiment("Order", ("Command", "true {n}"), ("Matrix", "n=1..12"));
        await Engine(new SamplePolicy(2), seed: 7).RunAsync([experiment], TestContext.Current.CancellationToken);
        var first = Read().Samples.Select(sample => sample.Cell).ToList();
        first.Take(12).AtLeastOne().ShouldBeUnique();
        first.Take(12).ShouldNotBe(first.Take(12).OrderBy(cell => cell.Length).ThenBy(cell => cell,
            StringComparer.Ordinal));
        first.Take(12).ShouldNotBe(first.Skip(12));
        Directory.Delete(Layout.Root, recursive: true);
        await Engine(new SamplePolicy(2), seed: 7).RunAsync([experiment], TestContext.Current.CancellationToken);
        Read().Samples.Select(sample => sample.Cell).ShouldBe(first);
        Read().Runs.Values.Single().Seed.ShouldBe(7);
    }

    [Fact]
    public async Task Automatic_sampling_stops_when_the_interval_is_narrow_or_at_the_cap()
    {
        // The duration is so long that even a busy machine does not double it.
        var experiment = Experiment("Auto", ("Command", "sleep 0.4"));
        await Engine(new SamplePolicy(null, Auto: true, Width: 0.99, Cap: 30)).RunAsync([experiment],
            TestContext.Current.CancellationToken);
        Read().Samples.Count.ShouldBe(12);
        await Engine(new SamplePolicy(null, Auto: true, Width: 0.0000001, Cap: 14)).RunAsync([experiment],
            TestContext.Current.CancellationToken);
        Read().Samples.Count.ShouldBe(14);
    }

    [Fact]
    public async Task Stopped_it_keeps_what_was_measured_and_leaves_no_process()
    {
        using var stop = new CancellationTokenSource();
        var experiment = Experiment("Slow", ("Command", "sh -c 'test {n} = 1 || exec sleep 1234.5'"),
            ("Matrix", "n=1,2"), ("Timeout", "900"), ("EndSeriesAt", "n"));
        var running = Engine(new SamplePolicy(1)).RunAsync([experiment], stop.Token);
        while (!Log.Lines.ToArray().Any(line => line.Contains("n=2", StringComparison.Ordinal)))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        Read().Samples.ShouldHaveSingleItem().Cell.ShouldBe("Slow[n=1]");
        Directory.EnumerateDirectories("/proc").Count(IsSleeper).ShouldBe(0);

        static bool IsSleeper(string folder)
        {
            try
            {
                return File.ReadAllText(folder + "/cmdline").Contains("sleep\01234.5", StringComparison.Ordinal);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task What_a_killed_build_left_unfinished_is_cleared_away()
    {
        var left = Path.Combine(Attempts.RootIn(Layout), "0123456789abcdef0123456789abcdef");
        Directory.CreateDirectory(Path.Combine(left, "work"));
        await RunAsync(1, Experiment("Echo", ("Command", "echo hi")));
        Attempts.LeftIn(Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_is_up_while_the_command_runs()
    {
        var found = new List<Diagnostic>();
        Services.Add(ServiceDeclaration.Parse(Item("Service", "server",
            ("Experiments", "Client"),
            ("Command", "python3 -m http.server {port:web} --bind 127.0.0.1 --directory {work}"),
            ("ReadyPort", "{port:web}")), found));
        found.ShouldBeEmpty();
        await RunAsync(Experiment("Client",
            ("Command",
                "python3 -c 'import urllib.request,sys; print(urllib.request.urlopen(\"http://127.0.0.1:\" + "
                    + "sys.argv[1]).status)' {port:web}"), ("SuccessText", "200")));
        Read().Samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        Read().Samples.Count.ShouldBe(2);
    }
}

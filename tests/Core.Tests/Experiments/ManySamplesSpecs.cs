using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>Tests what samples share on the host to be quick, and that none sees anything of another one.</summary>
public sealed class ManySamplesSpecs : EngineFixture
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_runner_takes_many_samples()
    {
        await RunAsync(10, Experiment("Parent", ("Command", "sh -c 'echo $PPID'")));
        var runners = Read().Samples.Select(sample => LogOf(sample)).ToList();
        runners.Count.ShouldBe(10);
        // On a busy machine, a runner may end because it had nothing to do for seconds.
        runners.Distinct().Count().ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_sample_without_output_leaves_nothing_but_its_record()
    {
        await RunAsync(3, Experiment("Quiet", ("Command", "true")), Experiment("Loud", ("Command", "echo hi")),
            Experiment("Failed", ("Command", "false")));
        var samples = Read().Samples.ToLookup(sample => sample.Cell);
        samples["Quiet"].Count().ShouldBe(3);
        samples["Quiet"].AtLeastOne().ShouldAllBe(sample => sample.Silent && sample.Outcome == SampleOutcome.Ok);
        samples["Loud"].AtLeastOne().ShouldAllBe(sample => !sample.Silent && LogOf(sample, "stdout.txt") == "hi\n");
        // The message about a failure names the folder.
        samples["Failed"].AtLeastOne().ShouldAllBe(sample => !sample.Silent && LogOf(sample, "stdout.txt").Length == 0);
        Directory.GetDirectories(Path.Combine(Layout.Experiments, "logs")).Select(Path.GetFileName)
            .AtLeastOne().ShouldAllBe(name => !name!.StartsWith("Quiet", StringComparison.Ordinal));
        Directory.GetFileSystemEntries(Path.Combine(Layout.Experiments, "pending")).ShouldBeEmpty();
        Attempts.LeftIn(Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sample_without_output_is_read_again_as_one_with_empty_output()
    {
        await RunAsync(1, Experiment("Quiet", ("Command", "true")));
        var plan = (await Engine(new SamplePolicy(1)).PlanAsync(
            [Experiment("Quiet", ("Command", "true"), ("MetricPatterns", "x=x=([0-9]+)"))], Cancellation)).Single();
        var failed = plan.Failed.ShouldHaveSingleItem();
        failed.Outcome.ShouldBe(SampleOutcome.WrongOutput);
        failed.Why!.ShouldNotContain("no longer exists");
    }

    [Fact]
    public async Task The_output_of_a_sample_without_output_is_empty_for_those_who_use_it()
    {
        await RunAsync(1, Experiment("Quiet", ("Command", "true")),
            Experiment("Reader", ("Command", "wc -c {output:Quiet}/stdout.txt")));
        LogOf(Read().Samples.Single(sample => sample.Cell == "Reader")).ShouldStartWith("0 ");
    }

    [Theory]
    [InlineData("touch left ../beside")]
    [InlineData("mkdir left; chmod 0 left")]
    [InlineData("chmod 700 . ..; chmod 500 ../output")]
    [InlineData("rm ../output/stdout.txt; mkfifo ../output/stdout.txt")]
    [InlineData("ln ../output/stdout.txt ../output/other; chmod 600 ../output/stderr.txt")]
    [InlineData("cd ..; rmdir work; ln -s / work")]
    [InlineData("d=$(dirname $PWD); cd /; mv $d/output $d/o; mkdir $d/output; rm -rf $d/o")]
    [InlineData("touch a; rm a")]
    [InlineData("true")]
    public async Task No_sample_sees_what_another_one_left(string leave)
    {
        var seen = Path.Combine(Folder, "seen");
        await RunAsync(5, Experiment("Leaver", ("Command", $"sh -c '(ls -lanR .. | grep -v \"^total\" "
            + $"| sed \"s/[A-Z][a-z][a-z] .*:[0-9][0-9]/TIME/\"; echo ==) >> {seen}; {leave}; exit 0'")));
        var listings = (await File.ReadAllTextAsync(seen, Cancellation)).Split("==\n")[..^1];
        listings.Length.ShouldBe(5);
        listings.Distinct().ShouldHaveSingleItem().ShouldContain("stdout.txt");
    }

    [Fact]
    public async Task A_runner_that_is_killed_between_two_jobs_loses_nothing()
    {
        await using var host = new HostExecutor(Runner);
        for (var i = 0; i < 3; i++)
        {
            (await RunAsync(host, "echo $PPID")).Outcome.ShouldBe(JobOutcome.Exited);
            var runner = (await File.ReadAllTextAsync(Path.Combine(Folder, "out"), Cancellation)).Trim();
            Programs.Run("kill", "-9", runner).Succeeds();
            while (Directory.Exists($"/proc/{runner}"))
                await Task.Delay(5, Cancellation);
            // The end of the process reaches this process a moment later.
            await Task.Delay(50, Cancellation);
        }
    }

    [Fact]
    public async Task A_runner_that_is_killed_with_a_job_fails_that_job_only()
    {
        await using var host = new HostExecutor(Runner);
        for (var i = 0; i < 3; i++)
        {
            (await RunAsync(host, "true")).Outcome.ShouldBe(JobOutcome.Exited);
            var id = Guid.NewGuid().ToString("N");
            (await Should.ThrowAsync<DiagnosticException>(() => RunAsync(host, "kill -9 $PPID; exec sleep 100", id)))
                .Diagnostics[0].Rule.ShouldBe(ExperimentRules.RunnerEnded);
            await host.SweepAsync([id], Cancellation);
        }
    }

    [Fact]
    public async Task Runners_that_are_killed_at_random_moments_lose_and_double_nothing()
    {
        var (told, executed) = (Path.Combine(Folder, "runner"), Path.Combine(Folder, "executed"));
        // Half of the cells have output, which takes another way than none.
        var experiment = Experiment("Victim", ("Matrix", "n=1..4"), ("Command", $"sh -c 'echo $PPID > {told}; sleep "
            + $"0.0{{n}}; [ $(({{n}} % 2)) = 0 ] || echo {{n}}; echo $VERUS_ARTIFACT_SAMPLE >> {executed}'"));
        var random = Seeds.New();
        using var over = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            for (var kills = 0; kills < 25 && !over.IsCancellationRequested;)
            {
                await Task.Delay(random.Next(1, 150), Cancellation);
                if (File.Exists(told)
                    && (await File.ReadAllTextAsync(told, Cancellation)).Trim() is { Length: > 0 } runner
                    && File.Exists($"/proc/{runner}/comm")
                    && (await File.ReadAllTextAsync($"/proc/{runner}/comm", Cancellation)).Trim() == "artifact-runner"
                    && Programs.Run("kill", "-9", runner).ExitCode == 0)
                    kills++;
            }
        }, Cancellation);
        await RunAsync(6, experiment);
        await over.CancelAsync();
        await killer.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
        await RunAsync(6, experiment);
        var samples = Read().Samples;
        samples.GroupBy(sample => sample.Cell).Select(cell => (cell.Key, Count: cell.Count())).Order().ShouldBe(
            Enumerable.Range(1, 4).Select(n => ($"Victim[n={n}]", 6)));
        samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        var ended = (await File.ReadAllLinesAsync(executed, Cancellation)).GroupBy(id => id)
            .ToDictionary(id => id.Key, id => id.Count());
        samples.AtLeastOne().ShouldAllBe(sample => ended.GetValueOrDefault(sample.Id) == 1);
        Attempts.LeftIn(Layout).ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(Layout.Experiments, "pending")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_runner_that_a_command_changed_takes_no_other_job()
    {
        await using var host = new HostExecutor(Runner);
        (await RunAsync(host, "ulimit -n; prlimit --pid $PPID --nofile=99:99 2>&1")).ExitCode.ShouldBe(0);
        (await RunAsync(host, "ulimit -n")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(Folder, "out"), Cancellation)).Trim().ShouldNotBe("99");
    }

    [Fact]
    public async Task A_job_that_is_stopped_leaves_nothing_and_the_next_one_runs()
    {
        await using var host = new HostExecutor(Runner);
        using var stop = new CancellationTokenSource();
        var started = Path.Combine(Folder, "started");
        var running = RunAsync(host, $"touch {started}; setsid sleep 100 & echo $! > {started}.pid; sleep 100",
            stop: stop);
        while (!File.Exists(started + ".pid") || new FileInfo(started + ".pid").Length == 0)
            await Task.Delay(5, Cancellation);
        var child = (await File.ReadAllTextAsync(started + ".pid", Cancellation)).Trim();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        Directory.Exists($"/proc/{child}").ShouldBeFalse();
        (await RunAsync(host, "true")).Outcome.ShouldBe(JobOutcome.Exited);
    }

    [Fact]
    public void A_journal_that_was_removed_is_not_made_anew_when_it_is_flushed()
    {
        Directory.CreateDirectory(Layout.Experiments);
        var journal = Read();
        journal.Append(new CellRecord { Key = "key", Cell = "cell", Parts = [] });
        File.Delete(journal.Path);
        Should.Throw<DiagnosticException>(journal.Flush);
        File.Exists(journal.Path).ShouldBeFalse();
    }

    private Task<JobResult> RunAsync(HostExecutor host, string script, string? id = null,
        CancellationTokenSource? stop = null) => host.RunAsync(Experiment("Any", ("Command", "true")), new JobSpec
        {
            Id = id ?? Guid.NewGuid().ToString("N"),
            Command = new CommandSpec
            {
                Arguments = ["sh", "-c", script],
                WorkingDirectory = Folder,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
                StandardOutput = Path.Combine(Folder, "out"),
                StandardError = Path.Combine(Folder, "err"),
            },
        }, new Attempt(Folder), [], stop?.Token ?? Cancellation);
}

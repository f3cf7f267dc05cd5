using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;

namespace Verus.Artifact.Tests;

/// <summary>Tests one runner with many jobs.</summary>
public sealed class StreamSpecs : RunnerFixture
{
    private static RunnerStream Stream() => new(Launch("serve"));

    private static JobSpec Next(CommandSpec command) => new() { Id = Guid.NewGuid().ToString("N"), Command = command };

    [Fact]
    public void Each_job_of_many_gets_its_own_result()
    {
        using var stream = Stream();
        int? files = null;
        for (var i = 0; i < 200; i++)
        {
            var code = i * 37 % 256;
            var job = Next(Shell($"echo {i}; exit {code}")) with { Nonce = $"secret {i}" };
            var result = stream.Run(job);
            (result.Id, result.Nonce, result.Outcome, result.ExitCode, result.IsLast)
                .ShouldBe((job.Id, job.Nonce, JobOutcome.Exited, code, false));
            Output.ShouldBe($"{i}");
            var open = Directory.GetFiles($"/proc/{stream.Process.Id}/fd").Length;
            (files ??= open).ShouldBe(open, "the runner leaves files open");
        }
        stream.Process.StandardInput.Close();
        stream.End().ShouldBe((0, ""));
    }

    [Fact]
    public void Jobs_that_arrive_together_run_one_after_the_other()
    {
        using var stream = Stream();
        var jobs = Enumerable.Range(0,
            5).Select(i => Next(Shell($"echo begin >> order; sleep 0.0{i}; echo end >> order")))
            .ToArray();
        stream.Give(jobs);
        jobs.Select(_ => stream.Next()!.Id).ToList().ShouldBe(jobs.Select(job => job.Id));
        File.ReadAllLines(In("order"))
            .ShouldBe(Enumerable.Repeat(new[] { "begin", "end" }, 5).SelectMany(pair => pair));
    }

    [Theory]
    [InlineData("no job")]
    [InlineData("{}")]
    [InlineData("{\"format\":99}")]
    [InlineData("{\"id\":\"UPPER\",\"command\":{}}")]
    public void A_job_that_cannot_be_read_ends_the_runner_and_loses_no_earlier_result(string line)
    {
        using var stream = Stream();
        stream.Run(Next(Command("true"))).Outcome.ShouldBe(JobOutcome.Exited);
        stream.Write(line + "\n");
        stream.Next().ShouldBeNull();
        var (code, words) = stream.End();
        code.ShouldBe(2);
        words.ShouldStartWith("artifact-runner: the job on standard input cannot be read: ");
        words.Trim().ShouldNotContain('\n');
    }

    [Fact]
    public void A_torn_job_is_no_job()
    {
        using var stream = Stream();
        stream.Run(Next(Command("true"))).Outcome.ShouldBe(JobOutcome.Exited);
        stream.Write("{\"format\":2,\"id\":\"");
        stream.Process.StandardInput.Close();
        stream.Next().ShouldBeNull();
        stream.End().ShouldBe((0, ""));
    }

    [Fact]
    public void The_end_of_a_job_at_its_limit_does_not_end_the_next_one()
    {
        using var stream = Stream();
        stream.Run(Next(Shell("setsid sleep 100 & sleep 100")) with { TimeoutSeconds = 0.2, KillGraceSeconds = 0.1 })
            .Outcome.ShouldBe(JobOutcome.TimedOut);
        stream.Run(Next(Command("no-such-program"))).Outcome.ShouldBe(JobOutcome.StartFailed);
        stream.Run(Next(Command("true")) with { Prepare = [Shell("exit 3")] }).Outcome
            .ShouldBe(JobOutcome.PrepareFailed);
        var good = stream.Run(Next(Shell("sleep 0.3")) with { TimeoutSeconds = 60 });
        (good.Outcome, good.ExitCode, good.Leftovers).ShouldBe((JobOutcome.Exited, 0, 0));
    }

    [Fact]
    public void A_memory_limit_is_that_of_one_job_only()
    {
        RequireGroup();
        using var stream = Stream();
        var eater = Compile("eater");
        stream.Run(Next(Command(eater, "1", "200", "1")) with { MemoryLimitBytes = 100 << 20 }).Outcome
            .ShouldBe(JobOutcome.OutOfMemory);
        var next = stream.Run(Next(Command(eater, "1", "200", "1")));
        (next.Outcome, next.ExitCode).ShouldBe((JobOutcome.Exited, 0));
    }

    [Fact]
    public void The_peak_of_a_job_does_not_count_for_the_next_one()
    {
        RequireGroup();
        using var stream = Stream();
        var alone = stream.Run(Next(Command("true"))).Measurement!.PeakMemoryBytes;
        stream.Run(Next(Command(Dummy, "allocate", "200"))).Measurement!.PeakMemoryBytes
            .ShouldBeGreaterThan(200L << 20);
        stream.Run(Next(Command("dd", "if=/dev/zero", "of=large", "bs=1M", "count=64"))).Measurement!.PeakMemoryBytes
            .ShouldBeGreaterThan(alone);
        stream.Run(Next(Command("true"))).Measurement!.PeakMemoryBytes.ShouldBeLessThan(alone + (4 << 20));
    }

    [Fact]
    public void The_runners_own_memory_does_not_grow_with_the_number_of_jobs()
    {
        using var stream = Stream();
        for (var i = 0; i < 50; i++)
            stream.Run(Next(Command("true")));
        var before = Peak();
        for (var i = 0; i < 500; i++)
            stream.Run(Next(Command("true")));
        // It is the least that the kernel reports for a command where there is no control group.
        Peak().ShouldBeLessThan(before + 4096);

        long Peak() => long.Parse(File.ReadLines($"/proc/{stream.Process.Id}/status")
            .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Trim().Split(' ')[0]);
    }

    [Fact]
    public void Services_are_those_of_one_job()
    {
        using var stream = Stream();
        var service = new ServiceSpec
        {
            Name = "server",
            Command = Shell("echo up; sleep 100") with
            {
                StandardOutput = In("server.txt"),
                StandardError = In("server-err.txt"),
            },
            ReadyText = "up",
        };
        for (var i = 0; i < 3; i++)
        {
            stream.Run(Next(Shell("sleep 0.01")) with { Services = [service] }).Outcome.ShouldBe(JobOutcome.Exited);
            ProcessTree.Living(Children(stream)).ShouldBeEmpty();
            stream.Run(Next(Command("true"))).Leftovers.ShouldBe(0);
        }
        stream.Run(Next(Command("sleep", "20")) with
        {
            Services =
                [service with { Command = service.Command with { Arguments = ["sh", "-c", "echo up; sleep 0.1"] } }]
        }).Outcome.ShouldBe(JobOutcome.ServiceFailed);
        stream.Run(Next(Command("true"))).Outcome.ShouldBe(JobOutcome.Exited);
    }

    [Fact]
    public void The_end_of_its_parent_stops_the_job_and_drops_the_next_ones()
    {
        using var stream = Stream();
        var running = Next(Shell("touch started; setsid sleep 100 & sleep 100"));
        stream.Give(running, Next(Shell("touch second")));
        Until(() => File.Exists(In("started")), "the job has not started");
        stream.Process.StandardInput.Close();
        var result = stream.Next()!;
        (result.Id, result.Outcome, result.IsLast).ShouldBe((running.Id, JobOutcome.Cancelled, true));
        stream.Next().ShouldBeNull();
        stream.End().ShouldBe((0, ""));
        ProcessTree.Marked(running.Id).ShouldBeEmpty();
        File.Exists(In("second")).ShouldBeFalse();
    }

    [Fact]
    public void A_signal_ends_a_runner_without_a_job()
    {
        using var stream = Stream();
        stream.Run(Next(Command("true"))).Outcome.ShouldBe(JobOutcome.Exited);
        Programs.Run("kill", "-TERM", $"{stream.Process.Id}").Succeeds();
        stream.Next().ShouldBeNull();
        stream.End().ShouldBe((0, ""));
    }

    [Fact]
    public void What_a_runner_leaves_that_is_killed_in_the_middle_is_swept()
    {
        using var stream = Stream();
        for (var i = 0; i < 3; i++)
            stream.Run(Next(Command("true"))).Outcome.ShouldBe(JobOutcome.Exited);
        var running = Next(Shell("touch started; setsid sleep 100 & sleep 100"));
        stream.Give(running);
        Until(() => File.Exists(In("started")), "the job has not started");
        stream.Process.Kill();
        stream.Next().ShouldBeNull();
        ProcessTree.Marked(running.Id).ShouldNotBeEmpty();
        using var sweep = Launch("sweep", running.Id);
        sweep.WaitForExit(60_000).ShouldBeTrue();
        ProcessTree.Marked(running.Id).ShouldBeEmpty();
        MemoryGroup.ProcessesOf(running.Id).ShouldBeEmpty();
    }

    private static IEnumerable<int> Children(RunnerStream stream) =>
        Directory.GetDirectories($"/proc/{stream.Process.Id}/task")
            .SelectMany(task => Cgroups.Words(Path.Combine(task, "children"))).Select(int.Parse);

    private void RequireGroup()
    {
        using var group = MemoryGroup.TryMake(Cgroups.Here, Id, null);
        if (group is null)
            Assert.Skip("no control group for memory can be made here");
    }
}

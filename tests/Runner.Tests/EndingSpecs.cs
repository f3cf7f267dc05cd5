using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class EndingSpecs : RunnerFixture
{
    // A process that forks twice into a session of its own, with an empty environment, and ignores SIGTERM can be found
    // only by its ancestry.
    private const string Escape =
        "setsid sh -c 'env -i sh -c \"trap \\\"\\\" TERM; while :; do sleep 1; done\" & sleep 100' & ";

    [Fact]
    public void A_timeout_kills_the_whole_tree()
    {
        var result = Run(Job(Shell(Escape + "sleep 100")) with { TimeoutSeconds = 0.5, KillGraceSeconds = 0.2 });
        result.Outcome.ShouldBe(JobOutcome.TimedOut);
        result.Error!.ShouldContain("0.5 s");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_program_that_ends_itself_when_asked_is_still_a_timeout()
    {
        var result =
            Run(Job(Shell("trap 'echo bye; exit 0' TERM; while :; do sleep 0.01; done")) with { TimeoutSeconds = 0.3 });
        result.Outcome.ShouldBe(JobOutcome.TimedOut);
        Output.ShouldBe("bye");
    }

    [Fact]
    public void What_the_command_leaves_behind_is_killed_and_counted()
    {
        var result = Run(Job(Shell("setsid sleep 100 & exit 0")));
        result.ExitCode.ShouldBe(0);
        result.Leftovers.ShouldBeGreaterThanOrEqualTo(1);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void The_end_of_its_parent_stops_the_job()
    {
        using var process = Start(Job(Shell(Escape + "sleep 100")));
        Until(() => Alive() > 1, "the job has not started");
        process.StandardInput.Close();
        End(process, 10).Outcome.ShouldBe(JobOutcome.Cancelled);
        Alive().ShouldBe(0);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_stops_the_job(string signal)
    {
        using var process = Start(Job(Shell(Escape + "sleep 100")));
        Until(() => Alive() > 1, "the job has not started");
        Programs.Run("kill", "-" + signal, $"{process.Id}").Succeeds();
        var result = End(process, 10);
        (result.Outcome, result.Error).ShouldBe((JobOutcome.Cancelled, $"Stopped: the runner got SIG{signal}."));
        Alive().ShouldBe(0);
    }

    [Fact]
    public void What_a_killed_runner_leaves_behind_is_swept()
    {
        using var process = Start(Job(Shell("setsid sleep 100 & sleep 100")));
        Until(() => Alive() > 1, "the job has not started");
        process.Kill();
        process.WaitForExit();
        Alive().ShouldBeGreaterThan(0);
        using var sweep = Launch("sweep", Id);
        sweep.WaitForExit(10_000).ShouldBeTrue();
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_process_that_forks_all_the_time_is_caught()
    {
        var result = Run(Job(Command(Compile("hare"))) with { TimeoutSeconds = 20 });
        // The command's first process ends at once; its children keep forking.
        result.Outcome.ShouldBe(JobOutcome.Exited);
        result.Leftovers.ShouldBeGreaterThan(0);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_process_whose_first_thread_has_ended_is_killed_too()
    {
        Run(Job(Command(Compile("headless", "-pthread"))) with { TimeoutSeconds = 0.3, KillGraceSeconds = 0 }).Outcome
            .ShouldBe(JobOutcome.TimedOut);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_stopped_process_is_killed_too()
    {
        Run(Job(Shell("kill -STOP $$")) with { TimeoutSeconds = 0.3, KillGraceSeconds = 0.1 }).Outcome.ShouldBe(
            JobOutcome.TimedOut);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void The_grace_is_for_all_of_the_tree()
    {
        const string Child = "trap 'sleep 0.3; echo saved; exit' TERM; while :; do sleep 0.01; done";
        Run(Job(Shell($"sh -c \"{Child}\" & sleep 100")) with { TimeoutSeconds = 0.5, KillGraceSeconds = 20 }).Outcome
            .ShouldBe(JobOutcome.TimedOut);
        Output.ShouldBe("saved");
    }

    [Fact]
    public void A_warm_up_that_does_not_end_is_said_to_be_one()
    {
        var result = Run(Job(Command("sleep", "100")) with { WarmUps = 2, TimeoutSeconds = 0.2 });
        result.Outcome.ShouldBe(JobOutcome.TimedOut);
        result.Error!.ShouldContain("warm-up 1 of 2");
    }

    [Theory]
    [InlineData("prepare")]
    [InlineData("service")]
    [InlineData("warm-up")]
    public void A_job_can_be_stopped_at_every_stage(string stage)
    {
        var stubborn = Shell("trap '' TERM; echo here; while :; do sleep 1; done") with
        {
            StandardOutput = In("stage.txt")
        };
        var job = stage switch
        {
            "prepare" => Job(Command("true")) with { Prepare = [stubborn] },
            "service" =>
                Job(Command("true")) with
                {
                    Services = [new ServiceSpec { Name = "server", Command = stubborn, ReadyText = "ready" }]
                },
            _ => Job(stubborn) with { WarmUps = 1 },
        };
        using var process = Start(job with { KillGraceSeconds = 60 });
        Until(() => File.Exists(In("stage.txt")) && File.ReadAllText(In("stage.txt")).Length > 0,
            "the stage was not reached");
        process.StandardInput.Close();
        // If the runner waited for the whole grace period, the test would take a minute.
        End(process, 30).Outcome.ShouldBe(JobOutcome.Cancelled);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_sweep_finds_by_control_group_what_has_no_mark_and_removes_the_group()
    {
        using var process = Start(Job(Shell("env -i setsid sh -c 'echo $$; exec sleep 100' & sleep 100")));
        Until(() => File.Exists(In("out.txt")) && Output.Length > 0, "the job has not started");
        var escaped = int.Parse(Output);
        if (!Groups().Any())
            Assert.Skip("no control group for memory can be made here");
        process.Kill();
        process.WaitForExit();
        File.Exists($"/proc/{escaped}/cmdline").ShouldBeTrue();
        using var sweep = Launch("sweep", Id);
        sweep.WaitForExit();
        Until(() => !IsRunning(escaped), "the process without a mark is alive");
        Groups().ShouldBeEmpty();
    }

    [Fact]
    public void A_sweep_leaves_others_alone_and_takes_nothing_but_ids()
    {
        using var process = Start(Job(Command("sleep", "100")));
        Until(() => Alive() > 0, "the job has not started");
        using (var sweep = Launch("sweep", Guid.NewGuid().ToString("N")))
            sweep.WaitForExit();
        Alive().ShouldBe(1);
        using (var sweep = Launch("sweep", "../" + Id))
        {
            sweep.WaitForExit();
            sweep.ExitCode.ShouldBe(2);
        }
        process.StandardInput.Close();
        process.WaitForExit();
    }

    [Fact]
    public void A_preparation_that_fails_ends_the_job()
    {
        var result = Run(Job(Command(Dummy, "count", In("count.txt"))) with
        {
            Prepare = [Command("true"),
            Shell("echo no licence >&2; exit 9")]
        });
        result.Outcome.ShouldBe(JobOutcome.PrepareFailed);
        result.Error!.ShouldContain("exit code 9");
        result.Error!.ShouldContain("no licence");
        File.Exists(In("count.txt")).ShouldBeFalse();
    }

    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}

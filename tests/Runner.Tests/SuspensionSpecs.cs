using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that stopping the runner or the measured processes never leads to a good sample with a wrong time, nor to an
/// endless sample.
/// </summary>
public sealed class SuspensionSpecs : RunnerFixture
{
    [Fact]
    public void What_nobody_stops_is_not_suspended() => Run(Job(Command("sleep", "0.1"))).Suspended.ShouldBeNull();

    [Fact]
    public void A_runner_that_was_stopped_says_so()
    {
        using var process = Start(Job(Command("sleep", "0.2")));
        Until(() => Alive() > 0, "the job has not started");
        Signal("STOP", process.Id);
        Until(() => Alive() == 0, "the command has not ended");
        Signal("CONT", process.Id);
        var result = End(process);
        (result.Outcome, result.Suspended).ShouldBe((JobOutcome.Exited, Suspendable.Runner));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_command_that_ended_while_the_runner_was_stopped_past_the_time_limit_was_not_ended_by_it(int round)
    {
        using var process = Start(Job(Shell($"kill -STOP $PPID; exit {round}")) with { TimeoutSeconds = 0.3 });
        Until(() => File.ReadAllText($"/proc/{process.Id}/stat").Contains(") T ", StringComparison.Ordinal),
            "the runner was not stopped");
        Thread.Sleep(500);
        Signal("CONT", process.Id);
        var result = End(process);
        (result.Outcome, result.ExitCode, result.Suspended)
            .ShouldBe((JobOutcome.Exited, round, Suspendable.Runner));
    }

    [Fact]
    public void A_command_that_was_stopped_says_so()
    {
        using var process = Start(Job(Shell("echo $$; while ! [ -e go ]; do sleep 0.01; done")));
        Until(() => File.Exists(In("out.txt")) && Output.Length > 0, "the job has not started");
        Signal("STOP", int.Parse(Output));
        // The test waits until the command is stopped, because a signal to continue cancels a pending signal to stop.
        Until(() => File.ReadAllText($"/proc/{Output}/stat").Contains(") T ", StringComparison.Ordinal),
            "the command was not stopped");
        Signal("CONT", int.Parse(Output));
        File.WriteAllText(In("go"), "");
        End(process).Suspended.ShouldBe(Suspendable.Command);
    }

    [Fact]
    public void A_service_that_was_stopped_says_so()
    {
        var service = new ServiceSpec
        {
            Name = "server",
            Command = Shell("echo $$; sleep 100") with
            {
                StandardOutput = In("server.txt"),
                StandardError = In("server-err.txt")
            },
            ReadyText = "\n",
        };
        var command =
            Shell(
                "p=$(cat server.txt); kill -STOP $p; until grep -q ') T ' /proc/$p/stat; do sleep 0.01; done; kill "
                    + "-CONT $p; sleep 0.2");
        Run(Job(command) with { Services = [service] }).Suspended.ShouldBe(Suspendable.Service);
    }

    [Fact]
    public void What_a_command_does_to_its_own_children_is_its_own_affair() =>
        Run(Job(Shell("sleep 0.2 & kill -STOP $!; kill -CONT $!; wait"))).Suspended.ShouldBeNull();

    [Fact]
    public void What_the_runner_itself_stops_before_it_kills_is_not_suspended()
    {
        var result = Run(Job(Shell("trap '' TERM; while :; do sleep 0.01; done")) with
        {
            TimeoutSeconds = 0.3,
            KillGraceSeconds = 0.1
        });
        (result.Outcome, result.Suspended).ShouldBe((JobOutcome.TimedOut, null));
    }

    [Theory]
    [InlineData("TSTP")]
    [InlineData("TTIN")]
    [InlineData("TTOU")]
    public void A_terminal_does_not_stop_the_runner(string signal)
    {
        using var process = Start(Job(Command("sleep", "0.3")));
        Until(() => Alive() > 0, "the job has not started");
        Signal(signal, process.Id);
        var result = End(process, 30);
        (result.Outcome, result.Suspended).ShouldBe((JobOutcome.Exited, null));
    }

    [Fact]
    public void A_command_that_stops_its_runner_is_ended_at_the_time_limit_nevertheless()
    {
        // In this test, no other process continues the runner.
        var result = Run(Job(Shell("kill -STOP $PPID; sleep 100")) with
        {
            TimeoutSeconds = 0.5,
            KillGraceSeconds = 0.1
        });
        (result.Outcome, result.Suspended).ShouldBe((JobOutcome.TimedOut, Suspendable.Runner));
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_command_that_ends_its_runner_politely_is_over_and_told()
    {
        var result = Run(Job(Shell("kill -TERM $PPID; sleep 100")));
        (result.Outcome, result.Error).ShouldBe((JobOutcome.Cancelled, "Stopped: the runner got SIGTERM."));
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_command_that_kills_its_group_ends_itself() => Run(Job(Shell("kill -9 0"))).Signal.ShouldBe(9);

    private static void Signal(string signal, int process) =>
        Programs.Run("kill", $"-{signal}", $"{process}").Succeeds();
}

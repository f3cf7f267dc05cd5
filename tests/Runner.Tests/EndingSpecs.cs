using System.Diagnostics;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class EndingSpecs : RunnerFixture
{
    // Forks twice into a session of its own with no environment left and ignores the polite signal: nothing but ancestry finds it.
    private const string Escape = "setsid sh -c 'env -i sh -c \"trap \\\"\\\" TERM; while :; do sleep 1; done\" & sleep 100' & ";

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
        var result = Run(Job(Shell("trap 'echo bye; exit 0' TERM; while :; do sleep 0.01; done")) with { TimeoutSeconds = 0.3 });
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
        using var process = Start(Job(Shell(Escape + "sleep 100")), "--parent-stdin");
        Until(() => Alive() > 1, "the job has not started");
        process.StandardInput.Close();
        process.WaitForExit(10_000).ShouldBeTrue();
        Result().Outcome.ShouldBe(JobOutcome.Cancelled);
        Alive().ShouldBe(0);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_stops_the_job(string signal)
    {
        using var process = Start(Job(Shell(Escape + "sleep 100")));
        Until(() => Alive() > 1, "the job has not started");
        using (var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]))
            kill.WaitForExit();
        process.WaitForExit(10_000).ShouldBeTrue();
        Result().Outcome.ShouldBe(JobOutcome.Cancelled);
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
        File.Exists(In("result.json")).ShouldBeFalse();
    }

    [Fact]
    public void A_missing_program_is_said_to_be_missing()
    {
        var result = Run(Job(Command("no-such-program")));
        result.Outcome.ShouldBe(JobOutcome.StartFailed);
        result.Error!.ShouldContain("'no-such-program'");
        Run(Job(Command("/no/such/program"))).Error!.ShouldContain("no such file");
        Run(Job(Command(Folder))).Error!.ShouldContain("permission denied");
    }

    [Fact]
    public void A_missing_working_directory_is_said_to_be_missing() =>
        Run(Job(Command("true") with { WorkingDirectory = In("gone") })).Error!.ShouldContain(In("gone"));

    [Fact]
    public void A_preparation_that_fails_ends_the_job()
    {
        var result = Run(Job(Command(Dummy, "count", In("count.txt"))) with { Prepare = [Command("true"), Command("false")] });
        result.Outcome.ShouldBe(JobOutcome.PrepareFailed);
        result.Error!.ShouldContain("'false'");
        File.Exists(In("count.txt")).ShouldBeFalse();
    }

    [Fact]
    public void A_job_that_cannot_be_read_is_bad_use()
    {
        File.WriteAllText(In("job.json"), "{ \"id\": ");
        using var process = Launch("run", In("job.json"), In("result.json"));
        process.WaitForExit();
        process.ExitCode.ShouldBe(2);
        process.StandardError.ReadToEnd().ShouldContain("cannot be read");
    }
}

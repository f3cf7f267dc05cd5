using System.Diagnostics;
using System.Globalization;

namespace Verus.Artifact.Tests;

/// <summary>
/// The verb <c>tree</c> of the runner: a command that is not a job, all of whose processes end with it.
/// </summary>
public sealed class WholeTreeSpecs : RunnerFixture
{
    [Theory]
    [InlineData("exited 0", "true")]
    [InlineData("exited 7", "exit 7")]
    [InlineData("signal 9", "kill -9 $$")]
    [InlineData("exited 3", "sh -c 'exit 5'; exit 3")]
    public void The_answer_says_how_the_command_ended(string expected, string script)
    {
        using var runner = StartTree("/bin/sh", "-c", script);
        Answer(runner).ShouldBe(expected);
    }

    [Fact]
    public void A_program_that_is_not_there_has_the_number_of_the_error()
    {
        using var runner = StartTree("/no/such/program");
        Answer(runner).ShouldBe("failed 2");
    }

    [Fact]
    public void The_command_has_the_streams_the_environment_and_the_folder_of_the_runner()
    {
        using var runner = StartTree("/bin/sh", "-c", "read line; echo $line $MARK $PWD; echo wrong >&2");
        runner.StandardInput.WriteLine("given");
        runner.StandardOutput.ReadToEnd().ShouldBe($"given {Id} {Folder}\n");
        runner.StandardError.ReadToEnd().ShouldBe("wrong\n");
        Answer(runner).ShouldBe("exited 0");
    }

    [Fact]
    public void What_the_command_left_ends_with_it_also_in_a_session_of_its_own()
    {
        using var runner = StartTree("/bin/sh", "-c", "setsid sh -c 'sleep 4986 & sleep 4986' & sleep 4986 & exit 4");
        Answer(runner).ShouldBe("exited 4");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_runner_that_is_told_to_stop_ends_all_processes()
    {
        using var runner = StartTree("/bin/sh", "-c",
            "trap '' INT TERM; setsid sleep 4986 & echo up; sleep 4986; true");
        runner.StandardOutput.ReadLine().ShouldBe("up");
        Programs.Run("kill", "-INT", runner.Id.ToString(CultureInfo.InvariantCulture)).Succeeds();
        Answer(runner).ShouldBe("stopped");
        Alive().ShouldBe(0);
    }

    [Fact]
    public void When_the_process_that_started_the_runner_is_killed_all_processes_end()
    {
        // The shell is the parent that the runner watches.
        var start = Of("/bin/sh", "-c",
            $"'{Runner}' tree $$ '{In("answer")}' /bin/sh -c 'setsid sleep 4986 & sleep 4986'; true");
        using var parent = Programs.Start(start);
        Until(() => Alive() >= 4);
        parent.Kill();
        Until(() => Alive() == 0);
        File.ReadAllText(In("answer")).ShouldBe("stopped\n");
    }

    private Process StartTree(string program, params string[] arguments) => Programs.Start(Of(Runner,
        ["tree", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), In("answer"), program, .. arguments]));

    private ProcessStartInfo Of(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MARK"] = Id;
        return start;
    }

    private string Answer(Process runner)
    {
        runner.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue("the runner has not ended");
        runner.ExitCode.ShouldBe(0);
        return File.ReadAllText(In("answer")).Trim();
    }

    private static void Until(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            Thread.Sleep(50);
        condition().ShouldBeTrue("it has not come to that within half a minute");
    }
}

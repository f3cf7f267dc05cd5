using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class MeasurementSpecs : RunnerFixture
{
    [Fact]
    public void An_exit_code_is_reported()
    {
        var result = Run(Job(Command(Dummy, "exit", "7")));
        result.Outcome.ShouldBe(JobOutcome.Exited);
        result.ExitCode.ShouldBe(7);
        result.Signal.ShouldBeNull();
        result.Id.ShouldBe(Id);
    }

    [Fact]
    public void A_signal_is_reported()
    {
        var result = Run(Job(Shell("kill -SEGV $$")));
        result.Outcome.ShouldBe(JobOutcome.Exited);
        result.Signal.ShouldBe(11);
        result.ExitCode.ShouldBeNull();
    }

    [Fact]
    public void Output_and_errors_go_to_their_files()
    {
        Run(Job(Shell("echo out; echo err >&2")));
        Output.ShouldBe("out");
        File.ReadAllText(In("err.txt")).ShouldBe("err\n");
    }

    [Fact]
    public void The_environment_is_the_jobs_and_nothing_else()
    {
        Environment.SetEnvironmentVariable("LEAKING", "yes");
        Run(Job(Command("env")));
        Output.Split('\n').Select(line => line.Split('=')[0]).Order()
            .ShouldBe(["DOTNET_ROOT", "PATH", JobSpec.MarkerVariable]);
    }

    [Fact]
    public void Arguments_arrive_as_they_are()
    {
        Run(Job(Command(Dummy, "echo", "a b", "", "ü'\"$HOME", "*")));
        Output.ShouldBe("a b  ü'\"$HOME *");
    }

    [Fact]
    public void The_working_directory_and_standard_input_are_the_jobs()
    {
        File.WriteAllText(In("input.txt"), "hello");
        Run(Job(Command("pwd")));
        Output.ShouldBe(Folder);
        Run(Job(Command("cat") with { StandardInput = In("input.txt") }));
        Output.ShouldBe("hello");
        Run(Job(Command("cat")));
        Output.ShouldBe("");
    }

    [Fact]
    public void Wall_time_covers_the_whole_run()
    {
        var measured = Run(Job(Command("sleep", "0.2"))).Measurement!;
        measured.WallSeconds.ShouldBeGreaterThanOrEqualTo(0.2);
        measured.UserSeconds.ShouldBeLessThan(measured.WallSeconds);
    }

    [Fact]
    public void Cpu_time_of_grandchildren_counts()
    {
        var measured = Run(Job(Shell($"'{Dummy}' burn 0.3"))).Measurement!;
        (measured.UserSeconds + measured.SystemSeconds).ShouldBeGreaterThanOrEqualTo(0.3);
    }

    [Fact]
    public void Cpu_time_of_an_orphan_counts_once_it_has_been_killed()
    {
        // The grandchild leaves its session and outlives its parent; it burns CPU while the parent sleeps.
        var measured = Run(Job(Shell($"setsid '{Dummy}' burn 60 & sleep 1"))).Measurement!;
        (measured.UserSeconds + measured.SystemSeconds).ShouldBeGreaterThan(0.2);
    }

    [Fact]
    public void Cpu_time_after_the_end_of_the_command_is_told_apart_from_that_before()
    {
        // The orphan burns CPU for a second before the end of the command, and is killed at once after it.
        var measured = Run(Job(Shell($"setsid '{Dummy}' burn 60 & sleep 1"))).Measurement!;
        measured.CpuSecondsAfter.ShouldBeLessThan(measured.UserSeconds + measured.SystemSeconds - 0.2);
        Run(Job(Shell($"'{Dummy}' burn 0.3"))).Measurement!.CpuSecondsAfter.ShouldBe(0);
    }

    [Fact]
    public void Cpu_time_of_children_that_an_orphan_waited_for_is_not_from_after_the_end()
    {
        var measured = Run(Job(Shell($"setsid sh -c \"'{Dummy}' burn 0.5; sleep 60\" & sleep 2"))).Measurement!;
        (measured.UserSeconds + measured.SystemSeconds).ShouldBeGreaterThan(0.4);
        measured.CpuSecondsAfter.ShouldBeLessThan(0.2);
    }

    [Fact]
    public void Peak_memory_of_a_child_is_seen()
    {
        var measured = Run(Job(Shell($"'{Dummy}' allocate 200"))).Measurement!;
        measured.PeakMemoryBytes.ShouldBeGreaterThan(200L << 20);
        measured.PeakMemoryBytes.ShouldBeLessThan(600L << 20);
        measured.MemoryMethod.ShouldNotBe(MemoryMethod.None);
    }

    [Fact]
    public void Memory_of_a_preparation_does_not_count()
    {
        var measured = Run(Job(Command("true")) with { Prepare = [Command(Dummy, "allocate", "200")] }).Measurement!;
        measured.PeakMemoryBytes.ShouldBeLessThan(100L << 20);
    }

    [Fact]
    public void A_memory_limit_ends_the_job_as_out_of_memory()
    {
        var result =
            Run(Job(Command("python3", "-c", "x = b'.' * (400 << 20)")) with { MemoryLimitBytes = 150L << 20 });
        if (result.Error?.Contains("control group", StringComparison.Ordinal) == true)
            Assert.Skip("no control group for memory can be made here");
        result.Outcome.ShouldBe(JobOutcome.OutOfMemory);
    }

    [Fact]
    public void Warm_ups_run_before_and_do_not_count()
    {
        var result = Run(Job(Command(Dummy, "count", In("count.txt"))) with { WarmUps = 3 });
        result.Outcome.ShouldBe(JobOutcome.Exited);
        Output.ShouldBe("4");
    }

    [Fact]
    public void A_job_can_be_pinned_to_one_cpu()
    {
        Run(Job(Command("nproc")) with { Cpus = [0] });
        Output.ShouldBe("1");
    }

    [Fact]
    public void Only_the_measured_command_is_pinned()
    {
        if (Environment.ProcessorCount < 2)
            Assert.Skip("this machine has one CPU");
        var service = new ServiceSpec
        {
            Name = "server",
            Command = Shell("nproc; sleep 100") with
            {
                StandardOutput = In("server.txt"),
                StandardError = In("server-err.txt")
            },
            ReadyText = "\n",
        };
        var preparation = Command("nproc") with { StandardOutput = In("prepare.txt") };
        Run(Job(Command("nproc")) with { Cpus = [0], Prepare = [preparation], Services = [service] });
        File.ReadAllText(In("prepare.txt")).ShouldBe($"{Environment.ProcessorCount}\n");
        File.ReadAllText(In("server.txt")).ShouldBe($"{Environment.ProcessorCount}\n");
        Output.ShouldBe("1");
    }

    [Fact]
    public void A_cpu_that_is_not_there_cannot_be_pinned_to()
    {
        var result = Run(Job(Command("true")) with { Cpus = [0, 1023] });
        result.Outcome.ShouldBe(JobOutcome.StartFailed);
        result.Error!.ShouldContain("CPU 1023");
    }

    [Fact]
    public void File_cache_of_preparations_and_warm_ups_does_not_count()
    {
        var write = Command("dd", "if=/dev/zero", "of=" + In("big"), "bs=1M", "count=200");
        var once =
            Shell(
                $"[ -e '{In("again")}' ] || dd if=/dev/zero of='{In("big2")}' bs=1M count=200; touch '{In("again")}'");
        var measured = Run(Job(once) with { Prepare = [write], WarmUps = 1 }).Measurement!;
        measured.PeakMemoryBytes.ShouldBeLessThan(100L << 20);
    }

    [Fact]
    public void At_the_memory_limit_small_processes_end_before_the_runner_does()
    {
        const string Crowd =
            "import os,time\nfor i in range(300):\n  if os.fork() == 0:\n    x = b'.' * (1 << 20); "
                + "time.sleep(100)\ntime.sleep(100)";
        var result = Run(Job(Command("python3", "-c", Crowd)) with
        {
            MemoryLimitBytes = 100L << 20,
            TimeoutSeconds = 5,
            KillGraceSeconds = 0
        });
        if (result.Error?.Contains("control group", StringComparison.Ordinal) == true)
            Assert.Skip("no control group for memory can be made here");
        result.Outcome.ShouldBe(JobOutcome.OutOfMemory);
        Alive().ShouldBe(0);
    }

    [Fact]
    public void A_run_leaves_no_control_group()
    {
        Run(Job(Command("true")) with { WarmUps = 1 });
        Groups().ShouldBeEmpty();
    }

    [Fact]
    public void A_job_needs_no_more_than_its_command()
    {
        File.WriteAllText(In("job.json"), $$"""
            { "id": "{{Id}}", "command": { "arguments": ["/bin/echo", "x"], "workingDirectory": "/", "standardOutput": "{{In("out.txt")}}", "standardError": "/dev/null" } }
            """);
        using var process = Launch("run", In("job.json"), In("result.json"));
        process.StandardError.ReadToEnd().ShouldBe("");
        Result().ExitCode.ShouldBe(0);
        Output.ShouldBe("x");
    }

    [Fact]
    public void A_program_is_looked_up_in_the_path_of_the_job()
    {
        Directory.CreateDirectory(In("tools"));
        File.WriteAllText(In("tools/sleep"), "#!/bin/sh\necho mine");
        File.SetUnixFileMode(In("tools/sleep"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        // A file that is not a program is skipped in the search, as a shell does.
        Directory.CreateDirectory(In("folders/sleep"));
        foreach (var path in new[] { $"{In("folders")}:{In("tools")}:/usr/bin:/bin", "tools:/usr/bin:/bin" })
        {
            Run(
                Job(
                    Command("sleep", "100") with
                    {
                        Environment = new Dictionary<string, string> { ["PATH"] = path }
                    })).ExitCode.ShouldBe(0);
            Output.ShouldBe("mine");
        }
    }

    [Fact]
    public void Output_and_errors_may_share_a_file()
    {
        Run(Job(Shell("echo one; echo two >&2; echo three") with { StandardError = In("out.txt") }));
        Output.ShouldBe("one\ntwo\nthree");
    }

    [Fact]
    public void A_mark_in_the_environment_of_the_job_is_replaced_by_its_own()
    {
        var command = Command("env");
        Run(
            Job(
                command with
                {
                    Environment = new Dictionary<string, string>(
                    command.Environment)
                    { [JobSpec.MarkerVariable] = "x" }
                }));
        Output.Split('\n').Where(line => line.StartsWith(JobSpec.MarkerVariable, StringComparison.Ordinal))
            .ShouldBe([$"{JobSpec.MarkerVariable}={Id}"]);
    }

    [Fact]
    public void An_exit_code_is_seen_even_where_the_starter_ignores_ends_of_children()
    {
        WriteJob(Job(Command(Dummy, "exit", "7")));
        Programs.Shell(Folder, $"trap '' CHLD; exec '{Runner}' run '{In("job.json")}' '{In("result.json")}'")
            .Succeeds();
        Result().ExitCode.ShouldBe(7);
    }

    [Fact]
    public void An_empty_root_folder_is_enough()
    {
        if (!IsRoot)
            Assert.Skip("changing the root folder needs root");
        Directory.CreateDirectory(In("root/out"));
        File.Copy(Runner, In("root/runner"));
        File.Copy(Compile("lonely", "-static"), In("root/lonely"));
        var command = new CommandSpec
        {
            Arguments = ["/lonely", "allocate", "64"],
            WorkingDirectory = "/",
            StandardOutput = "/out/out.txt",
            StandardError = "/out/err.txt",
        };
        InRoot(Job(command));
        var result = Result();
        result.Outcome.ShouldBe(JobOutcome.Exited);
        result.ExitCode.ShouldBe(0);
        File.ReadAllText(In("root/out/out.txt")).ShouldBe("hello\n");
        result.Measurement!.MemoryMethod.ShouldBe(MemoryMethod.Rusage);
        result.Measurement.PeakMemoryBytes.ShouldBeInRange(64L << 20, 200L << 20);
        InRoot(Job(command with { Arguments = ["/lonely", "wait"] }) with
        {
            TimeoutSeconds = 0.2,
            KillGraceSeconds = 0.1
        });
        Result().Outcome.ShouldBe(JobOutcome.TimedOut);
        InRoot(Job(command) with { MemoryLimitBytes = 1 << 20 });
        Result().Error!.ShouldContain("control group");
    }

    private void InRoot(JobSpec job)
    {
        WriteJob(job);
        File.Move(In("job.json"), In("root/out/job.json"), overwrite: true);
        Programs.Run("chroot", In("root"), "/runner", "run", "/out/job.json", "/out/result.json").Succeeds();
        File.Move(In("root/out/result.json"), In("result.json"), overwrite: true);
    }
}

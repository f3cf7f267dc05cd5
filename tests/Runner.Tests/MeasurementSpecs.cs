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
        Output.Split('\n').Select(line => line.Split('=')[0]).Order().ShouldBe(["DOTNET_ROOT", "PATH", JobSpec.MarkerVariable]);
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
        var result = Run(Job(Command("python3", "-c", "x = b'.' * (400 << 20)")) with { MemoryLimitBytes = 150L << 20 });
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
}

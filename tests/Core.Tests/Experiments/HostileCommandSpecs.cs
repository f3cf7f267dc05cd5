using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>
/// Tests commands that attack the program that measures them: no wrong number is recorded, and other experiments are
/// measured.
/// </summary>
public sealed class HostileCommandSpecs : EngineFixture
{
    [Theory]
    [InlineData("kill -STOP $PPID; exit 0", "stopped")]
    [InlineData("kill -TERM $PPID; sleep 100.4242", "was told to stop by a signal")]
    [InlineData("kill -KILL $PPID; sleep 100.4242", "signal 9")]
    [InlineData("kill -ABRT $PPID; sleep 100.4242", "signal 6")]
    public async Task A_command_that_stops_or_ends_its_runner_is_left_out_and_the_others_are_measured(string script,
        string cause)
    {
        var hostile = Experiment("Hostile", ("Command", $"sh -c '{script}'"), ("Timeout", "1"));
        var engine = Engine(new SamplePolicy(1));
        await engine.RunAsync([hostile, Experiment("Fine", ("Command", "true"))],
            TestContext.Current.CancellationToken);
        var only = engine.Problems.ShouldHaveSingleItem();
        only.Rule.ShouldBe(ExperimentRules.AlwaysInterrupted);
        only.Message.ShouldContain(cause);
        Read().Samples.ShouldHaveSingleItem().Cell.ShouldBe("Fine");
        Sleeping().ShouldBeFalse();
    }

    [Fact]
    public async Task A_command_that_stops_its_runner_keeps_its_time_limit()
    {
        // A runner that is continued from outside before the time limit enforces the limit itself, and the time is
        // right.
        await RunAsync(1, Experiment("Hostile", ("Command", "sh -c 'kill -STOP $PPID; sleep 100.4242'"),
            ("Timeout", "4")));
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Timeout);
        Sleeping().ShouldBeFalse();
    }

    [Fact]
    public async Task A_sample_whose_runner_was_stopped_once_is_taken_again_with_its_right_time()
    {
        var once = "if [ -e once ]; then sleep 0.2; else touch once; kill -STOP $PPID; fi";
        await File.WriteAllTextAsync(Path.Combine(Folder, "once.sh"), once, TestContext.Current.CancellationToken);
        await RunAsync(1, Experiment("Once", ("Command", "sh {project}/once.sh"), ("WorkingDirectory", "{project}")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        (sample.Outcome, sample.Result.Suspended).ShouldBe((SampleOutcome.Ok, null));
        Log.Reported.Select(one => one.Rule).ShouldContain(ExperimentRules.SampleInterrupted);
    }

    [Fact]
    public async Task A_disk_that_a_command_fills_stops_the_run_and_is_no_failure_of_the_command()
    {
        if (Programs.Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs",
            Directory.CreateDirectory(Layout.Root).FullName).ExitCode != 0)
            Assert.Skip("no file system can be mounted here");
        try
        {
            var fill = Experiment("Fill", ("Command", "sh -c 'head -c 100000000 /dev/zero > {output}/big'"));
            var problem = await Should.ThrowAsync<DiagnosticException>(() => RunAsync(1, fill));
            var only = problem.Diagnostics.ShouldHaveSingleItem();
            only.Rule.ShouldBe(PlaceRules.MachineLacks);
            only.Message.ShouldContain("ENOSPC");
            Read().Samples.ShouldBeEmpty();
            // When the disk has room again, no effect of the shortage remains.
            (await RunAsync(1, Experiment("Fine", ("Command", "true")))).ShouldHaveSingleItem().Good.Count.ShouldBe(1);
        }
        finally
        {
            Programs.Run("umount", Layout.Root).Succeeds();
        }
    }

    [Fact]
    public async Task A_result_beside_the_command_forges_nothing()
    {
        var forge =
            "for f in job.json result.json; do [ -e {output}/../$f ] && exit 3; done; echo forged > "
                + "{output}/../result.json";
        await RunAsync(1, Experiment("Forge", ("Command", $"sh -c '{forge}'")));
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok);
    }

    private static bool Sleeping() => Programs.Run("pgrep", "-fx", "sleep 100.4242").ExitCode == 0;
}

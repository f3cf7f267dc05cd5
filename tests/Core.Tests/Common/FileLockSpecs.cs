using System.Diagnostics;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Common;

public sealed class FileLockSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lock-test-").FullName;

    private string Lock => Path.Combine(folder, "lock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("mkfifo lock")]
    [InlineData("mkdir lock")]
    [InlineData("touch other; ln -s other lock")]
    [InlineData("ln -s lock lock")]
    public void What_is_no_regular_file_is_refused_and_never_waited_for(string before)
    {
        Shell(before);
        Should.Throw<DiagnosticException>(() => FileLock.TryExclusive(Lock)).Diagnostics[0].Rule.Code.ShouldBe(
            "VART0045");
    }

    [Fact]
    public void A_lock_whose_file_was_replaced_stands_no_more_and_the_new_file_has_its_own()
    {
        using var first = FileLock.TryExclusive(Lock)!;
        first.Stands.ShouldBeTrue();
        FileLock.TryExclusive(Lock).ShouldBeNull();
        File.Delete(Lock);
        first.Stands.ShouldBeFalse();
        using var second = FileLock.TryExclusive(Lock)!;
        second.Stands.ShouldBeTrue();
        first.Stands.ShouldBeFalse();
    }

    [Fact]
    public void What_this_process_holds_it_knows()
    {
        FileLock.HeldHere(Lock).ShouldBeNull();
        using (var held = FileLock.TryExclusive(Lock))
            FileLock.HeldHere(Path.Combine(folder, "x", "..", "lock")).ShouldBe(held);
        FileLock.HeldHere(Lock).ShouldBeNull();
    }

    [Fact]
    public async Task Who_is_waited_for_is_named_by_the_kernel_where_its_own_words_are_old()
    {
        Assert.SkipUnless(File.Exists("/proc/locks"), "this system does not list locks");
        using (var other = Programs.Start(new ProcessStartInfo("flock",
            ["-o", Lock, "-c", "echo; exec sleep 100"])
        { RedirectStandardOutput = true }))
        {
            await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Lock + ".owner", "process 1 (long ago)",
                TestContext.Current.CancellationToken);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var words = "";
            var waiting = FileLock.ExclusiveAsync(Lock, "process 2", said => words = said, limit.Token);
            SpinWait.SpinUntil(() => words.Length > 0, TimeSpan.FromSeconds(20)).ShouldBeTrue();
            words.ShouldStartWith($"process {other.Id}");
            words.ShouldContain("flock");
            other.Kill(entireProcessTree: true);
            using var held = await waiting;
            FileLock.OwnerOf(Lock).Process.ShouldBe(Environment.ProcessId,
                "its words name another process, and the kernel knows better");
        }
        File.Exists(Lock + ".owner").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mkfifo lock")]
    [InlineData("mkdir lock")]
    public async Task A_lane_that_is_no_file_is_told_and_replaced(string before)
    {
        Shell(before);
        var log = new CollectedLog();
        var lane = new MachineLane(log, Lock);
        using (await lane.AloneAsync(TestContext.Current.CancellationToken))
            log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(ExperimentRules.LaneUnusable);
        using (await lane.SharedAsync(TestContext.Current.CancellationToken))
            log.Reported.Count.ShouldBe(1);
    }

    private void Shell(string script) => Programs.Shell(folder, script).Succeeds();
}

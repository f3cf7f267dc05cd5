using Verus.Artifact.Data;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>Tests that a kept sample is read again when its reader or its output changes, and otherwise not.</summary>
public sealed class ReadingCacheSpecs : EvaluationFixture
{
    private string Cache => Path.Combine(Layout.State, "readings");

    private int Reads => File.Exists(Path.Combine(Folder, "reads"))
        ? File.ReadAllLines(Path.Combine(Folder, "reads")).Length : 0;

    [Fact]
    public async Task A_sample_is_read_again_once_for_a_new_reader()
    {
        await TakenAsync();
        (await ReadsOfAsync(factor: 10)).ShouldBe(6);
        Values().ShouldBe([10, 20, 30]);
        (await ReadsOfAsync(factor: 10)).ShouldBe(0);
        Values().ShouldBe([10, 20, 30]);
        // A reader that was there before is known, as the one that took the samples is.
        (await ReadsOfAsync(factor: 100)).ShouldBe(6);
        (await ReadsOfAsync(factor: 10)).ShouldBe(0);
        (await ReadsOfAsync(factor: 1)).ShouldBe(0);
        Values().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task An_output_that_changed_is_read_again_and_no_other()
    {
        await TakenAsync();
        (await ReadsOfAsync(factor: 10)).ShouldBe(6);
        var log = Directory.EnumerateFiles(Layout.Experiments, "stdout.txt", SearchOption.AllDirectories)
            .First(file => File.ReadAllText(file).Trim() == "3");
        File.SetAttributes(log, FileAttributes.Normal);
        await File.WriteAllTextAsync(log, "30\n", TestContext.Current.CancellationToken);
        (await ReadsOfAsync(factor: 10)).ShouldBe(1);
    }

    [Theory]
    [InlineData("sed -i 's/t\":[0-9]*/t\":77/' *")]
    [InlineData("for f in *; do head -c -9 $f > x; mv x $f; done", 1)]
    [InlineData("for f in *; do head -c 400 /dev/urandom > $f; done")]
    [InlineData("for f in *; do : > $f; done")]
    [InlineData("rm *; mkdir x")]
    [InlineData("for f in *; do rm $f; mkdir $f; done")]
    public async Task A_damaged_entry_is_read_anew(string damage, int reads = 6)
    {
        await TakenAsync();
        (await ReadsOfAsync(factor: 10)).ShouldBe(6);
        Programs.Shell(Cache, damage).Succeeds();
        (await ReadsOfAsync(factor: 10)).ShouldBe(reads);
        Values().ShouldBe([10, 20, 30]);
    }

    [Fact]
    public async Task A_plan_writes_nothing_and_uses_what_is_there()
    {
        await TakenAsync();
        Reader(10);
        await PlanAsync();
        Directory.Exists(Cache).ShouldBeFalse();
        (await ReadsOfAsync(factor: 10)).ShouldBe(6);
        var before = Reads;
        await PlanAsync();
        Reads.ShouldBe(before);
    }

    [Fact]
    public async Task A_sample_that_cannot_be_read_is_tried_again()
    {
        await TakenAsync();
        Declare("Experiment", "E", ("Command", "echo {n}"), ("Matrix", "n = 1..3"), ("Reader", "json"),
            ("ReaderCommand", "sh {project}/read.sh"), ("RowMetrics", "t"), ("MaxFailures", "9"));
        File.WriteAllText(Path.Combine(Folder, "read.sh"), $"echo x >> {Folder}/reads; exit 3\n");
        await BuildAsync();
        var before = Reads;
        Touch();
        await BuildAsync();
        (Reads - before).ShouldBeGreaterThanOrEqualTo(6);
    }

    private async Task TakenAsync()
    {
        Declare("Experiment", "E", ("Command", "echo {n}"), ("Matrix", "n = 1..3"), ("Reader", "json"),
            ("ReaderCommand", "sh {project}/read.sh"), ("RowMetrics", "t"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("KeyColumns", "n"));
        Reader(1);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Reads.ShouldBe(6);
    }

    // The number of reads of a call that does everything anew but the samples.
    private async Task<int> ReadsOfAsync(int factor)
    {
        var before = Reads;
        Reader(factor);
        Touch();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Count.ShouldBe(6);
        return Reads - before;
    }

    private void Reader(int factor) => File.WriteAllText(Path.Combine(Folder, "read.sh"),
        $"echo x >> {Folder}/reads; read n; echo \"{{\\\"t\\\":$((n * {factor}))}}\"\n");

    private void Touch() => Declare("Dataset", $"Other{Guid.NewGuid():N}", ("Experiments", "E"), ("Metric", "t"));

    private IEnumerable<double> Values() => DatasetFile.Read(Layout.Data, "D", Origin.Measured)!.Points
        .Select(point => point.Estimate!.Value);
}

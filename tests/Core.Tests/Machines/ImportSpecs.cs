using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Machines;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Machines;

/// <summary>Samples of one evaluation that another one takes.</summary>
public sealed class ImportSpecs : EngineFixture
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private EvaluationLayout There => new(Path.Combine(Folder, "there", "evaluation"), Path.Combine(Folder, "there"));

    private ExperimentDeclaration Echo { get; } = Experiment("Echo", ("Command", "echo {n}"), ("Matrix", "n=1..3"));

    [Fact]
    public async Task All_samples_come_with_their_output_and_none_twice()
    {
        await RunAsync(Echo);
        var before = await File.ReadAllBytesAsync(Journal.FileIn(Layout), Cancellation);
        // The folder itself, the one that contains it, and once more what is there.
        foreach (var (from, taken) in new[] { (Layout.Root, 6), (Folder, 0), (Layout.Root, 0) })
        {
            var import = new SampleImport(Taken(), There);
            import.TakeAll(from, Log, Cancellation);
            import.Taken.ShouldBe(taken);
        }
        var here = Taken();
        here.Samples.Select(sample => sample.Id).ShouldBe(Read().Samples.Select(sample => sample.Id));
        here.Runs.Keys.ShouldBe(Read().Runs.Keys);
        (await File.ReadAllLinesAsync(Journal.FileIn(There), Cancellation)).Length.ShouldBe(
            (await File.ReadAllLinesAsync(Journal.FileIn(Layout), Cancellation)).Length);
        here.Cells.Keys.ShouldBe(Read().Cells.Keys);
        foreach (var sample in here.Samples.AtLeastOne())
            (await File.ReadAllTextAsync(Path.Combine(There.Experiments, sample.Logs, "stdout.txt"), Cancellation))
                .ShouldBe(LogOf(sample));
        (await File.ReadAllBytesAsync(Journal.FileIn(Layout), Cancellation)).ShouldBe(before, "theirs is not changed");
        Log.Reported.ShouldNotContain(one => one.Rule.Severity != Severity.Advice);
    }

    [Fact]
    public async Task Interrupted_at_any_sample_it_goes_on_where_it_was()
    {
        await RunAsync(Echo);
        var theirs = Read();
        var random = Seeds.New();
        for (var known = new HashSet<string>(); known.Count < theirs.Samples.Count;)
        {
            var import = new SampleImport(Taken(), There);
            var next = theirs.Samples[random.Next(theirs.Samples.Count)];
            // The output of a sample may be in its place without the line, as a kill leaves it.
            if (random.Next(2) == 0)
                Directory.CreateDirectory(Path.Combine(There.Experiments, next.Logs));
            import.Take([new() { Run = theirs.Runs[next.Run] }, new() { Cell = theirs.Cells[next.Key] },
                new() { Sample = next }], Layout.Experiments, move: false, Cancellation);
            import.Taken.ShouldBe(known.Add(next.Id) ? 1 : 0);
        }
        new SampleImport(Taken(), There).TakeAll(Layout.Root, Log, Cancellation);
        Taken().Samples.Select(sample => sample.Id).Order()
            .ShouldBe(theirs.Samples.Select(sample => sample.Id).Order());
    }

    [Fact]
    public async Task Nothing_but_regular_files_is_taken_from_a_folder_that_somebody_sent()
    {
        await RunAsync(Echo);
        var logs = Path.Combine(Layout.Experiments, Read().Samples[0].Logs);
        File.CreateSymbolicLink(Path.Combine(logs, "link"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(logs, "folder"), "/etc");
        Programs.Run("mkfifo", Path.Combine(logs, "pipe")).Succeeds();
        new SampleImport(Taken(), There).TakeAll(Layout.Root, Log, Cancellation);
        Directory.EnumerateFileSystemEntries(Path.Combine(There.Experiments, Read().Samples[0].Logs))
            .Select(Path.GetFileName).ShouldBe(["stderr.txt", "stdout.txt"], ignoreOrder: true);
        Directory.Exists(Path.Combine(There.Experiments, "incoming")).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_without_samples_is_refused()
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            new SampleImport(Taken(), There).TakeAll(Folder, Log, Cancellation));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(MachineRules.NoEvaluation);
        File.Exists(Journal.FileIn(There)).ShouldBeFalse();
    }

    [Fact]
    public async Task Which_samples_count_is_known_without_the_tools_of_their_machine()
    {
        var old = await RunAsync(Experiment("Echo", ("Command", "echo old {n}"), ("Matrix", "n=1..3")));
        old.Count.ShouldBe(3);
        var plans = await RunAsync(Echo);
        var fails = await RunAsync(Experiment("Fails", ("Command", "sh -c 'exit {n}'"), ("Matrix", "n=1")));
        KnownCells.Save(Layout, plans, new Dictionary<string, IReadOnlyList<string>> { ["Echo"] = ["a deviation"] });
        KnownCells.Save(Layout, fails, new Dictionary<string, IReadOnlyList<string>>());
        var known = KnownCells.Read(KnownCells.FileIn(Layout.Experiments, isSmoke: false));
        // What is known of other experiments stays.
        known.Experiments.Keys.Order().ShouldBe(["Echo", "Fails"]);
        known.Experiments["Echo"].Deviations.ShouldBe(["a deviation"]);
        new SampleImport(Taken(), There).TakeAll(Layout.Root, Log, Cancellation);
        var here = Taken();
        here.Samples.Count.ShouldBe(6 + 6 + fails[0].Failed.Count);
        var shown = known.Experiments["Echo"].PlansFor(Echo, here.Samples.ToDictionary(sample => sample.Id),
            here.Cells, (_, sample) => sample).ToList();
        shown.Select(Summary).ShouldBe(plans.Select(Summary));
        shown.Select(plan => plan.Resolved!.Parts).ShouldBe(plans.Select(plan => plan.Resolved!.Parts));
        // A journal without the samples has none that count.
        known.Experiments["Echo"].PlansFor(Echo, new Dictionary<string, SampleRecord>(), here.Cells,
            (_, sample) => sample).AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"experiments":null}""")]
    public void A_file_that_is_damaged_knows_nothing(string text)
    {
        var file = KnownCells.FileIn(Folder, isSmoke: true);
        File.WriteAllText(file, text);
        KnownCells.Read(file).Experiments.ShouldBeEmpty();
    }

    private static string Summary(CellPlan plan) => $"{plan.Cell.Name} {plan.Resolved?.Key} {plan.Need} "
        + string.Join(',', plan.Good.Select(sample => sample.Id)) + string.Join(',', plan.Cell.Columns);

    private Journal Taken() => Journal.Read(Journal.FileIn(There), Log);
}

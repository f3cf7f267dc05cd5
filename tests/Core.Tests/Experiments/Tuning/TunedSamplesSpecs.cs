using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Experiments.Tuning;

/// <summary>Tests samples on a tuned machine, with the real runner and a machine that is a tree of files.</summary>
public sealed class TunedSamplesSpecs : EngineFixture
{
    private readonly KernelTree tree = new();

    private string Seen => Path.Combine(Folder, "seen");

    public override void Dispose()
    {
        tree.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task Samples_are_taken_on_the_tuned_machine_and_it_is_restored_after_them()
    {
        var plans = await RunTunedAsync(true, Plain(), Tuned());
        File.ReadAllLines(Seen).ShouldBe(["60", "60", "10", "10"]);
        tree[KernelTree.Swappiness].ShouldBe("60");
        var runs = Read().Runs.Values.OrderBy(run => run.Tuned is not null).ToList();
        runs.Select(run => run.Machine.GetProperty("swappiness").GetInt32()).ShouldBe([60, 10]);
        runs[1].Tuned!.MachineIdBefore.ShouldBe(runs[0].MachineId);
        runs[1].Tuned!.Writes.ShouldHaveSingleItem()
            .ShouldBe(new KnobWrite("swappiness=10", Path.Combine(tree.Root, KernelTree.Swappiness), "60", "10"));
        Read().Samples.GroupBy(sample => sample.MachineId).Count().ShouldBe(2);
        plans.AtLeastOne().ShouldAllBe(plan => plan.Need == 0 && plan.Good.Count == 2);
    }

    [Fact]
    public async Task A_second_run_finds_its_samples_and_leaves_the_machine_alone()
    {
        await RunTunedAsync(true, Tuned());
        Log.Lines.Clear();
        (await EngineOf(true).PlanAsync([Tuned()], TestContext.Current.CancellationToken)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 0);
        await RunTunedAsync(true, Tuned());
        Log.Lines.ShouldBeEmpty();
        Read().Samples.Count.ShouldBe(2);
        // A machine that somebody has set by hand to the same values has the same identity.
        tree.Write(KernelTree.Swappiness, "10");
        (await EngineOf(true).PlanAsync([Tuned()], TestContext.Current.CancellationToken)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 0);
        // Other settings, or another state before the tuning, lead to another identity.
        tree.Write(KernelTree.Swappiness, "60");
        (await EngineOf(true).PlanAsync([Tuned("swappiness=20")], TestContext.Current.CancellationToken)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 2);
        tree.Write(KernelTree.NoTurbo, "1");
        (await EngineOf(true).PlanAsync([Tuned()], TestContext.Current.CancellationToken)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 2);
    }

    [Fact]
    public async Task Without_permission_the_machine_stays_as_it_is_and_a_line_says_so()
    {
        await RunTunedAsync(false, Tuned());
        File.ReadAllLines(Seen).ShouldBe(["60", "60"]);
        Log.Lines.ShouldContain(
            "Tuned asks for swappiness=10. Without -p:TuneMachine=true the machine stays as it is.");
        Directory.Exists(Path.Combine(tree.Root, "var")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_machine_is_restored_after_failed_samples_and_when_sampling_is_stopped()
    {
        await RunTunedAsync(true, Tuned(command: "sh -c 'exit 3'"));
        tree[KernelTree.Swappiness].ShouldBe("60");
        using var stop = new CancellationTokenSource();
        var running = EngineOf(true).RunAsync([Tuned(command: "sleep 1000")], stop.Token);
        while (tree[KernelTree.Swappiness] != "10")
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        tree[KernelTree.Swappiness].ShouldBe("60");
        tree.Machine.IsTuned.ShouldBeFalse();
    }

    private ExperimentDeclaration Plain() => Experiment("Plain", ("Command", Look));

    private ExperimentDeclaration Tuned(string tune = "swappiness=10", string? command = null) =>
        Experiment("Tuned", ("Command", command ?? Look), ("Tune", tune));

    private string Look => $"sh -c 'cat {tree.Root}/{KernelTree.Swappiness} | head -n 1 >> {Seen}'";

    private Task<IReadOnlyList<CellPlan>> RunTunedAsync(bool permitted, params ExperimentDeclaration[] experiments) =>
        EngineOf(permitted).RunAsync(experiments, TestContext.Current.CancellationToken);

    private ExperimentEngine EngineOf(bool permitted) => new(
        new CellResolver(new CellContext { Layout = Layout }, new ContentHashes()),
        new EngineOptions
        {
            Policy = new SamplePolicy(2),
            Places = new Dictionary<string, IPlace> { ["Host"] = new OnTree(new HostExecutor(Runner), tree.Root) },
            LaneFile = Path.Combine(Folder, "lane"),
            Machine = tree.Machine,
            TuneMachine = permitted,
        },
        Read(), Log);

    // The executor of the host, which reports a made-up state of the machine.
    private sealed class OnTree(IPlace host, string root) : IPlace
    {
        public string IdentityOf(ExperimentDeclaration experiment) => host.IdentityOf(experiment);

        public Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
            CancellationToken cancellation) => host.FindMissingAsync(experiment, cancellation);

        public Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation) =>
            Task.FromResult(JsonSerializer.Serialize(MachineState.Read(root), ProtocolJson.Default.MachineState));

        public Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
            IReadOnlyList<string> reads, CancellationToken cancellation) =>
            host.RunAsync(experiment, job, attempt, reads, cancellation);

        public Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation) =>
            host.SweepAsync(jobIds, cancellation);

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}

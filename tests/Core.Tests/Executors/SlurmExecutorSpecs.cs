using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Places.Slurm;
using Verus.Artifact.Places;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests experiments on a real Slurm cluster of one node.</summary>
public sealed class SlurmExecutorSpecs : EngineFixture, IClassFixture<SmallCluster>
{
    private readonly SmallCluster cluster;

    public SlurmExecutorSpecs(SmallCluster cluster)
    {
        cluster.Need();
        this.cluster = cluster;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_are_taken_by_jobs_of_the_cluster_and_not_again()
    {
        var plans = await RunAsync(2, OnCluster("Env", ("Command", "env"), ("Matrix", "n=1,2")));
        plans.AtLeastOne().ShouldAllBe(plan => plan.Good.Count == 2);
        // The command sees the environment of the job, and no variable of the user.
        LogOf(plans[0].Good[0]).ShouldContain("LANG=C.UTF-8");
        LogOf(plans[0].Good[0]).ShouldNotContain("SLURM_CONF");
        plans[0].Good[0].Result.Measurement!.WallSeconds.ShouldBeInRange(1e-6, 60);
        (await RunAsync(2, OnCluster("Env", ("Command", "env"), ("Matrix", "n=1,2")))).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 0);
        Read().Samples.Count.ShouldBe(4);
        cluster.Queue().ShouldNotContain("verus-artifact");
    }

    [Fact]
    public async Task A_failure_is_told_apart_as_on_this_machine()
    {
        var plan = (await RunAsync(1, OnCluster("Fails", ("Command", "sh -c 'kill -9 $$'"))))[0];
        plan.Failed[0].Outcome.ShouldBe(SampleOutcome.Signal);
        plan = (await RunAsync(1, OnCluster("Slow", ("Command", "sleep 600"), ("Timeout", "0.5"))))[0];
        plan.Failed[0].Outcome.ShouldBe(SampleOutcome.Timeout);
    }

    // The result file is damaged in the way that a node with a full disk, or a command that writes to files outside of
    // its output, would leave it.
    [Theory]
    [InlineData("{\"logicalCpus\": 4, \"kern")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"governors\":null}")]
    [InlineData(null)]
    public async Task A_description_of_a_node_that_cannot_be_read_is_told(string? content)
    {
        await RunAsync(1, OnCluster("First", ("Command", "true")));
        await File.WriteAllTextAsync(Path.Combine(Folder, "bad"), content, Cancellation);
        var damage = content is null ? "ln -s /etc/passwd ../machine.json" : "cp {project}/bad ../machine.json";
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            RunAsync(1, OnCluster("Damage", ("Command", $"sh -c 'cd {{output}}; rm ../machine.json; {damage}'"))));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(SlurmRules.Unreadable);
        Read().Samples.ShouldHaveSingleItem().Cell.ShouldBe("First");
    }

    [Fact]
    public async Task Cancelled_it_takes_its_job_out_of_the_queue()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = Engine(1).RunAsync([OnCluster("Long", ("Command", "sleep 4567"))], stop.Token);
        await UntilAsync(() => Sleeping("4567"));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await UntilAsync(() => cluster.Queue().Trim().Length == 0 && !Sleeping("4567"));
        Read().Samples.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_build_left_in_the_queue_is_taken_out_by_the_next_one()
    {
        const string Id = "0123456789abcdef0123456789abcdef";
        cluster.Hold(true);
        try
        {
            var attempt = new Attempt(Path.Combine(Attempts.RootIn(Layout), Id));
            Attempts.Prepare(attempt);
            await Slurm().SubmitAsync(new SlurmJob(SlurmExecutor.NameOf(Id), attempt.Directory, "sleep 4568", false,
                []), SourceLocation.None, Cancellation);
            cluster.Queue().ShouldContain(Id);
        }
        finally
        {
            cluster.Hold(false);
        }
        await RunAsync(1, OnCluster("Next", ("Command", "true")));
        await UntilAsync(() => !cluster.Queue().Contains(Id, StringComparison.Ordinal));
        Attempts.LeftIn(Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_the_cluster_refuses_is_a_coded_error() =>
        (await Should.ThrowAsync<DiagnosticException>(() =>
            RunAsync(1, OnCluster("E", ("Command", "true"), ("SlurmOptions", "--partition=none")))))
            .Diagnostics[0].Rule.ShouldBe(SlurmRules.Refused);

    [Fact]
    public async Task A_node_unlike_the_one_before_gives_no_sample()
    {
        var experiment = OnCluster("E", ("Command", "true"));
        await RunAsync(1, experiment);
        var file = Directory.EnumerateFiles(Layout.State, "*", SearchOption.AllDirectories)
            .Single(file => File.ReadAllText(file).Contains("\"kernel\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, File.ReadAllText(file).Replace("\"kernel\":\"", "\"kernel\":\"other-",
            StringComparison.Ordinal), Cancellation);
        var problem = await Should.ThrowAsync<DiagnosticException>(() => RunAsync(1, experiment));
        problem.Diagnostics[0].Rule.ShouldBe(SlurmRules.UnlikeNode);
        problem.Message.ShouldContain("kernel other-");
        Read().Samples.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_cluster_the_preflight_says_so()
    {
        var nowhere = new SlurmExecutor(Runner,
            new SlurmCluster(SmallCluster.SearchPath)
            {
                Environment = new Dictionary<string, string?> { ["SLURM_CONF"] = "/nonexistent/slurm.conf" }
            },
            new MachineMemory(Layout), () => Log);
        (await nowhere.FindMissingAsync(OnCluster("E", ("Command", "true")), Cancellation)).Single().What.ShouldBe(
            "Slurm cluster");
        (await new SlurmExecutor(Runner, new SlurmCluster([]), new MachineMemory(Layout),
            () => Log).FindMissingAsync(OnCluster("E", ("Command", "true")), Cancellation))
            .Single().Found.ShouldContain("no sbatch");
    }

    private static ExperimentDeclaration OnCluster(string name, params (string Name, string Value)[] metadata) =>
        Experiment(name, [("Executor", "Slurm"), .. metadata]);

    private SlurmCluster Slurm() => new(SmallCluster.SearchPath) { Environment = cluster.Settings };

    private new Task<IReadOnlyList<CellPlan>> RunAsync(int samples, params ExperimentDeclaration[] experiments) =>
        Engine(samples).RunAsync(experiments, Cancellation);

    private ExperimentEngine Engine(int samples) => new(
        new CellResolver(new CellContext { Layout = Layout }, new ContentHashes()),
        new EngineOptions
        {
            Policy = new SamplePolicy(samples),
            // The error of a machine that does not start is thrown, so that tests show the reason.
            FailFast = true,
            Places = new Dictionary<string, IPlace>
            {
                ["Host"] = new HostExecutor(Runner),
                ["Slurm"] = new SlurmExecutor(Runner, Slurm(), new MachineMemory(Layout), () => Log),
            },
            LaneFile = Path.Combine(Folder, "lane"),
        },
        Journal.Read(Journal.FileIn(Layout), Log), Log);

    private static bool Sleeping(string seconds) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains($"sleep\0{seconds}", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await Task.Delay(100, Cancellation);
        condition().ShouldBeTrue();
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>An evaluation in a folder of its own, run by the real engine with the real runner.</summary>
public abstract class EngineFixture : IDisposable
{
    protected static string Runner { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../publish/runner/artifact-runner"));

    protected EngineFixture() => Layout = new EvaluationLayout(Path.Combine(Folder, "evaluation"), Folder);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("engine-test-").FullName;

    protected EvaluationLayout Layout { get; }

    protected CollectedLog Log { get; } = new();

    protected List<ServiceDeclaration> Services { get; } = [];

    protected Dictionary<string, ResolvedTool> Resolved { get; } = new(StringComparer.OrdinalIgnoreCase);

    public virtual void Dispose()
    {
        FolderRemoval.Remove(Folder);
        GC.SuppressFinalize(this);
    }

    protected static DeclarationItem Item(string type, string name, params (string Name, string Value)[] metadata) =>
        new(type, name, metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation("test.proj", 1));

    protected static ExperimentDeclaration Experiment(string name, params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var experiment = ExperimentDeclaration.Parse(Item("Experiment", name, metadata), found);
        return found.Count == 0 ? experiment : throw new DiagnosticException(found);
    }

    protected ExperimentEngine Engine(SamplePolicy? policy = null, bool retryFailed = false, int? seed = null,
        CollectedLog? log = null, bool failFast = false) => new(
        new CellResolver(new CellContext { Layout = Layout, Services = Services, Tools = Resolved, Runner = Runner },
            new ContentHashes()),
        new EngineOptions
        {
            Policy = policy ?? new SamplePolicy(2),
            Places = new Dictionary<string, IPlace> { ["Host"] = new HostExecutor(Runner) },
            RetryFailed = retryFailed,
            FailFast = failFast,
            Seed = seed,
            LaneFile = Path.Combine(Folder, "lane"),
        },
        Journal.Read(Journal.FileIn(Layout), Log), log ?? Log);

    protected Task<IReadOnlyList<CellPlan>> RunAsync(params ExperimentDeclaration[] experiments) =>
        Engine().RunAsync(experiments, TestContext.Current.CancellationToken);

    protected Task<IReadOnlyList<CellPlan>> RunAsync(int samples, params ExperimentDeclaration[] experiments) =>
        Engine(new SamplePolicy(samples)).RunAsync(experiments, TestContext.Current.CancellationToken);

    protected Journal Read() => Journal.Read(Journal.FileIn(Layout), Log);

    protected string LogOf(SampleRecord sample, string file = "stdout.txt") =>
        File.ReadAllText(Path.Combine(Layout.Experiments, sample.Logs, file));
}

using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Pins;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Places;
using Verus.Artifact.Sources;
using Verus.Artifact.Tests.Experiments;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests that use the container engine run one after another, and the engine is started once.</summary>
[CollectionDefinition(nameof(ContainerEngine))]
public sealed class ContainerEngineGroup : ICollectionFixture<ContainerEngine>;

/// <summary>A fixture of an evaluation whose experiments run in containers of a real engine.</summary>
[Collection(nameof(ContainerEngine))]
public abstract class DockerFixture : EngineFixture
{
    private readonly Dictionary<string, AcquiredImage> images = new(StringComparer.OrdinalIgnoreCase);

    protected DockerFixture(ContainerEngine engine)
    {
        engine.Need();
        Containers = engine;
    }

    protected ContainerEngine Containers { get; }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Tools that experiments may use.</summary>
    protected Dictionary<string, ResolvedTool> Tools { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The user who owns the files that containers write; null for the user who runs the tests.</summary>
    protected (uint User, uint Group)? Caller { get; set; }

    protected DockerEngine Docker()
    {
        var endpoint = new DockerEndpoint(Containers.Host, "the test");
        return Caller is { } caller ? new DockerEngine(endpoint) { Caller = caller } : new DockerEngine(endpoint);
    }

    protected static ContainerImage Pin(string reference, params (string Name, string Value)[] more)
    {
        var found = new List<Diagnostic>();
        var pin = ContainerImage.Parse(Item("ContainerImage", "box", [("Reference", reference), .. more]), found);
        found.ShouldBeEmpty();
        return pin;
    }

    protected static ExperimentDeclaration InBox(string name, params (string Name, string Value)[] metadata) =>
        Experiment(name, [("Executor", "Docker"), ("Image", "box"), .. metadata]);

    /// <summary>Acquires the image and runs experiments as an evaluation does.</summary>
    protected async Task<IReadOnlyList<CellPlan>> RunInBoxAsync(int samples, CancellationToken cancellation,
        params ExperimentDeclaration[] experiments)
    {
        using var docker = Docker();
        var problems = new AcquisitionProblems();
        foreach (var image in await new ImageStore(docker, offline: true,
            Log).AcquireAsync([Pin(ContainerEngine.Image)], problems, cancellation))
            images[image.Name] = image;
        problems.ThrowIfAny();
        return await EngineIn(docker, samples).RunAsync(experiments, cancellation);
    }

    protected Task<IReadOnlyList<CellPlan>> RunInBoxAsync(params ExperimentDeclaration[] experiments) =>
        RunInBoxAsync(1, Cancellation, experiments);

    private ExperimentEngine EngineIn(DockerEngine docker, int samples) => new(
        new CellResolver(new CellContext { Layout = Layout, Services = Services, Tools = Tools }, new ContentHashes()),
        new EngineOptions
        {
            Policy = new SamplePolicy(samples),
            FailFast = true,
            Places = new Dictionary<string, IPlace>
            {
                ["Host"] = new HostExecutor(Runner),
                ["Docker"] = new DockerExecutor(Runner, Layout.Root, docker, images),
            },
            LaneFile = Path.Combine(Folder, "lane"),
        },
        Journal.Read(Journal.FileIn(Layout), Log), Log);

    // Processes of containers are also visible as processes of this machine.
    protected static bool Marked(string command) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ').Trim() == command;
        }
        catch (IOException)
        {
            return false;
        }
    });

    protected static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await Task.Delay(50, Cancellation);
        condition().ShouldBeTrue("it has not come to that within half a minute");
    }
}

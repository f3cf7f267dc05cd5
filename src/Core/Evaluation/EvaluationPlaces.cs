using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Places.Slurm;
using Verus.Artifact.Places.Vm;

namespace Verus.Artifact.Evaluation;

/// <summary>The places where experiments run, for as long as one stage uses them: what they keep up ends with it.</summary>
public sealed class EvaluationPlaces : IAsyncDisposable
{
    /// <summary>Makes the places of a call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="inputs">The images, sources and files that are here.</param>
    /// <param name="surroundings">What experiments find around them.</param>
    /// <param name="log">Told what goes on.</param>
    public EvaluationPlaces(EvaluationContext context, AcquiredInputs inputs, Surroundings surroundings, IBuildLog log)
    {
        var options = context.Options;
        Docker = new DockerExecutor(options.Runner, options.Layout.Root, context.Engine, inputs.Images)
        {
            Pins = context.Model.Pins.Images.ToDictionary(image => image.Name, StringComparer.OrdinalIgnoreCase),
        };
        All = new Dictionary<ExecutorKind, IExecutor>
        {
            [ExecutorKind.Host] = new HostExecutor(options.Runner),
            [ExecutorKind.Docker] = Docker,
            [ExecutorKind.Vm] = new VmExecutor(new VmOptions
            {
                Machines = context.Model.Machines,
                Surroundings = () => surroundings,
                Layout = options.Layout,
                Runner = options.Runner,
                SearchPath = options.SearchPath,
                Log = () => log,
                MayStart = !context.IsReading,
            }),
            [ExecutorKind.Slurm] = new SlurmExecutor(options.Runner, new SlurmCluster(options.SearchPath), new MachineMemory(options.Layout), () => log)
            {
                MayStart = !context.IsReading,
            },
        };
    }

    /// <summary>Each place by its kind.</summary>
    public IReadOnlyDictionary<ExecutorKind, IExecutor> All { get; }

    /// <summary>The place that also builds tools.</summary>
    public DockerExecutor Docker { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var place in All.Values)
            await place.DisposeAsync().ConfigureAwait(false);
    }
}

using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Added;
using Verus.Artifact.Places.Docker;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The places where experiments run, for as long as one stage uses these places. Whatever a place keeps running ends
/// when this object is disposed.
/// </summary>
public sealed class EvaluationPlaces : IAsyncDisposable
{
    /// <summary>
    /// Creates the places of a call, one of every kind, because each kind cleans up what a killed call left behind.
    /// </summary>
    /// <param name="context">The context of the call.</param>
    /// <param name="inputs">The images, sources and files that are present.</param>
    /// <param name="cellContext">The context of the cells.</param>
    /// <param name="log">Log that receives messages about progress.</param>
    public EvaluationPlaces(EvaluationContext context, AcquiredInputs inputs, CellContext cellContext, IBuildLog log)
    {
        var services = new PlaceServices
        {
            Runner = context.Options.Runner,
            Layout = context.Options.Layout,
            SearchPath = context.Options.SearchPath,
            Log = log,
            MayStart = !context.IsReading,
            CellContext = cellContext,
            Engine = context.Engine,
            Images = inputs.Images,
            Recipes = context.Recipes,
            Declarations = context.Model.Places,
        };
        All = context.Model.Extensions.Executors.All.ToDictionary(kind => kind.Name, kind => Open(kind, services),
            StringComparer.OrdinalIgnoreCase);
        Docker = All.Values.OfType<DockerExecutor>().Single();
    }

    /// <summary>The places by the name of their kind.</summary>
    public IReadOnlyDictionary<string, IPlace> All { get; }

    /// <summary>The place that runs experiments in containers, which also builds tools.</summary>
    public DockerExecutor Docker { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var place in All.Values)
            await place.DisposeAsync().ConfigureAwait(false);
    }

    private static IPlace Open(IPlaceKind kind, PlaceServices services) =>
        kind is IOwnPlaceKind own ? own.Open(services) : new AddedPlace((AddedPlaceKind)kind, services);
}

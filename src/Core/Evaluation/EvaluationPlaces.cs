using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Added;
using Verus.Artifact.Places.Docker;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The places where experiments run, for as long as one stage uses them: what they keep up ends with it.
/// </summary>
public sealed class EvaluationPlaces : IAsyncDisposable
{
    /// <summary>
    /// Makes the places of a call, of every kind that there is: what a killed call left is swept by all of them.
    /// </summary>
    /// <param name="context">The call.</param>
    /// <param name="inputs">The images, sources and files that are here.</param>
    /// <param name="cellContext">What experiments find around them.</param>
    /// <param name="log">Told what goes on.</param>
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

    /// <summary>Each place by the name of its kind.</summary>
    public IReadOnlyDictionary<string, IPlace> All { get; }

    /// <summary>The place that also builds tools.</summary>
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

using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// The places in figures whose kind has no declared places: each row has a place of its own, identified by all columns
/// except those of series and panels, and by the name of its dataset if there are several.
/// </summary>
internal static class RowPlaces
{
    /// <summary>The name of an additional column with the name of the dataset, unless a column of that name
    /// exists.</summary>
    public const string Column = "dataset";

    /// <summary>Returns a figure and its datasets, changed so that each row has a place of its own.</summary>
    public static (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Of(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets)
    {
        var names = figure.Datasets.ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<Dataset> used = [.. datasets.Where(dataset => names.Contains(dataset.Name))];
        List<string> all = [.. used.SelectMany(dataset => dataset.Columns).Distinct()];
        List<string> own = [.. all.Except(figure.Series).Where(column => column != figure.Panels)];
        if (!HasSeveral(figure))
            return (figure with { X = own }, used);
        var name = all.Contains(Column) ? "name of the dataset" : Column;
        return (figure with { X = [name, .. own] }, [.. used.Select(dataset => Named(dataset, name))]);
    }

    /// <summary>Whether a figure has more than one dataset.</summary>
    public static bool HasSeveral(FigureDeclaration figure) =>
        figure.Datasets.Distinct(StringComparer.OrdinalIgnoreCase).Skip(1).Any();

    private static Dataset Named(Dataset dataset, string column) => dataset with
    {
        Columns = [column, .. dataset.Columns],
        Points =
        [
            .. dataset.Points.Select(point => point with
            {
                Keys = new Dictionary<string, string>(point.Keys, StringComparer.Ordinal) { [column] = dataset.Name },
            }),
        ],
    };
}

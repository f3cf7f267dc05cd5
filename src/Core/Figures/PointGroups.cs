using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Figures;

/// <summary>
/// Points with one place in a figure, such as the results of many inputs, as one point whose samples are their numbers.
/// </summary>
internal static class PointGroups
{
    /// <summary>Returns a figure and its datasets, changed so that each place has one point.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">Points at one place have different units.</exception>
    public static (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Of(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets)
    {
        // An unknown column is reported when the points of the figure are selected.
        var names = figure.Datasets.ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<Dataset> used = [.. datasets.Where(dataset => names.Contains(dataset.Name))];
        return FigureData.UnknownColumns(figure, used).Any() ? (figure, used)
            : (figure with { Where = [] }, [.. used.Select(dataset => Grouped(figure, dataset))]);
    }

    private static Dataset Grouped(FigureDeclaration figure, Dataset dataset)
    {
        List<string> columns = [.. figure.X.Concat(figure.Series).Concat(figure.Panels is { } panels ? [panels] : [])
            .Distinct()];
        return dataset with
        {
            Columns = columns,
            Points = [.. figure.Shown(dataset).Points
                .GroupBy(point => FigureData.Key(columns.Select(column => point[column])))
                .Select(group => One(figure, columns, [.. group]))],
        };
    }

    private static DataPoint One(FigureDeclaration figure, List<string> columns, List<DataPoint> points)
    {
        var known = points.Where(point => point.Estimate is not null).ToList();
        if (known.Select(point => point.Unit).Distinct().Count() > 1)
            throw FigureRules.UnlikeUnits.Error(figure.Item.Where, figure.Name,
                string.Join(" and ", known.Select(point => point.Unit ?? "the unit of the dataset").Distinct()));
        double[] numbers = [.. known.Select(point => point.Estimate!.Value)];
        return new DataPoint
        {
            Keys = columns.ToDictionary(column => column, column => points[0][column], StringComparer.Ordinal),
            Samples = numbers,
            Estimate = numbers.Length == 0 ? null : new Estimate(Statistics.Median(numbers)),
            Unit = known.FirstOrDefault()?.Unit,
            Note = known.Count == points.Count ? null
                : $"without a number: {points.Count - known.Count} of {Amount.Count(points.Count, "point")}",
        };
    }
}

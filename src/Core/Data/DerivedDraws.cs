namespace Verus.Artifact.Data;

/// <summary>
/// Gives derived points that were read from a file their draws again. A file has their intervals, but a formula over
/// them must see the same draws of the samples that they were computed from, or it would take them as exact.
/// </summary>
internal static class DerivedDraws
{
    /// <summary>Returns a dataset whose derived points have draws.</summary>
    /// <param name="dataset">A measured dataset as it was read.</param>
    /// <param name="declarations">All datasets of the evaluation.</param>
    /// <param name="read">Returns the measured dataset of a name; null when there is none.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A line of <c>Derived</c> does not fit the points.</exception>
    public static Dataset Restore(Dataset dataset, IReadOnlyList<DatasetDeclaration> declarations,
        Func<string, Dataset?> read)
    {
        if (dataset.Origin == Origin.Recorded || !dataset.Points.Any(IsDerived)
            || declarations.FirstOrDefault(one => Is(one.Name, dataset.Name)) is not { } declaration)
            return dataset;
        var computed = Computed(dataset, declaration, declarations, read)
            .Where(point => point.Draws is not null)
            .ToDictionary(point => DerivedPoints.KeyOf(dataset, point.Keys), StringComparer.Ordinal);
        return dataset with
        {
            Points = [.. dataset.Points.Select(point => IsDerived(point)
                && computed.TryGetValue(DerivedPoints.KeyOf(dataset, point.Keys), out var known)
                ? point with { Draws = known.Draws } : point)],
        };
    }

    private static IReadOnlyList<DataPoint> Computed(Dataset dataset, DatasetDeclaration declaration,
        IReadOnlyList<DatasetDeclaration> declarations, Func<string, Dataset?> read)
    {
        if (declaration.From is { } from)
            return read(from) is { } source
                ? DatasetBuilder.From(declaration, Restore(source, declarations, read)).Points : [];
        var members = dataset with { Points = [.. dataset.Points.Where(point => !IsDerived(point))] };
        return declaration.Derived.Aggregate(members, (have, derived) => derived.AddTo(have, declaration)).Points;
    }

    // Of the points of a measured dataset, only those that are computed from samples have an interval and no sample.
    private static bool IsDerived(DataPoint point) =>
        point is { Samples.Count: 0, Failures: 0, Estimate.Low: not null };

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}

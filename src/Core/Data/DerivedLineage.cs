namespace Verus.Artifact.Data;

/// <summary>
/// Restores, for derived points that were read from a file, how they were computed from other points. A file contains
/// the intervals of derived points, but a formula over these points must know how they depend on samples.
/// </summary>
internal static class DerivedLineage
{
    /// <summary>Returns a dataset whose derived points contain how they were computed from other points.</summary>
    /// <param name="dataset">A measured dataset as it was read from its file.</param>
    /// <param name="declarations">All datasets of the evaluation.</param>
    /// <param name="read">Returns the measured dataset of a name; null when no dataset has the name.</param>
    /// <exception cref="Diagnostics.DiagnosticException">A line of <c>Derived</c> does not fit the points.</exception>
    public static Dataset Restore(Dataset dataset, IReadOnlyList<DatasetDeclaration> declarations,
        Func<string, Dataset?> read)
    {
        if (dataset.Origin == Origin.Recorded || !dataset.Points.Any(point => point.IsDerived)
            || declarations.FirstOrDefault(one => Is(one.Name, dataset.Name)) is not { } declaration)
            return dataset;
        var computed = Computed(dataset, declaration, declarations, read)
            .Where(point => point.Lineage is not null)
            .ToDictionary(point => DerivedPoints.KeyOf(dataset, point.Keys), StringComparer.Ordinal);
        return dataset with
        {
            Points = [.. dataset.Points.Select(point => point.IsDerived
                && computed.TryGetValue(DerivedPoints.KeyOf(dataset, point.Keys), out var known)
                ? point with { Lineage = known.Lineage } : point)],
        };
    }

    private static IReadOnlyList<DataPoint> Computed(Dataset dataset, DatasetDeclaration declaration,
        IReadOnlyList<DatasetDeclaration> declarations, Func<string, Dataset?> read)
    {
        if (declaration.From is { } from)
            return read(from) is { } source
                ? DatasetFrom.Make(declaration, Restore(source, declarations, read)).Points : [];
        var members = dataset with { Points = [.. dataset.Points.Where(point => !point.IsDerived)] };
        return declaration.Derived.Aggregate(members, (have, derived) => derived.AddTo(have, declaration)).Points;
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}

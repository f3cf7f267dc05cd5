using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Finds the datasets from which others are made.</summary>
internal static class DatasetSources
{
    /// <summary>The datasets, each with what it has of the one from which it is made.</summary>
    /// <param name="datasets">All that are measured; names that lead nowhere are reported already.</param>
    /// <param name="found">Told of those that are made from themselves.</param>
    public static IReadOnlyList<DatasetDeclaration> Linked(
        IReadOnlyList<DatasetDeclaration> datasets, ICollection<Diagnostic> found) =>
        [.. datasets.Select(dataset => Linked(dataset, datasets, found, []))];

    private static DatasetDeclaration Linked(DatasetDeclaration dataset, IReadOnlyList<DatasetDeclaration> datasets,
        ICollection<Diagnostic> found, IReadOnlyList<string> way)
    {
        if (dataset.From is null)
            return dataset;
        if (way.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase))
        {
            var circle = string.Join(" -> ", way.SkipWhile(name => !Is(name, dataset.Name)).Append(dataset.Name));
            found.Add(DataRules.FromItself.At(dataset.Item.Where, dataset.Name, circle));
            return dataset;
        }
        // Of a name that is only recorded, there is nothing to measure.
        return datasets.FirstOrDefault(other => Is(other.Name, dataset.From)) is { } source
            ? dataset.MadeFrom(Linked(source, datasets, found, [.. way, dataset.Name])) : dataset;
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}

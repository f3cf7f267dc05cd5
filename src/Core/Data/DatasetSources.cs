using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Finds the datasets from which other datasets are made.</summary>
internal static class DatasetSources
{
    /// <summary>Returns the datasets, each with the metadata that it inherits from the dataset from which it is
    /// made.</summary>
    /// <param name="datasets">All datasets that are measured; unresolved names have already been reported.</param>
    /// <param name="found">List to which an error is added for each dataset that is made from itself.</param>
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
        // If the source of a dataset exists only in recorded form, there is nothing to measure.
        return datasets.FirstOrDefault(other => Is(other.Name, dataset.From)) is { } source
            ? dataset.MadeFrom(Linked(source, datasets, found, [.. way, dataset.Name])) : dataset;
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}

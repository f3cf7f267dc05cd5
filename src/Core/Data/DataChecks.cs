using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Checks of the declarations of datasets that are possible before anything runs.</summary>
public static class DataChecks
{
    /// <summary>Reports datasets whose measured and recorded points could never match.</summary>
    public static void Check(IReadOnlyList<DatasetDeclaration> datasets,
        IReadOnlyList<RecordedDataDeclaration> recorded, ICollection<Diagnostic> found)
    {
        foreach (var dataset in datasets)
        {
            if (recorded.FirstOrDefault(other =>
                string.Equals(other.Name, dataset.Name, StringComparison.OrdinalIgnoreCase)) is not { } numbers)
                continue;
            if (dataset.Columns.Count > 0
                && !dataset.Columns.ToHashSet(StringComparer.Ordinal).SetEquals(numbers.Columns))
                Report(dataset, "columns", string.Join(';', dataset.Columns), string.Join(';', numbers.Columns));
            if (dataset.Quantity != numbers.Value)
                Report(dataset, "value column", dataset.Quantity, numbers.Value);
            if (numbers.Unit.Length > 0 && dataset.Unit != numbers.Unit)
                Report(dataset, "unit", dataset.Unit, numbers.Unit);
        }

        void Report(DatasetDeclaration dataset, string what, string here, string there) =>
            found.Add(DataRules.UnlikeRecorded.At(dataset.Item.Where, dataset.Name, what, here, there));
    }
}

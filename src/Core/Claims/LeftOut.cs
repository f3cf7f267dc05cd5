using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;

namespace Verus.Artifact.Claims;

/// <summary>
/// Finds the points that a predicate asks for and its dataset does not have. A declared absence and a time-out are
/// results; every other missing point is a gap, and a predicate with a gap is not supported by the remaining points.
/// </summary>
internal sealed class LeftOut
{
    private const int MostNames = 6;

    private readonly List<string> notes = [];

    /// <summary>Looks for the points that are missing.</summary>
    public LeftOut(PredicateDeclaration predicate, Dataset dataset, FormulaEvaluator evaluator)
    {
        var without = evaluator.Read.Where(point => point.Estimate is null).ToList();
        bool IsResult(DataPoint point) => !point.IsGap
            || predicate.Optional.Count > 0 && FormulaEvaluator.Hold(predicate.Optional, point);
        if (without.Count > 0)
            notes.Add("left out: " + Some([.. without.Select(point => NameOf(dataset, point)
                + (point.Note is null ? "" : $" ({point.Note})"))], "; "));
        var partners = new Partners(predicate.Quantity!, evaluator);
        var alone = partners.Alone(IsResult);
        if (alone.Count > 0)
            notes.Add($"without a partner to compare with: {Some(alone, "; ")}");
        // Missing rows are looked for only in recorded data: a measured dataset has a point for each cell, whereas
        // recorded data may lack rows without giving a reason.
        var rows = dataset.Origin == Origin.Recorded ? partners.Missing(IsResult) : [];
        if (rows.Count > 0)
            notes.Add($"no row for: {Some(rows, "; ")}");
        IsEmpty = without.TrueForAll(IsResult) && alone.Count == 0 && rows.Count == 0;
    }

    /// <summary>Whether the dataset has no gap for the predicate.</summary>
    public bool IsEmpty { get; }

    /// <summary>Sentences on which points are missing, and which have a declared reason to be absent.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Returns a text with a few names and the number of further ones.</summary>
    public static string Some(IReadOnlyList<string> names, string separator = "; ") =>
        string.Join(separator, names.Take(MostNames))
            + (names.Count > MostNames ? $" and {Amount.Count(names.Count - MostNames)} more" : "");

    /// <summary>Returns the name of a point, which consists of the values of its columns.</summary>
    public static string NameOf(Dataset dataset, DataPoint point) =>
        string.Join(", ", dataset.Columns.Select(column => point[column]));
}

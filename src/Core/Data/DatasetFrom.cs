using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>
/// Makes a dataset from another dataset: the points that <c>Where</c> selects, or what <c>Derived</c> computes from
/// them, with the key columns that the new dataset declares.
/// </summary>
internal static class DatasetFrom
{
    /// <summary>Makes the dataset.</summary>
    /// <param name="declaration">The dataset.</param>
    /// <param name="source">The points that the dataset is made from, measured or recorded.</param>
    /// <exception cref="DiagnosticException">A column does not exist, points fall together, or the points that a
    /// formula computes lack columns of the dataset.</exception>
    public static Dataset Make(DatasetDeclaration declaration, Dataset source) =>
        OfRenamed(declaration, Renamed(declaration, source));

    /// <summary>The name that a column of the other dataset has in the new one.</summary>
    public static string NameOf(DatasetDeclaration declaration, string column) =>
        declaration.Rename.FirstOrDefault(pair => pair.Value == column).Key ?? column;

    /// <summary>The other dataset with the names that its columns have in the new one.</summary>
    /// <exception cref="DiagnosticException">A column that is renamed does not exist, or two columns would have one
    /// name.</exception>
    public static Dataset Renamed(DatasetDeclaration declaration, Dataset source)
    {
        if (declaration.Rename.Count == 0)
            return source;
        if (declaration.Rename.Values.FirstOrDefault(column => !source.Columns.Contains(column)) is { } stranger)
            throw Unknown(declaration, "Rename", stranger, source);
        List<string> columns = [.. source.Columns.Select(column => NameOf(declaration, column))];
        if (columns.GroupBy(column => column, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw DataRules.RenamedTwice.Error(declaration.Item.Where, declaration.Name, source.Name, twice.Key);
        return source with
        {
            Columns = columns,
            Points =
            [
                .. source.Points.Select(point => point with
                {
                    Keys = point.Keys.ToDictionary(pair => NameOf(declaration, pair.Key), pair => pair.Value,
                        StringComparer.Ordinal),
                }),
            ],
        };
    }

    /// <summary>Makes the dataset from points whose columns have their new names.</summary>
    /// <exception cref="DiagnosticException">As <see cref="Make"/>.</exception>
    public static Dataset OfRenamed(DatasetDeclaration declaration, Dataset source)
    {
        if (declaration.Where.FirstOrDefault(condition => !source.Columns.Contains(condition.Name)) is { } stranger)
            throw Unknown(declaration, "Where", stranger.Name, source);
        var columns = ColumnsOf(declaration, source);
        List<DataPoint> taken = [.. source.Points
            .Where(point => declaration.Where.All(condition => condition.Holds(point[condition.Name])))];
        var (members, notes) = declaration.Derived.Count == 0
            ? (Selected(declaration, source, taken, columns), source.Notes)
            : Computed(declaration, source, taken, columns);
        // If all points have the same unit, it becomes the unit of the dataset.
        var units = members.Where(point => point.Estimate is not null).Select(point => point.Unit ?? source.Unit)
            .Distinct().ToList();
        var unit = declaration.IsUnitOpen && units is [var one]
            ? one : declaration.IsUnitOpen ? source.Unit : declaration.Unit;
        return source with
        {
            Name = declaration.Name,
            Columns = columns,
            Quantity = declaration.Quantity.Length > 0 ? declaration.Quantity : source.Quantity,
            Unit = unit,
            Notes = notes,
            Points = [.. members.Select(point =>
                point with { Unit = (point.Unit ?? source.Unit) is var own && own == unit ? null : own })],
        };
    }

    // A column that the other dataset does not have must be set by every line of Derived.
    private static IReadOnlyList<string> ColumnsOf(DatasetDeclaration declaration, Dataset source)
    {
        if (declaration.Columns.Count == 0)
            return source.Columns;
        // If the other dataset has no points, its columns may be unknown.
        if (source.Points.Count > 0 && declaration.Columns.FirstOrDefault(column => !source.Columns.Contains(column)
            && !(declaration.Derived.Count > 0
                && declaration.Derived.All(derived => derived.Keys.ContainsKey(column)))) is { } stranger)
            throw Unknown(declaration, "KeyColumns", stranger, source);
        return declaration.Columns;
    }

    private static List<DataPoint> Selected(DatasetDeclaration declaration, Dataset source, List<DataPoint> taken,
        IReadOnlyList<string> columns)
    {
        if (declaration.Columns.Count == 0)
            return taken;
        if (taken.GroupBy(point => Formulas.Points.Key(point.Keys, columns), StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } several)
            throw DataRules.SourcePointsFallTogether.Error(declaration.Item.Where, declaration.Name, several.Count(),
                source.Name, string.Join(", ", columns.Select(column => $"{column}={several.First()[column]}")));
        return [.. taken.Select(point => point with
        {
            Keys = columns.ToDictionary(column => column, column => point[column], StringComparer.Ordinal),
        })];
    }

    private static (List<DataPoint> Members, IReadOnlyList<string> Notes) Computed(DatasetDeclaration declaration,
        Dataset source, List<DataPoint> taken, IReadOnlyList<string> columns)
    {
        var (members, notes) = (new List<DataPoint>(), source.Notes.ToList());
        var (readable, there) = (source with { Points = taken }, new HashSet<string>(StringComparer.Ordinal));
        foreach (var derived in declaration.Derived)
        {
            var added = derived.Of(readable, declaration, there, out var more, columns);
            members.AddRange(added);
            notes.AddRange(more);
            // Points with other columns than those of the source cannot be read together with them.
            if (!columns.ToHashSet(StringComparer.Ordinal).SetEquals(source.Columns))
                continue;
            // If a derived point has the same key as a point of the source, formulas read the point of the source.
            var known = readable.Points.Select(point => DerivedPoints.KeyOf(source, point.Keys))
                .ToHashSet(StringComparer.Ordinal);
            readable = readable with
            {
                Points = [.. readable.Points,
                .. added.Where(point => !known.Contains(DerivedPoints.KeyOf(source, point.Keys)))]
            };
        }
        return (members, notes);
    }

    private static DiagnosticException Unknown(DatasetDeclaration declaration, string metadata, string column,
        Dataset source) => DataRules.ColumnNotInSource.Error(declaration.Item.Where, declaration.Name, metadata, column,
            source.Name, Suggestion.For(column, source.Columns));
}

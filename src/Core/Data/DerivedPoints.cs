using Verus.Artifact.Common;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data;

/// <summary>
/// Points that are computed from other points of the same dataset, such as a total: a line <c>column=value | unit:
/// formula</c>.
/// </summary>
/// <param name="Keys">Columns that the new points have beside those that the formula leaves.</param>
/// <param name="Unit">Their unit; null: what the formula gives.</param>
/// <param name="Formula">What they are.</param>
/// <param name="Text">The line as it is declared.</param>
public sealed record DerivedPoints(IReadOnlyDictionary<string, string> Keys, string? Unit, Formula Formula, string Text)
{
    /// <summary>Reads the lines of a metadatum.</summary>
    internal static IReadOnlyList<DerivedPoints> Read(MetadataReader reader, string name, ExtensionSet? extensions)
    {
        var all = new List<DerivedPoints>();
        foreach (var line in reader.Lines(name))
        {
            if (Parse(line, extensions, out var problem) is { } points)
                all.Add(points);
            else
                reader.Bad(name, line,
                    $"lines such as 'system=total | lines: sum([system!=total], system)' ({problem})");
        }
        return all;
    }

    private static DerivedPoints? Parse(string line, ExtensionSet? extensions, out string problem)
    {
        try
        {
            return Parse(line, extensions, out problem, new NotationReader(line));
        }
        catch (FormatException malformed)
        {
            problem = malformed.Message;
            return null;
        }
    }

    private static DerivedPoints? Parse(string line, ExtensionSet? extensions, out string problem,
        NotationReader reader)
    {
        var keys = Condition.ReadAll(reader, "|:");
        var unit = reader.Take('|') ? reader.Value("|:").Text : null;
        problem = reader.Next == '|'
            ? "one unit stands behind the columns; a '|' that is part of it stands in single quotes"
            : "a colon stands before the formula";
        if (!reader.Take(':') || Formula.Parse(reader.Rest, out problem, extensions) is not { } formula)
            return null;
        if (keys.Count > 0 && keys.All(key => key.IsSingle) && keys.DistinctBy(key => key.Name).Count() == keys.Count)
        {
            var columns = keys.ToDictionary(key => key.Name, key => key.Values[0], StringComparer.Ordinal);
            return new DerivedPoints(columns, unit, formula, line);
        }
        problem = "before the colon, columns have one value each";
        return null;
    }

    /// <summary>
    /// A dataset with these points, computed from its numbers and without intervals. A point that is there already
    /// stays; notes of the points that go into a new one stand with it, too.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">The formula does not leave the columns of the
    /// dataset.</exception>
    public Dataset AddTo(Dataset dataset, DatasetDeclaration declaration)
    {
        var evaluator = new FormulaEvaluator(dataset, [], Formula);
        IReadOnlyList<Row> rows;
        try
        {
            rows = evaluator.Numbers();
        }
        catch (FormatException problem)
        {
            throw DataRules.BadDerived.Error(declaration.Item.Where, dataset.Name, Text, problem.Message);
        }
        var points = dataset.Points.ToList();
        var without = rows.Where(row => !double.IsFinite(row.Draws[0])).ToList();
        CheckUnits(dataset, declaration, rows);
        foreach (var row in rows.Except(without))
        {
            var keys = dataset.Columns.ToDictionary(column => column,
                column => Keys.GetValueOrDefault(column) ?? row.Keys.GetValueOrDefault(column)
                ?? throw DataRules.BadDerived.Error(declaration.Item.Where, dataset.Name, Text,
                    $"its points have no {column}"), StringComparer.Ordinal);
            if (points.Exists(point => dataset.Columns.All(column => point[column] == keys[column])))
                continue;
            var notes = evaluator.Points.Where(point => row.Keys.All(pair => point[pair.Key] == pair.Value))
                .Select(point => point.Note).OfType<string>().Distinct().ToList();
            points.Add(new DataPoint
            {
                Keys = keys,
                Estimate = new Estimate(row.Draws[0]),
                Note = notes.Count == 0 ? null : string.Join("; ", notes),
                Unit = UnitOf(row) is var unit && unit == dataset.Unit ? null : unit,
            });
        }
        return without.Count == 0 ? dataset with { Points = points }
            : dataset with
            {
                Points = points,
                Notes = [.. dataset.Notes,
                    $"'{Text}' has no finite value "
                        + $"{(without.Count == 1 ? "at one point" : $"at {without.Count} points")}"]
            };
    }

    // What nobody has said is what the formula gives.
    private string UnitOf(Row row) => Unit ?? row.Unit.ToString();

    // A number in the formula may be a factor between units, and a ratio may be called anything; else the unit is that
    // of what it is made of.
    private void CheckUnits(Dataset dataset, DatasetDeclaration declaration, IReadOnlyList<Row> rows)
    {
        if (Unit is null || Formula.HasNumbers)
            return;
        var said = Formulas.Unit.Parse(Unit);
        if (rows.Select(row => row.Unit)
            .FirstOrDefault(unit => unit is { IsAny: false, IsUnknown: false } && !unit.Equals(Formulas.Unit.None)
                && !unit.Equals(said)) is { } other)
            throw DataRules.BadDerived.Error(declaration.Item.Where, dataset.Name, Text,
                $"they are called {(Unit.Length == 0 ? "numbers without a unit" : Unit)} and are {other}");
    }
}

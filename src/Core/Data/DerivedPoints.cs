using Verus.Artifact.Common;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>
/// Points that are computed from other points of the same dataset, such as a total, as declared by a line
/// <c>column=value | unit: formula</c>.
/// </summary>
/// <param name="Keys">Columns that the derived points have in addition to those that remain after the formula.</param>
/// <param name="Unit">The unit of the points; null for the unit that results from the formula.</param>
/// <param name="Formula">The formula that computes the points.</param>
/// <param name="Text">The line as declared.</param>
public sealed record DerivedPoints(IReadOnlyDictionary<string, string> Keys, string? Unit, Formula Formula, string Text)
{
    /// <summary>Reads the lines of an item of metadata that declares derived points.</summary>
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
            ? "one unit follows the columns; put a '|' that is part of it in single quotes"
            : "a colon precedes the formula";
        if (!reader.Take(':') || Formula.Parse(reader.Rest, out problem, extensions) is not { } formula)
            return null;
        if (keys.All(key => key.IsSingle) && keys.DistinctBy(key => key.Name).Count() == keys.Count)
        {
            var columns = keys.ToDictionary(key => key.Name, key => key.Values[0], StringComparer.Ordinal);
            return new DerivedPoints(columns, unit, formula, line);
        }
        problem = "before the colon, columns have one value each";
        return null;
    }

    /// <summary>
    /// Returns a dataset with the derived points added, which are computed from its numbers. A derived point does not
    /// replace a point that already exists. The notes of the points from which a new point is computed are attached to
    /// the new point. If all points of a formula have intervals, the derived point has an interval as well, according
    /// to the rules for predicates.
    /// </summary>
    /// <exception cref="DiagnosticException">The points that the formula computes lack columns of the
    /// dataset.</exception>
    public Dataset AddTo(Dataset dataset, DatasetDeclaration declaration)
    {
        var there = dataset.Points.Select(point => KeyOf(dataset, point.Keys)).ToHashSet(StringComparer.Ordinal);
        var added = Of(dataset, declaration, there, out var notes);
        return dataset with { Points = [.. dataset.Points, .. added], Notes = [.. dataset.Notes, .. notes] };
    }

    /// <summary>Returns the points that are computed from the points of a dataset.</summary>
    /// <param name="dataset">The points that the formula reads.</param>
    /// <param name="declaration">The declaration that contains the line with the formula.</param>
    /// <param name="there">The keys of existing points, to which the keys of the new points are added.</param>
    /// <param name="notes">Notes on what a reader must know about the points.</param>
    /// <param name="columns">The key columns of the new points; null for those of the dataset.</param>
    /// <exception cref="DiagnosticException">The points that the formula computes lack columns of the
    /// dataset.</exception>
    internal IReadOnlyList<DataPoint> Of(Dataset dataset, DatasetDeclaration declaration, HashSet<string> there,
        out IReadOnlyList<string> notes, IReadOnlyList<string>? columns = null)
    {
        columns ??= dataset.Columns;
        notes = [];
        // If the dataset has no points, its columns may be unknown, so nothing is checked.
        if (dataset.Points.Count == 0)
            return [];
        CheckColumns(declaration, dataset, columns);
        var evaluator = new FormulaEvaluator(dataset, [], Formula);
        var rows = NumbersOf(evaluator, declaration);
        CheckUnits(declaration, rows);
        var without = rows.Count(row => !double.IsFinite(row.Draws[0]));
        notes = without == 0 ? []
            : [$"'{Text}' has no finite value at {Amount.Count(without, "point")}"];
        string[] told = rows.Count == 0 ? [] : [.. rows[0].Keys.Keys];
        var behind = evaluator.Points.ToLookup(point => Formulas.Points.Key(point.Keys, told), StringComparer.Ordinal);
        bool IsCertain(Row row) => !behind[Formulas.Points.Key(row.Keys, told)].All(HasInterval);
        var limits = rows.All(IsCertain) ? [] : new QuantityLimits(evaluator, dataset).Of(Formula).Rows
            .ToDictionary(row => QuantityLimits.KeyOf(row.Keys), StringComparer.Ordinal);
        var points = new List<DataPoint>();
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows.Where(row => double.IsFinite(row.Draws[0])))
        {
            var keys = KeysOf(declaration, row, columns);
            var key = Formulas.Points.Key(keys, columns);
            if (!own.Add(key))
                throw Bad(declaration, "several of its points are "
                    + string.Join(", ", columns.Select(column => $"{column}={keys[column]}")),
                    "Keep a column that distinguishes them, or combine them along it, as in 'sum(..., column)'.");
            if (!there.Add(key))
                continue;
            var sources = behind[Formulas.Points.Key(row.Keys, told)].ToList();
            points.Add(Point(row, keys, sources, dataset,
                IsCertain(row) ? null : limits.GetValueOrDefault(QuantityLimits.KeyOf(row))));
        }
        return points;
    }

    private IReadOnlyList<Row> NumbersOf(FormulaEvaluator evaluator, DatasetDeclaration declaration)
    {
        try
        {
            return evaluator.Numbers();
        }
        catch (FormatException problem)
        {
            throw Bad(declaration, problem.Message, "Correct the formula.");
        }
    }

    private void CheckColumns(DatasetDeclaration declaration, Dataset dataset, IReadOnlyList<string> columns)
    {
        if ((Keys.Keys.FirstOrDefault(column => !columns.Contains(column))
                ?? Formula.Columns.FirstOrDefault(column => !dataset.Columns.Contains(column))) is { } stranger)
            throw Bad(declaration, $"it names the column '{stranger}', which the points do not have",
                $"Correct the name.{Suggestion.For(stranger, dataset.Columns)}");
    }

    private Dictionary<string, string> KeysOf(DatasetDeclaration declaration, Row row, IReadOnlyList<string> columns) =>
        columns.ToDictionary(column => column,
            column => Keys.GetValueOrDefault(column) ?? row.Keys.GetValueOrDefault(column)
            ?? throw Bad(declaration, $"its points have no {column}",
                $"Set {column} before the colon, as in '{column}=...: ...', or keep it in the points of the formula."),
            StringComparer.Ordinal);

    private DataPoint Point(Row row, Dictionary<string, string> keys, List<DataPoint> sources, Dataset dataset,
        Bounded? bounded)
    {
        var words = sources.Select(point => point.Note).OfType<string>().Distinct().ToList();
        return new DataPoint
        {
            Keys = keys,
            Estimate = bounded?.At(Limits.Usual) is { } at && double.IsFinite(at.High - at.Low)
                ? new Estimate(row.Draws[0], at.Low, at.High) : new Estimate(row.Draws[0]),
            Lineage = bounded,
            IsExact = sources.Count > 0 && sources.TrueForAll(point =>
                point.IsExact || point is { Samples.Count: 0, IsDerived: false }),
            IsDerived = true,
            Note = words.Count == 0 ? null : string.Join("; ", words),
            Unit = UnitOf(row) is var unit && unit == dataset.Unit ? null : unit,
        };
    }

    /// <summary>Returns a text that identifies a point by its key columns.</summary>
    internal static string KeyOf(Dataset dataset, IReadOnlyDictionary<string, string> keys) =>
        Formulas.Points.Key(keys, dataset.Columns);

    // A formula over measured numbers in which one number is exact, or has a single sample, would give an interval that
    // is too narrow.
    private static bool HasInterval(DataPoint point) =>
        point.Estimate is { Low: not null, High: not null }
            && (point.Lineage is not null || point.Samples.Count >= Statistics.LeastForInterval);

    // If no unit is declared for derived points, they have the unit that results from the formula.
    private string UnitOf(Row row) => Unit ?? row.Unit.ToString();

    // The declared unit must be the unit that results from the formula, except that a literal number in the formula may
    // be a factor between units, and that the unit of a ratio may have any name.
    private void CheckUnits(DatasetDeclaration declaration, IReadOnlyList<Row> rows)
    {
        if (Unit is null || Formula.HasNumbers)
            return;
        var said = Formulas.Unit.Parse(Unit);
        if (rows.Select(row => row.Unit)
            .FirstOrDefault(unit => unit is { IsAny: false, IsUnknown: false } && !unit.Equals(Formulas.Unit.None)
                && !unit.Equals(said)) is { } other)
            throw Bad(declaration,
                $"they are called {(Unit.Length == 0 ? "numbers without a unit" : Unit)} and are {other}",
                "Correct the unit after the '|', or leave it out.");
    }

    private DiagnosticException Bad(DatasetDeclaration declaration, string problem, string remedy) =>
        DataRules.BadDerived.Error(declaration.Item.Where, declaration.Name, Text, problem, remedy);
}

using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data;

/// <summary>
/// A number that a person entered because no run produces it. A number that was entered by hand is never presented as
/// measured: its point has a note that says so.
/// </summary>
/// <param name="Keys">The value of each key column.</param>
/// <param name="Number">The number that was entered, in the unit of its point.</param>
/// <param name="IsAddition">Whether the number is added to the measured number; otherwise it is the value of the
/// point.</param>
/// <param name="Unit">The unit of the number; null for the unit of the dataset.</param>
/// <param name="Note">The note that the point gets.</param>
public sealed record HandEntry(IReadOnlyDictionary<string, string> Keys, double Number, bool IsAddition, string? Unit,
    string Note)
{
    private const string Kind = "kind";

    /// <summary>The number entered by hand as an observation, without an experiment or a sample.</summary>
    public Observation Observation => new()
    {
        Experiment = "",
        Cell = Note,
        Columns = Keys,
        Metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [IsAddition ? Extensions.Observation.ByHandAddition : Extensions.Observation.ByHandValue] = Number
        },
    };

    /// <summary>
    /// Reads a dataset's file of values that were entered by hand, with key columns, kind, value, unit and note;
    /// returns no entries when the dataset names no file.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be read.</exception>
    public static IReadOnlyList<HandEntry> Read(DatasetDeclaration declaration, EvaluationLayout layout)
    {
        if (declaration.ByHand is not { } file)
            return [];
        var rows = RecordedDataReader.Read(new RecordedDataDeclaration
        {
            Name = declaration.Name,
            Item = declaration.Item,
            File = file,
            Columns = [.. declaration.Columns, Kind],
            Value = Extensions.Observation.ByHandValue,
            Note = "note",
        }, layout).Points;
        return [.. rows.Where(row => row.Estimate is not null).Select(row => new HandEntry(
            row.Keys.Where(pair => pair.Key != Kind).ToDictionary(StringComparer.Ordinal), row.Estimate!.Value,
            IsAdded(declaration, file, row), row.Unit, row.Note ?? "entered by hand"))];
    }

    /// <summary>
    /// Returns a dataset with the numbers that were entered by hand: values become points, and additions are added to
    /// points that have a number.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">A value was entered for a point that is measured.</exception>
    public static Dataset AddTo(Dataset dataset, DatasetDeclaration declaration, IReadOnlyList<HandEntry> entries)
    {
        var points = dataset.Points.ToList();
        foreach (var entry in entries)
        {
            var at = points.FindIndex(point => dataset.Columns.All(column => point[column] == entry.Keys[column]));
            if (!entry.IsAddition)
                points.Add(at < 0 ? entry.Point(dataset)
                    : throw DataRules.EnteredAndMeasured.Error(declaration.Item.Where, dataset.Name,
                        string.Join(", ", entry.Keys.Values), declaration.ByHand!));
            else if (at >= 0 && points[at].Estimate is { } huge && !double.IsFinite(huge.Value + entry.Number))
                points[at] = points[at] with
                {
                    Estimate = null,
                    Samples = [],
                    Note = $"with {entry.Note} it is too large for a number"
                };
            else if (at >= 0 && points[at].Estimate is { } estimate)
                points[at] = points[at] with
                {
                    Estimate = new Estimate(estimate.Value + entry.Number, estimate.Low + entry.Number,
                        estimate.High + entry.Number),
                    Samples = [.. points[at].Samples.Select(sample => sample + entry.Number)],
                    Note = points[at].Note is { } note ? $"{note}; {entry.Note}" : entry.Note,
                };
        }
        return dataset with { Points = points };
    }

    private DataPoint Point(Dataset dataset) =>
        new() { Keys = Keys, Estimate = new Estimate(Number), Note = Note, Unit = Unit == dataset.Unit ? null : Unit };

    private static bool IsAdded(DatasetDeclaration declaration, string file, DataPoint row) => row[Kind] switch
    {
        Extensions.Observation.ByHandValue => false,
        Extensions.Observation.ByHandAddition => true,
        var other => throw DataRules.UnknownKind.Error(declaration.Item.Where, declaration.Name,
            string.Join(", ", row.Keys.Values), file, other),
    };
}

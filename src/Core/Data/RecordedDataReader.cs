using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Reads recorded numbers from CSV files (RFC 4180, first row names the columns, UTF-8).</summary>
public static class RecordedDataReader
{
    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim };

    /// <summary>The dataset of a declaration. An empty number is a point without one; its note says why.</summary>
    /// <exception cref="DiagnosticException">The file, a column or a number is missing or malformed.</exception>
    public static Dataset Read(RecordedDataDeclaration declaration, EvaluationLayout layout)
    {
        var file = layout.Resolve(declaration.File);
        if (!File.Exists(file))
            throw DataRules.MissingFile.Throw(declaration.Item.Where, declaration.Name, file);
        using var text = new StreamReader(file);
        using var csv = new CsvReader(text, Format);
        try
        {
            csv.Read();
            csv.ReadHeader();
            var header = csv.HeaderRecord ?? [];
            foreach (var column in declaration.Columns.Append(declaration.Value).Concat(Given(declaration)).Where(column => !header.Contains(column)))
                throw DataRules.MissingColumn.Throw(new SourceLocation(file, 1), file, column, Suggestion.For(column, header));
            var points = new List<DataPoint>();
            while (csv.Read())
            {
                var point = ReadPoint(declaration, csv, header, file);
                if (declaration.Where.All(condition => condition.Holds(csv.GetField(condition.Column) ?? "")))
                    points.Add(point);
            }
            return new Dataset
            {
                Name = declaration.Name,
                Columns = declaration.Columns,
                Quantity = declaration.Value,
                Unit = declaration.Unit,
                Statistic = declaration.Statistic,
                Origin = Origin.Recorded,
                Provenance = declaration.Provenance,
                Points = points,
            };
        }
        catch (CsvHelperException problem)
        {
            throw DataRules.BadRow.Throw(new SourceLocation(file, csv.Parser.Row), file, csv.Parser.Row, problem.Message.Split('\n')[0].Trim().TrimEnd('.'));
        }
    }

    private static IEnumerable<string> Given(RecordedDataDeclaration declaration) =>
        new[] { declaration.Low, declaration.High, declaration.Note }.OfType<string>().Concat(declaration.Where.Select(condition => condition.Column));

    private static DataPoint ReadPoint(RecordedDataDeclaration declaration, CsvReader csv, string[] header, string file)
    {
        var value = Number(declaration.Value);
        var unit = header.Contains("unit") ? csv.GetField("unit") : null;
        return new DataPoint
        {
            Keys = declaration.Columns.ToDictionary(column => column, column => csv.GetField(column) ?? "", StringComparer.Ordinal),
            Estimate = value is null ? null : new Estimate(value.Value, Number(declaration.Low), Number(declaration.High)),
            Note = declaration.Note is not null && csv.GetField(declaration.Note) is { Length: > 0 } note ? note : null,
            Unit = unit == declaration.Unit ? null : unit,
        };

        double? Number(string? column)
        {
            if (column is null || csv.GetField(column) is not { Length: > 0 } text)
                return null;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : throw DataRules.BadRow.Throw(new SourceLocation(file, csv.Parser.Row), file, csv.Parser.Row, $"{column} is '{text}', which is no number");
        }
    }
}

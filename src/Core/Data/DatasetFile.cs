using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>
/// The CSV files of the data stage: RFC 4180 with line feeds, UTF-8, decimal points in numbers, and texts as
/// <see cref="SpreadsheetText"/> writes them. docs/data.md lists the columns of these files.
/// </summary>
public static class DatasetFile
{
    private const string RecordedEnding = ".recorded.csv";
    // The texts that name the kinds of points that are not simply measured or recorded.
    private const string Fact = "fact", Absent = "absent", Above = "above low",
        Derived = "derived";
    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\n",
        // Fields with a lone carriage return are quoted, since readers of CSV treat it as the end of a row.
        ShouldQuote = field => ConfigurationFunctions.ShouldQuote(field) || field.Field?.Contains('\r') == true,
    };
    private static readonly string[] SummaryTail = ["low", "high", "samples", "unit", "statistic", "origin", "note",
        "failures", "values", "kind", "rounds", "boots"];
    private static readonly string[] ObservationTail = ["failure", "experiment", "cell", "sample", "started", "machine",
        "run", "boot", "build", "deviations", "logs"];

    /// <summary>The path of the file with the points of a dataset in a folder.</summary>
    public static string PathOf(string folder, string name, Origin origin) =>
        Path.Combine(folder, name + (origin == Origin.Recorded ? RecordedEnding : ".csv"));

    /// <summary>
    /// Writes a dataset as <c>NAME.csv</c> (measured) or <c>NAME.recorded.csv</c>, one point per row, and returns the
    /// path. An SDK column with the same name as a key column gets the suffix _2.
    /// </summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static string WriteSummary(Dataset dataset, string folder) =>
        Write(PathOf(folder, dataset.Name, dataset.Origin),
            Unique([.. dataset.Columns, dataset.Quantity, .. SummaryTail]),
            dataset.Points.Select(point => (IEnumerable<string>)
            [
                .. dataset.Columns.Select(column => point[column]), Number(point.Estimate?.Value),
                Number(point.Above ?? point.Estimate?.Low), Number(point.Estimate?.High),
                Number(point.Samples.Count), point.Unit ?? dataset.Unit, dataset.Statistic,
                dataset.Origin == Origin.Recorded ? "recorded" : "measured", point.Note ?? "",
                Number(point.Failures), string.Join(' ', point.Samples.Select(value => Number(value))),
                point.IsExact ? Fact : point.IsAbsent ? Absent : point.Above is not null ? Above
                    : point.IsDerived ? Derived : "",
                string.Join(' ', point.Rounds), string.Join(' ', point.Boots),
            ]));

    /// <summary>
    /// Writes a dataset so that <see cref="Read"/> returns an equal one: the points in a file as <see
    /// cref="WriteSummary"/> writes it, and next to it <c>NAME.about.json</c> (or <c>NAME.recorded.about.json</c>) with
    /// the properties of the whole dataset. The method returns the paths of the two files that it has written.
    /// </summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(Dataset dataset, string folder)
    {
        var points = WriteSummary(dataset, folder);
        var about = AboutFile(points);
        AtomicFile.Write(about,
            JsonSerializer.Serialize(new DatasetAbout(dataset.Unit, dataset.Statistic, dataset.IsSmoke,
                dataset.Provenance, dataset.Notes)
            { FormatFiles = dataset.FormatFiles.Count > 0 ? dataset.FormatFiles : null },
            DatasetJson.Default.DatasetAbout) + "\n");
        return [points, about];
    }

    /// <summary>
    /// Reads a dataset from a folder; null when the folder has no dataset of that name and origin. A file with only the
    /// points is enough; the properties of the whole dataset are then unknown.
    /// </summary>
    /// <exception cref="DiagnosticException">A file does not have the form in which the data stage writes
    /// it.</exception>
    public static Dataset? Read(string folder, string name, Origin origin)
    {
        var points = PathOf(folder, name, origin);
        if (!File.Exists(points))
            return null;
        var dataset = ReadSummary(points);
        var about = AboutFile(points);
        if (!File.Exists(about))
            return dataset;
        try
        {
            var known = JsonSerializer.Deserialize(File.ReadAllBytes(about), DatasetJson.Default.DatasetAbout)
                ?? throw RecordedDataReader.Bad(about, 1, "it is empty");
            return dataset with
            {
                Unit = known.Unit ?? "",
                Statistic = known.Statistic ?? "",
                IsSmoke = known.IsSmoke,
                Provenance = known.Provenance ?? "",
                Notes = known.Notes ?? [],
                FormatFiles = known.FormatFiles ?? [],
                Points = [.. dataset.Points
                    .Select(point => (point.Unit ?? dataset.Unit) is var unit && unit == known.Unit
                    ? point with { Unit = null } : point with { Unit = unit })],
            };
        }
        catch (JsonException problem)
        {
            throw RecordedDataReader.Bad(about, 1 + (int)(problem.LineNumber ?? 0), "it is not JSON of the data stage");
        }
    }

    /// <summary>
    /// Removes the files of the measured or the recorded form of a dataset. Files with observations of the dataset are
    /// not removed.
    /// </summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static void Remove(string folder, string name, Origin origin)
    {
        var points = Path.Combine(folder, name + (origin == Origin.Recorded ? RecordedEnding : ".csv"));
        AtomicFile.Remove(points);
        AtomicFile.Remove(AboutFile(points));
    }

    private static string AboutFile(string points) => points[..^".csv".Length] + ".about.json";

    /// <summary>
    /// Reads a file that <see cref="WriteSummary"/> wrote. A file of points does not contain the properties of the
    /// whole dataset.
    /// </summary>
    /// <exception cref="DiagnosticException">The file does not exist, or a row cannot be read.</exception>
    public static Dataset ReadSummary(string path)
    {
        if (!File.Exists(path))
            throw RecordedDataReader.Bad(path, 1, "the file does not exist");
        using var text = new StreamReader(path, new UTF8Encoding(false));
        using var csv = new CsvReader(text, Format);
        try
        {
            var header = csv.Read() && csv.ReadHeader()
                ? (csv.HeaderRecord ?? []).Select(SpreadsheetText.Plain).ToArray() : [];
            // A column of the SDK with the same name as a key column has the suffix _2 in the file, which is part of
            // the format.
            if (header.Length <= SummaryTail.Length
                || !Unique([.. header[..^SummaryTail.Length], .. SummaryTail]).SequenceEqual(header))
                throw RecordedDataReader.Bad(path, 1,
                    $"it does not end with the columns {string.Join(", ", SummaryTail)}");
            var columns = header[..^(SummaryTail.Length + 1)];
            var recorded = path.EndsWith(RecordedEnding, StringComparison.Ordinal);
            var points = new List<DataPoint>();
            var (statistic, firstUnit) = ("", "");
            while (csv.Read())
            {
                points.Add(ReadPoint(csv, path, header, columns));
                if (points.Count == 1)
                    (statistic, firstUnit) = (SpreadsheetText.Plain(csv.GetField(columns.Length + 5) ?? ""),
                        points[0].Unit ?? "");
            }
            return new Dataset
            {
                Name = Path.GetFileName(path)[..^(recorded ? RecordedEnding : ".csv").Length],
                Columns = columns,
                Quantity = header[columns.Length],
                Unit = firstUnit,
                Statistic = statistic,
                Origin = recorded ? Origin.Recorded : Origin.Measured,
                Points = [.. points.Select(point => point.Unit == firstUnit ? point with { Unit = null } : point)],
            };
        }
        catch (CsvHelperException problem)
        {
            throw RecordedDataReader.Bad(path, csv.Parser.RawRow, problem.Message.Split('\n')[0].Trim().TrimEnd('.'));
        }
    }

    /// <summary>
    /// Writes observations as <c>NAME.samples.csv</c> in tidy form, one observation per row, including failed ones, and
    /// returns the path. A metric or an SDK column with the same name as an earlier column gets the suffix _2.
    /// </summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static string WriteObservations(string name, IReadOnlyList<Observation> observations, string folder)
    {
        var columns = observations.SelectMany(observation => observation.Columns.Keys).Distinct().ToList();
        var metrics = observations.SelectMany(observation => observation.Metrics.Keys).Distinct().ToList();
        return Write(Path.Combine(folder, name + ".samples.csv"), Unique([.. columns, .. metrics, .. ObservationTail]),
            observations.Select(observation => (IEnumerable<string>)
            [
                .. columns.Select(column => observation.Columns.GetValueOrDefault(column, "")),
                .. metrics.Select(metric =>
                    Number(observation.Metrics.TryGetValue(metric, out var value) ? value : null)),
                observation.Failure ?? "", observation.Experiment, observation.Cell, observation.Sample,
                observation.StartedUtc, observation.MachineId, observation.Run, observation.Boot, observation.Build,
                string.Join("; ", observation.Deviations), observation.Logs,
            ]));
    }

    private static DataPoint ReadPoint(CsvReader csv, string path, string[] header, string[] columns)
    {
        var line = csv.Parser.RawRow;
        if (csv.Parser.Count != header.Length)
            throw RecordedDataReader.Bad(path, line,
                $"it has {Amount.Count(csv.Parser.Count, "field")}, and the first row {header.Length}");
        double? At(int index) =>
            RecordedDataReader.Number(path, line, header[columns.Length + index], csv.GetField(columns.Length + index));
        string Text(int index) => SpreadsheetText.Plain(csv.GetField(index) ?? "");
        return new DataPoint
        {
            Keys = columns.Select((column, index) => (column, index)).ToDictionary(pair => pair.column,
                pair => Text(pair.index), StringComparer.Ordinal),
            Estimate = At(0) is { } value ? new Estimate(value, At(1), At(2)) : null,
            Unit = Text(columns.Length + 4),
            Note = Text(columns.Length + 7) is { Length: > 0 } note ? note : null,
            Failures = (int)(At(8) ?? 0),
            Samples = [.. Text(columns.Length + 9).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(value => RecordedDataReader.Number(path, line, "values", value)!.Value)],
            IsExact = Text(columns.Length + 10) == Fact,
            IsAbsent = Text(columns.Length + 10) == Absent,
            IsDerived = Text(columns.Length + 10) == Derived,
            Above = Text(columns.Length + 10) == Above ? At(1) : null,
            Rounds = Text(columns.Length + 11).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Boots = Text(columns.Length + 12).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    private static List<string> Unique(IEnumerable<string> names)
    {
        var unique = new List<string>();
        foreach (var name in names)
        {
            var (candidate, number) = (name, 1);
            while (unique.Contains(candidate))
                candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{++number}");
            unique.Add(candidate);
        }
        return unique;
    }

    private static string Write(string path, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, Format))
        {
            foreach (var row in rows.Prepend(header))
            {
                foreach (var field in row)
                    csv.WriteField(SpreadsheetText.Safe(field));
                csv.NextRecord();
            }
        }
        AtomicFile.Write(path, text.ToString());
        return path;
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>The properties of a whole dataset, as written to its file NAME.about.json.</summary>
internal sealed record DatasetAbout(string? Unit, string? Statistic, bool IsSmoke, string? Provenance,
    IReadOnlyList<string>? Notes)
{
    /// <summary>The names of the files in other formats; null when there are none.</summary>
    public IReadOnlyList<string>? FormatFiles { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DatasetAbout))]
internal sealed partial class DatasetJson : JsonSerializerContext;

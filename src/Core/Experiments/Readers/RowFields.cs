using System.Globalization;
using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>One row of a command's output; its fields have the names that the output gives them.</summary>
internal interface IRow
{
    /// <summary>The position of the row in the output, such as "line 5".</summary>
    string Where { get; }

    /// <summary>The text of a field; null when the row lacks the field.</summary>
    string? Text(string field);

    /// <summary>The number of a field; null when the row lacks the field or leaves it empty.</summary>
    /// <exception cref="FormatException">The field is not a number; the message of the exception says why, as a
    /// sentence without its subject.</exception>
    double? Number(string field);
}

/// <summary>The name of a column or metric in the datasets, and the field of the output from which it is
/// read.</summary>
internal sealed record NamedField(string Name, string Unit, string Field);

/// <summary>
/// The metadata that all readers of rows share: which stream or file is read, and which fields become columns or
/// metrics. docs/readers.md describes these metadata for users.
/// </summary>
internal sealed class RowFields
{
    private const int MostRows = 100_000;
    private const int MostCharacters = 64 << 20;
    private readonly string from;
    private readonly PathPattern? files;
    private readonly string? fileColumn;
    private readonly List<NamedField> wide;
    private readonly string? wideColumn;
    private readonly NamedField? wideMetric;
    private readonly HashSet<string> optional;
    private readonly int? rowCount;

    /// <summary>Reads the metadata that all readers of rows share, and reports errors in them.</summary>
    public RowFields(IMetadata metadata)
    {
        from = metadata.Text("ReadFrom") ?? "stdout";
        files = from is "stdout" or "stderr" ? null : new PathPattern(from);
        fileColumn = metadata.Text("FileColumn");
        Columns = Named(metadata, "RowColumns");
        Metrics = Named(metadata, "RowMetrics");
        wide = Named(metadata, "WideFields");
        wideColumn = metadata.Text("WideColumn");
        wideMetric = Named(metadata, "WideMetric").FirstOrDefault();
        optional = metadata.List("OptionalMetrics").ToHashSet(StringComparer.Ordinal);
        rowCount = metadata.WholeNumber("RowCount", least: 1);
        Check(metadata);
    }

    /// <summary>Fields of a row that become columns of the dataset.</summary>
    public IReadOnlyList<NamedField> Columns { get; }

    /// <summary>Fields that become metrics.</summary>
    public IReadOnlyList<NamedField> Metrics { get; }

    /// <summary>The fields that every row must have, by their names in the output.</summary>
    public IEnumerable<string> Needed => Columns.Concat(Metrics.Where(metric => !optional.Contains(metric.Name)))
        .Concat(wideMetric is { } metric && optional.Contains(metric.Name) ? [] : wide).Select(one => one.Field);

    /// <summary>Every field of a row that is read, each with the name of the metadata that names the field.</summary>
    public IEnumerable<(string MetadataName, string Field)> All => Columns.Select(one => ("RowColumns", one.Field))
        .Concat(Metrics.Select(one => ("RowMetrics", one.Field))).Concat(wide.Select(one => ("WideFields", one.Field)));

    /// <summary>The columns and metrics that a reader of rows yields, including a column that it adds by
    /// itself.</summary>
    public ReaderOutline Outline(string? added = null) => new(
        [.. Columns.Select(field => field.Name).Concat(new[] { wideColumn, fileColumn, added }.OfType<string>())],
        Metrics.Concat(wideMetric is null ? [] : [wideMetric]).DistinctBy(field => field.Name)
            .ToDictionary(field => field.Name, field => field.Unit, StringComparer.Ordinal));

    /// <summary>The readings of an output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="rows">The rows of a text, each with the columns that the reader adds.</param>
    /// <param name="addedColumn">The name of the column that the reader adds.</param>
    /// <exception cref="FormatException">A field is missing or is not a number, or the output has no rows or too
    /// many.</exception>
    public IReadOnlyList<Reading> Read(SampleOutput output, Func<string, IEnumerable<(IRow Row, string? Added)>> rows,
        string? addedColumn = null)
    {
        var readings = new List<Reading>();
        foreach (var (file, text) in Texts(output))
        {
            var subject = file is null ? from : $"'{file}'";
            try
            {
                foreach (var (row, added) in rows(text))
                    foreach (var reading in Of(row, addedColumn, added, file))
                    {
                        if (readings.Count == MostRows)
                            throw new FormatException($"it has more than {MostRows} rows");
                        readings.Add(reading);
                    }
            }
            catch (FormatException problem)
            {
                throw new FormatException($"{subject}: {problem.Message}");
            }
        }
        return readings.Count == 0 ? throw new FormatException($"{from} has no row with a number")
            : rowCount is { } count && count != readings.Count
                ? throw new FormatException(
                    $"{from} has {Amount.Count(readings.Count, "row")}, expected RowCount={count}") : readings;
    }

    private IEnumerable<Reading> Of(IRow row, string? addedColumn, string? added, string? file)
    {
        var columns = Columns.ToDictionary(field => field.Name, field => row.Text(field.Field)
            ?? throw new FormatException($"{row.Where}: the column '{field.Field}' is missing"),
            StringComparer.Ordinal);
        if (addedColumn is not null && added is not null)
            columns[addedColumn] = added;
        if (fileColumn is not null)
            columns[fileColumn] = file!;
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var metric in Metrics)
            if (Number(row, metric.Name, metric.Field) is { } number)
                metrics[metric.Name] = number;
        if (wide.Count == 0)
            return metrics.Count == 0 ? [] : [new Reading(columns, metrics)];
        return
        [
            .. from field in wide
               let number = Number(row, wideMetric!.Name, field.Field)
               where number is not null
               select new Reading(
                   new Dictionary<string, string>(columns, StringComparer.Ordinal) { [wideColumn!] = field.Name },
                   new Dictionary<string, double>(metrics,
                       StringComparer.Ordinal) { [wideMetric!.Name] = number.Value }),
        ];
    }

    private double? Number(IRow row, string metric, string field)
    {
        double? number;
        try
        {
            number = row.Number(field);
        }
        catch (FormatException problem)
        {
            throw new FormatException($"{row.Where}: the metric '{metric}' {problem.Message}");
        }
        return number is not null || optional.Contains(metric) ? number
            : throw new FormatException($"{row.Where}: the field '{OutputNumber.Shortened(field)}' is missing; "
                + $"if it need not be there, write OptionalMetrics=\"{metric}\"");
    }

    private IEnumerable<(string? File, string Text)> Texts(SampleOutput output)
    {
        if (files is null)
        {
            using var stream = from == "stderr" ? output.OpenStandardError() : output.OpenStandardOutput();
            yield return (null, Text(stream, from));
            yield break;
        }
        var found = output.Files.Where(file => files.Matches(file.Name)).ToList();
        if (found.Count == 0)
            throw new FormatException($"no collected file matches ReadFrom=\"{from}\"; there are "
                + (output.Files.Count == 0 ? "none, and Collect names what is kept"
                    : OutputNumber.Shortened(string.Join(", ", output.Files.Select(file => file.Name)))));
        foreach (var file in found)
        {
            using var reader = new StreamReader(file.Open(), Encoding.UTF8);
            yield return (file.Name, Text(reader, file.Name));
        }
    }

    // From the output, escape sequences for colours and the byte order mark are removed, and line endings are
    // normalized.
    private static string Text(TextReader reader, string what)
    {
        var text = new StringBuilder();
        var buffer = new char[1 << 16];
        for (int count; (count = reader.Read(buffer, 0, buffer.Length)) > 0;)
            if (text.Append(buffer, 0, count).Length > MostCharacters)
                throw new FormatException($"{what} has more than {MostCharacters >> 20} Mi characters");
        return ControlSequences.Remove(text.ToString().TrimStart('\uFEFF')).Replace("\r\n", "\n",
            StringComparison.Ordinal);
    }

    private void Check(IMetadata metadata)
    {
        if (Metrics.Count == 0 && wide.Count == 0)
            metadata.Required("RowMetrics");
        if (wide.Count > 0 && (wideColumn is null || wideMetric is null))
            metadata.Bad("WideFields", metadata.Text("WideFields")!,
                "WideColumn and WideMetric beside it, which name what its fields become");
        if (wide.Count == 0 && (wideColumn ?? wideMetric?.Name) is { } alone)
            metadata.Bad(wideColumn is null ? "WideMetric" : "WideColumn", alone, "WideFields beside it");
        if (fileColumn is not null && files is null)
            metadata.Bad("FileColumn", fileColumn, "a pattern of collected files in ReadFrom");
        var names = Columns.Select(field => field.Name).Concat(Metrics.Select(field => field.Name))
            .Concat(new[] { wideColumn, fileColumn, wideMetric?.Name }.OfType<string>());
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            metadata.Bad("RowMetrics", twice.Key, "names, each of which occurs once among the columns and metrics");
    }

    // name, name=field, name|unit=field
    private static List<NamedField> Named(IMetadata metadata, string metadataName)
    {
        const string expected = "names such as 'ops', 'ops=field of the output' or 'ops|1/s=field'";
        var named = new List<NamedField>();
        try
        {
            foreach (var entry in Notation.Fields(metadata.Text(metadataName) ?? ""))
            {
                if (entry.Parts.Count > 2 || entry.Value.Length == 0 || entry.Set is "")
                    metadata.Bad(metadataName, entry.Text, expected);
                else
                    named.Add(new NamedField(entry.Value, entry.Parts.ElementAtOrDefault(1) ?? "",
                        entry.Set ?? entry.Value));
            }
        }
        catch (FormatException problem)
        {
            metadata.Bad(metadataName, metadata.Text(metadataName)!, $"{expected} ({problem.Message})");
        }
        return named;
    }

    /// <summary>
    /// The separator between two fields of a line; null when the metadata for the separator is absent, or is invalid
    /// and was reported.
    /// </summary>
    public static string? Delimiter(IMetadata metadata, Func<string, bool> isOne, string expected)
    {
        if (metadata.Text("Delimiter") is not { } text)
            return null;
        try
        {
            if (Notation.Delimiter(text) is var delimiter && isOne(delimiter))
                return delimiter;
            metadata.Bad("Delimiter", text, expected);
        }
        catch (FormatException problem)
        {
            metadata.Bad("Delimiter", text, $"{expected} ({problem.Message})");
        }
        return null;
    }

    /// <summary>A whole text as a number; null when the text is empty.</summary>
    /// <exception cref="FormatException">The text is not a number.</exception>
    public static double? Whole(string? text) => string.IsNullOrWhiteSpace(text)
        ? null : WholeNumber.Read(text, 0, text.Length, 0);

    /// <summary>The position of a line in words, for a message.</summary>
    public static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"line {number}");
}

/// <summary>A reader of rows that was configured for one experiment.</summary>
internal sealed class ConfiguredRows(
    INamed kind, RowFields fields, Func<string, IEnumerable<(IRow Row, string? Added)>> rows,
    string? addedColumn = null) : IOutputReader
{
    /// <inheritdoc/>
    public string Name => kind.Name;

    /// <inheritdoc/>
    public int Version => kind.Version;

    /// <inheritdoc/>
    public ReaderOutline? Outline => fields.Outline(addedColumn);

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) => fields.Read(output, rows, addedColumn);
}

/// <summary>A row whose fields are texts.</summary>
internal sealed record TextRow(string Where, IReadOnlyDictionary<string, string> Fields) : IRow
{
    /// <inheritdoc/>
    public string? Text(string field) => Fields.GetValueOrDefault(field);

    /// <inheritdoc/>
    public double? Number(string field) => RowFields.Whole(Text(field));
}

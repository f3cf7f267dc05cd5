using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Data;

/// <summary>Reads recorded numbers from CSV files (RFC 4180, column names in the first row, UTF-8).</summary>
public static class RecordedDataReader
{
    // The maximum size of a file in bytes. Recorded numbers are tables that people look at, so their files are not
    // larger.
    private const long Largest = 256 << 20;

    private static readonly IReadOnlyDictionary<string, string> NoColumns = new Dictionary<string, string>();

    internal static readonly CsvConfiguration Format =
        new(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim };

    /// <summary>Reads recorded numbers as a dataset; the path in the declaration is relative to the project of the
    /// layout.</summary>
    /// <exception cref="DiagnosticException">The file, a column or a number is missing or malformed.</exception>
    public static Dataset Read(RecordedDataDeclaration declaration, EvaluationLayout layout) =>
        Read(declaration, layout.Resolve(declaration.File));

    /// <summary>Reads recorded numbers as a dataset from one file.</summary>
    /// <exception cref="DiagnosticException">The file, a column or a number is missing or malformed, or a point occurs
    /// twice.</exception>
    public static Dataset Read(RecordedDataDeclaration declaration, string absoluteFile) =>
        Read(declaration, [new NamedFile(absoluteFile, Path.GetFileName(absoluteFile), absoluteFile)]);

    /// <summary>
    /// Reads recorded numbers as a dataset from files. A row without a number becomes a point without a number, whose
    /// note says why. Without a file, the command of the reader finds the numbers itself.
    /// </summary>
    /// <exception cref="DiagnosticException">A file, a column or a number is missing or malformed, or a point occurs
    /// twice.</exception>
    public static Dataset Read(RecordedDataDeclaration declaration, IReadOnlyList<NamedFile> files)
    {
        var places = new Dictionary<string, (string File, int Line)>(StringComparer.Ordinal);
        if (declaration.Files.Count == 0 && declaration.Reader is not null && files.Count == 0)
            return DatasetOf(declaration, Read(declaration, "",
                declaration.Item.Where.File ?? "", NoColumns, places));
        var points = new List<DataPoint>();
        foreach (var file in files)
        {
            var named = Named(declaration, file);
            // A file that Where leaves out by its name is not read, since it may have another form.
            if (declaration.Where.Any(condition => named.TryGetValue(
                declaration.Rename.GetValueOrDefault(condition.Name, condition.Name), out var value)
                && !condition.Holds(value)))
                continue;
            points.AddRange(Read(declaration, ReadText(declaration, file.Path), file.Path, named, places));
        }
        return DatasetOf(declaration, points);
    }

    /// <summary>The files of a declaration; null while a pin is not present.</summary>
    /// <param name="declaration">The declaration.</param>
    /// <param name="named">The locations of files.</param>
    /// <param name="trace">Record to which the files are added.</param>
    /// <exception cref="DiagnosticException">A file does not exist, or a folder cannot be read.</exception>
    internal static IReadOnlyList<NamedFile>? FilesOf(RecordedDataDeclaration declaration, NamedFiles named,
        InputTrace? trace)
    {
        var files = new List<NamedFile>();
        foreach (var name in declaration.Files)
        {
            if (named.PathOf(name) is not { } path)
                return null;
            try
            {
                // A single file that is not there is an error with its whole path.
                var isOne = !name.AsSpan().ContainsAny('*', '?') && !Directory.Exists(path);
                var found = isOne ? [new NamedFile(name, Path.GetFileName(path), path)] : named.Find(name, trace)!;
                if (isOne)
                    trace?.File(path);
                files.AddRange(found.Count > 0 ? found : throw DataRules.MissingFile.Error(declaration.Item.Where,
                    Owner(declaration), name, "matches no file"));
            }
            catch (IOException problem)
            {
                throw DataRules.MissingFile.Error(declaration.Item.Where, Owner(declaration), name,
                    $"cannot be read ({problem.Message})");
            }
        }
        return [.. files.DistinctBy(file => file.Path)];
    }

    // What the name of a file says, as columns of its rows.
    private static IReadOnlyDictionary<string, string> Named(RecordedDataDeclaration declaration, NamedFile file)
    {
        if (declaration.FilePattern is not { } pattern)
            return NoColumns;
        var match = pattern.Matches(file.Label).FirstOrDefault()
            ?? throw DataRules.UnnamedFile.Error(declaration.Item.Where, declaration.Name, file.Label, pattern.Text);
        return pattern.Names.ToDictionary(name => name, name => match.Groups[name].Value.Trim(),
            StringComparer.Ordinal);
    }

    private static List<DataPoint> Read(RecordedDataDeclaration declaration, string input, string file,
        IReadOnlyDictionary<string, string> named, Dictionary<string, (string File, int Line)> places)
    {
        using var text = new StringReader(Table(declaration, input, file));
        using var csv = new CsvReader(text, Format);
        Rows? rows = null;
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
                throw Bad(file, 1, "the file is empty; its first row names the columns");
            rows = new Rows(declaration, csv, file, named, places);
            return rows.Points();
        }
        catch (CsvHelperException problem)
        {
            // An error is reported at the line where the row begins, since an unclosed quote makes all lines up to the
            // end one row.
            throw Bad(file, (rows?.Line ?? 0) + 1, problem.Message.Split('\n')[0].Trim().TrimEnd('.'));
        }
    }

    /// <summary>The dataset that a declaration of recorded numbers describes, with the given points.</summary>
    internal static Dataset DatasetOf(RecordedDataDeclaration declaration, IReadOnlyList<DataPoint> points) => new()
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

    internal static DiagnosticException Bad(string file, int line, string problem) =>
        DataRules.BadRow.Error(new SourceLocation(file, line), file, line, problem);

    /// <summary>Parses the number in a field; null when the field is empty.</summary>
    internal static double? Number(string file, int line, string column, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : Amount.ParseNumber(text)
            ?? throw Bad(file, line, $"{column} is '{text}', which is not a finite number with a decimal point");

    // The rows that a reader finds are a table like that of a CSV file; their columns and metrics become the table's
    // columns.
    private static string Table(RecordedDataDeclaration declaration, string text, string file)
    {
        if (declaration.Reader is not { } reader)
            return text;
        IReadOnlyList<Reading> rows;
        try
        {
            rows = reader.Read(new SampleOutput(text));
        }
        catch (FormatException problem)
        {
            throw Bad(file, 1, $"the reader '{reader.Name}' cannot read it: {problem.Message}");
        }
        List<string> columns = [.. rows.SelectMany(row => row.Columns.Keys).Distinct()];
        List<string> metrics = [.. rows.SelectMany(row => row.Metrics.Keys).Distinct()];
        var written = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(written, Format, leaveOpen: true))
        {
            Row(csv, columns.Concat(metrics));
            foreach (var row in rows)
                Row(csv, columns.Select(column => row.Columns.GetValueOrDefault(column, ""))
                    .Concat(metrics.Select(metric =>
                    row.Metrics.TryGetValue(metric, out var number)
                        ? number.ToString("R", CultureInfo.InvariantCulture) : "")));
        }
        return written.ToString();

        static void Row(CsvWriter csv, IEnumerable<string> fields)
        {
            foreach (var field in fields)
                csv.WriteField(field);
            csv.NextRecord();
        }
    }

    private static string Owner(RecordedDataDeclaration declaration) => $"{declaration.Item.Type} '{declaration.Name}'";

    private static string ReadText(RecordedDataDeclaration declaration, string file)
    {
        try
        {
            using var reader = RegularFile.OpenText(file);
            return reader.BaseStream.Length <= Largest ? reader.ReadToEnd()
                : throw DataRules.MissingFile.Error(declaration.Item.Where, Owner(declaration), file,
                    $"has more than {Largest >> 20} MiB");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DataRules.MissingFile.Error(declaration.Item.Where, Owner(declaration), file, "is not there");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw DataRules.MissingFile.Error(declaration.Item.Where, Owner(declaration), file,
                $"cannot be read ({problem.Message.TrimEnd('.')})");
        }
        catch (DecoderFallbackException)
        {
            throw DataRules.MissingFile.Error(declaration.Item.Where, Owner(declaration), file,
                "is not a text in UTF-8");
        }
    }

    /// <summary>The rows of a file whose header has been read.</summary>
    private sealed class Rows(RecordedDataDeclaration declaration, CsvReader csv, string file,
        IReadOnlyDictionary<string, string> named, Dictionary<string, (string File, int Line)> places)
    {
        private readonly string[] header = [.. (csv.HeaderRecord ?? []).Select(SpreadsheetText.Plain)];

        /// <summary>The line number of the last row that could be read.</summary>
        public int Line { get; private set; } = 1;

        public List<DataPoint> Points()
        {
            CheckColumns();
            var points = new List<DataPoint>();
            while (csv.Read())
            {
                // The CSV parser reports the last line of a row, which differs from the first line if a field contains
                // line breaks.
                var line = Line = csv.Parser.RawRow;
                if (csv.Parser.Count != header.Length)
                    throw Bad(file, line,
                        $"it has {Amount.Count(csv.Parser.Count, "field")}, and the first row {header.Length}");
                if (!declaration.Where.All(condition => condition.Holds(Field(condition.Name))))
                    continue;
                var point = Point(line);
                var key = string.Join(", ", declaration.Columns.Select(column => point[column]));
                if (!places.TryAdd(key, (file, line)))
                    throw DataRules.RepeatedPoint.Error(new SourceLocation(file, line), file, line, key,
                        (places[key].File == file ? "" : $"'{places[key].File}' ") + $"line {places[key].Line}");
                points.Add(point);
            }
            return points;
        }

        private void CheckColumns()
        {
            if (header is [var only] && only.FirstOrDefault(c => c is ';' or '\t' or '|') is not '\0' and var sign)
                throw Bad(file, 1,
                    $"its columns are separated by {(sign == '\t' ? "tabs" : $"'{sign}'")}, and a CSV file of the data "
                        + "stage has commas");
            if (header.GroupBy(name => name, StringComparer.Ordinal)
                .FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw Bad(file, 1, $"it names the column '{twice.Key}' twice");
            var wanted = declaration.Columns.Append(declaration.Value)
                .Concat(new[] { declaration.Low, declaration.High, declaration.Note }.OfType<string>())
                .Concat(declaration.Where.Select(condition => condition.Name)).Select(InFile);
            if (header.FirstOrDefault(named.ContainsKey) is { } both)
                throw Bad(file, 1, $"it has the column '{both}', which is also a group of FilePattern");
            if (wanted.FirstOrDefault(column => !header.Contains(column) && !named.ContainsKey(column)) is { } missing)
                throw DataRules.MissingColumn.Error(declaration.Item.Where, Owner(declaration), missing, file,
                    Suggestion.For(missing, header.Concat(named.Keys)));
        }

        private DataPoint Point(int line)
        {
            var value = Number(file, line, declaration.Value, Field(declaration.Value));
            var low = declaration.Low is { } lowColumn ? Number(file, line, lowColumn, Field(lowColumn)) : null;
            var high = declaration.High is { } highColumn ? Number(file, line, highColumn, Field(highColumn)) : null;
            if (low is null != high is null || low > high || (value is null && low is not null))
                throw Bad(file, line,
                    $"'{Field(declaration.Low!)}' and '{Field(declaration.High!)}' are not an interval around "
                        + $"'{Field(declaration.Value)}'");
            var unit = header.Contains("unit")
                ? SpreadsheetText.Plain(csv.GetField(Array.IndexOf(header, "unit")) ?? "") : null;
            if (value is { } number && ObservedValue.IsImpossible(number,
                string.IsNullOrEmpty(unit) ? declaration.Unit : unit))
                throw DataRules.Impossible.Error(new SourceLocation(file, line), file, line, declaration.Value, number,
                    string.IsNullOrEmpty(unit) ? declaration.Unit : unit);
            var reason = declaration.Note is { } note && Field(note) is { Length: > 0 } text ? text : null;
            return new DataPoint
            {
                IsAbsent = value is null && reason is not null,
                Keys = declaration.Columns.ToDictionary(column => column, Field, StringComparer.Ordinal),
                Estimate = value is null ? null : new Estimate(value.Value, low, high),
                Note = reason,
                Unit = string.IsNullOrEmpty(unit) || unit == declaration.Unit ? null : unit,
            };
        }

        private string Field(string column) => named.GetValueOrDefault(InFile(column)) ??
            SpreadsheetText.Plain(csv.GetField(Array.IndexOf(header, InFile(column))) ?? "");

        private string InFile(string column) => declaration.Rename.GetValueOrDefault(column, column);
    }
}

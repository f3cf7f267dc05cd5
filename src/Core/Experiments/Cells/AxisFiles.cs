using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Common;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// Axis values that are read from files: <c>files:PATTERN</c> (the files themselves), <c>lines:FILE</c> and
/// <c>table:FILE</c> (a CSV). Values that belong to a file of another axis are read with <c>name:REGEX</c>,
/// <c>text:REGEX</c>, <c>beside:FILE</c> and <c>table:FILE</c>, each optionally followed by <c>|otherwise</c>.
/// </summary>
/// <param name="files">The locations of the files of axes; null when they are not known, in which case no file is
/// read.</param>
/// <param name="trace">Record to which every file that is read is added.</param>
internal sealed class AxisFiles(NamedFiles? files, InputTrace? trace)
{
    // How many characters of an input file are searched; the limit exists because input files may be large.
    private const int Beginning = 1 << 20;
    private static readonly string[] Kinds = ["files", "lines", "table", "name", "text", "beside"];
    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim };
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> tables =
        new(StringComparer.Ordinal);

    /// <summary>
    /// The kind and the argument (with its quotes) of a value that is read from a file; null for a plain value.
    /// </summary>
    public static (string Kind, string Argument)? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Kinds.Contains(text[..colon].Trim())
            ? (text[..colon].Trim(), text[(colon + 1)..].Trim()) : null;
    }

    /// <summary>The path that a value names, with its placeholders; null when it names none.</summary>
    public static string? PathIn(string text) => Parse(text.Trim()) is (not ("name" or "text"), var argument)
        ? Quoted.Value(Quoted.Split(argument, '|')[0]) : null;

    /// <summary>The values that an entry <c>files:</c> or <c>lines:</c> stands for; null while the values are not
    /// known.</summary>
    /// <exception cref="FormatException">The entry has no values, or is of a kind other than <c>files:</c> and
    /// <c>lines:</c>.</exception>
    public IReadOnlyList<AxisValue>? Values(string axis, string kind, string argument) => kind switch
    {
        "files" => Files(axis, Quoted.Value(argument)),
        "lines" => Read(axis, Quoted.Value(argument)) is { } text
            ? NotEmpty(axis, argument,
                [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(line => new AxisValue(line, line))])
            : null,
        "table" => Rows([axis], argument) is { } rows ? [.. rows.Select(row => row[0])] : null,
        _ => throw new FormatException(
            $"'{kind}:' of '{axis}' says something of a file, which an axis with files: beside it has"),
    };

    /// <summary>
    /// The rows of a CSV that has a column for each of the given axes; null while the rows are not known.
    /// </summary>
    /// <exception cref="FormatException">The CSV has no rows, or lacks a column.</exception>
    public IReadOnlyList<IReadOnlyList<AxisValue>>? Rows(IReadOnlyList<string> axes, string argument)
    {
        if (Quoted.Split(argument, '|').Count > 1)
            throw new FormatException(
                $"'{argument}' of '{string.Join(" & ", axes)}' has a value for all others, which only an axis behind "
                    + "another one has");
        if (Table(string.Join(" & ", axes), Quoted.Value(argument), axes) is not { } rows)
            return null;
        return rows.Count == 0 ? throw Unusable(string.Join(" & ", axes), argument, "it has no row")
            : [.. rows.Select(row => axes.Select(axis => new AxisValue(row[axis], row[axis])).ToList())];
    }

    /// <summary>The value that belongs to a file; null while the value is not known.</summary>
    /// <param name="axis">The axis whose value is wanted.</param>
    /// <param name="kind">The kind of the lookup.</param>
    /// <param name="argument">The argument of the lookup, optionally with a bar and the value for all other
    /// files.</param>
    /// <param name="first">The axis by which a table is looked up.</param>
    /// <param name="row">The values of the preceding axes.</param>
    /// <exception cref="FormatException">No value belongs to the file.</exception>
    public AxisValue? Of(string axis, string kind, string argument, string first, IReadOnlyList<AxisValue> row)
    {
        var parts = Quoted.Split(argument, '|');
        var (asked, otherwise) = (Quoted.Value(parts[0]), parts.Count == 2 ? Quoted.Value(parts[1]) : null);
        if (parts.Count > 2)
            throw new FormatException(
                $"'{argument}' of axis '{axis}' has more than one value for all others; a '|' that is part of it "
                    + "stands in single quotes");
        var file = row.LastOrDefault(value => value.IsFile);
        if (file is null && kind != "table")
            throw new FormatException(
                $"'{kind}:' of '{axis}' says something of a file, and none of the axes before it has files:");
        if (files is null || (file is not null && files.PathOf(file.Value) is null))
            return null;
        var label = row[0].Label;
        var found = kind switch
        {
            "name" => Match(axis, asked, file!.Label),
            "text" => Match(axis, asked, Start(axis, file!)),
            "beside" => Beside(asked.Replace("*", Template.Escape(Path.ChangeExtension(file!.Label, null)),
                StringComparison.Ordinal)),
            _ => Table(axis, asked, [first, axis])?.FirstOrDefault(one => one[first] == label)?[axis],
        };
        if ((string.IsNullOrEmpty(found) ? otherwise : found) is { Length: > 0 } value)
            return new AxisValue(value, value) { IsDerived = true };
        throw new AxisProblem(ExperimentRules.NoValueOfInput, label, axis, kind switch
        {
            "name" => $"'{asked}' does not match its name",
            "text" => $"'{asked}' matches nothing at its beginning",
            "beside" => $"there is no file '{asked}' for it, or its first line is empty",
            _ => $"'{asked}' has no row for it",
        }, $"{kind}:{parts[0]}|unknown");
    }

    private List<AxisValue>? Files(string axis, string argument)
    {
        PathOf(axis, argument);
        try
        {
            return files?.Find(argument, trace) is { } found ? NotEmpty(axis, argument,
                [.. found.Select(file => new AxisValue(file.Text, file.Label) { IsFile = true })]) : null;
        }
        catch (IOException problem)
        {
            throw Unusable(axis, argument, problem.Message);
        }
    }

    private static string Match(string axis, string pattern, string text)
    {
        var expression = UserPattern.Parse(pattern, multiline: true, out var problem)
            ?? throw new FormatException($"'{pattern}' of axis '{axis}' is no regular expression: {problem}");
        return expression.Matches(text).FirstOrDefault() is { } match
            ? (expression.Groups > 0 ? match.Groups[1] : match.Groups[0]).Value.Trim() : "";
    }

    private string Start(string axis, AxisValue file)
    {
        var path = files!.PathOf(file.Value)!;
        trace?.File(path);
        try
        {
            using var reader = new StreamReader(RegularFile.Open(path, followLink: true));
            var buffer = new char[Beginning];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(axis, file.Label, problem.Message.TrimEnd('.'));
        }
    }

    private string? Beside(string text)
    {
        if (PathOf("", text) is not { } path)
            return null;
        trace?.File(path);
        return File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
    }

    private IReadOnlyList<IReadOnlyDictionary<string, string>>? Table(string axis, string argument,
        IReadOnlyList<string> columns)
    {
        if (tables.TryGetValue(argument, out var known) && (known.Count == 0 || columns.All(known[0].ContainsKey)))
            return known;
        if (Read(axis, argument) is not { } text)
            return null;
        using var csv = new CsvReader(new StringReader(text), Csv);
        try
        {
            var header = csv.Read() && csv.ReadHeader() ? csv.HeaderRecord! : [];
            if (columns.FirstOrDefault(column => !header.Contains(column)) is { } missing)
                throw Unusable(axis, argument, $"its first line has no column '{missing}'");
            var rows = new List<IReadOnlyDictionary<string, string>>();
            while (csv.Read())
                rows.Add(header.Distinct().ToDictionary(column => column, column => csv.GetField(column) ?? "",
                    StringComparer.Ordinal));
            return tables[argument] = rows;
        }
        catch (CsvHelperException problem)
        {
            throw Unusable(axis, argument,
                $"line {csv.Parser.RawRow} is no line of a CSV: {problem.Message.Split('\n')[0].Trim().TrimEnd('.')}");
        }
    }

    private string? Read(string axis, string argument)
    {
        if (PathOf(axis, argument) is not { } path)
            return null;
        trace?.File(path);
        try
        {
            using var reader = RegularFile.OpenText(path);
            return reader.ReadToEnd();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(axis, argument, problem is FileNotFoundException or DirectoryNotFoundException
                ? $"there is no file '{path}'" : problem.Message.TrimEnd('.'));
        }
        catch (DecoderFallbackException)
        {
            throw Unusable(axis, argument, "it is not a text in UTF-8");
        }
    }

    private string? PathOf(string axis, string text) =>
        Template.Parse(text).Placeholders.FirstOrDefault(one => !NamedFiles.Kinds.Has(one)) is { } stranger
        ? throw new FormatException(
            $"axis '{axis}' has the placeholder {stranger} in the name of a file, which may have {{project}}, "
                + "{source:NAME} or {file:NAME}")
        : files?.PathOf(text);

    private static List<AxisValue> NotEmpty(string axis, string argument, List<AxisValue> values) =>
        values.Count > 0 ? values : throw Unusable(axis, argument, "finds nothing");

    private static AxisProblem Unusable(string axis, string argument, string problem) =>
        new(ExperimentRules.NoValuesOfAxis, axis, argument, problem);
}

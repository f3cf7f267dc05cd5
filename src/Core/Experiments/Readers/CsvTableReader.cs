using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// A table with a delimiter (RFC 4180). The first line that contains all fields is the header, unless <c>Header</c> is
/// given. Anything before the header is skipped; every line after the header is a row, except blank lines and comments.
/// </summary>
public sealed partial class CsvTableReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IOutputReader Configure(IMetadata metadata)
    {
        var fields = new RowFields(metadata);
        var header = metadata.List("Header");
        var delimiter = RowFields.Delimiter(metadata,
            sign => sign.Length == 1 && sign[0] is not ('"' or '\n' or '\r') && !char.IsAsciiLetterOrDigit(sign[0]),
            "one character, or one of the words tab and space") ?? ",";
        var comment = metadata.Text("Comment");
        if (header.Count > 0)
        {
            foreach (var (metadataName, field) in fields.All.Where(one => !header.Contains(one.Field)))
                metadata.Bad(metadataName, field,
                    $"a field of Header: {string.Join(", ", header)}." + Suggestion.For(field, header).TrimEnd('.'));
            if (header.Distinct(StringComparer.Ordinal).Count() < header.Count)
                metadata.Bad("Header", string.Join(';', header), "names, each of which occurs once");
        }
        return new ConfiguredRows(this, fields, text => Rows(text, fields, header, delimiter, comment));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) =>
        throw new FormatException("the reader 'csv' was not configured");

    private static IEnumerable<(IRow Row, string? Added)> Rows(
        string text, RowFields fields, IReadOnlyList<string> header, string delimiter, string? comment)
    {
        if (text.Length > 0 && text[^1] != '\n')
            throw new FormatException(
                "its last line has no line ending, so it may be cut; let the program end each line");
        var names = header.Count > 0 ? header : null;
        string[] needed = [.. fields.Needed];
        string[]? nearest = null;
        foreach (var (line, record) in Records(text, delimiter, comment))
        {
            if (names is null)
            {
                if (needed.All(record.Contains))
                    names = record.Distinct(StringComparer.Ordinal).Count() == record.Length ? record
                        : throw new FormatException($"{RowFields.Line(line)}: a name occurs twice in the header");
                else if (nearest is null || record.Length > nearest.Length)
                    nearest = record;
                continue;
            }
            if (record.Length != names.Count)
                throw new FormatException(
                    $"{RowFields.Line(line)}: it has {Amount.Count(record.Length, "field")}, and the header "
                        + $"{names.Count}");
            yield return (new TextRow(RowFields.Line(line),
                names.Zip(record).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)), null);
        }
        if (names is null)
            throw new FormatException($"no line names the fields {OutputNumber.Shortened(string.Join(", ", needed))}"
                + (nearest is null ? "" : $"; one has {OutputNumber.Shortened(string.Join(", ", nearest))}"));
    }

    private static IEnumerable<(int Line, string[] Fields)> Records(string text, string delimiter, string? comment)
    {
        if (delimiter == " ")
        {
            var number = 0;
            foreach (var line in text.Split('\n'))
            {
                number++;
                if (!IsComment(line) && Words().Matches(line) is { Count: > 0 } words)
                    yield return (number, [.. words.Select(Word)]);
            }
            yield break;
        }
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            TrimOptions = TrimOptions.Trim,
            IgnoreBlankLines = true,
            HasHeaderRecord = false,
            BadDataFound = null,
            MaxFieldSize = 1 << 20,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        while (Next(parser))
        {
            var record = parser.Record ?? [];
            if (!IsComment(parser.RawRecord.TrimEnd('\n')) && !(record.Length == 1 && record[0].Length == 0))
                yield return (parser.RawRow, record);
        }

        bool IsComment(string line) => comment is not null
            && line.AsSpan().TrimStart().StartsWith(comment, StringComparison.Ordinal);
    }

    // A name in quotes may contain spaces, as in the tables of many programs: "RapidJSON (insitu)  " 3.875.
    [GeneratedRegex("""
        \"(?<quoted>(?:[^"]|"")*)"(?!\S)|\S+
        """)]
    private static partial Regex Words();

    private static string Word(Match word) => word.Groups["quoted"] is { Success: true } quoted
        ? quoted.Value.Replace("\"\"", "\"", StringComparison.Ordinal).Trim() : word.Value;

    private static bool Next(CsvParser parser)
    {
        try
        {
            return parser.Read();
        }
        catch (CsvHelperException problem)
        {
            throw new FormatException(
                $"{RowFields.Line(parser.RawRow)}: {PlainText.Line(problem.Message.Split('\n')[0]).TrimEnd('.')}");
        }
    }
}

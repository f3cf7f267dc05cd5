using System.Text.RegularExpressions;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// Lines with a key and a value, such as <c>throughput: 12.5 ops/s</c>. All lines of an output form one row, or a new
/// row starts at each line whose key is <c>RowStart</c>.
/// </summary>
public sealed partial class KeyValueReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "key-value";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IOutputReader Configure(IMetadata metadata)
    {
        var fields = new RowFields(metadata);
        var start = metadata.Text("RowStart");
        var delimiter = RowFields.Delimiter(metadata, signs => signs.Length > 0,
            "what ends a key, or one of the words tab and space");
        var wanted = fields.All.Select(one => one.Field).Concat(start is null ? [] : [start])
            .ToHashSet(StringComparer.Ordinal);
        return new ConfiguredRows(this, fields, text => Rows(text, wanted, start, delimiter));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) =>
        throw new FormatException("the reader 'key-value' was not configured");

    private static IEnumerable<(IRow Row, string? Added)> Rows(string text, HashSet<string> wanted, string? start,
        string? delimiter)
    {
        Dictionary<string, string>? row = null;
        var first = 0;
        var lines = text.Split('\n');
        for (var number = 1; number <= lines.Length; number++)
        {
            if (Pair(lines[number - 1], delimiter) is not var (key, value) || !wanted.Contains(key))
                continue;
            if (number == lines.Length)
                throw new FormatException($"{RowFields.Line(number)}: the line has no line ending, so it may be cut");
            if (key == start && row is not null)
            {
                yield return (new KeyRow(RowFields.Line(first), row), null);
                row = null;
            }
            // Lines before the first row belong to no row.
            if (row is null && start is not null && key != start)
                continue;
            if (row is null)
                (row, first) = (new Dictionary<string, string>(StringComparer.Ordinal), number);
            if (!row.TryAdd(key, value))
                throw new FormatException(
                    $"{RowFields.Line(number)}: the key '{key}' occurs twice in a row; RowStart names the key that "
                        + "begins a row");
        }
        if (row is not null)
            yield return (new KeyRow(RowFields.Line(first), row), null);
    }

    private static (string Key, string Value)? Pair(string line, string? delimiter)
    {
        line = line.Trim();
        var at = delimiter is null
            ? line.AsSpan().IndexOfAny(':', '=', '\t') : line.IndexOf(delimiter, StringComparison.Ordinal);
        return at > 0 ? (line[..at].Trim(), line[(at + (delimiter?.Length ?? 1))..].Trim()) : null;
    }

    // In a line with a key and a value, a unit may follow the number.
    private sealed record KeyRow(string Where, IReadOnlyDictionary<string, string> Fields) : IRow
    {
        public string? Text(string field) => Fields.GetValueOrDefault(field);

        public double? Number(string field) => Text(field) is not { Length: > 0 } text ? null
            : WholeNumber.Read(text, 0,
                Beginning().Match(text) is { Success: true } number ? number.Length : text.Length, 0);
    }

    [GeneratedRegex(@"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();
}

using System.Text;
using System.Text.Json;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>
/// JSON documents and JSON lines. <c>RowPath</c> leads from a document to its rows, with dots between the names; lists
/// on the way are traversed. With <c>RowName</c>, the properties of the object at the path are the rows, and the
/// column that <c>RowName</c> names contains the names of these properties.
/// </summary>
public sealed class JsonRowReader : IOutputReader
{
    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IOutputReader Configure(IMetadata metadata)
    {
        var fields = new RowFields(metadata);
        var path = metadata.Text("RowPath") ?? "";
        var name = metadata.Text("RowName");
        if (name is not null && fields.Outline().Columns.Contains(name))
            metadata.Bad("RowName", name, "a name that no column of RowColumns has");
        foreach (var (metadataName, wrong) in fields.All.Append(("RowPath", path)).Where(one => IsBroken(one.Item2)))
            metadata.Bad(metadataName, wrong, "a path of names with one dot between them, such as run.results");
        return new ConfiguredRows(this, fields, text => Rows(text, path, name is not null), name);
    }

    private static bool IsBroken(string path) =>
        path.Length > 0 && path.Split('.').Any(name => string.IsNullOrWhiteSpace(name));

    /// <inheritdoc/>
    public IReadOnlyList<Reading> Read(SampleOutput output) =>
        throw new FormatException("the reader 'json' was not configured");

    private static IEnumerable<(IRow Row, string? Added)> Rows(string text, string path, bool byName)
    {
        foreach (var (line, document) in Documents(Encoding.UTF8.GetBytes(text)))
            foreach (var chain in At([document], path))
            {
                if (chain[^1].ValueKind != JsonValueKind.Object)
                    throw new FormatException(
                        $"{RowFields.Line(line)}: the document has {Shown(chain[^1])} where a row (an object) was "
                            + "expected");
                if (!byName)
                    yield return (new JsonRow(RowFields.Line(line), chain), null);
                else
                    foreach (var property in chain[^1].EnumerateObject())
                        foreach (var row in At([.. chain, property.Value], "")
                            .Where(row => row[^1].ValueKind == JsonValueKind.Object))
                            yield return (new JsonRow($"{RowFields.Line(line)}, '{property.Name}'", row),
                                property.Name);
            }
    }

    // The elements that a path leads to, each with the elements that enclose it. A JSON document without the path has
    // no rows.
    private static IEnumerable<IReadOnlyList<JsonElement>> At(IReadOnlyList<JsonElement> chain, string path)
    {
        if (chain[^1].ValueKind == JsonValueKind.Array)
            return chain[^1].EnumerateArray().SelectMany(item => At([.. chain, item], path));
        return path.Length == 0 ? [chain] : Step(chain[^1], path, out var rest) is { } next
            ? At([.. chain, next], rest) : [];
    }

    // A path is matched with the longest property name that exists, since property names may contain dots themselves.
    private static JsonElement? Step(JsonElement element, string path, out string rest)
    {
        rest = "";
        for (var end = path.Length; end > 0 && element.ValueKind == JsonValueKind.Object; end = path.LastIndexOf('.',
            end - 1))
            if (element.TryGetProperty(path.AsSpan(0, end), out var found))
            {
                rest = end < path.Length ? path[(end + 1)..] : "";
                return found;
            }
        if (element.ValueKind != JsonValueKind.Array)
            return null;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        rest = dot < 0 ? "" : path[(dot + 1)..];
        return int.TryParse(dot < 0 ? path : path[..dot], out var index) && index >= 0
            && index < element.GetArrayLength() ? element[index] : null;
    }

    // A document begins at the start of a line. A line that begins like an object but is not valid JSON is an error,
    // not other text.
    private static IEnumerable<(int Line, JsonElement Document)> Documents(byte[] bytes)
    {
        var line = 1;
        for (var at = 0; at < bytes.Length;)
        {
            var consumed = 0;
            if (bytes[at] is (byte)'{' or (byte)'[' && Parse(bytes, at, line, out consumed) is { } document)
                yield return (line, document);
            var next = bytes.AsSpan(at + consumed).IndexOf((byte)'\n');
            var end = next < 0 ? bytes.Length : at + consumed + next + 1;
            line += bytes.AsSpan(at, end - at).Count((byte)'\n');
            at = end;
        }
    }

    private static JsonElement? Parse(byte[] bytes, int at, int line, out int consumed)
    {
        consumed = 0;
        var state = new JsonReaderState(new JsonReaderOptions { AllowTrailingCommas = true, MaxDepth = 64 });
        var reader = new Utf8JsonReader(bytes.AsSpan(at), isFinalBlock: false, state);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                throw new FormatException($"{RowFields.Line(line)}: the JSON document is cut");
            using (document)
            {
                consumed = (int)reader.BytesConsumed;
                return document.RootElement.Clone();
            }
        }
        catch (JsonException problem)
        {
            var start = bytes.AsSpan(at + 1, Math.Min(200, bytes.Length - at - 1)).TrimStart(" \t\n"u8);
            if (start.Length > 0 && start[0] is (byte)'"' or (byte)'{')
                throw new FormatException(
                    $"{RowFields.Line(line + (int)(problem.LineNumber ?? 0))}: the text there is not JSON"
                    + $" ({OutputNumber.Shortened(problem.Message.Split('.')[0])})");
            return null;
        }
    }

    private static string Shown(JsonElement element) => OutputNumber.Shortened(element.GetRawText());

    private sealed record JsonRow(string Where, IReadOnlyList<JsonElement> Chain) : IRow
    {
        public string? Text(string field) => Find(field) switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Object or JsonValueKind.Array } other =>
                throw new FormatException($"{Where}: '{field}' is {Shown(other)}, not a value"),
            { } value => value.GetRawText(),
        };

        public double? Number(string field) => Find(field) switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.Number } number => RowFields.Whole(number.GetRawText()),
            { ValueKind: JsonValueKind.String } text => RowFields.Whole(text.GetString()),
            { } other => throw new FormatException($"takes {Shown(other)}, which is not a number"),
        };

        // Each prefix `^.` of a path goes one level up, to the element that encloses the row.
        private JsonElement? Find(string field)
        {
            var level = Chain.Count - 1;
            while (field.StartsWith("^.", StringComparison.Ordinal))
            {
                field = field[2..];
                do
                    level--;
                while (level >= 0 && Chain[level].ValueKind == JsonValueKind.Array);
            }
            JsonElement? found = level >= 0 ? Chain[level] : null;
            while (found is { } element && field.Length > 0)
                found = Step(element, field, out field);
            return found;
        }
    }
}

using System.Text;
using System.Text.Json;

namespace Verus.Artifact.Extensions;

/// <summary>
/// JSON documents in a tool's output. A document begins at the start of a line, and other lines may surround it.
/// </summary>
public static class OutputJson
{
    /// <summary>The maximum number of bytes that are read from a file; a larger file is refused.</summary>
    public const int LargestFile = 64 << 20;

    // The maximum number of lines that begin like a document but are not one; the output of a tool that writes JSON has
    // no more of them.
    private const int MostFalseStarts = 100;

    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, MaxDepth = 64 };

    /// <summary>
    /// The documents in a text that are objects or lists of objects, in order. Lists of objects are split into their
    /// elements.
    /// </summary>
    /// <exception cref="FormatException">A document is truncated.</exception>
    public static IReadOnlyList<JsonElement> Objects(string text) =>
        Objects(Encoding.UTF8.GetBytes(ControlSequences.Remove(text)), "standard output");

    /// <summary>
    /// The documents in the files that were collected with a sample and whose names end in .json, in the order of their
    /// names.
    /// </summary>
    /// <exception cref="FormatException">A document is truncated, or a file is too large.</exception>
    public static IReadOnlyList<JsonElement> CollectedObjects(SampleOutput output) =>
        [.. output.Files.Where(file => file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            .SelectMany(file =>
            file.Length <= LargestFile
                ? Objects(BytesOf(file), Path.GetFileName(file.Name))
                : throw new FormatException($"{Path.GetFileName(file.Name)} has more than {LargestFile >> 20} MiB"))];

    /// <summary>
    /// The only object with a property, from standard output or, if that has none, from the collected files.
    /// </summary>
    /// <exception cref="FormatException">The output has no such object, or several.</exception>
    public static JsonElement Single(SampleOutput output, string property, string what)
    {
        var found = With(property, Objects(output.StandardOutput));
        if (found.Count == 0)
            found = With(property, CollectedObjects(output));
        return found.Count == 1 ? found[0]
            : throw new FormatException(found.Count == 0
                ? $"neither standard output nor a collected file has {what}, a JSON document with '{property}'"
                : $"{what} is there {found.Count} times; one call a sample");
    }

    /// <summary>The value of a required property, which is a number that is not negative.</summary>
    /// <exception cref="FormatException">The property is missing, or is not such a number.</exception>
    public static double Number(JsonElement element, string property) => OptionalNumber(element, property)
        ?? throw new FormatException($"the JSON document lacks the number '{property}'");

    /// <summary>The value of a property, which is a number that is not negative; null if the property is
    /// missing.</summary>
    /// <exception cref="FormatException">The property is not a number, or is negative.</exception>
    public static double? OptionalNumber(JsonElement element, string property)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(property, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            && number >= 0
            ? number
            : throw new FormatException(
                $"'{property}' in the JSON document is {OutputNumber.Shortened(value.GetRawText())}, expected a number "
                    + "from 0");
    }

    /// <summary>A required object.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static JsonElement Object(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value)
            && value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"the JSON document lacks the object '{property}'");

    private static byte[] BytesOf(CollectedFile file)
    {
        using var stream = file.Open();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static List<JsonElement> With(string property, IReadOnlyList<JsonElement> objects) =>
        [.. objects.Where(element => element.TryGetProperty(property, out _))];

    private static List<JsonElement> Objects(byte[] bytes, string where)
    {
        var found = new List<JsonElement>();
        var falseStarts = 0;
        for (var at = NextStart(bytes, 0); at < bytes.Length && falseStarts < MostFalseStarts;)
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(at), isFinalBlock: false, new JsonReaderState(Lenient));
            try
            {
                // Parses a document; the result is false, without an exception, if the text is well-formed but ends
                // before the document does.
                if (!JsonDocument.TryParseValue(ref reader, out var document))
                    throw new FormatException(
                        $"{where}: the JSON document from line {1 + bytes.AsSpan(0, at).Count((byte)'\n')} on is cut");
                using (document)
                {
                    var root = document.RootElement;
                    found.AddRange((root.ValueKind == JsonValueKind.Array
                        ? root.EnumerateArray() : Enumerable.Repeat(root, 1))
                        .Where(element => element.ValueKind == JsonValueKind.Object)
                        .Select(element => element.Clone()));
                }
                at = NextStart(bytes, at + (int)reader.BytesConsumed);
            }
            catch (JsonException)
            {
                falseStarts++;
                at = NextStart(bytes, at + 1);
            }
        }
        return found;
    }

    // The position of the next brace or bracket at the beginning of a line.
    private static int NextStart(byte[] bytes, int from)
    {
        for (var at = from; at < bytes.Length; at++)
        {
            var next = bytes.AsSpan(at).IndexOfAny((byte)'{', (byte)'[');
            if (next < 0)
                break;
            at += next;
            if (at == 0 || bytes[at - 1] is (byte)'\n' or (byte)'\r' || (at == 3 && bytes[0] == 0xEF))
                return at;
        }
        return bytes.Length;
    }
}

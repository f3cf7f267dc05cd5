using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Verus.Artifact.Pins;

/// <summary>
/// The text of a project file, to which an attribute can be added while every other character stays the same. The text
/// of the file is decoded, changed in one place, and parsed again as XML; it is returned only if it differs in nothing
/// but the attribute.
/// </summary>
internal sealed partial class PinFile
{
    private static readonly string[] NoMetadata = ["Include", "Exclude", "Condition", "Label", "Remove", "Update",
        "KeepMetadata", "RemoveMetadata", "KeepDuplicates"];

    private readonly Encoding encoding;
    private readonly int preamble;
    private readonly string text;
    private readonly List<Node> nodes;

    private PinFile(Encoding encoding, int preamble, string text)
    {
        (this.encoding, this.preamble, this.text) = (encoding, preamble, text);
        nodes = Parse(text);
    }

    /// <summary>Reads the file of a project.</summary>
    /// <exception cref="XmlException">The file is not well-formed XML.</exception>
    /// <exception cref="NotSupportedException">The file's encoding is unknown, or the text would not be encoded to the
    /// same bytes again.</exception>
    public static PinFile Of(byte[] content)
    {
        var (encoding, preamble) = EncodingOf(content);
        try
        {
            var text = encoding.GetString(content, preamble, content.Length - preamble);
            if (encoding.GetBytes(text).AsSpan().SequenceEqual(content.AsSpan(preamble)))
                return new PinFile(encoding, preamble, text);
        }
        catch (ArgumentException)
        {
            // Bytes that are invalid in the file's encoding are reported below.
        }
        throw new NotSupportedException($"it has bytes that {encoding.WebName} does not have");
    }

    /// <summary>
    /// The content of the file with an additional attribute, or with a new value for an attribute that holds the item's
    /// current value as plain text.
    /// </summary>
    /// <param name="content">The original content.</param>
    /// <param name="type">Type of the item.</param>
    /// <param name="name">The Include of the item.</param>
    /// <param name="metadata">The known metadata of the item, which distinguish elements with the same name.</param>
    /// <param name="attribute">Name of the attribute.</param>
    /// <param name="value">The value of the attribute, which contains no character that is special in XML or
    /// MSBuild.</param>
    /// <exception cref="NotSupportedException">The element cannot be identified, or its own value of the metadata
    /// differs; the message of the exception says why.</exception>
    public byte[] With(byte[] content, string type, string name, IReadOnlyDictionary<string, string> metadata,
        string attribute, string value)
    {
        var index = Find(type, name, metadata);
        var node = nodes[index];
        if (nodes.Skip(index + 1).TakeWhile(child => child.Depth > node.Depth)
            .Any(child => child.Kind == XmlNodeType.Element && child.Depth == node.Depth + 1
                && child.LocalName.Equals(attribute, StringComparison.OrdinalIgnoreCase)))
            throw new NotSupportedException($"its element contains an empty {attribute}");
        var written = node.Attributes
            .FirstOrDefault(given => given.Name.Equals(attribute, StringComparison.OrdinalIgnoreCase));
        var current = metadata.GetValueOrDefault(attribute)?.Trim() ?? "";
        if (written is not null && Unescape(written.Value).Trim() != current)
            throw new NotSupportedException(
                $"its element says {attribute}=\"{written.Value}\", which has another value here");
        var changed = written is null
            ? text.Insert(EndOfAttributes(node.Start), $" {attribute}=\"{value}\"")
            : Replace(ValueOf(node.Start, written.Name), value);
        if (!IsSame(Parse(changed), index, attribute, value))
            throw new NotSupportedException("its element cannot be identified in the text");
        return [.. content.AsSpan(0, preamble), .. encoding.GetBytes(changed)];
    }

    // Elements with the same name may be subject to conditions. The element to change is the one whose other metadata,
    // as far as they are plain text, match those of the item.
    private int Find(string type, string name, IReadOnlyDictionary<string, string> metadata)
    {
        var all = Enumerable.Range(0, nodes.Count).Where(index => nodes[index] is { Kind: XmlNodeType.Element } node
            && node.LocalName.Equals(type, StringComparison.OrdinalIgnoreCase) && node.Attribute("Include") is not null)
            .ToList();
        var named = all.Where(index =>
            Unescape(nodes[index].Attribute("Include")!).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (named.Count > 1)
            named = [.. named.Where(index => Fits(index, metadata))];
        return named.Count switch
        {
            1 => named[0],
            0 => throw new NotSupportedException(
                all.Exists(index => nodes[index].Attribute("Include")!.Split(';')
                    .Any(part => Unescape(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)))
                ? "one element there declares several items" : "no element there names it in plain text"),
            _ => throw new NotSupportedException($"{named.Count} elements there have that name"),
        };
    }

    private bool Fits(int index, IReadOnlyDictionary<string, string> metadata)
    {
        var node = nodes[index];
        var inside = nodes.Skip(index + 1).TakeWhile(child => child.Depth > node.Depth).ToList();
        var given = node.Attributes.Select(attribute => (attribute.Name, attribute.Value))
            .Concat(inside.Select((child, i) => (child, i))
            .Where(pair => pair.child.Kind == XmlNodeType.Element && pair.child.Depth == node.Depth + 1)
            .Select(pair => (pair.child.LocalName,
                string.Concat(inside.Skip(pair.i + 1).TakeWhile(text => text.Depth > pair.child.Depth)
                    .Select(text => text.Value)))));
        return given.Where(pair => !NoMetadata.Contains(pair.Item1, StringComparer.OrdinalIgnoreCase)
            && pair.Item2.AsSpan().IndexOfAny("$@") < 0)
            .All(pair => Unescape(pair.Item2).Trim() == (metadata.GetValueOrDefault(pair.Item1) ?? "").Trim());
    }

    private bool IsSame(List<Node> changed, int index, string attribute, string value)
    {
        if (changed.Count != nodes.Count)
            return false;
        for (var i = 0; i < nodes.Count; i++)
        {
            List<Given> given = [.. nodes[i].Attributes];
            if (i == index)
            {
                var old = given.FindIndex(one => one.Name.Equals(attribute, StringComparison.OrdinalIgnoreCase));
                if (old < 0)
                    given.Add(new Given(attribute, value));
                else
                    given[old] = given[old] with { Value = value };
            }
            if (changed[i] with { Attributes = [], Start = 0 } != nodes[i] with { Attributes = [], Start = 0 }
                || !given.SequenceEqual(changed[i].Attributes))
                return false;
        }
        return true;
    }

    // The position of a new attribute: after the last attribute of the element, or after its name when it has none.
    private int EndOfAttributes(int start)
    {
        var end = NameEnd(start);
        foreach (var part in AttributesFrom(start))
            end = part.Index + part.Length;
        return end;
    }

    private Group ValueOf(int start, string attribute) =>
        AttributesFrom(start).First(part => part.Groups["name"].Value == attribute).Groups["value"];

    private string Replace(Group old, string value) => text.Remove(old.Index, old.Length).Insert(old.Index, value);

    private IEnumerable<Match> AttributesFrom(int start)
    {
        for (var match = AttributeForm().Match(text, NameEnd(start)); match.Success; match = match.NextMatch())
            yield return match;
    }

    private int NameEnd(int start)
    {
        var end = start;
        while (!char.IsWhiteSpace(text[end]) && text[end] is not ('/' or '>'))
            end++;
        return end;
    }

    private static List<Node> Parse(string text)
    {
        List<int> lines = [0, .. LineEnd().Matches(text).Select(match => match.Index + match.Length)];
        var nodes = new List<Node>();
        using var reader = XmlReader.Create(new StringReader(text),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var place = (IXmlLineInfo)reader;
        while (reader.Read())
        {
            var start = reader.NodeType == XmlNodeType.Element
                ? lines[place.LineNumber - 1] + place.LinePosition - 1 : 0;
            var (kind, depth, name, local, value, empty) = (reader.NodeType, reader.Depth, reader.Name,
                reader.LocalName, reader.Value, reader.IsEmptyElement);
            var attributes = new List<Given>();
            if (kind == XmlNodeType.Element)
                while (reader.MoveToNextAttribute())
                    attributes.Add(new Given(reader.Name, reader.Value));
            nodes.Add(new Node(kind, depth, name, local, value, empty, start, attributes));
        }
        return nodes;
    }

    private static (Encoding Encoding, int Preamble) EncodingOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return (new UTF8Encoding(false, throwOnInvalidBytes: true), 3);
        if (content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || content.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return (new UnicodeEncoding(bigEndian: content[0] == 0xFE, byteOrderMark: false, throwOnInvalidBytes: true),
                2);
        var head = Encoding.Latin1.GetString(content[..Math.Min(content.Length, 200)]);
        if (Declared().Match(head) is not { Success: true } declared
            || declared.Groups[1].Value.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return (new UTF8Encoding(false, throwOnInvalidBytes: true), 0);
        try
        {
            return (Encoding.GetEncoding(declared.Groups[1].Value, EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback), 0);
        }
        catch (ArgumentException)
        {
            throw new NotSupportedException($"its encoding {declared.Groups[1].Value} is unknown here");
        }
    }

    // Values contain MSBuild's own escapes, such as %24 for $.
    private static string Unescape(string text) =>
        Escape().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());

    private sealed record Given(string Name, string Value);

    private sealed record Node(XmlNodeType Kind, int Depth, string Name, string LocalName, string Value, bool IsEmpty,
        int Start, IReadOnlyList<Given> Attributes)
    {
        public string? Attribute(string name) =>
            Attributes.FirstOrDefault(given => given.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;
    }

    [GeneratedRegex("""\G\s+(?<name>[^\s=/>]+)\s*=\s*(?:"(?<value>[^"]*)"|'(?<value>[^']*)')""")]
    private static partial Regex AttributeForm();

    [GeneratedRegex("\r\n|\r|\n")]
    private static partial Regex LineEnd();

    [GeneratedRegex("""^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")]
    private static partial Regex Declared();

    [GeneratedRegex("%([0-9a-fA-F]{2})")]
    private static partial Regex Escape();
}

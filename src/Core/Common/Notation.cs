namespace Verus.Artifact.Common;

/// <summary>One entry of a list: a value, optionally followed by labels, and optionally by what it is set to.</summary>
/// <param name="Text">The entry as it is written in the list.</param>
/// <param name="Parts">The value and the labels that follow it, each after a bar: <c>value|label|group</c>.</param>
/// <param name="Set">The text after the equals sign; null when there is none.</param>
public sealed record NotationEntry(string Text, IReadOnlyList<string> Parts, string? Set)
{
    /// <summary>The value of a list entry, or the name if the entry is a pair.</summary>
    public string Value => Parts[0];
}

/// <summary>
/// The notation that metadata and properties share: lists (<c>value;value</c>), pairs (<c>name=value;name=value</c>),
/// values with labels (<c>value|label</c>), and the same quoting in all of them. The user documentation of this
/// notation, with the grammar, is docs/notation.md. Conditions (<see cref="Condition"/>) and axes use the same form of
/// values as lists.
/// </summary>
/// <remarks>Every method of this class throws a <see cref="FormatException"/> that says what cannot be
/// parsed.</remarks>
public static class Notation
{
    /// <summary>
    /// All characters that end a value in some context. A value that contains no character with a meaning in lists or
    /// conditions and no quotes, and has no surrounding white space, is written the same in every context.
    /// </summary>
    public const string Signs = ";,|&=!<>:[]";

    /// <summary>The values of a list; empty entries are skipped.</summary>
    public static IReadOnlyList<string> List(string text) => [.. Entries(text, ";").Select(entry => entry.Value)];

    /// <summary>
    /// The pairs of a list; every entry must be a pair, and only the first equals sign of an entry separates.
    /// </summary>
    public static IReadOnlyList<NotationEntry> Pairs(string text) => [.. Entries(text, ";=").Select(Checked)];

    /// <summary>A pair (<c>name=value</c>) on a line of its own, in which a semicolon is an ordinary
    /// character.</summary>
    public static NotationEntry Pair(string line) => Checked(Entry(new NotationReader(line), "="));

    /// <summary>The values of a list, with their labels.</summary>
    public static IReadOnlyList<NotationEntry> Labelled(string text) => Entries(text, ";|");

    /// <summary>
    /// The values of a list, each of which may have a label and may be set to something: <c>name|unit=field</c>.
    /// </summary>
    public static IReadOnlyList<NotationEntry> Fields(string text) => Entries(text, ";|=");

    /// <summary>A single value in the notation of declarations, which may be quoted.</summary>
    public static string Single(string text) => new NotationReader(text).Value("").Text;

    /// <summary>
    /// The delimiter between two fields of a line: <c>tab</c>, <c>space</c>, or the character itself.
    /// </summary>
    public static string Delimiter(string text) => text switch { "tab" => "\t", "space" => " ", _ => Single(text) };

    /// <summary>Writes a value so that any list, pair, label or condition parses it back unchanged.</summary>
    public static string Write(string value) => Quoted.Write(value, Signs);

    /// <summary>Writes a list in the notation of declarations so that it is parsed back unchanged.</summary>
    public static string Write(IEnumerable<string> values) => string.Join("; ", values.Select(Write));

    /// <summary>Writes pairs in the notation of declarations so that they are parsed back unchanged.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> pairs) =>
        string.Join("; ", pairs.Select(pair => $"{Write(pair.Key)}={Write(pair.Value)}"));

    private static List<NotationEntry> Entries(string text, string signs)
    {
        var reader = new NotationReader(text);
        var entries = new List<NotationEntry>();
        while (!reader.IsAtEnd)
        {
            if (!reader.Take(';'))
                entries.Add(Entry(reader, signs));
        }
        return entries;
    }

    private static NotationEntry Entry(NotationReader reader, string signs)
    {
        var start = reader.At;
        var parts = new List<string> { reader.Value(signs).Text };
        while (signs.Contains('|', StringComparison.Ordinal) && reader.Take('|'))
            parts.Add(reader.Value(signs).Text);
        // In an entry of a list, equals signs and bars after the first equals sign are part of the value.
        var set = signs.Contains('=', StringComparison.Ordinal) && reader.Take('=')
            ? reader.Value(signs.Trim('|', '=')).Text : null;
        return new NotationEntry(reader.Since(start), parts, set);
    }

    private static NotationEntry Checked(NotationEntry pair) => pair switch
    {
        { Set: null } => throw new FormatException(
            $"'{pair.Text}' is no pair; a semicolon that is part of a value stands in single quotes with it"),
        { Value: "" } => throw new FormatException($"'{pair.Text}' has no name before the equals sign"),
        _ => pair,
    };
}

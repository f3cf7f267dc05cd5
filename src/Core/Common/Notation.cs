namespace Verus.Artifact.Common;

/// <summary>One entry of a list: a value, perhaps with labels behind it, perhaps with what it is set to.</summary>
/// <param name="Text">The entry as it is written.</param>
/// <param name="Parts">The value and what follows it after a bar each: <c>value|label|group</c>.</param>
/// <param name="Set">What stands behind the equals sign; null: there is none.</param>
public sealed record NotationEntry(string Text, IReadOnlyList<string> Parts, string? Set)
{
    /// <summary>The value, or the name of a pair.</summary>
    public string Value => Parts[0];
}

/// <summary>
/// The notation that metadata and properties share: lists (<c>value;value</c>), pairs (<c>name=value;name=value</c>),
/// values with labels (<c>value|label</c>), and one quoting in all of them. docs/notation.md has it for users, with its
/// grammar. Conditions and axes have the same values in them (<see cref="Condition"/>).
/// </summary>
/// <remarks>Every method throws a <see cref="FormatException"/> that says what cannot be read.</remarks>
public static class Notation
{
    /// <summary>
    /// Every sign that ends a value somewhere. A value without them, quotes and outer white space is the same in any
    /// place.
    /// </summary>
    public const string Signs = ";,|&=!<>:[]";

    /// <summary>The values of a list; empty entries are left out.</summary>
    public static IReadOnlyList<string> List(string text) => [.. Entries(text, ";").Select(entry => entry.Value)];

    /// <summary>
    /// The pairs of a list; each entry must be one, and only the first equals sign of an entry has a meaning.
    /// </summary>
    public static IReadOnlyList<NotationEntry> Pairs(string text) => [.. Entries(text, ";=").Select(Checked)];

    /// <summary>A pair that is a line of its own, in which a semicolon is a sign like any other.</summary>
    public static NotationEntry Pair(string line) => Checked(Entry(new NotationReader(line), "="));

    /// <summary>The values of a list with their labels.</summary>
    public static IReadOnlyList<NotationEntry> Labelled(string text) => Entries(text, ";|");

    /// <summary>
    /// The values of a list, each perhaps with a label, and perhaps set to something: <c>name|unit=field</c>.
    /// </summary>
    public static IReadOnlyList<NotationEntry> Fields(string text) => Entries(text, ";|=");

    /// <summary>One value, which may stand in quotes.</summary>
    public static string Single(string text) => new NotationReader(text).Value("").Text;

    /// <summary>What stands between two fields of a line: <c>tab</c>, <c>space</c>, or the sign itself.</summary>
    public static string Delimiter(string text) => text switch { "tab" => "\t", "space" => " ", _ => Single(text) };

    /// <summary>A value so that any list, pair, label or condition reads it back as it is.</summary>
    public static string Write(string value) => Quoted.Write(value, Signs);

    /// <summary>A list that is read back as it is.</summary>
    public static string Write(IEnumerable<string> values) => string.Join("; ", values.Select(Write));

    /// <summary>Pairs that are read back as they are.</summary>
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
        // Behind the first equals sign, others and bars are part of the value.
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

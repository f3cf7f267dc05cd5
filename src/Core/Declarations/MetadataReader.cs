using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// Reads the metadata of one item and reports problems as coded diagnostics; <see cref="Finish"/> reports names of
/// metadata that were not read, which are probably misspelt.
/// </summary>
public sealed class MetadataReader(DeclarationItem item, ICollection<Diagnostic> diagnostics) : IMetadata
{
    private const string Pair = "pairs name=value, each name once";
    private const string LineOfPair = "lines name=value, each name once";

    private readonly HashSet<string> asked = new(StringComparer.OrdinalIgnoreCase);
    private SortedSet<string>? watched;

    /// <summary>The item being read.</summary>
    public DeclarationItem Item => item;

    /// <inheritdoc/>
    public string ItemName => item.Name;

    /// <summary>The trimmed text of the given metadata; null when absent or empty.</summary>
    public string? Text(string name)
    {
        asked.Add(name);
        watched?.Add(name);
        return item.Metadata.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value)
            ? value.Trim() : null;
    }

    /// <summary>The text of required metadata; when it is missing, the reader reports this and returns an empty
    /// text.</summary>
    public string Required(string name)
    {
        if (Text(name) is { } value)
            return value;
        diagnostics.Add(DeclarationRules.MissingMetadata.At(item.Where, item.Type, item.Name, name));
        return "";
    }

    /// <summary>
    /// The trimmed text of the given metadata; empty when the metadata are written as empty, null when they are not
    /// written.
    /// </summary>
    public string? TextOrEmpty(string name) => Text(name) ?? (item.Metadata.TryGetValue(name, out _) ? "" : null);

    /// <summary>The values of a list separated by semicolons (<see cref="Notation.List"/>); empty entries are
    /// skipped.</summary>
    public IReadOnlyList<string> List(string name) => Read(name, Notation.List, "values with semicolons between them");

    /// <summary>A list of values with labels (<see cref="Notation.Labelled"/>).</summary>
    public IReadOnlyList<NotationEntry> Labelled(string name) =>
        Read(name, Notation.Labelled,
            "values with semicolons between them, each perhaps with a label, as in value|label");

    /// <summary>The value true or false; <paramref name="otherwise"/> when the metadata are absent.</summary>
    public bool Flag(string name, bool otherwise = false)
    {
        if (Text(name) is not { } value)
            return otherwise;
        if (bool.TryParse(value, out var flag))
            return flag;
        Bad(name, value, "true or false");
        return otherwise;
    }

    /// <summary>A whole number of at least <paramref name="least"/>; null when the metadata are absent.</summary>
    public int? WholeNumber(string name, int least = 0)
    {
        if (Text(name) is not { } value)
            return null;
        if (Amount.ParseWhole(value) is { } number && number >= least)
            return number;
        Bad(name, value, $"a whole number of at least {least}");
        return null;
    }

    /// <summary>A finite decimal number with a point; null when the metadata are absent.</summary>
    public double? Number(string name) => Number(name, _ => true, "a number such as 1.5");

    /// <summary>A finite decimal number that satisfies a condition; null when the metadata are absent.</summary>
    public double? Number(string name, Func<double, bool> isAllowed, string expected)
    {
        if (Text(name) is not { } value)
            return null;
        if (Amount.ParseNumber(value) is { } number && isAllowed(number))
            return number;
        Bad(name, value, expected);
        return null;
    }

    /// <inheritdoc/>
    public double? Seconds(string name) => Seconds(name, mayBeNone: false);

    /// <summary>A duration in seconds; null when the metadata are absent.</summary>
    /// <param name="name">The name of the metadata.</param>
    /// <param name="mayBeNone">Whether the duration may be 0.</param>
    public double? Seconds(string name, bool mayBeNone)
    {
        if (Text(name) is not { } text)
            return null;
        if (Amount.ParseSeconds(text) is { } seconds && (seconds > 0 || mayBeNone))
            return seconds;
        Bad(name, text,
            $"a duration {(mayBeNone ? "of 0 or more" : "above 0")} such as 90 (seconds), 500ms, 10min or 2h");
        return null;
    }

    /// <summary>The metadata as one of the names of an enumeration, ignoring case.</summary>
    public T Choice<T>(string name, T otherwise) where T : struct, Enum
    {
        if (Text(name) is not { } value)
            return otherwise;
        if (Choices.Find<T>(value) is { } choice)
            return choice;
        Bad(name, value, "one of " + string.Join(", ", Enum.GetNames<T>()));
        return otherwise;
    }

    /// <summary>A size above 0 in bytes; null when the metadata are absent.</summary>
    public long? Size(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Amount.ParseBytes(text) is { } bytes and > 0)
            return bytes;
        Bad(name, text, "a size above 0 such as 512MiB or 4GiB");
        return null;
    }

    /// <summary>Splits a command into its arguments, or reports an open quote.</summary>
    /// <param name="name">The name of the metadata.</param>
    /// <param name="text">The command, which may be a part of the metadata's text.</param>
    public IReadOnlyList<string> Command(string name, string text)
    {
        if (CommandLine.Split(text) is { } arguments)
        {
            if (CommandLine.ShellSigns(text) is { Count: > 0 } signs)
                Report(DeclarationRules.ShellSign, item.Type, item.Name, name, string.Join(" ", signs));
            return arguments;
        }
        Bad(name, text, "a command whose quotes are closed");
        return [];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Command(string name) => Command(name, Text(name) ?? "");

    /// <summary>Conditions separated by semicolons, all of which must hold.</summary>
    /// <param name="name">The name of the metadata.</param>
    /// <param name="example">An example of what is expected, for the message.</param>
    public IReadOnlyList<Condition> Conditions(string name, string example = "series=zstd,xz; level>=4") =>
        Conditions(name, Text(name) ?? "", example);

    /// <summary>Sets of conditions on values, one set per line.</summary>
    /// <param name="name">The name of the metadata.</param>
    /// <param name="example">An example of an expected line, for the message.</param>
    public IReadOnlyList<IReadOnlyList<Condition>> ConditionLines(string name, string example) =>
        [.. Lines(name).Select(line => Conditions(name, line, example)).Where(conditions => conditions.Count > 0)];

    /// <summary>The lines of a text, trimmed and without empty lines, for entries that contain semicolons.</summary>
    public IReadOnlyList<string> Lines(string name) =>
        (Text(name) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private IReadOnlyList<Condition> Conditions(string name, string text, string example)
    {
        if (Condition.Parse(text, out var problem) is { } conditions)
            return conditions;
        Bad(name, text, $"conditions such as '{example}' ({problem})");
        return [];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Pairs(string name) => Pairs(name, Pair);

    /// <summary>The pairs of a list (<see cref="Notation.Pairs"/>).</summary>
    /// <param name="name">The name of the metadata.</param>
    /// <param name="expected">A description of the expected pairs, for the message.</param>
    public IReadOnlyDictionary<string, string> Pairs(string name, string expected) =>
        Unique(name, Read(name, Notation.Pairs, expected), expected);

    /// <summary>Pairs of a name and a value, each on a line of its own (<see cref="Notation.Pair"/>).</summary>
    public IReadOnlyDictionary<string, string> PairLines(string name) =>
        Unique(name, Read<NotationEntry>(name, _ => [.. Lines(name).Select(Notation.Pair)], LineOfPair), LineOfPair);

    private Dictionary<string, string> Unique(string name, IReadOnlyList<NotationEntry> entries, string expected)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => !pairs.TryAdd(entry.Value, entry.Set!)))
            Bad(name, entry.Text, expected);
        return pairs;
    }

    /// <summary>The pairs of <c>name=value; name=value</c>, whose values may contain placeholders.</summary>
    public IReadOnlyDictionary<string, Template> Templates(string name) =>
        Pairs(name).ToDictionary(pair => pair.Key, pair => Template.Parse(pair.Value), StringComparer.Ordinal);

    /// <summary>
    /// Reports placeholders that have no meaning in the given metadata, and braces that are not closed.
    /// </summary>
    public void Check(string name, PlaceholderSet known, params IEnumerable<Template> texts)
    {
        foreach (var text in texts)
            known.Check(item, name, text, diagnostics);
    }

    private IReadOnlyList<T> Read<T>(string name, Func<string, IReadOnlyList<T>> read, string expected)
    {
        var text = Text(name) ?? "";
        try
        {
            return read(text);
        }
        catch (FormatException problem)
        {
            Bad(name, text, $"{expected} ({problem.Message})");
            return [];
        }
    }

    /// <summary>Reports a URL that holds a password or a token.</summary>
    public void CheckUrl(string url)
    {
        if (UrlText.HasSecret(url))
            Report(DeclarationRules.SecretInUrl, item.Type, item.Name);
    }

    /// <summary>
    /// Reports a name that cannot be a file name, since the results of the item are kept in files with that name.
    /// </summary>
    public void CheckFileName()
    {
        var name = item.Name;
        if (name.Any(c => c is '/' or '\\' || char.IsControl(c)) || name.Trim('.').Length == 0
            || System.Text.Encoding.UTF8.GetByteCount(name) > 200)
            Bad("Include", name, "a name of at most 200 bytes without '/', because files have this name");
    }

    /// <summary>Reports that the value of metadata is not of the expected form.</summary>
    public void Bad(string name, string value, string expected) =>
        diagnostics.Add(DeclarationRules.BadMetadata.At(item.Where, item.Type, item.Name, name, value, expected));

    /// <summary>Adds a diagnostic that is specific to a stage.</summary>
    public void Report(DiagnosticRule rule, params object?[] arguments) =>
        diagnostics.Add(rule.At(item.Where, arguments));

    /// <summary>Returns the object that the code of an extension makes from the metadata of the item.</summary>
    /// <param name="what">The name of the extension, for messages.</param>
    /// <param name="configure">The extension's code.</param>
    /// <param name="otherwise">The result when the extension's code fails; the failure is also reported.</param>
    /// <param name="read">The metadata that the extension's code has read, with their values; empty when the code has
    /// read no metadata.</param>
    public T Configure<T>(string what, Func<IMetadata, T> configure, T otherwise, out string read)
    {
        watched = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            return configure(this);
        }
        catch (Exception problem) when (problem is not (OutOfMemoryException or OperationCanceledException))
        {
            Report(ExtensionRules.Failed, what, $"it read {item.Type} '{item.Name}'", PlainText.Of(problem));
            return otherwise;
        }
        finally
        {
            var names = watched;
            watched = null;
            read = string.Join("; ",
                names.Where(name => Text(name) is not null).Select(name => $"{name}={Text(name)}"));
        }
    }

    /// <summary>
    /// Reports metadata that were not read, most likely because the name is misspelt. Empty metadata are treated as
    /// absent. Metadata whose names begin with an underscore belong to the project itself and are skipped, since
    /// MSBuild copies the metadata of items to the items that are created from them.
    /// </summary>
    public void Finish()
    {
        foreach (var (name, _) in item.Metadata
            .Where(pair => pair.Key[0] != '_' && !asked.Contains(pair.Key) && !string.IsNullOrWhiteSpace(pair.Value))
            .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
            diagnostics.Add(DeclarationRules.UnknownMetadata.At(item.Where, item.Type, item.Name, name,
                Suggestion.For(name, asked)));
    }
}

using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>One value of an axis: what commands receive, and what tables and figures show.</summary>
/// <param name="Value">What a placeholder is replaced by.</param>
/// <param name="Label">What the dataset's column contains; the value itself unless written as
/// <c>value|label</c>.</param>
public sealed record AxisValue(string Value, string Label)
{
    /// <summary>
    /// Whether the value is a file: the value is then the file's path with placeholders, and the file's content is part
    /// of the key.
    /// </summary>
    public bool IsFile { get; init; }

    /// <summary>The path of the file, with its placeholders.</summary>
    public Template Path => Template.Parse(Value);

    /// <summary>
    /// Whether the value follows from a linked file, as an expected outcome does; then it is not part of the cell's
    /// name.
    /// </summary>
    public bool IsDerived { get; init; }

    /// <summary>The arguments that the value becomes where a command contains <c>{args:AXIS}</c>.</summary>
    public IReadOnlyList<Template> Arguments() => Template.All(CommandLine.Split(Value) ?? [Value]);
}

/// <summary>A parameter of an experiment, with its values.</summary>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values)
{
    /// <summary>Whether the values depend on the machine, so that another machine has others.</summary>
    public bool IsOfMachine { get; init; }

    /// <summary>The axes that it is linked with; null when it is independent.</summary>
    public AxisGroup? Group { get; init; }

    /// <summary>
    /// The files that its values are read from, as patterns with placeholders; empty when all values are written in the
    /// matrix.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether any of its values are files.</summary>
    public bool HasFiles => Values.Any(value => value.IsFile);

    /// <summary>
    /// Whether its values are not known yet because a pin has not been downloaded; one value then stands for all of
    /// them.
    /// </summary>
    public bool IsOpen { get; init; }
}

/// <summary>Linked axes, which are adjacent in the matrix.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Rows">The combinations that exist: each has a value for every axis.</param>
public sealed record AxisGroup(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<AxisValue>> Rows);

/// <summary>
/// The parameter matrix of an experiment: <c>list=single,double; n=1..16</c>. Axes are separated by semicolons, values
/// by commas; <c>1..16</c> is a range of whole numbers, <c>0..100..10</c> one with a step, and <c>value|label</c> gives
/// a value a display name. A value that contains one of these characters is enclosed in single quotes
/// (<see cref="Quoted"/>). Linked axes are joined by <c>&amp;</c>, and so are their values: <c>tool &amp; level = zstd
/// &amp; 1..19, gzip &amp; 1..9</c>. <c>{processors}</c> is the number of processors of this machine:
/// <c>4,12..{processors}..12,{processors}</c>. An axis that contains it is sorted, its duplicate values are removed,
/// and a range up to it may be empty. Values may be read from files: see <see cref="AxisFiles"/>.
/// </summary>
public static class Matrix
{
    private const int MostValues = 10_000;
    private const string Processors = "processors";

    /// <summary>Parses a matrix; null with an explanation when it is malformed.</summary>
    public static IReadOnlyList<Axis>? Parse(string text, out string problem) =>
        Parse(text, Environment.ProcessorCount, out problem);

    /// <summary>
    /// Parses a matrix for a machine with the given number of processors; null with an explanation when it is
    /// malformed.
    /// </summary>
    public static IReadOnlyList<Axis>? Parse(string text, int processors, out string problem) =>
        Parse(text, processors, new AxisFiles(null, null), out problem);

    /// <summary>Parses a matrix whose values may be read from files.</summary>
    internal static IReadOnlyList<Axis>? Parse(string text, int processors, AxisFiles files, out string problem)
    {
        var axes = new List<Axis>();
        try
        {
            if (Quoted.IsOpen(text))
                throw new FormatException(
                    "a single quote is not closed; double a single quote inside of a quoted value");
            foreach (var part in Quoted.List(text, ';'))
            {
                foreach (var axis in ReadAxes(part, processors, files))
                    axes.Add(axes.Exists(other => other.Name == axis.Name)
                        ? throw new FormatException($"axis '{axis.Name}' occurs twice") : axis);
            }
            problem = "";
            return axes;
        }
        catch (FormatException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>
    /// The axes as text with every value written out; for an axis whose values are read from files, the names of the
    /// files.
    /// </summary>
    public static string Text(IReadOnlyList<Axis> axes) =>
        string.Join("; ", axes.Where(IsFirst).Select(axis => axis.Files.Count > 0
        ? $"{string.Join('&', axis.Group?.Names ?? [axis.Name])} from {string.Join(", ", axis.Files)} ("
            + $"{(axis.IsOpen ? "not here yet" : $"{axis.Group?.Rows.Count ?? axis.Values.Count} values")})"
        : axis.Group is { } group
        ? $"{string.Join('&', group.Names)}="
            + $"{string.Join(',', group.Rows.Select(row => string.Join('&', row.Select(Text))))}"
        : $"{axis.Name}={string.Join(',', axis.Values.Select(Text))}"));

    /// <summary>The number of combinations.</summary>
    public static decimal Size(IReadOnlyList<Axis> axes) => axes.Where(IsFirst).Aggregate(1m, (size, axis) =>
        size > long.MaxValue ? size : size * (axis.Group?.Rows.Count ?? axis.Values.Count));

    /// <summary>
    /// Every combination of the axes' values, the last axis varying fastest; one empty combination when there is no
    /// axis.
    /// </summary>
    public static IEnumerable<IReadOnlyDictionary<string, AxisValue>> Combinations(IReadOnlyList<Axis> axes)
    {
        IEnumerable<Dictionary<string, AxisValue>> all = [[]];
        foreach (var axis in axes.Where(IsFirst))
            all = all.SelectMany(chosen => axis.Group is { } group
                ? group.Rows.Select(row =>
                    new Dictionary<string, AxisValue>(chosen.Concat(group.Names.Zip(row, KeyValuePair.Create))))
                : axis.Values.Select(value => new Dictionary<string, AxisValue>(chosen) { [axis.Name] = value }));
        return all;
    }

    /// <summary>
    /// The matrix of a smoke run: an axis that <paramref name="smoke"/> names has the values given there, and any other
    /// axis keeps its first value. Existing values keep their labels, whether they are named by value or by label.
    /// </summary>
    public static IReadOnlyList<Axis> Narrowed(IReadOnlyList<Axis> axes, IReadOnlyList<Axis> smoke) =>
    [
        .. axes.Select(axis => axis.IsOpen
            ? axis : axis.Group is { } group ? axis with { Group = Narrowed(group, smoke) }
            : smoke.FirstOrDefault(other => other.Name == axis.Name) is { } small
            ? axis with { Values = [.. small.Values.Select(value =>
                axis.Values.FirstOrDefault(own => own.Value == value.Value || own.Label == value.Label) ?? value)] }
            : axis with { Values = [axis.Values[0]] }),
    ];

    /// <summary>
    /// The matrix with some of the values of each axis; of linked axes, only the rows are kept whose values are all
    /// kept.
    /// </summary>
    /// <param name="axes">The matrix.</param>
    /// <param name="stays">Whether a value is kept, given its axis, the value and its index there.</param>
    public static IReadOnlyList<Axis> Where(IReadOnlyList<Axis> axes, Func<Axis, AxisValue, int, bool> stays)
    {
        var narrow = axes.Select(axis =>
            axis with { Values = [.. axis.Values.Where((value, index) => stays(axis, value, index))] }).ToList();
        return [.. narrow.Select(axis => axis.Group is not { } group ? axis : axis with
        {
            Group =
                group with {
                    Rows = [.. group.Rows.Where(row =>
                        group.Names.Zip(row).Any(pair =>
                            narrow.First(one => one.Name == pair.First).Values.Contains(pair.Second)))] },
        })];
    }

    // The rows with a value that the smoke run names, one for each choice of such values; the first row if it names
    // none.
    private static AxisGroup Narrowed(AxisGroup group, IReadOnlyList<Axis> smoke)
    {
        var named = group.Names.Select((name, index) => (Axis: smoke.FirstOrDefault(other => other.Name == name),
            index)).Where(pair => pair.Axis is not null).ToList();
        return group with
        {
            Rows = named.Count == 0 ? [group.Rows[0]]
                : [.. group.Rows.Where(row =>
                    named.TrueForAll(pair =>
                        pair.Axis!.Values.Any(value =>
                            value.Value == row[pair.index].Value || value.Value == row[pair.index].Label)))
                    .DistinctBy(row => string.Join('\0', named.Select(pair => row[pair.index].Label)))],
        };
    }

    private static bool IsFirst(Axis axis) => axis.Group is not { } group || group.Names[0] == axis.Name;

    private static string Text(AxisValue value) => value.Value == value.Label
        ? Text(value.Value) : $"{Text(value.Value)}|{Text(value.Label)}";

    // A value that would be parsed as a range is quoted.
    private static string Text(string value) =>
        Quoted.Write(value, value.Contains("..", StringComparison.Ordinal) ? ";,|&." : ";,|&");

    private static IReadOnlyList<Axis> ReadAxes(string part, int processors, AxisFiles files)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals >= 0 && part[..equals].Contains('&', StringComparison.Ordinal)
            ? ReadGroup([.. part[..equals].Split('&', StringSplitOptions.TrimEntries)], part[(equals + 1)..], files)
            : [ReadAxis(part, processors, files)];
    }

    private static IReadOnlyList<Axis> ReadGroup(IReadOnlyList<string> names, string text, AxisFiles files)
    {
        var together = string.Join(" & ", names);
        if (names.FirstOrDefault(name => !IsName(name)) is { } bad)
            throw new FormatException($"'{bad}' of '{together}' is not the name of an axis");
        var rows = new List<IReadOnlyList<AxisValue>>();
        IReadOnlyList<string> entries = text.Trim().Length == 0 ? [] : Quoted.Split(text, ',');
        var isOpen = false;
        foreach (var entry in entries)
        {
            var more = RowsOf(entry, names, together, files, MostValues - rows.Count);
            isOpen |= more is null;
            rows.AddRange(more ?? []);
        }
        if (isOpen)
            rows = [[.. names.Select(_ => Open)]];
        if (rows.Count == 0)
            throw new FormatException($"'{together}' has no values");
        if (rows.GroupBy(row => string.Join(" & ", row.Where(value => !value.IsDerived).Select(value => value.Label)),
            StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new FormatException($"'{together}' names '{twice.Key}' twice");
        var group = new AxisGroup(names, rows);
        List<string> paths = [.. entries.SelectMany(entry => Quoted.Split(entry, '&')).Select(AxisFiles.PathIn)
            .OfType<string>().Distinct()];
        return [.. names.Select((name, index) =>
            new Axis(name, Checked(name, [.. rows.Select(row => row[index]).Distinct()])) { Group = group,
                Files = paths, IsOpen = isOpen })];
    }

    // A value may contain other placeholders, which are resolved where it becomes an argument.
    private static Template Read(string text) =>
        Template.ParseKnown(text, placeholder => placeholder.Text == Processors);

    private static bool HasProcessors(string text) => Read(text).Placeholders.Any();

    // The combinations of an entry; null while the files that they are read from are missing.
    private static IReadOnlyList<IReadOnlyList<AxisValue>>? RowsOf(string entry, IReadOnlyList<string> names,
        string together, AxisFiles files, int most)
    {
        var parts = Quoted.Split(entry, '&');
        if (parts is [var only] && AxisFiles.Parse(only) is ("table", var table))
            return files.Rows(names, table) is not { } known
                ? null : known.Count <= most ? known : throw TooMany(together);
        if (parts.Count != names.Count)
            throw new FormatException(
                $"'{entry}' of '{together}' has {parts.Count} values, not {names.Count}; put a '&' that is part of one "
                    + "in single quotes");
        if (HasProcessors(entry))
            throw new FormatException(
                $"'{entry}' of '{together}' has {{{Processors}}}, which only an axis of its own may have");
        List<IReadOnlyList<AxisValue>> all = [[]];
        foreach (var (part, name) in parts.Zip(names))
        {
            var source = AxisFiles.Parse(part);
            if (source is (not ("files" or "lines"), _) && name != names[0])
            {
                var found = all.ConvertAll(row =>
                    (row, value: files.Of(name, source.Value.Kind, source.Value.Argument, names[0], row)));
                if (found.Exists(one => one.value is null))
                    return null;
                all = found.ConvertAll(one => (IReadOnlyList<AxisValue>)[.. one.row, one.value!]);
                continue;
            }
            if ((source is null ? [.. Expand(part, name, mayBeEmpty: false)] : files.Values(name, source.Value.Kind,
                source.Value.Argument)) is not { } values)
                return null;
            if ((long)all.Count * values.Count > most)
                throw TooMany(together);
            all = [.. all.SelectMany(row => values.Select(value => (IReadOnlyList<AxisValue>)[.. row, value]))];
        }
        return all;
    }

    // Represents values that are not known yet.
    private static AxisValue Open { get; } = new("?", "?");

    private static bool IsName(string name) => name.Length > 0
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static List<AxisValue> Checked(string name, List<AxisValue> values)
    {
        if (values.GroupBy(value => value.Label, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException($"axis '{name}' names the value '{twice.Key}' twice");
        return values.Find(value => (value.Value + value.Label).Any(char.IsControl)) is { } control
            ? throw new FormatException(
                $"axis '{name}' has a value with a control character: "
                    + $"'{string.Concat(control.Value.Select(c => char.IsControl(c) ? '?' : c))}'") : values;
    }

    private static Axis ReadAxis(string part, int processors, AxisFiles files)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : part[..equals].Trim();
        if (!IsName(name))
            throw new FormatException($"'{part}' is not of the form axis=value,value");
        var ofMachine = HasProcessors(part);
        IReadOnlyList<string> entries = string.IsNullOrWhiteSpace(part[(equals + 1)..])
            ? [] : Quoted.Split(part[(equals + 1)..], ',');
        var isOpen = false;
        var values = Values(ofMachine ? processors : null);
        if (isOpen)
            values = [Open];
        if (values.Count == 0)
            throw new FormatException($"axis '{name}' has no values");
        if (values.Count > MostValues)
            throw TooMany(name);
        return new Axis(name, Checked(name, values))
        {
            IsOfMachine = ofMachine,
            IsOpen = isOpen,
            Files = [.. entries.Select(AxisFiles.PathIn).OfType<string>().Distinct()],
        };

        List<AxisValue> Values(int? here)
        {
            var expanded = new List<AxisValue>();
            foreach (var entry in entries)
            {
                if (AxisFiles.Parse(OfOne(entry, name)) is var (kind, argument))
                {
                    var found = files.Values(name, kind, argument);
                    isOpen |= found is null;
                    expanded.AddRange(found ?? []);
                    continue;
                }
                var value = here is null
                    ? entry : Read(entry).Rewrite(_ => here.Value.ToString(CultureInfo.InvariantCulture));
                expanded.AddRange(Expand(value, name, HasProcessors(entry)));
                if (expanded.Count > MostValues)
                    throw TooMany(name);
            }
            return here is null ? expanded
                : [.. expanded.DistinctBy(value => value.Label, StringComparer.Ordinal)
                    .OrderBy(value => Whole(value.Value) ?? int.MaxValue)];
        }
    }

    private static string OfOne(string entry, string axis) => Quoted.Split(entry, '&').Count == 1 ? entry
        : throw new FormatException(
            $"'{entry}' of axis '{axis}' has several values, not one; a '&' that is part of one stands in single "
                + "quotes");

    private static IEnumerable<AxisValue> Expand(string text, string axis, bool mayBeEmpty)
    {
        if (text.Length == 0)
            throw new FormatException($"axis '{axis}' has nothing between two commas; write '' for an empty value");
        var parts = Quoted.Split(text, '|');
        if (parts.Count > 1)
            return parts.Count == 2 ? [new AxisValue(Quoted.Value(parts[0]), Quoted.Value(parts[1]))]
                : throw new FormatException(
                    $"'{text}' of axis '{axis}' has more than a value and its label; put a '|' that is part of one in "
                        + "single quotes");
        if (Quoted.IsQuoted(text) || text.Split("..") is not { Length: 2 or 3 } ends || !Array.Exists(ends, IsEnd))
            return [new AxisValue(Quoted.Value(text), Quoted.Value(text))];
        if (!Array.TrueForAll(ends, end => Whole(end) is not null))
            throw new FormatException(
                $"'{text}' of axis '{axis}' is not a range: a range has whole numbers, such as 1..16 or 0..100..10; "
                    + "name the values, or put a text into single quotes");
        var (first, last, step) = (Whole(ends[0])!.Value, Whole(ends[1])!.Value,
            ends.Length == 3 ? Whole(ends[2])!.Value : 1);
        if (step <= 0)
            throw new FormatException($"the range '{text}' of axis '{axis}' has the step {step}; a step is above 0");
        if (first > last)
            return mayBeEmpty
                ? [] : throw new FormatException(
                    $"the range '{text}' of axis '{axis}' has no value: it goes from the smaller number to the larger "
                        + "one");
        return ((long)last - first) / step < MostValues ? Range(first, last, step) : throw TooMany(axis);
    }

    // Numbers and single letters are treated as bounds of a range; ../folder and v1..v2 are plain texts.
    private static bool IsEnd(string text) =>
        text.Trim() is { Length: 1 } letter && char.IsAsciiLetterOrDigit(letter[0])
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static FormatException TooMany(string axis) => new($"axis '{axis}' has more than {MostValues} values");

    private static IEnumerable<AxisValue> Range(int first, int last, int step)
    {
        for (long value = first; value <= last; value += step)
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            yield return new AxisValue(text, text);
        }
    }

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

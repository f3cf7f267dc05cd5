using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Parses a matrix; docs/notation.md has the grammar.</summary>
/// <param name="processors">The number of processors of the machine.</param>
/// <param name="files">Reads the values that are in files.</param>
internal sealed class MatrixReader(int processors, AxisFiles files)
{
    internal const int MostValues = 10_000;
    internal const string Processors = "processors";

    /// <summary>Reads the axes of a matrix, in the order in which they are written.</summary>
    /// <exception cref="FormatException">The text is malformed, or an axis has no values.</exception>
    public IReadOnlyList<Axis> Read(string text)
    {
        if (Quoted.IsOpen(text))
            throw new FormatException("a single quote is not closed; double a single quote inside of a quoted value");
        var axes = new List<Axis>();
        foreach (var axis in Quoted.List(text, ';').SelectMany(ReadAxes))
            axes.Add(axes.Exists(other => other.Name == axis.Name)
                ? throw new FormatException($"axis '{axis.Name}' occurs twice") : axis);
        return ComputedAxes.WithValues(axes);
    }

    private IReadOnlyList<Axis> ReadAxes(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && part[equals - 1] == ':')
            return [ReadComputed(part[..(equals - 1)].Trim(), part[(equals + 1)..].Trim())];
        return equals >= 0 && part[..equals].Contains('&', StringComparison.Ordinal)
            ? ReadGroup([.. part[..equals].Split('&', StringSplitOptions.TrimEntries)], part[(equals + 1)..])
            : [ReadAxis(part)];
    }

    private IReadOnlyList<Axis> ReadGroup(IReadOnlyList<string> names, string text)
    {
        var together = string.Join(" & ", names);
        if (names.FirstOrDefault(name => !IsName(name)) is { } bad)
            throw new FormatException($"'{bad}' of '{together}' is not the name of an axis");
        var rows = new List<IReadOnlyList<AxisValue>>();
        IReadOnlyList<string> entries = text.Trim().Length == 0 ? [] : Quoted.Split(text, ',');
        var isOpen = false;
        foreach (var entry in entries)
        {
            var more = RowsOf(entry, names, together, MostValues - rows.Count);
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

    // A value of an axis may contain other placeholders, which are resolved where the value becomes an argument.
    private static Template TemplateOf(string text) =>
        Template.ParseKnown(text, placeholder => placeholder.Text == Processors);

    private static bool HasProcessors(string text) => TemplateOf(text).Placeholders.Any();

    // The combinations of values of an entry; null while the files from which the values are read are missing.
    private IReadOnlyList<IReadOnlyList<AxisValue>>? RowsOf(string entry, IReadOnlyList<string> names,
        string together, int most)
    {
        var parts = Quoted.Split(entry, '&');
        if (parts is [var only] && AxisFiles.Parse(only) is ("table", var table))
            return files.Rows(names, table) is not { } known
                ? null : known.Count <= most ? known : throw TooMany(together);
        if (parts.Count != names.Count)
            throw new FormatException(
                $"'{entry}' of '{together}' has {Amount.Count(parts.Count, "value")}, not {names.Count}"
                    + "; put a '&' that is part of one "
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

    /// <summary>Stands in for axis values that are not known yet.</summary>
    internal static AxisValue Open { get; } = new("?", "?");

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

    private Axis ReadAxis(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : part[..equals].Trim();
        if (!IsName(name))
            throw new FormatException($"'{part}' is not of the form axis=value,value");
        var ofMachine = HasProcessors(part);
        IReadOnlyList<string> entries = string.IsNullOrWhiteSpace(part[(equals + 1)..])
            ? [] : Quoted.Split(part[(equals + 1)..], ',');
        var (values, isOpen) = Values(name, entries, ofMachine ? processors : null);
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
    }

    // The values that the entries of an axis stand for, and whether a file with some of the values is missing. For an
    // axis that does not depend on the number of processors, this number is null.
    private (List<AxisValue> Values, bool IsOpen) Values(string name, IReadOnlyList<string> entries, int? here)
    {
        var isOpen = false;
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
                ? entry : TemplateOf(entry).Rewrite(_ => here.Value.ToString(CultureInfo.InvariantCulture));
            expanded.AddRange(Expand(value, name, HasProcessors(entry)));
            if (expanded.Count > MostValues)
                throw TooMany(name);
        }
        return (here is null ? expanded
            : [.. expanded.DistinctBy(value => value.Label, StringComparer.Ordinal)
                .OrderBy(value => Amount.ParseWhole(value.Value) ?? int.MaxValue)], isOpen);
    }

    private Axis ReadComputed(string name, string text)
    {
        if (!IsName(name))
            throw new FormatException($"'{name} := {text}' is not of the form axis := formula");
        var formula = AxisFormula.Parse(name, text, processors);
        return new Axis(name, []) { Formula = formula, IsOfMachine = formula.HasProcessors };
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
        if (Array.ConvertAll(ends, Amount.ParseWhole) is var numbers && Array.Exists(numbers, one => one is null))
            throw new FormatException(
                $"'{text}' of axis '{axis}' is not a range: a range has whole numbers without a plus sign, such as "
                    + "1..16 or 0..100..10; name the values, or put a text into single quotes");
        var (first, last, step) = (numbers[0]!.Value, numbers[1]!.Value, numbers.Length == 3 ? numbers[2]!.Value : 1);
        if (step <= 0)
            throw new FormatException($"the range '{text}' of axis '{axis}' has the step {step}; a step is above 0");
        if (first > last)
            return mayBeEmpty
                ? [] : throw new FormatException(
                    $"the range '{text}' of axis '{axis}' has no value: it goes from the smaller number to the larger "
                        + "one");
        return ((long)last - first) / step < MostValues ? Range(first, last, step) : throw TooMany(axis);
    }

    // Only numbers and single letters are treated as bounds of a range; ../folder and v1..v2 are plain texts.
    private static bool IsEnd(string text) =>
        text.Trim() is { Length: 1 } letter && char.IsAsciiLetterOrDigit(letter[0])
        || Amount.ParseNumber(text) is not null;

    /// <summary>The error for an axis that has more values than an axis may have.</summary>
    internal static FormatException TooMany(string axis) => new($"axis '{axis}' has more than {MostValues} values");

    private static IEnumerable<AxisValue> Range(int first, int last, int step)
    {
        for (long value = first; value <= last; value += step)
        {
            var text = value.ToString(CultureInfo.InvariantCulture);
            yield return new AxisValue(text, text);
        }
    }
}

using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>One value of an axis: what commands get, and what tables and figures show.</summary>
/// <param name="Value">What a placeholder becomes.</param>
/// <param name="Label">What the column of the dataset holds; the value itself unless written as <c>value|label</c>.</param>
public sealed record AxisValue(string Value, string Label);

/// <summary>A parameter of an experiment with the values it takes.</summary>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values)
{
    /// <summary>Whether the machine decides on its values, so that another machine has others.</summary>
    public bool IsOfMachine { get; init; }
}

/// <summary>
/// The parameter matrix of an experiment: <c>list=single,double; n=1..16</c>. Axes are separated by semicolons, values by commas;
/// <c>1..16</c> is a range of whole numbers, <c>0..100..10</c> one with a step, and <c>value|label</c> gives a value a name for people. A value
/// that has one of these signs in it stands in single quotes (<see cref="Quoted"/>).
/// <c>{processors}</c> is the number of processors of this machine: <c>4,12..{processors}..12,{processors}</c>. An axis with it is in order, has no value
/// twice, and a range up to it may be empty.
/// </summary>
public static class Matrix
{
    private const int MostValues = 10_000;
    private const string Processors = "{processors}";

    /// <summary>Reads a matrix; null with an explanation when it is malformed.</summary>
    public static IReadOnlyList<Axis>? Parse(string text, out string problem) => Parse(text, Environment.ProcessorCount, out problem);

    /// <summary>Reads a matrix for a machine with a number of processors; null with an explanation when it is malformed.</summary>
    public static IReadOnlyList<Axis>? Parse(string text, int processors, out string problem)
    {
        var axes = new List<Axis>();
        try
        {
            if (Quoted.IsOpen(text))
                throw new FormatException("a single quote is not closed; one inside of a quoted value is doubled");
            foreach (var part in Quoted.List(text, ';'))
            {
                var axis = ReadAxis(part, processors);
                axes.Add(axes.Exists(other => other.Name == axis.Name) ? throw new FormatException($"axis '{axis.Name}' stands there twice") : axis);
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

    /// <summary>Axes as they would be written with every value.</summary>
    public static string Text(IReadOnlyList<Axis> axes) => string.Join("; ", axes.Select(axis =>
        $"{axis.Name}={string.Join(',', axis.Values.Select(value => value.Value == value.Label ? Text(value.Value) : $"{Text(value.Value)}|{Text(value.Label)}"))}"));

    /// <summary>How many combinations there are.</summary>
    public static decimal Size(IReadOnlyList<Axis> axes) => axes.Aggregate(1m, (size, axis) => size > long.MaxValue ? size : size * axis.Values.Count);

    /// <summary>Every combination of the axes' values, the last axis fastest; one empty combination when there is no axis.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, AxisValue>> Combinations(IReadOnlyList<Axis> axes)
    {
        IEnumerable<Dictionary<string, AxisValue>> all = [[]];
        foreach (var axis in axes)
            all = all.SelectMany(chosen => axis.Values.Select(value => new Dictionary<string, AxisValue>(chosen) { [axis.Name] = value }));
        return all;
    }

    /// <summary>
    /// A matrix for a smoke run: an axis that <paramref name="smoke"/> names has its values, any other keeps its first one. Values that the axis
    /// has keep their labels, by whichever of the two they are named.
    /// </summary>
    public static IReadOnlyList<Axis> Narrowed(IReadOnlyList<Axis> axes, IReadOnlyList<Axis> smoke) =>
    [
        .. axes.Select(axis => smoke.FirstOrDefault(other => other.Name == axis.Name) is { } small
            ? axis with { Values = [.. small.Values.Select(value => axis.Values.FirstOrDefault(own => own.Value == value.Value || own.Label == value.Label) ?? value)] }
            : axis with { Values = [axis.Values[0]] }),
    ];

    // What would be read as a range stands in quotes.
    private static string Text(string value) => Quoted.Write(value, value.Contains("..", StringComparison.Ordinal) ? ";,|." : ";,|");

    private static Axis ReadAxis(string part, int processors)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : part[..equals].Trim();
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new FormatException($"'{part}' is not of the form axis=value,value");
        var ofMachine = part.Contains(Processors, StringComparison.Ordinal);
        var values = Values(part[(equals + 1)..], ofMachine ? processors : null);
        if (values.Count == 0)
            throw new FormatException($"axis '{name}' has no values");
        if (values.Count > MostValues)
            throw TooMany(name);
        if (values.GroupBy(value => value.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException($"axis '{name}' names the value '{twice.Key}' twice");
        if (values.Find(value => (value.Value + value.Label).Any(char.IsControl)) is { } control)
            throw new FormatException($"axis '{name}' has a value with a control character: '{string.Concat(control.Value.Select(c => char.IsControl(c) ? '?' : c))}'");
        return new Axis(name, values) { IsOfMachine = ofMachine };

        List<AxisValue> Values(string text, int? here)
        {
            var expanded = new List<AxisValue>();
            foreach (var entry in text.Trim().Length == 0 ? [] : Quoted.Split(text, ','))
            {
                var value = here is null ? entry : entry.Replace(Processors, here.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                expanded.AddRange(Expand(value, name, entry.Contains(Processors, StringComparison.Ordinal)));
                if (expanded.Count > MostValues)
                    throw TooMany(name);
            }
            return here is null ? expanded
                : [.. expanded.DistinctBy(value => value.Label, StringComparer.Ordinal).OrderBy(value => Whole(value.Value) ?? int.MaxValue)];
        }
    }

    private static IEnumerable<AxisValue> Expand(string text, string axis, bool mayBeEmpty)
    {
        if (text.Length == 0)
            throw new FormatException($"axis '{axis}' has nothing between two commas; an empty value is written ''");
        var parts = Quoted.Split(text, '|');
        if (parts.Count > 1)
            return parts.Count == 2 ? [new AxisValue(Quoted.Value(parts[0]), Quoted.Value(parts[1]))]
                : throw new FormatException($"'{text}' of axis '{axis}' has more than a value and its label; a '|' that is part of one stands in single quotes");
        if (Quoted.IsQuoted(text) || text.Split("..") is not { Length: 2 or 3 } ends || !Array.Exists(ends, IsEnd))
            return [new AxisValue(Quoted.Value(text), Quoted.Value(text))];
        if (!Array.TrueForAll(ends, end => Whole(end) is not null))
            throw new FormatException($"'{text}' of axis '{axis}' is no range: a range has whole numbers, such as 1..16 or 0..100..10; name the values, or "
                + "put a text into single quotes");
        var (first, last, step) = (Whole(ends[0])!.Value, Whole(ends[1])!.Value, ends.Length == 3 ? Whole(ends[2])!.Value : 1);
        if (step <= 0)
            throw new FormatException($"the range '{text}' of axis '{axis}' has the step {step}; a step is above 0");
        if (first > last)
            return mayBeEmpty ? [] : throw new FormatException($"the range '{text}' of axis '{axis}' has no value: it goes from the smaller number to the larger one");
        return ((long)last - first) / step < MostValues ? Range(first, last, step) : throw TooMany(axis);
    }

    // Numbers and single letters are meant as ends of a range; ../folder and v1..v2 are texts.
    private static bool IsEnd(string text) => text.Trim() is { Length: 1 } letter && char.IsAsciiLetterOrDigit(letter[0])
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

using System.Globalization;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>One value of an axis: what commands get, and what tables and figures show.</summary>
/// <param name="Value">What a placeholder becomes.</param>
/// <param name="Label">What the column of the dataset holds; the value itself unless written as <c>value|label</c>.</param>
public sealed record AxisValue(string Value, string Label);

/// <summary>A parameter of an experiment with the values it takes.</summary>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values);

/// <summary>
/// The parameter matrix of an experiment: <c>list=single,double; n=1..16</c>. Axes are separated by semicolons, values by commas;
/// <c>1..16</c> is a range of whole numbers, <c>0..100..10</c> one with a step, and <c>value|label</c> gives a value a name for people.
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
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : part[..equals].Trim();
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                return Fail($"'{part}' is not of the form axis=value,value", out problem);
            if (axes.Any(axis => axis.Name == name))
                return Fail($"axis '{name}' stands there twice", out problem);
            var values = Values(part[(equals + 1)..], processors);
            if (values is [] or [{ Value: "", Label: "" }])
                return Fail($"axis '{name}' has no values", out problem);
            if (values.Count > MostValues)
                return Fail($"axis '{name}' has more than {MostValues} values", out problem);
            if (values.Select(value => value.Label).Distinct(StringComparer.Ordinal).Count() != values.Count)
                return Fail($"axis '{name}' names a value twice", out problem);
            axes.Add(new Axis(name, values));
        }
        problem = "";
        return axes;
    }

    /// <summary>Axes as they would be written with every value.</summary>
    public static string Text(IReadOnlyList<Axis> axes) => string.Join("; ", axes.Select(axis =>
        $"{axis.Name}={string.Join(',', axis.Values.Select(value => value.Value == value.Label ? value.Value : $"{value.Value}|{value.Label}"))}"));

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

    private static List<AxisValue> Values(string text, int processors)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (!text.Contains(Processors, StringComparison.Ordinal))
            return [.. parts.SelectMany(Expand)];
        var here = parts.Select(part => part.Replace(Processors, processors.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            .Where(part => !IsEmptyRange(part)).SelectMany(Expand).DistinctBy(value => value.Label, StringComparer.Ordinal);
        return [.. here.OrderBy(value => Whole(value.Value) ?? int.MaxValue)];
    }

    private static bool IsEmptyRange(string text) => text.Split("..") is [var from, var to, ..] && Whole(from) > Whole(to);

    private static IEnumerable<AxisValue> Expand(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        if (bar >= 0)
            return [new AxisValue(text[..bar].Trim(), text[(bar + 1)..].Trim())];
        var ends = text.Split("..");
        if (ends.Length is 2 or 3 && Whole(ends[0]) is { } first && Whole(ends[1]) is { } last && first <= last)
        {
            var step = ends.Length == 3 ? Whole(ends[2]) ?? 0 : 1;
            if (step > 0)
                return Range(first, last, step);
        }
        return [new AxisValue(text, text)];
    }

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

    private static IReadOnlyList<Axis>? Fail(string text, out string problem)
    {
        problem = text;
        return null;
    }
}

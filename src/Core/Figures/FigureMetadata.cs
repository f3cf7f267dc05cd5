using System.Globalization;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>Reads the metadata that several kinds of figures have in common, and reports invalid values.</summary>
internal static class FigureMetadata
{
    /// <summary>Reports numbers that cannot be on a logarithmic axis.</summary>
    public static void CheckPositive(
        MetadataReader reader, string name, IEnumerable<double> numbers, string axis, AxisScale scale)
    {
        foreach (var number in numbers.Where(number => number <= 0))
            reader.Bad(name, string.Create(CultureInfo.InvariantCulture, $"{number:R}"),
                $"numbers above 0 where {axis} is {scale}");
    }

    /// <summary>Reads values of a column, each with its label and possibly its group.</summary>
    public static FigureLabel[] Labels(MetadataReader reader, string name) => [.. reader.Labelled(name).Select(entry =>
    {
        var parts = entry.Parts;
        if (parts.Count > 3)
            reader.Bad(name, entry.Text,
                "a value, its label and perhaps its group; put a '|' that is part of one in single quotes");
        var label = parts.Count > 1 && parts[1].Length > 0 ? parts[1] : parts[0];
        return new FigureLabel(parts[0], label, parts.Count > 2 ? parts[2] : null);
    })];

    /// <summary>Reads numbers to mark on an axis, each with its meaning.</summary>
    public static FigureLabel[] Marks(MetadataReader reader, string name)
    {
        var marks = Labels(reader, name);
        foreach (var mark in marks.Where(mark => !IsFinite(mark.Value, out _)))
            reader.Bad(name, mark.Value, "a list of numbers, each with its meaning, such as 96|physical cores");
        return [.. marks.Where(mark => IsFinite(mark.Value, out _))];
    }

    /// <summary>Reads a format of numbers as in .NET; returns null when it is absent.</summary>
    public static string? NumberFormat(MetadataReader reader, string name)
    {
        if (reader.Text(name) is not { } format)
            return null;
        if (Regex.IsMatch(format, @"^(#,?)?#*0+(\.0*#*)?([eE][+-]?0+)?$"))
            return format;
        reader.Bad(name, format, "a number format such as 0.00 or #,##0");
        return null;
    }

    /// <summary>Reads a length in inches.</summary>
    public static double Length(MetadataReader reader, string name, double otherwise)
    {
        if (reader.Number(name) is not { } inches)
            return otherwise;
        if (inches is >= 1 and <= 40)
            return inches;
        reader.Bad(name, inches.ToString(CultureInfo.InvariantCulture), "inches, from 1 to 40");
        return otherwise;
    }

    /// <summary>Reads the ends of an axis, if they are declared.</summary>
    /// <param name="reader">The item.</param>
    /// <param name="low">The name of the metadata for the lower end.</param>
    /// <param name="high">The name of the metadata for the upper end.</param>
    /// <param name="scale">The scale of the axis.</param>
    public static AxisRange Limits(MetadataReader reader, string low, string high, AxisScale? scale)
    {
        double? Read(string name) => reader.Number(
            name, number => Math.Abs(number) <= FigurePoint.MostOnAxis && (number > 0 || !IsLog(scale)),
            IsLog(scale) ? "a number above 0, since the axis is logarithmic" : "a number such as 1.5");
        var limits = new AxisRange(Read(low), Read(high));
        if (scale is AxisScale.Broken && limits is not { Low: null, High: null })
            reader.Bad(low, reader.Text(low) ?? reader.Text(high)!, "no ends of an axis that is Broken");
        if (!(limits.Low >= limits.High))
            return limits;
        reader.Bad(high, reader.Text(high)!, $"a number above {low}");
        return new AxisRange(null, null);
    }

    /// <summary>Whether a scale cannot show zero.</summary>
    public static bool IsLog(AxisScale? scale) => scale is AxisScale.Log or AxisScale.Log2;

    /// <summary>Reads one of the allowed scales; returns null when the metadata is absent.</summary>
    public static AxisScale? Scale(MetadataReader reader, string name, IReadOnlyList<AxisScale> allowed)
    {
        if (reader.Text(name) is not { } text)
            return null;
        foreach (var scale in allowed)
        {
            if (string.Equals(scale.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return scale;
        }
        reader.Bad(name, text, "one of " + string.Join(", ", allowed));
        return null;
    }

    /// <summary>Reads finite numbers.</summary>
    public static double[] Numbers(MetadataReader reader, string name)
    {
        var numbers = new List<double>();
        foreach (var entry in reader.List(name))
        {
            if (IsFinite(entry, out var number))
                numbers.Add(number);
            else
                reader.Bad(name, entry, "a list of numbers");
        }
        return [.. numbers];
    }

    /// <summary>Reads colours as <c>#rrggbb</c>.</summary>
    public static string[] Colors(MetadataReader reader, string name)
    {
        var colors = reader.List(name);
        foreach (var color in colors.Where(color => !IsColor(color)))
            reader.Bad(name, color, "a list of colours such as #d62728");
        return [.. colors.Where(IsColor)];
    }

    /// <summary>Reads a list of names of an enumeration.</summary>
    public static T[] Choices<T>(MetadataReader reader, string name) where T : struct, Enum
    {
        var choices = new List<T>();
        foreach (var entry in reader.List(name))
        {
            if (Declarations.Choices.Find<T>(entry) is { } choice)
                choices.Add(choice);
            else
                reader.Bad(name, entry, "a list of " + string.Join(", ", Enum.GetNames<T>()));
        }
        return [.. choices];
    }

    private static bool IsColor(string text) => Regex.IsMatch(text, "^#[0-9a-fA-F]{6}$");

    private static bool IsFinite(string text, out double number) =>
        Math.Abs(number = Amount.ParseNumber(text) ?? double.PositiveInfinity) <= FigurePoint.MostOnAxis;
}

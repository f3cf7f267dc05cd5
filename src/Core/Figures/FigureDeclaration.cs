using System.Globalization;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>The form of a figure.</summary>
public enum FigureKind
{
    /// <summary>Lines with markers over an axis of numbers or categories.</summary>
    LineChart,
    /// <summary>Bars in groups, upright or lying.</summary>
    GroupedBars,
    /// <summary>Rows and columns of numbers.</summary>
    Table,
}

/// <summary>How an axis maps numbers to places.</summary>
public enum AxisScale
{
    /// <summary>Equal steps.</summary>
    Linear,
    /// <summary>Equal factors, ticks at powers of ten.</summary>
    Log,
    /// <summary>Equal factors, ticks at powers of two (x axis only).</summary>
    Log2,
    /// <summary>One place for each value, in order (x axis only).</summary>
    Category,
    /// <summary>Linear, with the widest empty stretch cut out and marked when it is more than half of the axis (y axis only).</summary>
    Broken,
}

/// <summary>A value of a column as figures show it: written <c>value</c>, <c>value|label</c> or <c>value|label|group</c>.</summary>
/// <param name="Value">The value in the dataset.</param>
/// <param name="Label">What the figure says in its place.</param>
/// <param name="Group">Heading above neighbouring table columns that share it; null without.</param>
public sealed record FigureLabel(string Value, string Label, string? Group = null)
{
    /// <summary>
    /// Its place among all that were declared, whether the data have them or not, so that a series keeps its colour when another one is missing.
    /// </summary>
    public int Rank { get; init; }
}

/// <summary>A figure or table that is drawn from datasets (item <c>Figure</c>). docs/figures.md has the metadata.</summary>
public sealed record FigureDeclaration : IDeclaration
{
    /// <summary>Width of a column of a two-column ACM page, in inches.</summary>
    public const double ColumnWidth = 3.33;

    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>Its caption.</summary>
    public string Title { get; init; } = "";
    /// <summary>Other names it can be asked for by, such as its number in the published paper.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>The set it belongs to; empty for none.</summary>
    public string Set { get; init; } = "";
    /// <summary>Its form.</summary>
    public required FigureKind Kind { get; init; }
    /// <summary>Names of the datasets whose points it shows.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }
    /// <summary>Only points with one of these values are shown: column to values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Charts: the columns along the x axis (of a table: what its rows are). Several are joined with a space.</summary>
    public IReadOnlyList<string> X { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="X"/>.</summary>
    public IReadOnlyList<FigureLabel> XOrder { get; init; } = [];
    /// <summary>Charts: the columns that tell lines or bars apart (of a table: what its columns are). Empty: one series.</summary>
    public IReadOnlyList<string> Series { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="Series"/>.</summary>
    public IReadOnlyList<FigureLabel> SeriesOrder { get; init; } = [];
    /// <summary>Charts: the column with one panel per value; null for one panel.</summary>
    public string? Panels { get; init; }
    /// <summary>Order and titles of the panels.</summary>
    public IReadOnlyList<FigureLabel> PanelOrder { get; init; } = [];
    /// <summary>Panels side by side; null: as many as are legible.</summary>
    public int? PanelColumns { get; init; }

    /// <summary>Scale of the x axis; null: linear for a line chart over numbers, else categories.</summary>
    public AxisScale? XScale { get; init; }
    /// <summary>Scale of the y axis (the axis of values).</summary>
    public AxisScale YScale { get; init; }
    /// <summary>
    /// Text at the x axis; null: the names of its columns where they are numbers. Of a table: heads of the columns that name its rows,
    /// separated by semicolons; null: their names in the dataset.
    /// </summary>
    public string? XLabel { get; init; }
    /// <summary>Text at the y axis; null: quantity and unit.</summary>
    public string? YLabel { get; init; }
    /// <summary>Ticks of the x axis; empty: chosen.</summary>
    public IReadOnlyList<double> XTicks { get; init; } = [];
    /// <summary>Ticks of the y axis; empty: chosen.</summary>
    public IReadOnlyList<double> YTicks { get; init; } = [];
    /// <summary>Dashed lines across the x axis of numbers: where, and what they mean.</summary>
    public IReadOnlyList<FigureLabel> XMarks { get; init; } = [];
    /// <summary>Bars lie, the first category on top.</summary>
    public bool Horizontal { get; init; }
    /// <summary>Intervals are drawn where they are known.</summary>
    public bool ErrorBars { get; init; } = true;
    /// <summary>Colours by order of series (of categories, when there is but one series) as <c>#rrggbb</c>; empty: a palette that colour-blind readers can use.</summary>
    public IReadOnlyList<string> Colors { get; init; } = [];
    /// <summary>Markers by order of series; empty: all kinds in turn.</summary>
    public IReadOnlyList<FigureMarker> Markers { get; init; } = [];
    /// <summary>Patterns of the bars by order of series; empty: plain, with patterns where colours repeat.</summary>
    public IReadOnlyList<FigureHatch> Hatches { get; init; } = [];

    /// <summary>The authors' recorded numbers are drawn beside the measured ones: dashed, hatched, or in parentheses.</summary>
    public bool Overlay { get; init; }
    /// <summary>Format of numbers as in .NET, such as <c>0.00</c>; null: <see cref="Digits"/> decide.</summary>
    public string? Format { get; init; }
    /// <summary>Of a table: significant digits of numbers where no <see cref="Format"/> is given; digits before the point are never cut.</summary>
    public int Digits { get; init; } = 3;
    /// <summary>Of a table: a value of its column; rows without a number there stand below it, with the reason. Null: every row is in the table.</summary>
    public string? RowsWith { get; init; }
    /// <summary>Width in inches. A picture grows beyond it when its text would not be legible otherwise.</summary>
    public double Width { get; init; } = ColumnWidth;
    /// <summary>Height of a row of panels in inches; legend, footnotes and titles come on top. Of a table: not used.</summary>
    public double Height { get; init; } = 1.9;

    /// <summary>What it shows of a dataset: the points that satisfy <see cref="Where"/>.</summary>
    public Dataset Shown(Dataset dataset) => DrawnFigure.Shown(Where, dataset);

    /// <summary>Reads an item.</summary>
    public static FigureDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        reader.Required("Kind");
        var kind = reader.Choice("Kind", FigureKind.LineChart);
        if (reader.List("Datasets").Count == 0)
            reader.Required("Datasets");
        var declaration = new FigureDeclaration
        {
            Name = item.Name,
            Item = item,
            Title = reader.Text("Title") ?? "",
            Aliases = reader.List("Aliases"),
            Set = reader.Text("Set") ?? "",
            Kind = kind,
            Datasets = reader.List("Datasets"),
            Where = ReadWhere(reader),
            Overlay = reader.Flag("Overlay"),
            Format = ReadFormat(reader),
            Width = ReadLength(reader, "Width", ColumnWidth),
        };
        declaration = kind == FigureKind.Table ? ReadTable(reader, declaration) : ReadChart(reader, declaration);
        reader.Finish();
        return declaration;
    }

    private static FigureDeclaration ReadTable(MetadataReader reader, FigureDeclaration declaration)
    {
        reader.Required("Rows");
        reader.Required("Columns");
        return declaration with
        {
            X = reader.List("Rows"),
            XOrder = ReadLabels(reader, "RowOrder"),
            Series = reader.List("Columns"),
            SeriesOrder = ReadLabels(reader, "ColumnOrder"),
            XLabel = reader.Text("XLabel"),
            RowsWith = reader.Text("RowsWith"),
            Digits = reader.WholeNumber("Digits", least: 1) ?? 3,
        };
    }

    private static FigureDeclaration ReadChart(MetadataReader reader, FigureDeclaration declaration)
    {
        reader.Required("X");
        var bars = declaration.Kind == FigureKind.GroupedBars;
        declaration = declaration with
        {
            X = reader.List("X"),
            XOrder = ReadLabels(reader, "XOrder"),
            Series = reader.List("Series"),
            SeriesOrder = ReadLabels(reader, "SeriesOrder"),
            Panels = reader.Text("Panels"),
            PanelOrder = ReadLabels(reader, "PanelOrder"),
            PanelColumns = reader.WholeNumber("PanelColumns", least: 1),
            YScale = ReadScale(reader, "YScale", [AxisScale.Linear, AxisScale.Log, .. bars ? [AxisScale.Broken] : Array.Empty<AxisScale>()]) ?? AxisScale.Linear,
            XLabel = reader.Text("XLabel"),
            YLabel = reader.Text("YLabel"),
            YTicks = ReadNumbers(reader, "YTicks"),
            ErrorBars = reader.Flag("ErrorBars", otherwise: true),
            Colors = ReadColors(reader),
            Height = ReadLength(reader, "Height", 1.9),
        };
        if (declaration.YScale == AxisScale.Log)
            CheckPositive(reader, "YTicks", declaration.YTicks, "YScale", AxisScale.Log);
        return bars
            ? declaration with
            {
                XScale = AxisScale.Category,
                Horizontal = reader.Flag("Horizontal"),
                Hatches = ReadChoices<FigureHatch>(reader, "Hatches"),
            }
            : CheckedLines(reader, declaration with
            {
                XScale = ReadScale(reader, "XScale", [AxisScale.Linear, AxisScale.Log, AxisScale.Log2, AxisScale.Category]),
                XTicks = ReadNumbers(reader, "XTicks"),
                XMarks = ReadXMarks(reader),
                Markers = ReadChoices<FigureMarker>(reader, "Markers"),
            });
    }

    private static FigureDeclaration CheckedLines(MetadataReader reader, FigureDeclaration declaration)
    {
        if (declaration.XScale is not (AxisScale.Log or AxisScale.Log2) || declaration.XScale is not { } scale)
            return declaration;
        CheckPositive(reader, "XTicks", declaration.XTicks, "XScale", scale);
        CheckPositive(reader, "XMarks", declaration.XMarks.Select(mark => double.Parse(mark.Value, CultureInfo.InvariantCulture)), "XScale", scale);
        return declaration;
    }

    private static void CheckPositive(MetadataReader reader, string name, IEnumerable<double> numbers, string axis, AxisScale scale)
    {
        foreach (var number in numbers.Where(number => number <= 0))
            reader.Bad(name, number.ToString("R", CultureInfo.InvariantCulture), $"numbers above 0 where {axis} is {scale}");
    }

    private static FigureLabel[] ReadLabels(MetadataReader reader, string name) => [.. reader.Parts(name).Select(entry =>
    {
        string[] parts = [.. Quoted.Split(entry, '|').Select(Quoted.Value)];
        if (parts.Length > 3)
            reader.Bad(name, entry, "a value, its label and perhaps its group; a '|' that is part of one stands in single quotes");
        return new FigureLabel(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : parts[0], parts.Length > 2 ? parts[2] : null);
    })];

    private static FigureLabel[] ReadXMarks(MetadataReader reader)
    {
        var marks = ReadLabels(reader, "XMarks");
        foreach (var mark in marks.Where(mark => !IsFinite(mark.Value, out _)))
            reader.Bad("XMarks", mark.Value, "a list of numbers, each with its meaning, such as 96|physical cores");
        return [.. marks.Where(mark => IsFinite(mark.Value, out _))];
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadWhere(MetadataReader reader)
    {
        var conditions = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var entry in reader.Parts("Where"))
        {
            var equals = Quoted.IndexOf(entry, "=");
            if (equals > 0 && conditions.TryAdd(Quoted.Value(entry[..equals].Trim()), [.. Quoted.Split(entry[(equals + 1)..], '|').Select(Quoted.Value)]))
                continue;
            reader.Bad("Where", entry, "a list of column=value, or column=one|other, each column once");
        }
        return conditions;
    }

    private static string? ReadFormat(MetadataReader reader)
    {
        if (reader.Text("Format") is not { } format)
            return null;
        if (Regex.IsMatch(format, @"^(#,?)?#*0+(\.0*#*)?([eE][+-]?0+)?$"))
            return format;
        reader.Bad("Format", format, "a number format such as 0.00 or #,##0");
        return null;
    }

    private static double ReadLength(MetadataReader reader, string name, double otherwise)
    {
        if (reader.Number(name) is not { } inches)
            return otherwise;
        if (inches is >= 1 and <= 40)
            return inches;
        reader.Bad(name, inches.ToString(CultureInfo.InvariantCulture), "inches, from 1 to 40");
        return otherwise;
    }

    private static AxisScale? ReadScale(MetadataReader reader, string name, AxisScale[] allowed)
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

    private static double[] ReadNumbers(MetadataReader reader, string name)
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

    private static string[] ReadColors(MetadataReader reader)
    {
        var colors = reader.List("Colors");
        foreach (var color in colors.Where(color => !IsColor(color)))
            reader.Bad("Colors", color, "a list of colours such as #d62728");
        return [.. colors.Where(IsColor)];
    }

    private static T[] ReadChoices<T>(MetadataReader reader, string name) where T : struct, Enum
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
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= FigurePoint.MostOnAxis;
}

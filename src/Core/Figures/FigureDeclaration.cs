using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>The scale of an axis, which maps numbers to positions.</summary>
public enum AxisScale
{
    /// <summary>A linear scale, on which equal differences have equal lengths.</summary>
    Linear,
    /// <summary>A logarithmic scale, on which equal factors have equal lengths, with ticks at powers of ten.</summary>
    Log,
    /// <summary>A logarithmic scale, on which equal factors have equal lengths, with ticks at powers of two (x axis
    /// only).</summary>
    Log2,
    /// <summary>A scale of categories, with one place for each value, in order (x axis only).</summary>
    Category,
    /// <summary>
    /// A linear scale with the widest empty section cut out and marked when that section is more than half of the axis
    /// (y axis only).
    /// </summary>
    Broken,
}

/// <summary>
/// A value of a column as figures show it, written <c>value</c>, <c>value|label</c> or <c>value|label|group</c>.
/// </summary>
/// <param name="Value">The value in the dataset.</param>
/// <param name="Label">The text that the figure shows instead.</param>
/// <param name="Group">The heading above neighbouring table columns that share it; null when there is none.</param>
public sealed record FigureLabel(string Value, string Label, string? Group = null)
{
    /// <summary>
    /// The value's position among all declared values, whether the data contain them or not, so that a series keeps its
    /// colour when another series is missing.
    /// </summary>
    public int Rank { get; init; }
}

/// <summary>The second axis of values of a chart, on the right.</summary>
/// <param name="Series">The series that use the second axis, as they are named in the data or in the order of
/// series.</param>
/// <param name="Scale">The scale of the second axis.</param>
/// <param name="Label">The text at the axis; null for quantity and unit.</param>
/// <param name="Ticks">The axis's ticks; empty when they are chosen automatically.</param>
/// <param name="Limits">The axis's ends, if they are declared.</param>
internal sealed record RightAxisDeclaration(
    IReadOnlyList<string> Series, AxisScale Scale, string? Label, IReadOnlyList<double> Ticks, AxisRange Limits);

/// <summary>
/// A figure or table that is drawn from datasets (item <c>Figure</c>). docs/figures.md describes the metadata of
/// figures.
/// </summary>
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
    /// <summary>Aliases by which the figure can be requested, such as its number in the published paper.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>The set that the figure belongs to; empty when there is none.</summary>
    public string Set { get; init; } = "";
    /// <summary>The figure's kind, with the metadata that only this kind reads.</summary>
    public required FigureKind Kind { get; init; }
    /// <summary>Names of the datasets whose points the figure shows.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }
    /// <summary>The conditions that points must satisfy to be shown: the values to select, by column.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>
    /// For charts: the columns along the x axis; for tables: the columns that identify the rows. If several columns are
    /// declared, their values are joined with a space.
    /// </summary>
    public IReadOnlyList<string> X { get; init; } = [];
    /// <summary>The order and the labels of the values of <see cref="X"/>.</summary>
    public IReadOnlyList<FigureLabel> XOrder { get; init; } = [];
    /// <summary>
    /// For charts: the columns that distinguish lines or bars; for tables: the columns of the dataset that identify the
    /// table's columns. If the figure has only one series, the list of columns is empty.
    /// </summary>
    public IReadOnlyList<string> Series { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="Series"/>.</summary>
    public IReadOnlyList<FigureLabel> SeriesOrder { get; init; } = [];
    /// <summary>For charts: the column for each of whose values there is one panel; null when the chart has one
    /// panel.</summary>
    public string? Panels { get; init; }
    /// <summary>Order and titles of the panels.</summary>
    public IReadOnlyList<FigureLabel> PanelOrder { get; init; } = [];
    /// <summary>The number of panels side by side; null for as many as are legible.</summary>
    public int? PanelColumns { get; init; }

    /// <summary>
    /// The scale of the x axis; null for a linear one in a line chart over numbers, and for categories otherwise.
    /// </summary>
    public AxisScale? XScale { get; init; }
    /// <summary>Scale of the y axis (the axis of values).</summary>
    public AxisScale YScale { get; init; }
    /// <summary>The text at the x axis; null to use the names of the columns, if their values are numbers.</summary>
    public string? XLabel { get; init; }
    /// <summary>
    /// For tables: the heads of the columns that name its rows; a head that is omitted is the name of its column.
    /// </summary>
    public IReadOnlyList<string> RowHeads { get; init; } = [];
    /// <summary>The text at the y axis; null to use the quantity and its unit.</summary>
    public string? YLabel { get; init; }
    /// <summary>The ticks of the x axis; empty when they are chosen automatically.</summary>
    public IReadOnlyList<double> XTicks { get; init; } = [];
    /// <summary>The ticks of the y axis; empty when they are chosen automatically.</summary>
    public IReadOnlyList<double> YTicks { get; init; } = [];
    /// <summary>Dashed lines that mark values of a numeric x axis, with their positions and meanings.</summary>
    public IReadOnlyList<FigureLabel> XMarks { get; init; } = [];
    /// <summary>Dashed lines that mark values of the axis of values, with their positions and meanings.</summary>
    public IReadOnlyList<FigureLabel> YMarks { get; init; } = [];
    /// <summary>The ends of a numeric x axis, if they are declared.</summary>
    internal AxisRange XLimits { get; init; } = new(null, null);
    /// <summary>The ends of the axis of values, if they are declared.</summary>
    internal AxisRange YLimits { get; init; } = new(null, null);
    /// <summary>The second axis of values of the chart, on the right; null when the chart has no second axis.</summary>
    internal RightAxisDeclaration? Right { get; init; }
    /// <summary>Values of <see cref="X"/> that stand apart at the end of the axis, such as a mean of the other
    /// values.</summary>
    public IReadOnlyList<string> Apart { get; init; } = [];
    /// <summary>Whether numbers are written at bars and in cells.</summary>
    public bool Values { get; init; }
    /// <summary>Whether bars are horizontal, with the first category on top.</summary>
    public bool Horizontal { get; init; }
    /// <summary>Whether intervals are drawn if they are known.</summary>
    public bool ErrorBars { get; init; } = true;
    /// <summary>
    /// The colours by order of series (of categories, when there is only one series) as <c>#rrggbb</c>; empty to use a
    /// palette that colour-blind readers can distinguish.
    /// </summary>
    public IReadOnlyList<string> Colors { get; init; } = [];
    /// <summary>The markers of the series, in the order of the series; empty to use all kinds of markers in
    /// turn.</summary>
    public IReadOnlyList<FigureMarker> Markers { get; init; } = [];
    /// <summary>
    /// The patterns of the bars, in the order of the series. If no pattern is declared, bars are plain until a colour
    /// is used again.
    /// </summary>
    public IReadOnlyList<FigureHatch> Hatches { get; init; } = [];

    /// <summary>
    /// Whether the authors' recorded numbers are drawn beside the measured ones: dashed, hatched, or in parentheses.
    /// </summary>
    public bool Overlay { get; init; }
    /// <summary>
    /// The format of numbers as in .NET, such as <c>0.00</c>; when the format is null, <see cref="Digits"/> applies.
    /// </summary>
    public string? Format { get; init; }
    /// <summary>
    /// For tables: the number of significant digits when no <see cref="Format"/> is given; digits before the decimal
    /// point are never dropped.
    /// </summary>
    public int Digits { get; init; } = 3;
    /// <summary>
    /// For tables: the value that identifies a column of numbers. Rows without a number in the identified column are
    /// listed below the table, with the reason. If no column is identified, every row is in the table.
    /// </summary>
    public string? RowsWith { get; init; }
    /// <summary>
    /// Font files for characters that the SDK's font lacks, which are used before the fonts of the machine; their paths
    /// are as declared, relative to the project, or absolute.
    /// </summary>
    public IReadOnlyList<string> FontFiles { get; init; } = [];
    /// <summary>The width of the picture in inches. A picture becomes wider if its text would not be legible
    /// otherwise.</summary>
    public double Width { get; init; } = ColumnWidth;
    /// <summary>
    /// The height of a row of panels in inches, to which legend, footnotes and titles are added; tables do not use it.
    /// </summary>
    public double Height { get; init; } = 1.9;

    /// <summary>A sentence that stands with the figure's notes; null when there is none.</summary>
    internal string? Remark { get; init; }

    /// <summary>
    /// Returns the declaration by which the SDK draws the points of a figure whose own program left no picture.
    /// </summary>
    /// <param name="figure">The figure to draw, whose name, caption and conditions apply.</param>
    internal FigureDeclaration InPlaceOf(FigureDeclaration figure)
    {
        var where = Where.Concat(figure.Where).Distinct().ToList();
        // A panel whose points are all left out would be reported as missing.
        var onePanel = figure.Where.Any(condition => condition.Name == Panels);
        return this with
        {
            Name = figure.Name,
            Item = figure.Item,
            Title = figure.Title.Length > 0 ? figure.Title : Title,
            Where = where,
            Panels = onePanel ? null : Panels,
            PanelOrder = onePanel ? [] : PanelOrder,
            Remark = $"Drawn by the SDK as '{Name}', since there is no picture of the author's own program.",
        };
    }

    /// <summary>Returns the points of a dataset that the figure shows, which are those that satisfy <see
    /// cref="Where"/>.</summary>
    public Dataset Shown(Dataset dataset) => DrawnFigure.Shown(Where, dataset);

    /// <summary>Reads an item <c>Figure</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Collector to which the problems that were found are added.</param>
    /// <param name="extensions">The extensions that the item may refer to; null for those that ship with the
    /// SDK.</param>
    public static FigureDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics,
        ExtensionSet? extensions = null)
    {
        var reader = new MetadataReader(item, diagnostics);
        extensions ??= ExtensionSet.BuiltIn;
        var name = reader.Required("Kind");
        var kind = FigureKinds.Find(name, extensions);
        if (kind is null && name.Length > 0)
            reader.Bad("Kind", name, "a kind of figures: " + string.Join(", ", FigureKinds.Names(extensions)));
        if (reader.List("Datasets").Count == 0)
            reader.Required("Datasets");
        var declaration = new FigureDeclaration
        {
            Name = item.Name,
            Item = item,
            Title = reader.Text("Title") ?? "",
            Aliases = reader.List("Aliases"),
            Set = reader.Text("Set") ?? "",
            // If a figure declares no kind, its problems are reported as for the most common kind.
            Kind = kind ?? new LineChart(),
            Datasets = reader.List("Datasets"),
            Where = reader.Conditions("Where"),
            Width = FigureMetadata.Length(reader, "Width", ColumnWidth),
            FontFiles = kind is { GivesPictures: true } ? [] : reader.List("FontFile"),
        };
        if (kind is null && name.Length > 0)
            return declaration;
        declaration = declaration.Kind.Read(reader, declaration);
        reader.Finish();
        return declaration;
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>How an axis maps numbers to positions.</summary>
public enum AxisScale
{
    /// <summary>Equal differences have equal lengths.</summary>
    Linear,
    /// <summary>Equal factors have equal lengths, with ticks at powers of ten.</summary>
    Log,
    /// <summary>Equal factors have equal lengths, with ticks at powers of two (x axis only).</summary>
    Log2,
    /// <summary>One place for each value, in order (x axis only).</summary>
    Category,
    /// <summary>
    /// Linear, with the widest empty section cut out and marked when it is more than half of the axis (y axis only).
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
    /// The value's position among all values that were declared, whether the data contain them or not, so that a series
    /// keeps its colour when another one is missing.
    /// </summary>
    public int Rank { get; init; }
}

/// <summary>The second axis of values of a chart, on the right.</summary>
/// <param name="Series">The series that use it, as they are named in the data or in the order of series.</param>
/// <param name="Scale">Its scale.</param>
/// <param name="Label">The text at the axis; null for quantity and unit.</param>
/// <param name="Ticks">The axis's ticks; empty when they are chosen automatically.</param>
/// <param name="Limits">The axis's ends, if they are declared.</param>
internal sealed record RightAxisDeclaration(
    IReadOnlyList<string> Series, AxisScale Scale, string? Label, IReadOnlyList<double> Ticks, AxisRange Limits);

/// <summary>
/// A figure or table that is drawn from datasets (item <c>Figure</c>). docs/figures.md describes the metadata.
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
    /// <summary>Other names by which the figure can be requested, such as its number in the published paper.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>The set that the figure belongs to; empty when there is none.</summary>
    public string Set { get; init; } = "";
    /// <summary>The figure's kind, with the metadata that only this kind reads.</summary>
    public required FigureKind Kind { get; init; }
    /// <summary>Names of the datasets whose points it shows.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }
    /// <summary>The conditions that points must satisfy to be shown: the values to select, by column.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>
    /// For charts: the columns along the x axis; for tables: what identifies the rows. Several are joined with a space.
    /// </summary>
    public IReadOnlyList<string> X { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="X"/>.</summary>
    public IReadOnlyList<FigureLabel> XOrder { get; init; } = [];
    /// <summary>
    /// For charts: the columns that distinguish lines or bars; for tables: what identifies the columns. Empty for one
    /// series.
    /// </summary>
    public IReadOnlyList<string> Series { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="Series"/>.</summary>
    public IReadOnlyList<FigureLabel> SeriesOrder { get; init; } = [];
    /// <summary>For charts: the column with one panel per value; null for one panel.</summary>
    public string? Panels { get; init; }
    /// <summary>Order and titles of the panels.</summary>
    public IReadOnlyList<FigureLabel> PanelOrder { get; init; } = [];
    /// <summary>The number of panels side by side; null for as many as are legible.</summary>
    public int? PanelColumns { get; init; }

    /// <summary>
    /// The scale of the x axis; null for a linear one in a line chart over numbers, and categories otherwise.
    /// </summary>
    public AxisScale? XScale { get; init; }
    /// <summary>Scale of the y axis (the axis of values).</summary>
    public AxisScale YScale { get; init; }
    /// <summary>The text at the x axis; null for the names of its columns if they are numbers.</summary>
    public string? XLabel { get; init; }
    /// <summary>
    /// For tables: the heads of the columns that name its rows; any that are omitted are the names of the columns.
    /// </summary>
    public IReadOnlyList<string> RowHeads { get; init; } = [];
    /// <summary>The text at the y axis; null for quantity and unit.</summary>
    public string? YLabel { get; init; }
    /// <summary>The ticks of the x axis; empty when they are chosen automatically.</summary>
    public IReadOnlyList<double> XTicks { get; init; } = [];
    /// <summary>The ticks of the y axis; empty when they are chosen automatically.</summary>
    public IReadOnlyList<double> YTicks { get; init; } = [];
    /// <summary>Dashed lines across the x axis of numbers: their positions and meanings.</summary>
    public IReadOnlyList<FigureLabel> XMarks { get; init; } = [];
    /// <summary>Dashed lines across the axis of values: their positions and meanings.</summary>
    public IReadOnlyList<FigureLabel> YMarks { get; init; } = [];
    /// <summary>The ends of the x axis of numbers, if they are declared.</summary>
    internal AxisRange XLimits { get; init; } = new(null, null);
    /// <summary>The ends of the axis of values, if they are declared.</summary>
    internal AxisRange YLimits { get; init; } = new(null, null);
    /// <summary>The second axis of values, on the right; null when there is none.</summary>
    internal RightAxisDeclaration? Right { get; init; }
    /// <summary>Values of <see cref="X"/> that stand apart at the end, such as a mean of the others.</summary>
    public IReadOnlyList<string> Apart { get; init; } = [];
    /// <summary>Whether numbers are written at bars and cells.</summary>
    public bool Values { get; init; }
    /// <summary>Whether bars are horizontal, with the first category on top.</summary>
    public bool Horizontal { get; init; }
    /// <summary>Whether intervals are drawn if they are known.</summary>
    public bool ErrorBars { get; init; } = true;
    /// <summary>
    /// The colours by order of series (of categories, when there is only one series) as <c>#rrggbb</c>; empty for a
    /// palette that colour-blind readers can use.
    /// </summary>
    public IReadOnlyList<string> Colors { get; init; } = [];
    /// <summary>The markers by order of series; empty for all kinds in turn.</summary>
    public IReadOnlyList<FigureMarker> Markers { get; init; } = [];
    /// <summary>
    /// The patterns of the bars, in the order of the series. If empty, bars are plain until a colour is used again.
    /// </summary>
    public IReadOnlyList<FigureHatch> Hatches { get; init; } = [];

    /// <summary>
    /// Whether the authors' recorded numbers are drawn beside the measured ones: dashed, hatched, or in parentheses.
    /// </summary>
    public bool Overlay { get; init; }
    /// <summary>
    /// The format of numbers as in .NET, such as <c>0.00</c>; when it is null, <see cref="Digits"/> applies.
    /// </summary>
    public string? Format { get; init; }
    /// <summary>
    /// For tables: the number of significant digits when no <see cref="Format"/> is given; digits before the decimal
    /// point are never dropped.
    /// </summary>
    public int Digits { get; init; } = 3;
    /// <summary>
    /// For tables: a value of its column. Rows without a number in that column are listed below the table, with the
    /// reason. When it is null, every row is in the table.
    /// </summary>
    public string? RowsWith { get; init; }
    /// <summary>
    /// Font files for characters that the SDK's font lacks, used before the fonts of the machine: as declared, relative
    /// to the project, or absolute.
    /// </summary>
    public IReadOnlyList<string> FontFiles { get; init; } = [];
    /// <summary>The width in inches. A picture becomes wider if its text would not be legible otherwise.</summary>
    public double Width { get; init; } = ColumnWidth;
    /// <summary>
    /// The height of a row of panels in inches; legend, footnotes and titles are added to it. Not used for tables.
    /// </summary>
    public double Height { get; init; } = 1.9;

    /// <summary>Returns what the figure shows of a dataset: the points that satisfy <see cref="Where"/>.</summary>
    public Dataset Shown(Dataset dataset) => DrawnFigure.Shown(Where, dataset);

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Receives the problems found.</param>
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
            // For a figure without a kind, problems are reported as for the most common kind.
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

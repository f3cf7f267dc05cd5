using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

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
    /// <summary>
    /// Linear, with the widest empty stretch cut out and marked when it is more than half of the axis (y axis only).
    /// </summary>
    Broken,
}

/// <summary>
/// A value of a column as figures show it: written <c>value</c>, <c>value|label</c> or <c>value|label|group</c>.
/// </summary>
/// <param name="Value">The value in the dataset.</param>
/// <param name="Label">What the figure says in its place.</param>
/// <param name="Group">Heading above neighbouring table columns that share it; null without.</param>
public sealed record FigureLabel(string Value, string Label, string? Group = null)
{
    /// <summary>
    /// Its place among all that were declared, whether the data have them or not, so that a series keeps its colour
    /// when another one is missing.
    /// </summary>
    public int Rank { get; init; }
}

/// <summary>The second axis of values of a chart, at the right.</summary>
/// <param name="Series">Which series stand on it, as they are named in the data or in the order of series.</param>
/// <param name="Scale">Its scale.</param>
/// <param name="Label">Text at it; null: quantity and unit.</param>
/// <param name="Ticks">Its ticks; empty: chosen.</param>
/// <param name="Limits">Its ends, where they are declared.</param>
internal sealed record RightAxisDeclaration(
    IReadOnlyList<string> Series, AxisScale Scale, string? Label, IReadOnlyList<double> Ticks, AxisRange Limits);

/// <summary>
/// A figure or table that is drawn from datasets (item <c>Figure</c>). docs/figures.md has the metadata.
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
    /// <summary>Other names it can be asked for by, such as its number in the published paper.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
    /// <summary>The set it belongs to; empty for none.</summary>
    public string Set { get; init; } = "";
    /// <summary>Its form, with what it has read of the item for itself.</summary>
    public required FigureKind Kind { get; init; }
    /// <summary>Names of the datasets whose points it shows.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }
    /// <summary>Only points with one of these values are shown: column to values.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>
    /// Charts: the columns along the x axis (of a table: what its rows are). Several are joined with a space.
    /// </summary>
    public IReadOnlyList<string> X { get; init; } = [];
    /// <summary>Order and labels of the values of <see cref="X"/>.</summary>
    public IReadOnlyList<FigureLabel> XOrder { get; init; } = [];
    /// <summary>
    /// Charts: the columns that tell lines or bars apart (of a table: what its columns are). Empty: one series.
    /// </summary>
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
    /// <summary>Text at the x axis; null: the names of its columns where they are numbers.</summary>
    public string? XLabel { get; init; }
    /// <summary>
    /// Of a table: heads of the columns that name its rows; those that are left out are the names of the columns.
    /// </summary>
    public IReadOnlyList<string> RowHeads { get; init; } = [];
    /// <summary>Text at the y axis; null: quantity and unit.</summary>
    public string? YLabel { get; init; }
    /// <summary>Ticks of the x axis; empty: chosen.</summary>
    public IReadOnlyList<double> XTicks { get; init; } = [];
    /// <summary>Ticks of the y axis; empty: chosen.</summary>
    public IReadOnlyList<double> YTicks { get; init; } = [];
    /// <summary>Dashed lines across the x axis of numbers: where, and what they mean.</summary>
    public IReadOnlyList<FigureLabel> XMarks { get; init; } = [];
    /// <summary>Dashed lines across the axis of values: where, and what they mean.</summary>
    public IReadOnlyList<FigureLabel> YMarks { get; init; } = [];
    /// <summary>Ends of the x axis of numbers, where they are declared.</summary>
    internal AxisRange XLimits { get; init; } = new(null, null);
    /// <summary>Ends of the axis of values, where they are declared.</summary>
    internal AxisRange YLimits { get; init; } = new(null, null);
    /// <summary>The second axis of values, at the right; null: there is none.</summary>
    internal RightAxisDeclaration? Right { get; init; }
    /// <summary>Values of <see cref="X"/> that stand apart at the end, such as a mean of the others.</summary>
    public IReadOnlyList<string> Apart { get; init; } = [];
    /// <summary>Numbers are written at bars and cells.</summary>
    public bool Values { get; init; }
    /// <summary>Bars lie, the first category on top.</summary>
    public bool Horizontal { get; init; }
    /// <summary>Intervals are drawn where they are known.</summary>
    public bool ErrorBars { get; init; } = true;
    /// <summary>
    /// Colours by order of series (of categories, when there is but one series) as <c>#rrggbb</c>; empty: a palette
    /// that colour-blind readers can use.
    /// </summary>
    public IReadOnlyList<string> Colors { get; init; } = [];
    /// <summary>Markers by order of series; empty: all kinds in turn.</summary>
    public IReadOnlyList<FigureMarker> Markers { get; init; } = [];
    /// <summary>Patterns of the bars by order of series; empty: plain, with patterns where colours repeat.</summary>
    public IReadOnlyList<FigureHatch> Hatches { get; init; } = [];

    /// <summary>
    /// The authors' recorded numbers are drawn beside the measured ones: dashed, hatched, or in parentheses.
    /// </summary>
    public bool Overlay { get; init; }
    /// <summary>Format of numbers as in .NET, such as <c>0.00</c>; null: <see cref="Digits"/> decide.</summary>
    public string? Format { get; init; }
    /// <summary>
    /// Of a table: significant digits of numbers where no <see cref="Format"/> is given; digits before the point are
    /// never cut.
    /// </summary>
    public int Digits { get; init; } = 3;
    /// <summary>
    /// Of a table: a value of its column; rows without a number there stand below it, with the reason. Null: every row
    /// is in the table.
    /// </summary>
    public string? RowsWith { get; init; }
    /// <summary>
    /// Font files for what the SDK's font lacks, before those of the machine: as declared, relative to the project, or
    /// absolute.
    /// </summary>
    public IReadOnlyList<string> FontFiles { get; init; } = [];
    /// <summary>Width in inches. A picture grows beyond it when its text would not be legible otherwise.</summary>
    public double Width { get; init; } = ColumnWidth;
    /// <summary>
    /// Height of a row of panels in inches; legend, footnotes and titles come on top. Of a table: not used.
    /// </summary>
    public double Height { get; init; } = 1.9;

    /// <summary>What it shows of a dataset: the points that satisfy <see cref="Where"/>.</summary>
    public Dataset Shown(Dataset dataset) => DrawnFigure.Shown(Where, dataset);

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Told of what is wrong.</param>
    /// <param name="extensions">What it may refer to; null: what ships with the SDK.</param>
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
            // One that names no kind is told what it lacks for the commonest.
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

using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A kind of figure: which metadata it reads, which columns it needs, and how its content looks. Title, notes, legend,
/// fonts, the text file, the marks of recorded numbers and all formats are common to all figures, and do not depend on
/// the kind. Kinds of figures are found by their type: a new kind is a new class.
/// </summary>
public abstract class FigureKind : INamed
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public virtual int Version => 1;

    /// <summary>Whether the kind's points are in cells, to which notes can be attached, rather than along
    /// axes.</summary>
    internal virtual bool InCells => false;

    /// <summary>Whether the kind's series are places, in which case a note names their column.</summary>
    internal virtual bool SeriesArePlaces => InCells;

    /// <summary>Whether all numbers of the figure are on one axis, and so must have one unit.</summary>
    internal virtual bool HasOneUnit => true;

    /// <summary>Whether the figure has a legend of its series.</summary>
    internal virtual bool HasLegend => true;

    /// <summary>
    /// Whether the number of each point is on the axis of values, so that a number at or below zero is missing from a
    /// logarithmic axis. A kind that shows samples, or has several axes of numbers, writes notes on missing numbers
    /// itself.
    /// </summary>
    internal virtual bool NumbersAreOnY => true;

    /// <summary>
    /// Sentences on what the figure's numbers are and which marks show their spread; null for a statistic of samples
    /// with error bars.
    /// </summary>
    internal virtual IReadOnlyList<string>? Method(FigureData data) => null;

    /// <summary>The conditions that the figure's points must satisfy in addition to <c>Where</c>, each with the name of
    /// its metadata.</summary>
    internal virtual IEnumerable<(string MetadataName, Condition Condition)> Conditions => [];

    /// <summary>Whether the kind's pictures come from another program, so that the SDK lays nothing out.</summary>
    internal virtual bool GivesPictures => false;

    /// <summary>Returns the notes of a kind whose pictures come from another program (<see
    /// cref="GivesPictures"/>).</summary>
    internal virtual FigureNotes NotesOf(FigureData data) => FigureNotes.Of(data, []);

    /// <summary>A description of how recorded numbers look beside measured ones.</summary>
    internal virtual string RecordedStyle => "Outlined (paper)";

    /// <summary>Reads the metadata of this kind of figure.</summary>
    /// <param name="reader">The item.</param>
    /// <param name="figure">The declaration that all figures have in common; its kind may be replaced by a kind that
    /// contains the metadata which were read.</param>
    internal abstract FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure);

    /// <summary>Returns the columns of datasets that a figure names, each with the name of its metadata.</summary>
    internal abstract IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure);

    /// <summary>Returns the figure and its datasets, changed as the kind requires if its places depend on the
    /// datasets.</summary>
    internal virtual (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets) => (figure, datasets);

    /// <summary>
    /// Whether places that are numbers are sorted in ascending order, whatever the order of the file.
    /// </summary>
    internal virtual bool SortsNumbers(FigureDeclaration figure) => false;

    /// <summary>Checks whether the data would stop the figure, apart from columns, places and units.</summary>
    /// <param name="data">Data that contain at least one number, which may be made up.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The figure could not be drawn.</exception>
    internal virtual void Check(FigureData data)
    {
    }

    /// <summary>Lays the content of the figure out.</summary>
    /// <param name="data">The data that the figure shows.</param>
    /// <param name="ink">Measures and writes text.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The declaration and the data do not match.</exception>
    internal abstract FigureContent Lay(FigureData data, Ink ink);

    /// <summary>Draws a sample of a series for the legend.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The area to draw in.</param>
    /// <param name="style">The appearance of the series.</param>
    /// <param name="paper">Whether the figure shows recorded numbers beside measured ones.</param>
    internal virtual void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        var color = SKColor.Parse(style.Color);
        var box = SKRect.Create(area.Left + 2, area.MidY - 3.5f, area.Width - 3, 7);
        using var fill = new SKPaint { Color = color, IsStroke = paper, StrokeWidth = 0.6f, IsAntialias = true };
        canvas.DrawRect(box, fill);
        PlotParts.DrawHatch(canvas, box, PlotParts.HatchOf(style, paper), paper ? color : SKColors.White);
    }

    /// <summary>Returns the width that is declared for the content, in points.</summary>
    internal static float WidthOf(FigureDeclaration figure) => (float)(figure.Width * 72) - 2 * FigureFrame.Margin;
}

/// <summary>The content of a figure after layout.</summary>
/// <param name="Width">The width of the content in points, which exceeds the declared width when the text needs
/// more.</param>
/// <param name="Height">The height of the content in points.</param>
/// <param name="Draw">Draws the content, with its upper left corner at a position. The function that draws the content
/// is called once for each format.</param>
/// <param name="Notes">Notes on what a reader must know.</param>
internal sealed record FigureContent(float Width, float Height, Action<SKCanvas, float, float> Draw, FigureNotes Notes)
{
    /// <summary>
    /// Sentences that appear only below the picture, since the other formats contain the texts that these sentences
    /// refer to.
    /// </summary>
    public IReadOnlyList<string> OfPicture { get; init; } = [];

    /// <summary>Sentences on the data that are missing from the picture.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>
    /// The content as a table of rows and columns, which is also written as text and TeX; null when the content is not
    /// a table.
    /// </summary>
    public TableGrid? Grid { get; init; }

    /// <summary>
    /// Returns the marks at which a reader can point, for a content whose upper left corner is at the given position.
    /// </summary>
    public Func<float, float, IEnumerable<PictureMark>> Marks { get; init; } = (_, _) => [];

    /// <summary>Notes on what a user must know about the picture.</summary>
    public IReadOnlyList<Diagnostics.Diagnostic> Warnings { get; init; } = [];
}

/// <summary>The kinds that a figure can have: those that ship with the SDK, and those of extensions.</summary>
internal static class FigureKinds
{
    private static readonly IReadOnlyList<FigureKind> Shipped =
    [
        .. typeof(FigureKind).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(FigureKind)) && !type.IsAbstract)
            .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(type => (FigureKind)Activator.CreateInstance(type)!)
            .OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Returns the kind of figure with a name, ignoring case; null when there is none.</summary>
    public static FigureKind? Find(string name, ExtensionSet extensions) =>
        Shipped.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? (extensions.FigureKinds.Find(name) is { } own ? new ExtensionKind(own) : null);

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names(ExtensionSet extensions) =>
        [.. Shipped.Select(kind => kind.Name), .. extensions.FigureKinds.Names];

    /// <summary>The end of a sentence that says why an extension's kind of figure cannot have its name; null when the
    /// name is allowed.</summary>
    public static string? Refused(INamed one) => one is IFigureKind && Find(one.Name, ExtensionSet.BuiltIn) is not null
        ? $"has the figure kind '{one.Name}', which the SDK has already" : null;
}

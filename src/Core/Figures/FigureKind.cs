using SkiaSharp;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>
/// A form of figures: what it reads of the item, which columns it needs, and how its content looks. Title, notes,
/// legend, fonts, the text file, the marks of recorded numbers and all formats are every figure's, and none of its
/// concern. Found by its type: a new kind is a new class.
/// </summary>
public abstract class FigureKind : INamed
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public virtual int Version => 1;

    /// <summary>Whether its points stand in cells, which notes can hang at, and not along axes.</summary>
    internal virtual bool InCells => false;

    /// <summary>Whether its series are places, so that a note names their column.</summary>
    internal virtual bool SeriesArePlaces => InCells;

    /// <summary>Whether all of its numbers stand on one axis, and so have one unit.</summary>
    internal virtual bool HasOneUnit => true;

    /// <summary>Whether there is a legend of the series.</summary>
    internal virtual bool HasLegend => true;

    /// <summary>
    /// Whether the number of each point stands on the axis of values, so that one at or below zero is not on a
    /// logarithmic one. A kind that shows samples, or several axes of numbers, says that itself.
    /// </summary>
    internal virtual bool NumbersAreOnY => true;

    /// <summary>
    /// What its numbers are and what shows their spread, as sentences; null: a statistic of samples with error bars.
    /// </summary>
    internal virtual IReadOnlyList<string>? Method(FigureData data) => null;

    /// <summary>The conditions on points that it has beside <c>Where</c>, each with the metadatum.</summary>
    internal virtual IEnumerable<(string Metadatum, Condition Condition)> Conditions => [];

    /// <summary>Whether its pictures come from elsewhere, so that nothing is laid out.</summary>
    internal virtual bool GivesPictures => false;

    /// <summary>The notes of a kind that <see cref="GivesPictures"/>.</summary>
    internal virtual FigureNotes NotesOf(FigureData data) => FigureNotes.Of(data, []);

    /// <summary>How recorded numbers look beside measured ones.</summary>
    internal virtual string LooksOfRecorded => "Outlined (paper)";

    /// <summary>Reads the metadata of this kind.</summary>
    /// <param name="reader">The item.</param>
    /// <param name="figure">What every figure has; its kind may become one with what was read.</param>
    internal abstract FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure);

    /// <summary>The columns of datasets that a figure names, each with the metadatum.</summary>
    internal abstract IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure);

    /// <summary>The figure over its datasets, for kinds whose places depend on these.</summary>
    internal virtual (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets) => (figure, datasets);

    /// <summary>Whether places that are numbers go up, whatever the order of the file.</summary>
    internal virtual bool SortsNumbers(FigureDeclaration figure) => false;

    /// <summary>What of the data would stop the figure, beside columns, places and units.</summary>
    /// <param name="data">Data with a number, which may be made up.</param>
    /// <exception cref="Diagnostics.DiagnosticException">It could not be drawn.</exception>
    internal virtual void Check(FigureData data)
    {
    }

    /// <summary>Lays the content out.</summary>
    /// <param name="data">What it shows.</param>
    /// <param name="ink">Measures and writes text.</param>
    /// <exception cref="Diagnostics.DiagnosticException">Declaration and data do not go together.</exception>
    internal abstract FigureContent Lay(FigureData data, Ink ink);

    /// <summary>Draws a piece of a series for the legend.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">Where it stands.</param>
    /// <param name="style">The looks of the series.</param>
    /// <param name="paper">Whether it shows recorded numbers beside measured ones.</param>
    internal virtual void DrawSwatch(SKCanvas canvas, SKRect area, FigureStyle style, bool paper)
    {
        var color = SKColor.Parse(style.Color);
        var box = SKRect.Create(area.Left + 2, area.MidY - 3.5f, area.Width - 3, 7);
        using var fill = new SKPaint { Color = color, IsStroke = paper, StrokeWidth = 0.6f, IsAntialias = true };
        canvas.DrawRect(box, fill);
        PlotParts.DrawHatch(canvas, box, PlotParts.HatchOf(style, paper), paper ? color : SKColors.White);
    }

    /// <summary>The width that is declared for its content, in points.</summary>
    internal static float WidthOf(FigureDeclaration figure) => (float)(figure.Width * 72) - 2 * FigureFrame.Margin;
}

/// <summary>The content of a figure, laid out.</summary>
/// <param name="Width">Width in points; more than declared where the text needs it.</param>
/// <param name="Height">Height in points.</param>
/// <param name="Draw">Draws it, its upper left corner at a place. Called once for each format.</param>
/// <param name="Notes">What a reader must know.</param>
internal sealed record FigureContent(float Width, float Height, Action<SKCanvas, float, float> Draw, FigureNotes Notes)
{
    /// <summary>Sentences that stand below the picture only, since the other forms have what they speak of.</summary>
    public IReadOnlyList<string> OfPicture { get; init; } = [];

    /// <summary>What of the data is not in the picture.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>
    /// The same as a table of rows and columns, which is written as text and TeX, too; null: it has none.
    /// </summary>
    public TableGrid? Grid { get; init; }

    /// <summary>What a user must know of the picture.</summary>
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

    /// <summary>The kind of a name, case ignored; null when there is none.</summary>
    public static FigureKind? Find(string name, ExtensionSet extensions) =>
        Shipped.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? (extensions.FigureKinds.Find(name) is { } own ? new ExtensionKind(own) : null);

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names(ExtensionSet extensions) =>
        [.. Shipped.Select(kind => kind.Name), .. extensions.FigureKinds.Names];

    /// <summary>Why an extension cannot have a kind of its name, as the end of a sentence; null: it can.</summary>
    public static string? Refused(INamed one) => one is IFigureKind && Find(one.Name, ExtensionSet.BuiltIn) is not null
        ? $"has the figure kind '{one.Name}', which the SDK has already" : null;
}

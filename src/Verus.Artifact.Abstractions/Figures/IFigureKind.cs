namespace Verus.Artifact.Extensions;

/// <summary>
/// A kind of figure, which items <c>Figure</c> name in <c>Kind</c>. The kind draws the content. The SDK adds title,
/// notes, the text file, marks of recorded numbers, fonts and all formats. A kind is found by its type, as readers are.
/// A kind has no state, and is pure: equal data give equal pictures.
/// </summary>
public interface IFigureKind : INamed
{
    /// <summary>
    /// Columns of the datasets that the figure needs, each with the name of the metadata that refers to it. A dataset
    /// without one of them is an error before anything runs. The SDK asks the object that <see cref="Configure"/>
    /// returned.
    /// </summary>
    IReadOnlyList<FigureColumn> Columns => [];

    /// <summary>
    /// The kind for one figure, with metadata of its own, such as the number of bins. The method is called before
    /// anything runs.
    /// </summary>
    IFigureKind Configure(IMetadata metadata) => this;

    /// <summary>
    /// Lays the content out. Called once before anything runs, with made-up numbers, and once for each picture.
    /// </summary>
    /// <param name="input">What the figure shows.</param>
    /// <param name="texts">How long texts are, for the layout.</param>
    /// <exception cref="FormatException">
    /// The data have not what the figure needs; the message says what, as a sentence.
    /// </exception>
    FigureDrawing Lay(FigureInput input, ITextMeasure texts);
}

/// <summary>A column of datasets that a figure names.</summary>
/// <param name="MetadataName">Name of the metadata that names it, such as <c>X</c>.</param>
/// <param name="Column">The column.</param>
public sealed record FigureColumn(string MetadataName, string Column);

/// <summary>The content of a figure, laid out.</summary>
/// <param name="Height">Its height in points (1/72 inch), above 0 and at most 2880.</param>
/// <param name="Draw">Draws it. Called once.</param>
public sealed record FigureDrawing(double Height, Action<ICanvas> Draw)
{
    /// <summary>What a reader must know about it, as sentences below the picture and in the text file.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

namespace Verus.Artifact.Extensions;

/// <summary>
/// A kind of figure, which items <c>Figure</c> name in <c>Kind</c>. A figure kind draws the content of a figure. The
/// SDK adds title, notes, the text file, marks of recorded numbers, fonts and all formats. A figure kind is found by
/// its type, as readers are. A figure kind has no state, and is pure: equal data give equal pictures.
/// </summary>
public interface IFigureKind : INamed
{
    /// <summary>
    /// The columns of datasets that the figure needs, each with the name of the metadata that refers to it. A dataset
    /// without a column that the figure needs is an error, which is reported before anything runs. The SDK reads the
    /// columns from the object that <see cref="Configure"/> returned.
    /// </summary>
    IReadOnlyList<FigureColumn> Columns => [];

    /// <summary>
    /// Returns the figure kind for one figure, which may have metadata of the kind's own, such as the number of bins.
    /// The metadata of a figure kind are read before anything runs.
    /// </summary>
    IFigureKind Configure(IMetadata metadata) => this;

    /// <summary>
    /// Lays the content of a figure out. The content of a figure is laid out once before anything runs, with made-up
    /// numbers, and once for each picture.
    /// </summary>
    /// <param name="input">The data that the figure shows.</param>
    /// <param name="texts">Measures the lengths of texts, for the layout.</param>
    /// <exception cref="FormatException">
    /// The data lack something that the figure needs; the message of the exception is a sentence that says what.
    /// </exception>
    FigureDrawing Lay(FigureInput input, ITextMeasure texts);
}

/// <summary>A column of datasets that a figure names.</summary>
/// <param name="MetadataName">Name of the metadata that names the column, such as <c>X</c>.</param>
/// <param name="Column">The name of the column.</param>
public sealed record FigureColumn(string MetadataName, string Column);

/// <summary>The content of a figure after the layout.</summary>
/// <param name="Height">The height of the content in points (1/72 inch), above 0 and at most 2880.</param>
/// <param name="Draw">Function that draws the content, and that is called once.</param>
public sealed record FigureDrawing(double Height, Action<ICanvas> Draw)
{
    /// <summary>Sentences on what a reader must know about the figure, which appear below the picture and in the text
    /// file.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

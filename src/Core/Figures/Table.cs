using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>A figure that is a table: rows and columns of numbers.</summary>
internal sealed class Table : FigureKind
{
    /// <inheritdoc/>
    public override string Name => "Table";

    /// <inheritdoc/>
    internal override bool InCells => true;

    /// <inheritdoc/>
    internal override bool HasOneUnit => false;

    /// <inheritdoc/>
    internal override bool HasLegend => false;

    /// <inheritdoc/>
    internal override string RecordedStyle => "In parentheses";

    /// <inheritdoc/>
    internal override FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure)
    {
        reader.Required("Rows");
        reader.Required("Columns");
        return figure with
        {
            X = reader.List("Rows"),
            XOrder = FigureMetadata.Labels(reader, "RowOrder"),
            Series = reader.List("Columns"),
            SeriesOrder = FigureMetadata.Labels(reader, "ColumnOrder"),
            RowHeads = reader.List("RowHeads"),
            RowsWith = reader.Text("RowsWith"),
            Digits = reader.WholeNumber("Digits", least: 1) ?? 3,
            Format = FigureMetadata.NumberFormat(reader, "Format"),
            Overlay = reader.Flag("Overlay"),
            ErrorBars = false,
        };
    }

    /// <inheritdoc/>
    internal override IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure) =>
        figure.X.Select(column => new FigureColumn("Rows", column))
            .Concat(figure.Series.Select(column => new FigureColumn("Columns", column)));

    /// <inheritdoc/>
    internal override FigureContent Lay(FigureData data, Ink ink)
    {
        var unit = data.Units is [{ Length: > 0 } one]
            ? [$"{FigureNotes.Sentence(data.Quantity)} in {one}."] : Array.Empty<string>();
        var notes = FigureNotes.Of(data, [], unit);
        var grid = TableGrid.Of(data, notes);
        var table = new TableContent(grid, WidthOf(data.Figure), ink);
        return new FigureContent(table.Width, table.Height, table.Draw, notes)
        {
            OfPicture = table.Notes,
            LeftOut = table.LeftOut,
            Grid = grid,
        };
    }
}

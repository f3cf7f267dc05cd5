using System.Text;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Figures;

/// <summary>Draws figures: each as SVG, PDF, PNG and text, tables as TeX too. Equal data give equal files.</summary>
public static class FigureDrawer
{
    /// <summary>
    /// Draws a figure into a folder. Of a dataset that is there as measured and as recorded, the measured numbers are drawn, and the text table shows
    /// both. A figure without a number is a text file that says why.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">The declaration does not fit the data, or the folder cannot be written.</exception>
    public static DrawnFigure Draw(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string folder)
    {
        var data = FigureData.Select(figure, datasets);
        var notes = data.HasNumbers ? FigureNotes.Of(data) : null;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        Write("txt", Encoding.UTF8.GetBytes(Text(data, notes)));
        if (notes is not null)
        {
            var fonts = FigureFonts.Get();
            var matrix = figure.Kind == FigureKind.Table ? TableGrid.Matrix(data, notes) : null;
            var picture = matrix is null ? new ChartPainter(data, notes, fonts).Paint() : new TablePainter(data, notes, matrix, fonts).Paint();
            Write("svg", Encoding.UTF8.GetBytes(picture.ToSvg(figure.Title)));
            Write("pdf", picture.ToPdf(figure.Title));
            Write("png", picture.ToPng());
            if (matrix is not null)
                Write("tex", Encoding.UTF8.GetBytes(matrix.ToTex([figure.Title, .. notes.All])));
        }
        return new DrawnFigure
        {
            Name = figure.Name,
            Title = figure.Title,
            Files = files,
            Origin = data.Origin,
            Datasets = datasets,
            Notes = notes?.All ?? FigureNotes.Reasons(data),
        };

        void Write(string format, byte[] content)
        {
            files[format] = Path.Combine(folder, $"{figure.Name}.{format}");
            AtomicFile.Write(files[format], content);
        }
    }

    private static string Text(FigureData data, FigureNotes? notes)
    {
        var text = new StringBuilder();
        text.Append(data.Figure.Name).Append(": ").Append(data.Figure.Title).Append('\n');
        if (notes is null)
        {
            text.Append("Not measured here.\n");
            foreach (var reason in FigureNotes.Reasons(data))
                text.Append("  ").Append(reason).Append('\n');
            return text.ToString();
        }
        if (data.Origin == Origin.Recorded)
            text.Append(data.IsAllRecorded ? "" : "PARTLY ").Append(FigureNotes.Recorded.ToUpperInvariant()).Append('\n');
        text.Append('\n');
        if (data.Figure.Kind == FigureKind.Table)
            text.Append(TableGrid.Matrix(data, notes).ToText()).Append('\n');
        if (data.Figure.Kind != FigureKind.Table || data.Points.Any(point => point.Dataset.Origin == Origin.Measured))
            text.Append(TableGrid.Points(data).ToText()).Append('\n');
        foreach (var note in notes.All)
            text.Append(note).Append('\n');
        return text.ToString();
    }
}

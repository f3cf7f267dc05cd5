using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>A kind of figure that an extension provides. A fault in the extension's code is an error only of the figure
/// at hand.</summary>
internal sealed class ExtensionKind : FigureKind
{
    // The maximum height that may be declared for a figure.
    private const double MostHeight = 40 * 72;

    private readonly IFigureKind kind;
    private readonly IReadOnlyList<FigureColumn> columns;

    /// <summary>Makes a kind of figure that has not read an item yet.</summary>
    public ExtensionKind(IFigureKind kind) : this(kind, kind.Name, []) { }

    private ExtensionKind(IFigureKind kind, string name, IReadOnlyList<FigureColumn> columns) =>
        (this.kind, Name, this.columns) = (kind, name, columns);

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    internal override bool HasOneUnit => false;

    /// <inheritdoc/>
    internal override bool HasLegend => false;

    /// <inheritdoc/>
    internal override FigureDeclaration Read(MetadataReader reader, FigureDeclaration figure) => figure with
    {
        Kind = reader.Configure(Name, metadata =>
        {
            var own = kind.Configure(metadata);
            var columnsOfOwn = own.Columns.Select(column => new FigureColumn(column.MetadataName, column.Column));
            return new ExtensionKind(own, Name, [.. columnsOfOwn]);
        }, this, out _),
        ErrorBars = false,
    };

    /// <inheritdoc/>
    internal override IEnumerable<FigureColumn> ColumnsOf(FigureDeclaration figure) => columns;

    /// <summary>
    /// Gives each row a place of its own, identified by all columns, and by the name of its dataset if there are
    /// several.
    /// </summary>
    internal override (FigureDeclaration Figure, IReadOnlyList<Dataset> Datasets) Over(
        FigureDeclaration figure, IReadOnlyList<Dataset> datasets) => RowPlaces.Of(figure, datasets);

    /// <summary>
    /// Lays the figure out with made-up numbers. A failure with made-up numbers does not stop the evaluation, since it
    /// may be due to these numbers.
    /// </summary>
    internal override void Check(FigureData data)
    {
        try
        {
            FigureDrawer.WithInk(ink => Lay(data, ink));
        }
        catch (DiagnosticException problem)
        {
            var (figure, why) = (data.Figure, problem.Diagnostics[0].Message);
            throw FigureRules.TrialFailed.Error(figure.Item.Where, figure.Name, Name, why);
        }
    }

    /// <inheritdoc/>
    internal override FigureContent Lay(FigureData data, Ink ink)
    {
        var figure = data.Figure;
        var width = WidthOf(figure);
        var canvas = new FigureCanvas(ink, width);
        var notes = Run(figure, () =>
        {
            var drawing = kind.Lay(InputOf(data, width), canvas);
            if (!(drawing.Height is > 0 and <= MostHeight))
                throw Undrawable(figure, FormattableString.Invariant($"asks for a height of {drawing.Height} points"));
            canvas.Record((float)drawing.Height, drawing.Draw);
            return drawing.Notes.Select(note => note.ToString()).ToList();
        });
        if (canvas.Problem is { } problem)
            throw Undrawable(figure, problem);
        return new FigureContent(width, (float)canvas.Height, canvas.Replay, FigureNotes.Of(data, notes))
        {
            Warnings = canvas.IsCut ? [FigureRules.Outside.At(figure.Item.Where, figure.Name, Name)] : [],
        };
    }

    private DiagnosticException Undrawable(FigureDeclaration figure, string why) =>
        FigureRules.Undrawable.Error(figure.Item.Where, figure.Name, Name, why);

    private T Run<T>(FigureDeclaration figure, Func<T> own)
    {
        try
        {
            return own();
        }
        catch (FormatException problem)
        {
            throw FigureRules.CannotBeDrawn.Error(figure.Item.Where, figure.Name, Line(problem) + ".");
        }
        catch (Exception problem) when (problem is not (DiagnosticException or OutOfMemoryException))
        {
            throw ExtensionRules.Failed.Error(figure.Item.Where, Name, $"it drew Figure '{figure.Name}'",
                PlainText.Of(problem));
        }
    }

    private static string Line(Exception problem) => PlainText.Line(problem.Message).TrimEnd('.');

    private static FigureInput InputOf(FigureData data, float width) => new()
    {
        Name = data.Figure.Name,
        Title = data.Figure.Title,
        Width = width,
        Datasets =
        [
            .. data.Points.GroupBy(point => point.Dataset)
                .Select(points => DatasetOf(points.Key, [.. points], RowPlaces.HasSeveral(data.Figure) ? 1 : 0)),
        ],
    };

    private static FigureDataset DatasetOf(Dataset dataset, IReadOnlyList<FigurePoint> points, int added)
    {
        List<string> own = [.. dataset.Columns.Skip(added)];
        return new FigureDataset
        {
            Name = dataset.Name,
            Columns = own,
            Quantity = dataset.Quantity,
            Statistic = dataset.Statistic,
            IsRecorded = dataset.Origin == Origin.Recorded,
            Rows =
            [
                .. points.Select(point => new FigureRow
                {
                    Keys = own.ToDictionary(column => column, column => point.Point[column], StringComparer.Ordinal),
                    Value = point.Estimate?.Value,
                    Low = point.Estimate?.Low,
                    High = point.Estimate?.High,
                    Unit = point.Unit,
                    Samples = point.Point.Samples,
                    Note = point.Point.Note,
                }),
            ],
        };
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>A figure as it was drawn, which is what the report shows.</summary>
public sealed record DrawnFigure
{
    /// <summary>Name of the figure, such as <c>Figure6a</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Its caption.</summary>
    public required string Title { get; init; }
    /// <summary>
    /// The absolute paths of the figure's files by format: <c>svg</c>, <c>png</c>, <c>pdf</c>, <c>txt</c>, and for some
    /// figures <c>tex</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
    /// <summary>Whether another program drew the figure, so that its pictures are shown as they are.</summary>
    public bool IsOfOtherProgram { get; init; }
    /// <summary>The origin of the figure's numbers: recorded as soon as one series is recorded.</summary>
    public required Origin Origin { get; init; }
    /// <summary>The data that the figure was drawn from.</summary>
    public required IReadOnlyList<Dataset> Datasets { get; init; }
    /// <summary>The figure shows only points that satisfy all of these conditions.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];
    /// <summary>Notes on what a reader must know, such as a series that ended, another tool version, or recorded
    /// numbers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Notes on what the picture cannot show: characters without a font, or data for which a page has no
    /// room.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>Returns the points of a dataset that the figure shows, which are those that satisfy <see
    /// cref="Where"/>.</summary>
    public Dataset Shown(Dataset dataset) => Shown(Where, dataset);

    internal static Dataset Shown(IReadOnlyList<Condition> where, Dataset dataset) => where.Count == 0 ? dataset
        : dataset with
        {
            Points =
            [.. dataset.Points.Where(point => where.All(condition => condition.Holds(point[condition.Name])))]
        };
}

namespace Verus.Artifact.Extensions;

/// <summary>What a figure shows.</summary>
public sealed record FigureInput
{
    /// <summary>Name of the figure.</summary>
    public required string Name { get; init; }

    /// <summary>Its caption; empty without.</summary>
    public required string Title { get; init; }

    /// <summary>The width of the figure's content in points (1/72 inch).</summary>
    public required double Width { get; init; }

    /// <summary>
    /// The figure's datasets in order, without those that have no row for it. Each has its measured numbers, or the
    /// recorded ones if nothing was measured.
    /// </summary>
    public required IReadOnlyList<FigureDataset> Datasets { get; init; }
}

/// <summary>A dataset of a figure.</summary>
public sealed record FigureDataset
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The dataset's key columns in order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>What the numbers are, such as <c>time</c>.</summary>
    public required string Quantity { get; init; }

    /// <summary>How the samples of a row became one number, such as <c>median</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>Whether its numbers were recorded by the authors. The figure says so without the kind's help.</summary>
    public required bool IsRecorded { get; init; }

    /// <summary>Its rows in order.</summary>
    public required IReadOnlyList<FigureRow> Rows { get; init; }
}

/// <summary>A row of a dataset.</summary>
public sealed record FigureRow
{
    /// <summary>The value of each key column.</summary>
    public required IReadOnlyDictionary<string, string> Keys { get; init; }

    /// <summary>The row's number, which is finite; null if it has none.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of the 95% confidence interval; null when it has none.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public double? High { get; init; }

    /// <summary>Unit of the number; empty for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>The measured values behind the number; none for recorded rows.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>
    /// Why there is no number, or what a reader must know about it, for the notes below the figure; null for nothing.
    /// </summary>
    public string? Note { get; init; }

    /// <summary>The value of a key column; empty when the dataset has no such column.</summary>
    public string this[string column] => Keys.TryGetValue(column, out var value) ? value : "";
}

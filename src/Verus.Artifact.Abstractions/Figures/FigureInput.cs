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
    /// The figure's datasets in order, without those that have no row for the figure. Each dataset has its measured
    /// numbers, or its recorded numbers if nothing was measured.
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

    /// <summary>The quantity that the numbers measure, such as <c>time</c>.</summary>
    public required string Quantity { get; init; }

    /// <summary>The statistic by which the samples of a row became one number, such as <c>median</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>Whether the dataset's numbers were recorded by the authors. The SDK marks recorded numbers in the
    /// figure, without the help of the figure kind.</summary>
    public required bool IsRecorded { get; init; }

    /// <summary>Its rows in order.</summary>
    public required IReadOnlyList<FigureRow> Rows { get; init; }
}

/// <summary>A row of a dataset.</summary>
public sealed record FigureRow
{
    /// <summary>The value of each key column of the row.</summary>
    public required IReadOnlyDictionary<string, string> Keys { get; init; }

    /// <summary>The row's number, which is finite; null if the row has no number.</summary>
    public double? Value { get; init; }

    /// <summary>Lower end of the number's 95% confidence interval; null when the number has no interval.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public double? High { get; init; }

    /// <summary>Unit of the number; empty for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>The measured values behind the number; a recorded row has none.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>
    /// Why the row has no number, or what a reader must know about the number, for the notes below the figure; null if
    /// there is no such note.
    /// </summary>
    public string? Note { get; init; }

    /// <summary>The value of a key column; empty when the dataset does not have the column.</summary>
    public string this[string column] => Keys.TryGetValue(column, out var value) ? value : "";
}

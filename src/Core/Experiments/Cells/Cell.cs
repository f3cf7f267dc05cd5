namespace Verus.Artifact.Experiments.Cells;

/// <summary>One combination of an experiment's matrix: the unit that is sampled.</summary>
public sealed record Cell
{
    /// <summary>The experiment.</summary>
    public required ExperimentDeclaration Experiment { get; init; }

    /// <summary>The value of each axis.</summary>
    public required IReadOnlyDictionary<string, AxisValue> Values { get; init; }

    /// <summary>
    /// The experiment as it applies to this cell: the values of the cell's axes are filled in in its time limit and its
    /// success rule.
    /// </summary>
    public ExperimentDeclaration Own => AxisMetadata.Of(Experiment, Values);

    /// <summary>
    /// A stable name of the cell, such as <c>Text[level=3,tool=zstd]</c>; values that follow from a file are not part
    /// of the name.
    /// </summary>
    public string Name => Values.Count == 0 ? Experiment.Name : $"{Experiment.Name}[{string.Join(',',
        Values.Where(pair => !pair.Value.IsDerived).Select(pair => $"{pair.Key}={pair.Value.Label}"))}]";

    /// <summary>
    /// The key columns of the cell's observations: the labels of its axes and the experiment's constant columns.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns =>
        Values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Label)).Concat(Experiment.Columns)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>
    /// The cells of an experiment in the order of its matrix; in a smoke run, only the cells of that smoke run.
    /// </summary>
    public static IEnumerable<Cell> Of(ExperimentDeclaration experiment) => experiment switch
    {
        { IsSmoke: false } => Of(experiment, experiment.Matrix),
        { Smoke.Count: > 0 } => Of(experiment, Matrix.Narrowed(experiment.Matrix, experiment.Smoke)),
        _ => Of(experiment, experiment.Matrix).ToList() is [var first, .., var last]
            ? [first, last] : Of(experiment, experiment.Matrix),
    };

    // Whether a condition holds for values that come with a pin is unknown until the pin is downloaded.
    private static IEnumerable<Cell> Of(ExperimentDeclaration experiment, IReadOnlyList<Axis> axes)
    {
        var open = axes.Where(axis => axis.IsOpen).Select(axis => axis.Name).ToHashSet(StringComparer.Ordinal);
        return Matrix.Combinations(axes)
            .Where(values => !experiment.Except.Any(conditions => conditions.All(condition =>
                !open.Contains(condition.Name)
                    && condition.Holds(values[condition.Name].Value, values[condition.Name].Label))))
            .Select(values => new Cell { Experiment = experiment, Values = values });
    }
}

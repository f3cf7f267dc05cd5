namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// Experiments as consecutive steps: which ones use the output of others, in which order they run, and which cells
/// belong together. The experiments contain no cycle.
/// </summary>
public sealed class Steps
{
    private readonly IReadOnlyDictionary<string, ExperimentDeclaration> experiments;
    private readonly Dictionary<string, IReadOnlyList<OutputUse>> uses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<Cell>> cells = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Experiment, OutputUse Use),
        (IReadOnlyList<string> Shared, ILookup<string, Cell> Cells)> agreeing = [];

    /// <summary>Orders experiments.</summary>
    /// <param name="experiments">The experiments; any other experiment leaves no output.</param>
    /// <param name="services">Their services.</param>
    public Steps(IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<ServiceDeclaration> services)
    {
        this.experiments = experiments.DistinctBy(one => one.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var experiment in this.experiments.Values)
            uses[experiment.Name] = UsesOf(experiment, services);
        var heights = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var consumers = uses.SelectMany(pair => pair.Value.Select(use => (use.Experiment, Consumer: pair.Key)))
            .ToLookup(pair => pair.Experiment, pair => pair.Consumer, StringComparer.OrdinalIgnoreCase);
        InOrder = [.. experiments.GroupBy(Height).OrderByDescending(group => group.Key)
            .Select(group => group.ToList())];
        foreach (var experiment in InOrder.Reverse().SelectMany(step => step))
            cells[experiment.Name] = CellsOf(experiment,
                [.. consumers[experiment.Name].Distinct().Select(name => this.experiments[name])]);

        // As late as possible, so that experiments that are compared, whose output is mostly used by no other, are
        // sampled in the same rounds.
        int Height(ExperimentDeclaration experiment) => heights.TryGetValue(experiment.Name, out var height) ? height
            : heights[experiment.Name] = consumers[experiment.Name].Select(name => 1 + Height(this.experiments[name]))
                .DefaultIfEmpty(0).Max();
    }

    /// <summary>The experiments in groups: each uses only output of earlier groups.</summary>
    public IReadOnlyList<IReadOnlyList<ExperimentDeclaration>> InOrder { get; }

    /// <summary>What an experiment uses of others.</summary>
    public static IReadOnlyList<OutputUse> UsesOf(ExperimentDeclaration experiment,
        IEnumerable<ServiceDeclaration> services) =>
        OutputUse.In(OutputUse.Texts(experiment, services.Where(service => service.IsOf(experiment))));

    /// <summary>What one experiment uses of others.</summary>
    public IReadOnlyList<OutputUse> UsesOf(ExperimentDeclaration experiment) => uses[experiment.Name];

    /// <summary>
    /// The cells of an experiment; in a smoke run, also the cells that cells of other experiments use.
    /// </summary>
    public IReadOnlyList<Cell> CellsOf(ExperimentDeclaration experiment) => cells[experiment.Name];

    /// <summary>
    /// The cells that a use of a cell refers to: those with the same values on all axes that both experiments have.
    /// </summary>
    public IReadOnlyList<Cell> Meant(Cell cell, OutputUse use) => experiments.TryGetValue(use.Experiment, out var other)
        ? Agreeing(cell, use, () => CellsOf(other), other) : [];

    private IReadOnlyList<Cell> Agreeing(Cell cell, OutputUse use, Func<IReadOnlyList<Cell>> all,
        ExperimentDeclaration other)
    {
        var key = (cell.Experiment.Name, use);
        if (!agreeing.TryGetValue(key, out var known))
        {
            var shared = SharedAxes(cell.Experiment, other);
            agreeing[key] = known = (shared, all().ToLookup(one => ValuesOf(one, shared), StringComparer.Ordinal));
        }
        return [.. known.Cells[ValuesOf(cell, known.Shared)]];
    }

    /// <summary>Names of the axes that two experiments have in common.</summary>
    public static IReadOnlyList<string> SharedAxes(ExperimentDeclaration one, ExperimentDeclaration other) =>
        [.. one.Matrix.Select(axis => axis.Name).Intersect(other.Matrix.Select(axis => axis.Name),
            StringComparer.Ordinal)];

    /// <summary>The values of a cell on the given axes, as one text.</summary>
    public static string ValuesOf(Cell cell, IReadOnlyList<string> axes) =>
        string.Join('\0', axes.Select(axis => cell.Values[axis].Value));

    // Cells of a smoke run that are needed only by a consumer.
    private List<Cell> CellsOf(ExperimentDeclaration experiment, IReadOnlyList<ExperimentDeclaration> consumers)
    {
        var own = Cell.Of(experiment).ToList();
        if (!experiment.IsSmoke || consumers.Count == 0)
            return own;
        var all = Cell.Of(experiment with { IsSmoke = false }).Select(cell => cell with { Experiment = experiment })
            .ToList();
        var taken = own.Select(cell => cell.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var consumer in consumers)
        {
            var shared = SharedAxes(consumer, experiment);
            var (few, many) = (own.Select(cell => ValuesOf(cell, shared)).ToHashSet(StringComparer.Ordinal),
                all.ToLookup(cell => ValuesOf(cell, shared), StringComparer.Ordinal));
            foreach (var values in CellsOf(consumer).Select(cell => ValuesOf(cell, shared)).Distinct()
                .Where(values => !few.Contains(values)))
                taken.UnionWith(many[values].Take(1).Select(cell => cell.Name));
        }
        return [.. all.Where(cell => taken.Contains(cell.Name))];
    }
}

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// Experiments as consecutive steps: which experiments use the output of others, in which order experiments run, and
/// which of their cells belong together. The experiments do not use each other's output in a cycle.
/// </summary>
public sealed class Steps
{
    private readonly IReadOnlyDictionary<string, ExperimentDeclaration> experiments;
    private readonly Dictionary<string, IReadOnlyList<OutputUse>> uses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<Cell>> cells = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Experiment, OutputUse Use),
        (IReadOnlyList<string> Shared, ILookup<string, Cell> Cells)> agreeing = [];

    /// <summary>Orders experiments by the output that they use.</summary>
    /// <param name="experiments">The experiments to order; an experiment that is not among them leaves no
    /// output.</param>
    /// <param name="services">The services of the experiments.</param>
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

        // Each experiment runs as late as possible. Experiments that are compared with each other, whose output is
        // mostly used by no other experiment, are thereby sampled in the same rounds.
        int Height(ExperimentDeclaration experiment) => heights.TryGetValue(experiment.Name, out var height) ? height
            : heights[experiment.Name] = consumers[experiment.Name].Select(name => 1 + Height(this.experiments[name]))
                .DefaultIfEmpty(0).Max();
    }

    /// <summary>The experiments in groups: the experiments of a group use only the output of earlier groups.</summary>
    public IReadOnlyList<IReadOnlyList<ExperimentDeclaration>> InOrder { get; }

    /// <summary>The uses that an experiment makes of the output of other experiments.</summary>
    public static IReadOnlyList<OutputUse> UsesOf(ExperimentDeclaration experiment,
        IEnumerable<ServiceDeclaration> services) =>
        OutputUse.In(OutputUse.Texts(experiment, services.Where(service => service.IsOf(experiment))));

    /// <summary>The uses that one experiment makes of the output of other experiments.</summary>
    public IReadOnlyList<OutputUse> UsesOf(ExperimentDeclaration experiment) => uses[experiment.Name];

    /// <summary>
    /// The cells of an experiment; in a smoke run, also the cells that cells of other experiments use.
    /// </summary>
    public IReadOnlyList<Cell> CellsOf(ExperimentDeclaration experiment) => cells[experiment.Name];

    /// <summary>
    /// The cells whose output a cell uses: those with the same values on all axes that the two experiments have in
    /// common.
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

    /// <summary>The values of a cell on the given axes, joined into one text.</summary>
    public static string ValuesOf(Cell cell, IReadOnlyList<string> axes) =>
        string.Join('\0', axes.Select(axis => cell.Values[axis].Value));

    // Cells that are in a smoke run only because a cell of another experiment uses their output.
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

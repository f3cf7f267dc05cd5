using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Data;

/// <summary>What to do with several cells, or several rows of one sample, that fall on the same point.</summary>
public enum Combine
{
    /// <summary>
    /// An error is reported: the dataset lacks a column that would distinguish the cells or rows, or different things
    /// would be mixed.
    /// </summary>
    None,
    /// <summary>
    /// The cells or rows are parts of a whole, such as two calls of a tool: the first samples of all parts are added,
    /// then the second samples, and so on.
    /// </summary>
    Sum,
    /// <summary>The cells or rows are equivalent: the samples of all of them are samples of the point.</summary>
    Pool,
}

/// <summary>A metric that becomes a separate row, named in the dataset's row column.</summary>
/// <param name="Metric">The metric, which is also the name of the row.</param>
/// <param name="Unit">The unit of the dataset's numbers after scaling.</param>
/// <param name="Scale">The factor by which the metric's numbers are multiplied.</param>
public sealed record MetricRow(string Metric, string Unit, double Scale);

/// <summary>
/// A dataset that is measured (item <c>Dataset</c>): which samples it selects, which of their numbers it uses, and how
/// these numbers are combined. docs/data.md explains each item of metadata for users.
/// </summary>
public sealed record DatasetDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The dataset from whose points this dataset is made; null when this dataset is made from
    /// samples.</summary>
    public string? From { get; init; }
    /// <summary>The declaration of <see cref="From"/>, if that dataset is measured.</summary>
    internal DatasetDeclaration? Source { get; init; }
    /// <summary>The declaration at the end of the chain of <see cref="Source"/>, which is made from samples.</summary>
    internal DatasetDeclaration Root => Source?.Root ?? this;
    /// <summary>Names of the experiments or suites whose samples the dataset selects.</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>
    /// The metrics of the dataset: wall, user, system, memory, or a metric that a reader finds. If several metrics are
    /// named, the first one that an observation has is used.
    /// </summary>
    public IReadOnlyList<string> Metrics { get; init; } = ["wall"];
    /// <summary>Metrics that become separate rows of the dataset.</summary>
    public IReadOnlyList<MetricRow> Rows { get; init; } = [];
    /// <summary>The key column that names the rows of <see cref="Rows"/>.</summary>
    public string RowColumn { get; init; } = "metric";
    /// <summary>
    /// The column whose number divides the metric, such as the seconds over which requests were counted; null when the
    /// metric is not divided.
    /// </summary>
    public string? Per { get; init; }
    /// <summary>Name of the dataset's column with the numbers.</summary>
    public string Quantity { get; init; } = "time";
    /// <summary>The unit of the numbers after scaling; empty when they have none.</summary>
    public string Unit { get; init; } = "s";
    /// <summary>
    /// Whether the item declares no unit. A dataset without a declared unit has the unit of the metric, provided that
    /// the metric has one and its numbers are not scaled or divided.
    /// </summary>
    public bool IsUnitOpen { get; init; }
    /// <summary>The factor by which each number of the dataset is multiplied, such as 1e-9 or 0.001.</summary>
    public double Scale { get; init; } = 1;
    /// <summary>The statistic by which the samples of a point become one number.</summary>
    public Statistic Statistic { get; init; }
    /// <summary>The method that computes the 95% confidence interval; null for the default of the statistic.</summary>
    public IntervalMethod? Interval { get; init; }
    /// <summary>What to do with several cells that fall on the same point.</summary>
    public Combine Combine { get; init; }
    /// <summary>The key columns of the dataset in order; empty to use those of the observations.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>
    /// The columns whose name differs from their name in the dataset from which this dataset is made: from the name
    /// here to the name there.
    /// </summary>
    public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();
    /// <summary>Which observations count.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];
    /// <summary>
    /// The multiple of the time limit that a failed sample counts as, by the kind of failure; it is 2 in the score
    /// PAR-2.
    /// </summary>
    public IReadOnlyDictionary<string, double> Penalties { get; init; } = new Dictionary<string, double>();

    /// <summary>The time in seconds that a failed sample counts as; null when a failed sample has no number.</summary>
    public double? PenaltyOf(Observation observation) =>
        observation is { FailureKind: { Length: > 0 } kind, LimitSeconds: { } limit }
        && Penalties.TryGetValue(kind, out var factor) ? factor * limit : null;

    /// <summary>The column with a note on the point, such as "entered by hand"; null when the dataset has no such
    /// column.</summary>
    public string? Note { get; init; }
    /// <summary>The path of a CSV file of values that were entered by hand; null when the dataset has no such
    /// file.</summary>
    public string? ByHand { get; init; }
    /// <summary>The points that are computed from other points of the dataset, in order.</summary>
    public IReadOnlyList<DerivedPoints> Derived { get; init; } = [];
    /// <summary>Formats of other programs in which the dataset's observations are also written.</summary>
    public IReadOnlyList<IDatasetFormat> Formats { get; init; } = [];

    /// <summary>Reads an item <c>Dataset</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Collector to which the problems that were found are added.</param>
    /// <param name="extensions">The extensions that the item may refer to; null for those that ship with the
    /// SDK.</param>
    public static DatasetDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics,
        ExtensionSet? extensions = null)
    {
        var reader = new MetadataReader(item, diagnostics);
        if (reader.Text("From") is { } from)
            return OfOther(reader, from, extensions);
        var declaration = new DatasetDeclaration
        {
            Name = item.Name,
            Item = item,
            Experiments = ReadExperiments(reader),
            Metrics = reader.List("Metric") is { Count: > 0 } metrics ? metrics : ["wall"],
            Rows = ReadRows(reader),
            RowColumn = reader.Text("RowColumn") ?? "metric",
            Per = reader.Text("Per"),
            // Metrics that the command itself reports have the names that their author gave them, so any name is
            // accepted.
            Quantity = reader.Text("ValueColumn")
                ?? (reader.List("Metric") is [var own, ..] && own is not ("wall" or "user" or "system") ? own : "time"),
            Unit = reader.TextOrEmpty("Unit") ?? "",
            IsUnitOpen = reader.TextOrEmpty("Unit") is null,
            Scale = reader.Number("Scale", scale => scale != 0, "a number such as 1e-9, not 0") ?? 1,
            Statistic = reader.Choice("Statistic", Statistic.Median),
            Interval = reader.Text("Interval") is null ? null : reader.Choice("Interval", IntervalMethod.None),
            Combine = reader.Choice("Combine", Combine.None),
            Columns = reader.List("KeyColumns"),
            Where = reader.Conditions("Where"),
            Penalties = ReadPenalties(reader),
            Note = reader.Text("NoteColumn"),
            ByHand = reader.Text("ByHand"),
            Derived = DerivedPoints.Read(reader, "Derived", extensions),
            Formats = ReadFormats(reader, (extensions ?? ExtensionSet.BuiltIn).Formats),
        };
        CheckTogether(reader, declaration);
        reader.CheckFileName();
        reader.Finish();
        return declaration.WithUnitOf([]);
    }

    // Checks the metadata that depend on each other.
    private static void CheckTogether(MetadataReader reader, DatasetDeclaration declaration)
    {
        if (declaration.Interval is IntervalMethod.Order && declaration.Statistic != Statistic.Median
            || declaration.Interval is IntervalMethod.T && declaration.Statistic != Statistic.Mean)
            reader.Bad("Interval", $"{declaration.Interval}",
                "Order with the median, T with the mean, or Bootstrap or None");
        CheckColumns(reader, declaration.Columns, declaration.Quantity);
        if (declaration.Rows.Count > 0 && declaration.Columns.Count > 0
            && !declaration.Columns.Contains(declaration.RowColumn))
            reader.Bad("KeyColumns", string.Join(';', declaration.Columns),
                $"columns with '{declaration.RowColumn}' among them, which names the Rows");
        if (declaration is { ByHand: not null, Columns.Count: 0 })
            reader.Bad("ByHand", declaration.ByHand, "the file of a dataset that names its KeyColumns");
        CheckDerived(reader, declaration);
    }

    private static void CheckDerived(MetadataReader reader, DatasetDeclaration declaration)
    {
        foreach (var derived in declaration.Derived)
        {
            if (derived.Keys.Count == 0)
                reader.Bad("Derived", derived.Text,
                    "a column before the colon that tells the new points from those that are there");
            if (declaration.Columns.Count > 0 && derived.Keys.Keys.Concat(derived.Formula.Columns)
                .FirstOrDefault(column => !declaration.Columns.Contains(column)) is { } stranger)
                reader.Bad("Derived", derived.Text,
                    $"the key columns {string.Join(", ", declaration.Columns)}, and not '{stranger}'");
        }
    }

    private static DatasetDeclaration OfOther(MetadataReader reader, string from, ExtensionSet? extensions)
    {
        var declaration = new DatasetDeclaration
        {
            Name = reader.ItemName,
            Item = reader.Item,
            From = from,
            Where = reader.Conditions("Where"),
            Columns = reader.List("KeyColumns"),
            Rename = RecordedDataDeclaration.ReadRename(reader, $"{from}=name here"),
            Derived = DerivedPoints.Read(reader, "Derived", extensions),
            Quantity = reader.Text("ValueColumn") ?? "",
            Unit = reader.TextOrEmpty("Unit") ?? "",
            IsUnitOpen = reader.TextOrEmpty("Unit") is null,
        };
        CheckColumns(reader, declaration.Columns, declaration.Quantity);
        foreach (var derived in declaration.Derived)
            if (declaration.Columns.Count > 0 && derived.Keys.Keys
                .FirstOrDefault(column => !declaration.Columns.Contains(column)) is { } stranger)
                reader.Bad("Derived", derived.Text, "the key columns "
                    + $"{string.Join(", ", declaration.Columns)} before the colon, and not '{stranger}'");
        reader.CheckFileName();
        reader.Finish();
        return declaration;
    }

    /// <summary>Returns the dataset with the metadata that it inherits from the dataset from which it is
    /// made.</summary>
    internal DatasetDeclaration MadeFrom(DatasetDeclaration source) => this with
    {
        Source = source,
        Experiments = source.Experiments,
        Statistic = source.Statistic,
        Quantity = Quantity.Length > 0 ? Quantity : source.Quantity,
        Unit = IsUnitOpen ? source.Unit : Unit,
    };

    /// <summary>
    /// Returns the dataset with the unit of its metric if no other unit is declared: seconds and bytes for the runner's
    /// metrics, and what readers announce for theirs. A scaled or divided number has no unit unless one is declared,
    /// and neither has a count.
    /// </summary>
    public DatasetDeclaration WithUnitOf(IEnumerable<ReaderOutline> readers)
    {
        if (From is not null || !IsUnitOpen || Scale != 1 || Per is not null || Statistic == Statistic.Count)
            return this;
        var known = readers.SelectMany(reader => reader.Metrics).Concat(RunnerMetrics.Units)
            .ToLookup(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal);
        return Metrics.SelectMany(metric => known[metric].DefaultIfEmpty("")).Distinct().ToList() is [var unit]
            ? this with { Unit = unit } : this;
    }

    /// <summary>Reports key columns that are named twice or have the name of the value column.</summary>
    internal static void CheckColumns(MetadataReader reader, IReadOnlyList<string> columns, string value)
    {
        if (columns.Append(value).GroupBy(column => column, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            reader.Bad("KeyColumns", twice.Key, "names of key columns, each once and none that of the value column");
    }

    private static List<IDatasetFormat> ReadFormats(MetadataReader reader, Catalogue<IDatasetFormat> formats)
    {
        var found = new List<IDatasetFormat>();
        foreach (var name in reader.List("Formats"))
        {
            if (formats.Find(name) is { } format)
                found.Add(format);
            else
                reader.Report(DataRules.UnknownFormat, reader.ItemName, name, Suggestion.For(name, formats.Names));
        }
        return found;
    }

    private static Dictionary<string, double> ReadPenalties(MetadataReader reader)
    {
        var penalties = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (kind, text) in reader.Pairs("Penalties"))
        {
            if (Enum.TryParse<SampleOutcome>(kind, out var outcome) && outcome != SampleOutcome.Ok
                && Amount.ParseNumber(text) is { } factor and >= 1)
                penalties[kind] = factor;
            else
                reader.Bad("Penalties", $"{kind}={text}",
                    "kinds of failures, each with a factor of at least 1 on the time limit, such as Timeout=2");
        }
        if (penalties.Count > 0 && (reader.List("MetricRows").Count > 0
            || reader.List("Metric").Any(metric => metric is not ("wall" or "user" or "system"))))
            reader.Bad("Penalties", reader.Text("Penalties")!,
                "nothing where the Metric is another one than wall, user or system, which are in seconds as the time "
                    + "limit is");
        return penalties;
    }

    private static IReadOnlyList<string> ReadExperiments(MetadataReader reader)
    {
        reader.Required("Experiments");
        return reader.List("Experiments");
    }

    private static List<MetricRow> ReadRows(MetadataReader reader)
    {
        var rows = new List<MetricRow>();
        foreach (var entry in reader.Labelled("MetricRows"))
        {
            var parts = entry.Parts;
            var scale = parts.Count == 3 ? Amount.ParseNumber(parts[2]) ?? 0 : 1;
            if (parts.Count > 3 || scale == 0 || parts[0].Length == 0 || rows.Exists(row => row.Metric == parts[0]))
                reader.Bad("MetricRows", entry.Text,
                    "a metric, its unit and perhaps a factor, such as 'smt_size|MB|1e-6', each metric once");
            else
                rows.Add(new MetricRow(parts[0], parts.Count > 1 ? parts[1] : "", scale));
        }
        return rows;
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Data;

/// <summary>What becomes of several cells, or several rows of one sample, that fall on one point.</summary>
public enum Combine
{
    /// <summary>
    /// They are an error: a column that tells them apart is missing, or unlike things would be mixed.
    /// </summary>
    None,
    /// <summary>
    /// They are parts of a whole, such as two calls of a tool: the first samples of all are added, the second, and so
    /// on.
    /// </summary>
    Sum,
    /// <summary>They are alike: all are samples of the point.</summary>
    Pool,
}

/// <summary>A metric that becomes a row of its own, named in the dataset's row column.</summary>
/// <param name="Metric">The metric, which is also the row's name.</param>
/// <param name="Unit">Unit of its numbers after scaling.</param>
/// <param name="Scale">Factor on its numbers.</param>
public sealed record MetricRow(string Metric, string Unit, double Scale);

/// <summary>
/// A dataset that is measured (item <c>Dataset</c>): which samples, which of their numbers, and what becomes of them.
/// docs/data.md has the meaning of each metadatum for users.
/// </summary>
public sealed record DatasetDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The dataset from whose points it is made; null: it is made from samples.</summary>
    public string? From { get; init; }
    /// <summary>The declaration of <see cref="From"/>, where that is measured.</summary>
    internal DatasetDeclaration? Source { get; init; }
    /// <summary>The declaration at the end of the chain of <see cref="Source"/>, which takes the samples.</summary>
    internal DatasetDeclaration Root => Source?.Root ?? this;
    /// <summary>Names of experiments or suites.</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>
    /// The metric: wall, user, system, memory, or one that a reader finds; of several, the first that an observation
    /// has.
    /// </summary>
    public IReadOnlyList<string> Metrics { get; init; } = ["wall"];
    /// <summary>Metrics that become rows of their own.</summary>
    public IReadOnlyList<MetricRow> Rows { get; init; } = [];
    /// <summary>The key column that names the rows of <see cref="Rows"/>.</summary>
    public string RowColumn { get; init; } = "metric";
    /// <summary>
    /// Column whose number divides the metric, such as the seconds that requests were counted in; null: none.
    /// </summary>
    public string? Per { get; init; }
    /// <summary>Name of the value column.</summary>
    public string Quantity { get; init; } = "time";
    /// <summary>Unit after scaling; empty: none.</summary>
    public string Unit { get; init; } = "s";
    /// <summary>
    /// Whether nobody has said the unit: then it is that of the metric, where that has one and its numbers stay as they
    /// are.
    /// </summary>
    public bool IsUnitOpen { get; init; }
    /// <summary>Factor on each number, such as 1e-9 or 0.001.</summary>
    public double Scale { get; init; } = 1;
    /// <summary>How samples become one number.</summary>
    public Statistic Statistic { get; init; }
    /// <summary>How the 95% interval is found; null: as the statistic has it.</summary>
    public IntervalMethod? Interval { get; init; }
    /// <summary>What becomes of several cells on one point.</summary>
    public Combine Combine { get; init; }
    /// <summary>Key columns in order; empty: those of the observations.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>Which observations count.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];
    /// <summary>
    /// What failed samples count as, by the kind of failure: so many times the time limit, as PAR-2 has it.
    /// </summary>
    public IReadOnlyDictionary<string, double> Penalties { get; init; } = new Dictionary<string, double>();

    /// <summary>What a failed sample counts as, in seconds; null: it has no number.</summary>
    public double? PenaltyOf(Observation observation) =>
        observation is { FailureKind: { Length: > 0 } kind, LimitSeconds: { } limit }
        && Penalties.TryGetValue(kind, out var factor) ? factor * limit : null;

    /// <summary>Column with a note on the point, such as "entered by hand"; null: none.</summary>
    public string? Note { get; init; }
    /// <summary>Path of a CSV file of values that were entered by hand; null: none.</summary>
    public string? ByHand { get; init; }
    /// <summary>Points that are computed from others, in order.</summary>
    public IReadOnlyList<DerivedPoints> Derived { get; init; } = [];
    /// <summary>Formats of other programs in which its observations are written, too.</summary>
    public IReadOnlyList<IDatasetFormat> Formats { get; init; } = [];

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Told of what is wrong.</param>
    /// <param name="extensions">What it may refer to; null: what ships with the SDK.</param>
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
            // A number of the command's own has the name that its author gave it.
            Quantity = reader.Text("Quantity")
                ?? (reader.List("Metric") is [var own, ..] && own is not ("wall" or "user" or "system") ? own : "time"),
            Unit = reader.TextOrEmpty("Unit") ?? "",
            IsUnitOpen = reader.TextOrEmpty("Unit") is null,
            Scale = reader.Number("Scale", scale => scale != 0, "a number such as 1e-9, not 0") ?? 1,
            Statistic = reader.Choice("Statistic", Statistic.Median),
            Interval = reader.Text("Interval") is null ? null : reader.Choice("Interval", IntervalMethod.None),
            Combine = reader.Choice("Combine", Combine.None),
            Columns = reader.List("Columns"),
            Where = reader.Conditions("Where"),
            Penalties = ReadPenalties(reader),
            Note = reader.Text("Note"),
            ByHand = reader.Text("ByHand"),
            Derived = DerivedPoints.Read(reader, "Derived", extensions),
            Formats = ReadFormats(reader, (extensions ?? ExtensionSet.BuiltIn).Formats),
        };
        if (declaration.Interval is IntervalMethod.Order && declaration.Statistic != Statistic.Median
            || declaration.Interval is IntervalMethod.T && declaration.Statistic != Statistic.Mean)
            reader.Bad("Interval", $"{declaration.Interval}",
                "Order with the median, T with the mean, or Bootstrap or None");
        CheckColumns(reader, declaration.Columns, declaration.Quantity);
        if (declaration.Rows.Count > 0 && declaration.Columns.Count > 0
            && !declaration.Columns.Contains(declaration.RowColumn))
            reader.Bad("Columns", string.Join(';', declaration.Columns),
                $"columns with '{declaration.RowColumn}' among them, which names the Rows");
        if (declaration is { ByHand: not null, Columns.Count: 0 })
            reader.Bad("ByHand", declaration.ByHand, "the file of a dataset that names its Columns");
        CheckDerived(reader, declaration);
        reader.CheckFileName();
        reader.Finish();
        return declaration.WithUnitOf([]);
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
            Derived = DerivedPoints.Read(reader, "Derived", extensions),
            Quantity = reader.Text("Quantity") ?? "",
            Unit = reader.TextOrEmpty("Unit") ?? "",
            IsUnitOpen = reader.TextOrEmpty("Unit") is null,
        };
        reader.CheckFileName();
        reader.Finish();
        return declaration;
    }

    /// <summary>The dataset with what it has of the one from which it is made.</summary>
    internal DatasetDeclaration MadeFrom(DatasetDeclaration source) => this with
    {
        Source = source,
        Experiments = source.Experiments,
        Statistic = source.Statistic,
        Quantity = Quantity.Length > 0 ? Quantity : source.Quantity,
        Unit = IsUnitOpen ? source.Unit : Unit,
    };

    /// <summary>
    /// The dataset with the unit of its metric, where nobody has said another: seconds and bytes of the runner, and
    /// what readers announce. A scaled or divided number has none until somebody says it, and neither has a count.
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

    /// <summary>Reports key columns that are named twice or like the value column.</summary>
    internal static void CheckColumns(MetadataReader reader, IReadOnlyList<string> columns, string value)
    {
        if (columns.Append(value).GroupBy(column => column, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            reader.Bad("Columns", twice.Key, "names of key columns, each once and none that of the value column");
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
        if (penalties.Count > 0 && (reader.List("Rows").Count > 0
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
        foreach (var entry in reader.Labelled("Rows"))
        {
            var parts = entry.Parts;
            var scale = parts.Count == 3 ? Amount.ParseNumber(parts[2]) ?? 0 : 1;
            if (parts.Count > 3 || scale == 0 || parts[0].Length == 0 || rows.Exists(row => row.Metric == parts[0]))
                reader.Bad("Rows", entry.Text,
                    "a metric, its unit and perhaps a factor, such as 'smt_size|MB|1e-6', each metric once");
            else
                rows.Add(new MetricRow(parts[0], parts.Count > 1 ? parts[1] : "", scale));
        }
        return rows;
    }
}

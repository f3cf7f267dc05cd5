using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>A dataset that is measured (item <c>Dataset</c>): which samples, which of their numbers, and what becomes of them.</summary>
public sealed record DatasetDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>Names of experiments or suites.</summary>
    public IReadOnlyList<string> Experiments { get; init; } = [];
    /// <summary>The metric: wall, user, system, memory, or one that a reader finds.</summary>
    public string Metric { get; init; } = "wall";
    /// <summary>Name of the value column.</summary>
    public string Quantity { get; init; } = "time";
    /// <summary>Unit after scaling.</summary>
    public string Unit { get; init; } = "s";
    /// <summary>Factor on each number, such as 1e-9 or 0.001.</summary>
    public double Scale { get; init; } = 1;
    /// <summary>How samples become one number.</summary>
    public Statistic Statistic { get; init; }
    /// <summary>Key columns in order; empty: those of the observations.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>Which observations count.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>Reads an item.</summary>
    public static DatasetDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new DatasetDeclaration
        {
            Name = item.Name,
            Item = item,
            Experiments = reader.List("Experiments"),
            Metric = reader.Text("Metric") ?? "wall",
            Quantity = reader.Text("Quantity") ?? "time",
            Unit = reader.Text("Unit") ?? "s",
            Scale = reader.Number("Scale") ?? 1,
            Statistic = reader.Choice("Statistic", Statistic.Median),
            Columns = reader.List("Columns"),
            Where = ReadConditions(reader, "Where"),
        };
        reader.Finish();
        return declaration;
    }

    internal static IReadOnlyList<Condition> ReadConditions(MetadataReader reader, string name)
    {
        var text = reader.Text(name) ?? "";
        if (Condition.Parse(text, out var problem) is { } conditions)
            return conditions;
        reader.Bad(name, text, $"conditions such as 'series=Verus; pushes>=4' ({problem})");
        return [];
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Claims;

/// <summary>A claim of the authors (item <c>Claim</c>).</summary>
public sealed record ClaimDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The claim in the authors' words.</summary>
    public string Title { get; init; } = "";
    /// <summary>A text that says how the claim's predicates and thresholds came about; empty when the author does not
    /// say so.</summary>
    public string Basis { get; init; } = "";
    /// <summary>The figures on which the claim rests. A claim is checked when all figures on which it rests are
    /// requested.</summary>
    public IReadOnlyList<string> Figures { get; init; } = [];

    /// <summary>Reads an item.</summary>
    public static ClaimDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var declaration = new ClaimDeclaration
        {
            Name = item.Name,
            Item = item,
            Title = reader.Required("Title"),
            Basis = reader.Text("Basis") ?? "",
            Figures = reader.List("Figures")
        };
        reader.Finish();
        return declaration;
    }
}

/// <summary>
/// A test that a claim has to pass (item <c>Predicate</c>): a quantity that is computed from a dataset, and the bounds
/// that it must keep.
/// </summary>
public sealed record PredicateDeclaration : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>Name of the claim.</summary>
    public string Claim { get; init; } = "";
    /// <summary>Name of the dataset.</summary>
    public string Dataset { get; init; } = "";
    /// <summary>The quantity of the predicate; null if it could not be parsed, which a diagnostic reports.</summary>
    public Formula? Quantity { get; init; }
    /// <summary>Conditions on all points that the quantity reads.</summary>
    public IReadOnlyList<Condition> Where { get; init; } = [];
    /// <summary>
    /// Conditions on the points that the claim is about. If no point that the claim is about has a number, the
    /// predicate has no verdict; while any such point lacks its number, the predicate is at best inconclusive.
    /// </summary>
    public IReadOnlyList<Condition> Subject { get; init; } = [];
    /// <summary>
    /// Conditions on points whose number may be missing, such as the benchmarks of an allocator that completes only
    /// some: the predicate is then about the points that have a number. If no point may be missing, every point must
    /// have a number, or a declared reason for having none.
    /// </summary>
    public IReadOnlyList<Condition> Optional { get; init; } = [];
    /// <summary>The lower bound of the quantity; null when there is none.</summary>
    public double? AtLeast { get; init; }
    /// <summary>The upper bound of the quantity; null when there is none.</summary>
    public double? AtMost { get; init; }
    /// <summary>
    /// The number of NUMA nodes that the machine must have for its numbers to decide the predicate; 0 when any machine
    /// will do.
    /// </summary>
    public int NumaNodes { get; init; }
    /// <summary>The importance of the predicate for its claim.</summary>
    public PredicateStrength Strength { get; init; }
    /// <summary>The question that the predicate answers, in words.</summary>
    public string Statement { get; init; } = "";
    /// <summary>A note on what a reader of the verdict must know, such as an expected deviation on other
    /// hardware.</summary>
    public string? Note { get; init; }

    /// <summary>A hash of everything in the declaration that decides the verdict on the predicate.</summary>
    public string Hash => ContentHashes.OfText(string.Join('\u001f', Item.Metadata
        .Where(pair => pair.Key is not ("Statement" or "Note")).OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value.Trim()}")));

    /// <summary>The dataset of the predicate as a list, for code that follows references.</summary>
    public IReadOnlyList<string> Datasets => [Dataset];

    /// <summary>All columns that the predicate names.</summary>
    public IEnumerable<string> Columns =>
        (Quantity?.Columns ?? []).Concat(Where.Select(condition => condition.Name))
            .Concat(Subject.Concat(Optional).Select(condition => condition.Name));

    /// <summary>Reads an item <c>Predicate</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Collector to which the problems that were found are added.</param>
    /// <param name="extensions">The extensions that the item may refer to; null for those that ship with the
    /// SDK.</param>
    public static PredicateDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics,
        ExtensionSet? extensions = null)
    {
        var reader = new MetadataReader(item, diagnostics);
        var text = reader.Required("Quantity");
        Formula? formula = null;
        if (text.Length > 0 && (formula = Formula.Parse(text, out var problem, extensions)) is null)
            reader.Report(ClaimRules.BadFormula, item.Name, text, problem);
        var declaration = new PredicateDeclaration
        {
            Name = item.Name,
            Item = item,
            Claim = reader.Required("Claim"),
            Dataset = reader.Required("Dataset"),
            Quantity = formula,
            Where = reader.Conditions("Where"),
            Subject = reader.Conditions("Subject"),
            Optional = reader.Conditions("OptionalPoints"),
            AtLeast = reader.Number("AtLeast"),
            AtMost = reader.Number("AtMost"),
            NumaNodes = reader.WholeNumber("NumaNodes") ?? 0,
            Strength = reader.Choice("Strength", PredicateStrength.Must),
            Statement = reader.Text("Statement") ?? text,
            Note = reader.Text("Note"),
        };
        if (declaration is { AtLeast: null, AtMost: null })
            reader.Report(ClaimRules.NoBound, item.Name, "neither AtLeast nor AtMost");
        if (declaration.AtLeast > declaration.AtMost)
            reader.Report(ClaimRules.NoBound, item.Name, "an AtLeast above its AtMost");
        reader.Finish();
        return declaration;
    }
}

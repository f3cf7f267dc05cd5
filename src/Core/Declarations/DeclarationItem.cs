using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// An MSBuild item as the core sees it: its type, identity, metadata, and the place where it is declared.
/// </summary>
public sealed class DeclarationItem
{
    private readonly Lazy<SourceLocation> where;

    /// <summary>
    /// Creates an item. <paramref name="where"/> is evaluated only when a diagnostic needs it, since finding the line
    /// costs a parse.
    /// </summary>
    public DeclarationItem(string type, string name, IReadOnlyDictionary<string, string> metadata,
        Func<SourceLocation> where)
    {
        Type = type;
        Name = name;
        Metadata = metadata;
        this.where = new Lazy<SourceLocation>(where);
    }

    /// <summary>Item type, such as <c>Experiment</c>.</summary>
    public string Type { get; }

    /// <summary>The item's Include.</summary>
    public string Name { get; }

    /// <summary>Custom metadata; names are case-insensitive, as in MSBuild.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The location of the element that declares the item.</summary>
    public SourceLocation Where => where.Value;
}

/// <summary>Anything that a user declares by name.</summary>
public interface IDeclaration
{
    /// <summary>The item's Include; unique among items of the same type.</summary>
    string Name { get; }

    /// <summary>The item that the declaration was read from.</summary>
    DeclarationItem Item { get; }
}

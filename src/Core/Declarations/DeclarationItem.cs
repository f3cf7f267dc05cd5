using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Declarations;

/// <summary>
/// An MSBuild item as the core sees it: its type, identity, metadata, and the place where it is declared.
/// </summary>
public sealed class DeclarationItem
{
    private readonly Lazy<SourceLocation> where;

    /// <summary>
    /// Creates an item as the core sees it. <paramref name="where"/> is evaluated only when a diagnostic needs it,
    /// since finding the line costs a parse.
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

    /// <summary>The custom metadata of the item; their names are case-insensitive, as in MSBuild.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The location of the element that declares the item.</summary>
    public SourceLocation Where => where.Value;
}

/// <summary>A declaration of a user that has a name.</summary>
public interface IDeclaration
{
    /// <summary>The item's Include, which is unique among items of the same type.</summary>
    string Name { get; }

    /// <summary>The item from which the declaration was read.</summary>
    DeclarationItem Item { get; }
}

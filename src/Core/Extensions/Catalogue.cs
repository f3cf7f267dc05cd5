namespace Verus.Artifact.Extensions;

/// <summary>Things of one kind that projects refer to by name, ignoring case.</summary>
/// <typeparam name="T">The kind, such as readers.</typeparam>
public sealed class Catalogue<T> where T : class, INamed
{
    private readonly IReadOnlyDictionary<string, (T One, string Origin)> byName;

    internal Catalogue(IReadOnlyDictionary<string, (T, string)> byName) => this.byName = byName;

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Names =>
        [.. byName.Values.Select(entry => entry.One.Name).Order(StringComparer.Ordinal)];

    /// <summary>All entries, sorted by name.</summary>
    public IEnumerable<T> All =>
        byName.Values.Select(entry => entry.One).OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>The entry with a name; null when no entry has it.</summary>
    public T? Find(string name) => byName.TryGetValue(name, out var found) ? found.One : null;

    /// <summary>
    /// Identifies the behaviour of an entry: by name and version and, for an extension, by the content of its assembly,
    /// since authors forget to change the version while they work on it.
    /// </summary>
    public string IdentityOf(T one) => byName.TryGetValue(one.Name, out var found) && found.Origin.Length > 0
        ? $"{one.Name} {one.Version} {found.Origin}" : $"{one.Name} {one.Version}";
}

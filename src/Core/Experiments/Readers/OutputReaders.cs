namespace Verus.Artifact.Experiments.Readers;

/// <summary>The readers there are; found by type, so that a new one is a new file and nothing else.</summary>
public static class OutputReaders
{
    private static readonly Dictionary<string, IOutputReader> ByName = typeof(OutputReaders).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IOutputReader)))
        .Select(type => (IOutputReader)Activator.CreateInstance(type)!)
        .ToDictionary(reader => reader.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all readers.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The reader of that name, case ignored; null when there is none.</summary>
    public static IOutputReader? Find(string name) => ByName.GetValueOrDefault(name);
}

namespace Verus.Artifact.Declarations;

/// <summary>Reads names of enumeration values in declarations.</summary>
public static class Choices
{
    /// <summary>
    /// The enumeration value with a name, ignoring case; null when no value has the name. Numbers and combinations of
    /// names, which .NET's own parser of enumerations accepts, are rejected.
    /// </summary>
    public static T? Find<T>(string name) where T : struct, Enum
    {
        foreach (var known in Enum.GetNames<T>())
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
                return Enum.Parse<T>(known);
        return null;
    }
}

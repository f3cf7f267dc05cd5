namespace Verus.Artifact.Declarations;

/// <summary>Names of enumerations in declarations.</summary>
public static class Choices
{
    /// <summary>
    /// The value of that name, case ignored; null when there is none. Numbers and several names in one, which the
    /// framework's own parser takes, are none.
    /// </summary>
    public static T? Find<T>(string name) where T : struct, Enum
    {
        foreach (var known in Enum.GetNames<T>())
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
                return Enum.Parse<T>(known);
        return null;
    }
}

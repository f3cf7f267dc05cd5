namespace Verus.Artifact.Tests;

/// <summary>Helps with assertions about each element of a collection, which would also hold for an empty one.</summary>
internal static class NotEmpty
{
    /// <summary>Returns the elements of a collection, which must have at least one.</summary>
    public static IReadOnlyList<T> AtLeastOne<T>(this IEnumerable<T> elements, string? customMessage = null)
    {
        List<T> all = [.. elements];
        all.ShouldNotBeEmpty(customMessage);
        return all;
    }
}

namespace Verus.Artifact.Tests;

/// <summary>For assertions over each element, which hold of nothing as well.</summary>
internal static class NotEmpty
{
    /// <summary>The elements, of which there must be one.</summary>
    public static IReadOnlyList<T> AtLeastOne<T>(this IEnumerable<T> elements, string? customMessage = null)
    {
        List<T> all = [.. elements];
        all.ShouldNotBeEmpty(customMessage);
        return all;
    }
}

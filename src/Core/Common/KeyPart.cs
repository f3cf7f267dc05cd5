namespace Verus.Artifact.Common;

/// <summary>A part of a cell's key.</summary>
/// <param name="Name">What it is, such as <c>argument 2</c> or <c>input lists/single.dfy</c>.</param>
/// <param name="Value">Its value, or the hash of its content.</param>
public sealed record KeyPart(string Name, string Value)
{
    /// <summary>The hash of key parts; lengths go in, so that no two lists share a text.</summary>
    public static string HashOf(IEnumerable<KeyPart> parts) => ContentHashes.OfText(string.Concat(
        parts.Select(part => $"{part.Name.Length}:{part.Name}={part.Value.Length}:{part.Value}\n")
            .Prepend("key format 1\n")));
}

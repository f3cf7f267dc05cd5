namespace Verus.Artifact.Common;

/// <summary>One part of the key of a cell.</summary>
/// <param name="Name">The name of the part, such as <c>argument 2</c> or <c>input lists/single.dfy</c>.</param>
/// <param name="Value">The value, or the hash of the content.</param>
public sealed record KeyPart(string Name, string Value)
{
    /// <summary>Hashes key parts. Lengths are included, so that different lists never produce the same text.</summary>
    public static string HashOf(IEnumerable<KeyPart> parts) => ContentHashes.OfText(string.Concat(
        parts.Select(part => $"{part.Name.Length}:{part.Name}={part.Value.Length}:{part.Value}\n")
            .Prepend("key format 1\n")));
}

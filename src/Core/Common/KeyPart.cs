namespace Verus.Artifact.Common;

/// <summary>One part of the key of a cell.</summary>
/// <param name="Name">The name of the part, such as <c>argument 2</c> or <c>input lists/single.dfy</c>.</param>
/// <param name="Value">The value of the part, or the hash of its content.</param>
public sealed record KeyPart(string Name, string Value)
{
    /// <summary>Hashes key parts. The hash includes the lengths of names and values, so that different lists of parts
    /// never produce the same text.</summary>
    public static string HashOf(IEnumerable<KeyPart> parts) => ContentHashes.OfText(string.Concat(
        parts.Select(part => $"{part.Name.Length}:{part.Name}={part.Value.Length}:{part.Value}\n")
            .Prepend("key format 1\n")));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Sources;

/// <summary>A file that stands in a commit as a pointer into Git LFS.</summary>
/// <param name="Path">Path below the checkout.</param>
/// <param name="Sha256">SHA-256 of the content.</param>
/// <param name="Size">Bytes of the content.</param>
internal sealed partial record LfsPointer(string Path, string Sha256, long Size)
{
    /// <summary>No pointer is longer, as the specification of Git LFS has it.</summary>
    public const int Longest = 1024;

    /// <summary>Reads a pointer; null when the text is none.</summary>
    public static LfsPointer? Parse(string path, ReadOnlySpan<byte> content) =>
        content.Length < Longest && Form().Match(Encoding.UTF8.GetString(content)) is { Success: true } match
            ? new LfsPointer(path, match.Groups["oid"].Value,
                long.Parse(match.Groups["size"].Value, CultureInfo.InvariantCulture)) : null;

    /// <summary>Where a store keeps the content.</summary>
    public string ObjectIn(string store) => System.IO.Path.Combine(store, "lfs/objects", Sha256[..2], Sha256[2..4],
        Sha256);

    /// <summary>Whether a file, which is no link, has the content.</summary>
    public bool IsContentOf(string file)
    {
        if (new FileInfo(file) is not { Exists: true, LinkTarget: null } entry || entry.Length != Size)
            return false;
        using var stream = entry.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == Sha256;
    }

    /// <summary>Whether a file is this pointer still.</summary>
    public bool IsIn(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null, Length: < Longest } entry
        && Parse(Path, File.ReadAllBytes(entry.FullName)) == this;

    [GeneratedRegex(@"^version https?://[^\n]+\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:(?<oid>[0-9a-f]{64})\nsize"
        + @" (?<size>[0-9]{1,18})\n", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

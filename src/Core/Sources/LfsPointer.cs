using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Sources;

/// <summary>A file whose entry in a commit is a pointer into Git LFS.</summary>
/// <param name="Path">Path below the checkout.</param>
/// <param name="Sha256">SHA-256 of the file's content.</param>
/// <param name="Size">Size of the file's content in bytes.</param>
internal sealed partial record LfsPointer(string Path, string Sha256, long Size)
{
    /// <summary>The maximum length of a pointer according to the specification of Git LFS.</summary>
    public const int Longest = 1024;

    /// <summary>Reads a pointer of Git LFS; returns null when the text is not one.</summary>
    public static LfsPointer? Parse(string path, ReadOnlySpan<byte> content) =>
        content.Length < Longest && Form().Match(Encoding.UTF8.GetString(content)) is { Success: true } match
            ? new LfsPointer(path, match.Groups["oid"].Value,
                long.Parse(match.Groups["size"].Value, CultureInfo.InvariantCulture)) : null;

    /// <summary>The path at which a store keeps the content of the file.</summary>
    public string ObjectIn(string store) => System.IO.Path.Combine(store, "lfs/objects", Sha256[..2], Sha256[2..4],
        Sha256);

    /// <summary>Whether a file has the content that the pointer describes, and is not a link.</summary>
    public bool IsContentOf(string file)
    {
        if (new FileInfo(file) is not { Exists: true, LinkTarget: null } entry || entry.Length != Size)
            return false;
        using var stream = entry.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == Sha256;
    }

    /// <summary>Whether a file still contains the pointer instead of the content.</summary>
    public bool IsIn(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null, Length: < Longest } entry
        && Parse(Path, File.ReadAllBytes(entry.FullName)) == this;

    [GeneratedRegex(@"^version https?://[^\n]+\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:(?<oid>[0-9a-f]{64})\nsize"
        + @" (?<size>[0-9]{1,18})\n", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

using System.Text.Json.Serialization;

namespace Verus.Artifact.Sources;

/// <summary>What a file of a bundle is.</summary>
public enum BundleKind
{
    /// <summary>A pack of git objects: the commits of one repository with their files, without history.</summary>
    Objects,
    /// <summary>A download.</summary>
    File,
    /// <summary>The package of a .NET tool.</summary>
    Package,
}

/// <summary>One file of a bundle.</summary>
/// <param name="Path">Path in the archive.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Of">What it belongs to: a URL without credentials, or the name of a pin.</param>
/// <param name="Commits">For git objects: the commits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record BundleEntry(string Path, BundleKind Kind, string Of, IReadOnlyList<string> Commits, long Size, string Sha256);

/// <summary>The first file of a bundle: what is in it, with the hash of each file.</summary>
public sealed record BundleManifest
{
    /// <summary>Its path in the archive.</summary>
    public const string FileName = "manifest.json";
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the bundle.</summary>
    public int Format { get; init; } = CurrentFormat;
    /// <summary>Version of the SDK that wrote it.</summary>
    public required string Sdk { get; init; }
    /// <summary>The other files, in their order.</summary>
    public required IReadOnlyList<BundleEntry> Entries { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BundleManifest))]
internal sealed partial class BundleJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Sources;

/// <summary>The kind of a file in a bundle.</summary>
public enum BundleKind
{
    /// <summary>A pack of git objects: the commits of one repository with their files, without history.</summary>
    Objects,
    /// <summary>A download.</summary>
    File,
    /// <summary>The package of a .NET tool.</summary>
    Package,
    /// <summary>An image that was built from a Dockerfile, as the container engine saves it.</summary>
    Image,
}

/// <summary>One file of a bundle.</summary>
/// <param name="Path">Path in the archive.</param>
/// <param name="Kind">The kind of the file.</param>
/// <param name="Of">The pin that the file belongs to: a URL without credentials, or the name of a pin.</param>
/// <param name="Commits">The commits that the file contains, if it is a pack of git objects.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed partial record BundleEntry(string Path, BundleKind Kind, string Of, IReadOnlyList<string> Commits,
    long Size, string Sha256)
{
    // Every value in a manifest may be null, since the manifest may come from another source.
    internal string? Problem()
    {
        if (Path is null || Of is null || Commits is null || Sha256 is null || !Enum.IsDefined(Kind))
            return "an entry is incomplete";
        if (!IsPath())
            return $"'{FileNames.Shown(Path)}' would be outside of its folder";
        if (Size < 0 || !Hash().IsMatch(Sha256))
            return $"'{FileNames.Shown(Path)}' has an invalid size or hash";
        if (Commits.Count == 0 == (Kind == BundleKind.Objects)
            || Commits.Any(commit => commit is null || !Commit().IsMatch(commit))
            || Commits.Select(commit => commit.Length).Distinct().Count() > 1)
            return $"'{FileNames.Shown(Path)}' has invalid commits";
        return null;
    }

    private bool IsPath() => Kind switch
    {
        BundleKind.Objects => Pack().IsMatch(Path),
        BundleKind.Package => Package().IsMatch(Path),
        BundleKind.Image => Path.Split('/') is ["images", var image] && FileNames.IsPlain(image),
        _ => Path.Split('/') is ["files", var name, var file] && FileNames.IsPlain(name) && FileNames.IsPlain(file),
    };

    [GeneratedRegex(@"\Aobjects/[0-9a-f]{16}\.pack\z")]
    private static partial Regex Pack();

    [GeneratedRegex(@"\Apackages/[A-Za-z0-9][A-Za-z0-9._+-]{0,199}\.nupkg\z")]
    private static partial Regex Package();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Hash();

    [GeneratedRegex(@"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Commit();
}

/// <summary>The manifest, which is the first file of a bundle and lists the bundle's contents with the hash of each
/// file.</summary>
public sealed record BundleManifest
{
    /// <summary>The path of the manifest in the archive.</summary>
    public const string FileName = "manifest.json";
    /// <summary>The number of the bundle format that this version of the SDK writes and reads.</summary>
    public const int CurrentFormat = 1;

    private const int MostEntries = 100_000;

    /// <summary>Format of the bundle.</summary>
    public int Format { get; init; } = CurrentFormat;
    /// <summary>Version of the SDK that wrote the bundle.</summary>
    public required string Sdk { get; init; }
    /// <summary>The files of the bundle other than the manifest, in the order of the archive.</summary>
    public required IReadOnlyList<BundleEntry> Entries { get; init; }

    /// <summary>
    /// Describes what is wrong with the manifest; null when every value is well-formed. A manifest comes from another
    /// source, so no value of it may be used before it is checked.
    /// </summary>
    public string? Problem()
    {
        if (Entries.Count > MostEntries)
            return $"it has more than {MostEntries} entries";
        foreach (var entry in Entries)
            if ((entry is null ? "an entry is null" : entry.Problem()) is { } problem)
                return problem;
        // On some file systems, two names that differ only in case denote the same file.
        return Entries.GroupBy(entry => entry.Path, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"'{FileNames.Shown(twice.Key)}' is there twice" : null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BundleManifest))]
internal sealed partial class BundleJson : JsonSerializerContext;

using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>A repository at one commit (item <c>ExternalRepo</c>).</summary>
public sealed record ExternalRepo : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The URL from which git clones the repository.</summary>
    public string Url { get; init; } = "";
    /// <summary>The id of the pinned commit: 40 hexadecimal digits, or 64 in a SHA-256 repository.</summary>
    public string Commit { get; init; } = "";
    /// <summary>Whether submodules are fetched as well, at the commits that the tree names.</summary>
    public bool Submodules { get; init; } = true;
    /// <summary>Whether the content of files in Git LFS is fetched; otherwise the pointers of these files are checked
    /// out.</summary>
    public bool Lfs { get; init; } = true;
    /// <summary>The part of the repository that is fetched and checked out; null for the whole repository.</summary>
    public SparsePaths? SparsePaths { get; init; }
    /// <summary>The reason why the ledger also has the same repository at another commit.</summary>
    public string? Reason { get; init; }
    /// <summary>The commit to use when the pinned commit no longer exists, for users who allow it with
    /// AllowFallback.</summary>
    public string? Fallback { get; init; }
    /// <summary>The commit in a later list of the authors, for information only.</summary>
    public string? Later { get; init; }

    /// <summary>Reads an item.</summary>
    public static ExternalRepo Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var repo = new ExternalRepo
        {
            Name = item.Name,
            Item = item,
            Url = reader.Required("Url"),
            Commit = reader.Required("Commit"),
            Submodules = reader.Flag("Submodules", otherwise: true),
            Lfs = reader.Flag("Lfs", otherwise: true),
            SparsePaths = SparsePaths.Parse(reader),
            Reason = reader.Text("Reason"),
            Fallback = reader.Text("Fallback"),
            Later = reader.Text("Later"),
        };
        // The name of a pin is the name of its checkout's folder; names of the SDK's own folders beside it begin with a
        // dot.
        if (!FileNames.IsPlain(repo.Name) || repo.Name.StartsWith('.'))
            reader.Bad("Include", repo.Name, FileNames.Plain + "; it does not begin with '.'");
        reader.CheckUrl(repo.Url);
        reader.Finish();
        return repo;
    }
}

/// <summary>
/// A container image (item <c>ContainerImage</c>): it comes from a registry, or is built on this machine from a
/// Dockerfile on a pinned base.
/// </summary>
public sealed record ContainerImage : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The reference to pull, such as ubuntu:22.04; empty for an image that is built.</summary>
    public string Reference { get; init; } = "";
    /// <summary>
    /// The digest of the image, in the form sha256:…; null until the first pull has written it to the ledger, and for
    /// an image that is built.
    /// </summary>
    public string? Digest { get; init; }
    /// <summary>Platform, such as linux/amd64.</summary>
    public string Platform { get; init; } = "linux/amd64";
    /// <summary>
    /// Path of the Dockerfile from which the image is built, relative to the project; null when the image is pulled.
    /// </summary>
    public string? Dockerfile { get; init; }
    /// <summary>Path of the folder that the build sees, relative to the project; null when the build sees no
    /// folder.</summary>
    public string? Context { get; init; }
    /// <summary>
    /// Name of the base image, which becomes the argument BASE of the Dockerfile; null when the
    /// Dockerfile names its own base by digest.
    /// </summary>
    public string? Base { get; init; }
    /// <summary>Arguments of the build.</summary>
    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();
    /// <summary>
    /// The space that the image takes in the engine, in bytes; for an image that is built, without its base. It may be
    /// an estimate. Null when unknown.
    /// </summary>
    public long? Size { get; init; }

    /// <summary>Whether the image is built on this machine.</summary>
    public bool IsBuilt => Dockerfile is not null;

    /// <summary>Reads an item.</summary>
    public static ContainerImage Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var dockerfile = reader.Text("Dockerfile");
        var image = new ContainerImage
        {
            Name = item.Name,
            Item = item,
            Reference = dockerfile is null ? reader.Required("Reference") : reader.Text("Reference") ?? "",
            Digest = reader.Text("Digest"),
            Platform = reader.Text("Platform") ?? "linux/amd64",
            Dockerfile = dockerfile,
            Context = reader.Text("Context"),
            Base = reader.Text("Base"),
            BuildArguments = reader.Pairs("BuildArguments"),
            Size = reader.Size("Size"),
        };
        // Some metadata apply only to images that are pulled, and others only to images that are built.
        foreach (var name in dockerfile is null
            ? new[] { "Context", "Base", "BuildArguments" } : ["Reference", "Digest"])
            if (reader.Text(name) is { } value)
                reader.Bad(name, value, dockerfile is null
                    ? "left out if there is no Dockerfile" : "left out if there is a Dockerfile");
        if (image.BuildArguments.ContainsKey("BASE"))
            reader.Bad("BuildArguments", "BASE",
                "other arguments than BASE, which is the image that the metadata Base names");
        if (image.IsBuilt && !FileNames.IsPlain(image.Name))
            reader.Bad("Include", image.Name, FileNames.Plain);
        reader.Finish();
        return image;
    }
}

/// <summary>A download (item <c>ExternalFile</c>).</summary>
public sealed record ExternalFile : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The URL of the download.</summary>
    public string Url { get; init; } = "";
    /// <summary>
    /// SHA-256 of the download's content, 64 hexadecimal digits; null until the first download has written it to the
    /// ledger.
    /// </summary>
    public string? Sha256 { get; init; }
    /// <summary>
    /// Whether a call that fetches the whole ledger continues without the download if it cannot be fetched: this is for
    /// a file that may have disappeared, and that is not strictly needed.
    /// </summary>
    public bool Optional { get; init; }
    /// <summary>The local name of the downloaded file.</summary>
    public string LocalName { get; init; } = "";

    /// <summary>Reads an item.</summary>
    public static ExternalFile Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var url = reader.Required("Url");
        reader.CheckUrl(url);
        var file = new ExternalFile
        {
            Name = item.Name,
            Item = item,
            Url = url,
            Sha256 = reader.Text("Sha256")?.ToLowerInvariant(),
            Optional = reader.Flag("Optional"),
            LocalName = reader.Text("LocalName") ?? LastPart(url) ?? item.Name,
        };
        if (!FileNames.IsPlain(file.Name))
            reader.Bad("Include", file.Name, FileNames.Plain);
        if (!FileNames.IsPlain(file.LocalName))
            reader.Bad("LocalName", file.LocalName, FileNames.Plain);
        reader.Finish();
        return file;
    }

    // The last part of a URL's path, without the query; null when that part does not name a file.
    private static string? LastPart(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && Uri.UnescapeDataString(uri.AbsolutePath.Split('/')[^1]) is var last && FileNames.IsPlain(last)
            ? last : null;
}

/// <summary>The version of a tool (item <c>ToolPin</c>); it applies if the item <c>Tool</c> itself names no
/// version.</summary>
public sealed record ToolPin : IDeclaration
{
    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The pinned version, or a NuGet version range.</summary>
    public string Version { get; init; } = "";
    /// <summary>
    /// The SHA-256 hashes, 64 hexadecimal digits each, of the packages from which a .NET tool of the pinned version is
    /// installed, by the name of the package; empty until the first installation has written them to the ledger.
    /// </summary>
    public IReadOnlyDictionary<string, string> PackageHashes { get; init; } = new Dictionary<string, string>();

    /// <summary>The file name of a package in the pinned version, in lower case as NuGet writes it.</summary>
    public string FileOf(string package) => $"{package}.{Version}.nupkg".ToLowerInvariant();

    /// <summary>Reads an item.</summary>
    public static ToolPin Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics)
    {
        var reader = new MetadataReader(item, diagnostics);
        var pin = new ToolPin
        {
            Name = item.Name,
            Item = item,
            Version = reader.Required("Version"),
            PackageHashes = Hashes(reader)
        };
        if (pin.Version.Length > 0 && VersionRule.Parse(pin.Version) is null)
            reader.Bad("Version", pin.Version, "a version such as 4.3.0, or a range such as [4.3,5.0)");
        reader.Finish();
        return pin;
    }

    private static Dictionary<string, string> Hashes(MetadataReader reader)
    {
        var hashes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        const string expected =
            "pairs of a package's name and the SHA-256 of its file, such as mytool=0123…, each package once";
        foreach (var (package, hash) in reader.Pairs("PackageHashes", expected))
            if (hash.Length == 0 || !hashes.TryAdd(package, hash.ToLowerInvariant()))
                reader.Bad("PackageHashes", $"{package}={hash}", expected);
        return hashes;
    }
}

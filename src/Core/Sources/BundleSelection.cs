using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>An image built from a Dockerfile, as far as a bundle may hold it.</summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Sha256">SHA-256 of the saved image; null when the project has none for the recipe.</param>
/// <param name="Place">Absolute path of the file that the saved image is unpacked to.</param>
public sealed record BundledImage(string Name, string? Sha256, string Place)
{
    /// <summary>Path of the saved image in a bundle.</summary>
    public string Path => $"images/{Name}.tar";
}

/// <summary>The parts of a bundle that the ledger names, which are the only ones that are unpacked.</summary>
/// <param name="Objects">The packs of git objects; which of their commits are taken is known only when they are
/// unpacked.</param>
/// <param name="Files">The downloads, packages and images, each with the absolute path of its destination.</param>
/// <param name="LeftOut">The entries that are not taken, one line for each.</param>
internal sealed record BundleSelection(IReadOnlyList<BundleEntry> Objects,
    IReadOnlyList<(BundleEntry Entry, string Place)> Files, IReadOnlyList<string> LeftOut)
{
    /// <summary>Chooses the entries to unpack.</summary>
    /// <param name="manifest">A manifest whose values are well-formed.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="images">The images that are built from a Dockerfile.</param>
    /// <param name="layout">The layout, with the folders to which files are unpacked.</param>
    /// <param name="archive">Path of the archive, for messages.</param>
    /// <exception cref="DiagnosticException">An entry's hash differs from the pinned one.</exception>
    public static BundleSelection Of(BundleManifest manifest, PinLedger ledger, IReadOnlyList<BundledImage> images,
        EvaluationLayout layout, string archive)
    {
        var files = new List<(BundleEntry, string)>();
        var leftOut = new List<string>();
        var problems = new List<Diagnostic>();
        foreach (var entry in manifest.Entries.Where(entry => entry.Kind != BundleKind.Objects))
        {
            var (of, hash, place) = entry.Kind switch
            {
                BundleKind.File => File(entry, ledger, layout),
                BundleKind.Image => Image(entry, images),
                _ => Package(entry, ledger, layout),
            };
            if (of is null)
                leftOut.Add($"'{entry.Path}': no pin has this name");
            else if (hash is null)
                leftOut.Add($"'{entry.Path}': {of} has no hash in the ledger or its lock file");
            else if (hash != entry.Sha256)
                problems.Add(BundleRules.NotAsPinned.At(SourceLocation.None, archive, entry.Path, entry.Sha256, hash,
                    of));
            else
                files.Add((entry, place));
        }
        return problems.Count == 0
            ? new([.. manifest.Entries.Where(entry => entry.Kind == BundleKind.Objects)], files, leftOut)
            : throw new DiagnosticException(problems);
    }

    private static (string? Of, string? Hash, string Place) File(BundleEntry entry, PinLedger ledger,
        EvaluationLayout layout) =>
        ledger.Files.FirstOrDefault(file => entry.Path == $"files/{file.Name}/{file.LocalName}") is { } file
            ? ($"ExternalFile '{file.Name}'", file.Sha256, ExternalFileStore.PathOf(layout, file)) : (null, null, "");

    private static (string? Of, string? Hash, string Place) Image(BundleEntry entry,
        IReadOnlyList<BundledImage> images) =>
        images.FirstOrDefault(image => image.Path == entry.Path) is { } image
            ? ($"ContainerImage '{image.Name}'", image.Sha256, image.Place) : (null, null, "");

    private static (string? Of, string? Hash, string Place) Package(BundleEntry entry, PinLedger ledger,
        EvaluationLayout layout)
    {
        var name = Path.GetFileName(entry.Path);
        foreach (var pin in ledger.Tools)
            foreach (var (package, hash) in pin.PackageHashes)
                if (name.Equals(pin.FileOf(package), StringComparison.OrdinalIgnoreCase))
                    return ($"package {package} of ToolPin '{pin.Name}'", hash,
                        Path.Combine(layout.Packages, pin.FileOf(package)));
        return ledger.Packaged.FirstOrDefault(tool =>
            name.StartsWith(tool.Package + ".", StringComparison.OrdinalIgnoreCase)) is { Tool: { } tool }
            ? ($"the package of tool '{tool.Name}'", null, "") : (null, null, "");
    }
}

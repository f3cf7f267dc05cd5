using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// Puts the contents of a bundle into the folders below sources/ in which the stages look for them. The bundle is
/// unpacked into a separate folder, checked completely against the ledger, and only then moved into place. Files that
/// are already present and match their pins are kept. The caller holds the lock of the evaluation's folder.
/// </summary>
/// <param name="layout">The layout, with the folders to which files are moved.</param>
/// <param name="ledger">The ledger, which determines the entries that are unpacked.</param>
/// <param name="store">The store that receives the git objects.</param>
/// <param name="hashes">The hashes of the files that are present.</param>
/// <param name="log">Log that receives messages about progress.</param>
public sealed class BundleUnpacker(EvaluationLayout layout, PinLedger ledger, SourceStore store, ContentHashes hashes,
    IBuildLog log)
{
    /// <summary>The images that are built from a Dockerfile, which a bundle may hold as they were saved.</summary>
    public IReadOnlyList<BundledImage> Images { get; init; } = [];

    // The file that records which bundle was unpacked last; it is kept with the unpacked files, so that it is removed
    // together with them.
    private string Stamp => Path.Combine(layout.Sources, ".bundle");

    /// <summary>Unpacks a bundle; a bundle that was unpacked before, with the same ledger, is not read again.</summary>
    /// <param name="archive">Absolute path of the archive.</param>
    /// <param name="cancellation">Cancels the unpacking, after which no incomplete file is used.</param>
    /// <exception cref="DiagnosticException">The file is not a bundle, is damaged, or does not match its pins; in these
    /// cases no part of the file is used.</exception>
    public async Task UnpackAsync(string archive, CancellationToken cancellation)
    {
        var pinned = ledger.Print() + string.Concat(Images.Select(image => $"{image.Place} {image.Sha256}\n"));
        var stamp = $"{FileStamp.Of(archive)} {ContentHashes.OfText(pinned)} {archive}";
        if (File.Exists(Stamp) && await File.ReadAllTextAsync(Stamp, cancellation).ConfigureAwait(false) == stamp)
            return;
        log.Progress($"Unpacking {archive}");
        var staging = Staging(layout);
        try
        {
            BundleSelection? selection = null;
            var manifest = await BundleArchive.ReadAsync(archive, staging, manifest =>
            {
                selection = BundleSelection.Of(manifest, ledger, Images, layout, archive);
                return [.. selection.Objects, .. selection.Files.Select(file => file.Entry)];
            }, cancellation).ConfigureAwait(false);
            List<(BundleEntry, string)> packs =
                [.. selection!.Objects.Select(entry => (entry, Path.Combine(staging, entry.Path)))];
            var (problem, commits) = await store.UnpackAsync(packs, ledger.Repos, Path.Combine(staging, "git"),
                cancellation).ConfigureAwait(false);
            if (problem is not null)
                throw BundleRules.Damaged.Error(SourceLocation.None, archive, FileNames.Shown(problem));
            foreach (var (entry, place) in selection.Files
                .Where(file => !File.Exists(file.Place) || hashes.OfFile(file.Place) != file.Entry.Sha256))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                File.Move(Path.Combine(staging, entry.Path), place, overwrite: true);
            }
            if (selection.LeftOut.Concat(commits).ToList() is { Count: > 0 } leftOut)
                log.Report(BundleRules.LeftOut.At(SourceLocation.None, archive, Lines(leftOut)));
            AtomicFile.Write(Stamp, stamp);
            log.Info("Unpacked " + BundleArchive.Describe(archive, manifest));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(Path.Combine(layout.Sources, "bundle"), problem);
        }
        finally
        {
            FolderRemoval.Remove(staging);
        }
    }

    /// <summary>Creates an empty folder for unfinished work.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be created.</exception>
    public static string Staging(EvaluationLayout layout)
    {
        var folder = Path.Combine(layout.Sources, ".partial", "bundle-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            Directory.CreateDirectory(folder);
            return folder;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(folder, problem);
        }
    }

    private static string Lines(List<string> lines)
    {
        const int most = 20;
        return string.Concat(lines.Take(most).Select(line => "\n  " + line))
            + (lines.Count > most ? $"\n  and {lines.Count - most} more" : "");
    }
}

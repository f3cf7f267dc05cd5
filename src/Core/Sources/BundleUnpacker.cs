using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// Brings what a bundle holds to its places below sources/, where the stages find it. It is unpacked beside them, all
/// of it is checked against the ledger, and only then moved in. What is there already as pinned stays. The caller holds
/// the lock of the evaluation's folder.
/// </summary>
/// <param name="layout">Where things go.</param>
/// <param name="ledger">Says what is taken.</param>
/// <param name="store">Takes git objects.</param>
/// <param name="hashes">Hashes of the files that are there.</param>
/// <param name="log">Told what goes on.</param>
public sealed class BundleUnpacker(EvaluationLayout layout, PinLedger ledger, SourceStore store, ContentHashes hashes,
    IBuildLog log)
{
    // What was unpacked last; it stands among what was unpacked, so that both go together.
    private string Stamp => Path.Combine(layout.Sources, ".bundle");

    /// <summary>Unpacks a bundle; one that was unpacked before, with the same ledger, is not read again.</summary>
    /// <param name="archive">Absolute path of the archive.</param>
    /// <param name="cancellation">Stops; nothing that is incomplete is used.</param>
    /// <exception cref="DiagnosticException">It is no bundle, damaged, or not as pinned; nothing of it is used
    /// then.</exception>
    public async Task UnpackAsync(string archive, CancellationToken cancellation)
    {
        var stamp = $"{FileStamp.Of(archive)} {ContentHashes.OfText(ledger.Print())} {archive}";
        if (File.Exists(Stamp) && await File.ReadAllTextAsync(Stamp, cancellation).ConfigureAwait(false) == stamp)
            return;
        log.Progress($"Unpacking {archive}");
        var staging = Staging(layout);
        try
        {
            BundleSelection? selection = null;
            var manifest = await BundleArchive.ReadAsync(archive, staging, manifest =>
            {
                selection = BundleSelection.Of(manifest, ledger, layout, archive);
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

    /// <summary>Makes an empty folder for what is not finished.</summary>
    /// <exception cref="DiagnosticException">It cannot be made.</exception>
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

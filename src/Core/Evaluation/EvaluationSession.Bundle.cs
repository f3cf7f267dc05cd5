using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

public sealed partial class EvaluationSession
{
    private const double Megabyte = 1e6;

    // What was unpacked last; it stands among what was unpacked, so that both go together.
    private string BundleStamp => Path.Combine(Options.Layout.Sources, ".bundle");

    /// <summary>Writes every pinned input of the request, or of the whole ledger when nothing was asked for, into one archive; fetches what is not here.</summary>
    /// <param name="file">Path of the archive, relative to the project; empty: bundle.tar.gz in the evaluation's folder.</param>
    /// <param name="log">Told what the archive holds and lacks.</param>
    /// <param name="cancellation">Stops; no archive is left then.</param>
    /// <exception cref="DiagnosticException">An input cannot be had, or the archive cannot be written.</exception>
    public async Task WriteBundleAsync(string file, IBuildLog log, CancellationToken cancellation)
    {
        var target = file.Length == 0 ? Path.Combine(Options.Layout.Root, "bundle.tar.gz") : Options.Layout.Resolve(file);
        LintPins();
        var wanted = ToolsOf(Selection.Experiments, Selection.Tools, build: true);
        var (repos, downloads) = Options.Request.Length == 0 ? (Model.Pins.Repos, Model.Pins.Files)
            : (ReposWith(Selection.Experiments, wanted), FilesOf(Selection.Experiments));
        var store = Store(log);
        var problems = new AcquisitionProblems();
        var acquired = await store.AcquireAsync(repos, problems, cancellation).ConfigureAwait(false);
        var files = await FileStore(log).AcquireAsync(downloads, problems, cancellation).ConfigureAwait(false);
        problems.ThrowIfAny();
        var staging = Staging();
        try
        {
            var (packages, lacking) = await PackagesAsync(wanted, log, cancellation).ConfigureAwait(false);
            lacking.AddRange(Model.Pins.Images.Where(image => Options.Request.Length == 0 || Selection.Experiments.Any(experiment => experiment.Image == image.Name))
                .Select(image => $"the image '{image.Name}' ({image.Reference}): pull it there; an engine that loads a saved image does not know the digest that is pinned"));
            log.Progress("Packing");
            var inputs = (await store.PackAsync(repos, acquired, staging, cancellation).ConfigureAwait(false)).Concat(packages)
                .Concat(files.Select(found => new BundleInput($"files/{found.Name}/{Path.GetFileName(found.Path)}", BundleKind.File, found.Name, found.Path)));
            var manifest = await BundleArchive.WriteAsync(target, [.. inputs], SdkVersion.Text, cancellation).ConfigureAwait(false);
            if (lacking.Count > 0)
                log.Report(BundleRules.Incomplete.At(SourceLocation.None, string.Concat(lacking.Select(line => "\n  " + line))));
            log.Info(Describe(target, manifest));
        }
        finally
        {
            Attempts.Remove(staging);
        }
    }

    /// <summary>Brings what a bundle holds to its places below sources/, where the stages find it; a bundle that was unpacked before is not read again.</summary>
    /// <param name="file">Path of the archive, relative to the project.</param>
    /// <param name="log">Told what goes on.</param>
    /// <param name="cancellation">Stops; nothing that is incomplete is used.</param>
    /// <exception cref="DiagnosticException">It is no bundle, or damaged; nothing of it is used then.</exception>
    public async Task UnpackBundleAsync(string file, IBuildLog log, CancellationToken cancellation)
    {
        var archive = Options.Layout.Resolve(file);
        var stamp = $"{FileStamp.Of(archive)} {archive}";
        if (File.Exists(BundleStamp) && await File.ReadAllTextAsync(BundleStamp, cancellation).ConfigureAwait(false) == stamp)
            return;
        log.Progress($"Unpacking {archive}");
        var staging = Staging();
        try
        {
            var manifest = await BundleArchive.ReadAsync(archive, staging, cancellation).ConfigureAwait(false);
            var store = Store(log);
            foreach (var entry in manifest.Entries.OrderBy(entry => entry.Kind))
            {
                var content = Path.Combine(staging, entry.Path);
                if (entry.Kind != BundleKind.Objects)
                    Place(content, PlaceOf(entry));
                else if (await store.UnpackAsync(entry, content, cancellation).ConfigureAwait(false) is { } problem)
                    throw BundleRules.Damaged.Throw(SourceLocation.None, archive, $"git cannot use '{entry.Path}' ({problem})");
            }
            AtomicFile.Write(BundleStamp, stamp);
            log.Info("Unpacked " + Describe(archive, manifest));
        }
        finally
        {
            Attempts.Remove(staging);
        }
    }

    // Packages of .NET tools, installed here if they are not; and in words what no archive can hold.
    private async Task<(IReadOnlyList<BundleInput> Packages, List<string> Lacking)> PackagesAsync(IEnumerable<ToolDeclaration> wanted, IBuildLog log, CancellationToken cancellation)
    {
        var options = ToolOptionsNow();
        var lacking = new List<string>();
        var packages = new SortedDictionary<string, BundleInput>(StringComparer.Ordinal);
        foreach (var tool in wanted.Where(tool => tool.Path is null))
        {
            var rule = RuleOf(tool, options);
            if (DotNetToolInstaller.Describe(tool, rule, options) is not null)
            {
                if (await DotNetToolInstaller.InstallAsync(tool, rule!, options, log, cancellation).ConfigureAwait(false) is { } failure)
                    throw new DiagnosticException(failure);
                foreach (var package in DotNetToolInstaller.PackagesOf(tool, rule, options))
                    packages[Path.GetFileName(package)] = new BundleInput("packages/" + Path.GetFileName(package), BundleKind.Package, tool.Name, package);
            }
            else if (tool.Build is null)
                lacking.Add($"the tool {tool.Name} ({rule?.Text ?? "any version"}): {tool.Remedy ?? "install it there"}");
            else if (tool.Build.Helpers.Count > 0)
                lacking.Add($"what building {tool.Name} downloads ({string.Join(", ", tool.Build.Helpers)}): build it there, or set the item's Path");
        }
        return ([.. packages.Values], lacking);
    }

    private static VersionRule? RuleOf(ToolDeclaration tool, ToolOptions options) => tool.VersionOverride ?? tool.Version ?? options.Pins.GetValueOrDefault(tool.Name);

    private string PlaceOf(BundleEntry entry) => entry.Kind == BundleKind.Package ? Path.Combine(Options.Layout.Packages, Path.GetFileName(entry.Path))
        : Path.Combine(Options.Layout.Sources, ".files", entry.Path[BundleArchive.FolderOf(entry.Kind).Length..]);

    private static void Place(string content, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(content, path, overwrite: true);
    }

    private string Staging()
    {
        var folder = Path.Combine(Options.Layout.Sources, ".partial", "bundle-" + Guid.NewGuid().ToString("N")[..8]);
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

    private static string Describe(string archive, BundleManifest manifest) => string.Create(CultureInfo.InvariantCulture,
        $"{archive}: {manifest.Entries.Count(entry => entry.Kind == BundleKind.Objects)} repositories at {manifest.Entries.Sum(entry => entry.Commits.Count)} commits, "
        + $"{manifest.Entries.Count(entry => entry.Kind == BundleKind.File)} downloads, {manifest.Entries.Count(entry => entry.Kind == BundleKind.Package)} packages, "
        + $"{new FileInfo(archive).Length / Megabyte:0.0} MB, SHA-256 {new ContentHashes().OfFile(archive)}");
}

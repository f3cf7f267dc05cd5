using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Writes pinned inputs into one archive, for builds without a network.</summary>
/// <param name="context">The call.</param>
public sealed class WriteBundle(EvaluationContext context)
{
    /// <summary>
    /// Writes every pinned input of the request, or of the whole ledger when the request is empty, into one archive,
    /// and fetches the inputs that are not present.
    /// </summary>
    /// <param name="file">Path of the archive, relative to the project; empty for bundle.tar.gz in the evaluation's
    /// folder.</param>
    /// <param name="log">Log that receives the list of what the archive holds and lacks.</param>
    /// <param name="cancellation">Cancels the call, which then leaves no archive.</param>
    /// <exception cref="DiagnosticException">An input cannot be obtained, or the archive cannot be written.</exception>
    public async Task RunAsync(string file, IBuildLog log, CancellationToken cancellation)
    {
        var target = file.Length == 0
            ? Path.Combine(context.Options.Layout.Root, "bundle.tar.gz") : context.Options.Layout.Resolve(file);
        PrintPins.Lint(context.Model);
        var wanted = context.Needs.Tools(context.Selection.Experiments, context.Selection.Tools, build: true);
        var (repos, downloads) = context.Options.Request.Length == 0
            ? (context.Model.Pins.Repos, context.Model.Pins.Files)
            : ([.. context.Needs.Repos(context.Selection.Experiments,
                wanted).Union(context.Needs.Repos(context.Selection))],
                [.. context.Needs.Files(context.Selection.Experiments,
                    wanted).Union(context.Needs.Files(context.Selection))]);
        var store = context.Sources(log);
        var problems = new AcquisitionProblems();
        var acquired = await store.AcquireAsync(repos, problems, cancellation).ConfigureAwait(false);
        var files = await context.Downloads(log).AcquireAsync(downloads, problems, cancellation).ConfigureAwait(false);
        IReadOnlyList<ContainerImage> built = [.. WantedImages().Where(image => image.IsBuilt)];
        var images = await ImagesAsync(built, problems, log, cancellation).ConfigureAwait(false);
        problems.ThrowUnlessOptional(log);
        var staging = BundleUnpacker.Staging(context.Options.Layout);
        try
        {
            var (packages, lacking) = await PackagesAsync(wanted, log, cancellation).ConfigureAwait(false);
            lacking.AddRange(ImagesToBring(images));
            log.Progress("Packing");
            var inputs = (await store.PackAsync(repos, acquired, staging, cancellation).ConfigureAwait(false)).Concat(
                packages)
                .Concat(images.Select(image => new BundleInput(image.Path, BundleKind.Image, image.Name, image.Place)))
                .Concat(files.Select(found => new BundleInput($"files/{found.Name}/{Path.GetFileName(found.Path)}",
                    BundleKind.File, found.Name, found.Path)));
            var manifest = await BundleArchive.WriteAsync(target, [.. inputs], SdkVersion.Text,
                cancellation).ConfigureAwait(false);
            if (lacking.Count > 0)
                log.Report(BundleRules.Incomplete.At(SourceLocation.None,
                    string.Concat(lacking.Select(line => "\n  " + line))));
            log.Info(BundleArchive.Describe(target, manifest));
        }
        finally
        {
            FolderRemoval.Remove(staging);
        }
    }

    private IReadOnlyList<ContainerImage> WantedImages() => context.Options.Request.Length == 0
        ? context.Needs.Images(context.Model.Experiments, [.. context.Model.Tools.Select(tool => tool.Name)])
        : context.Needs.Images(context.Selection.Experiments, context.Selection.Tools);

    // Without an engine, the rest of the bundle is still written.
    private async Task<IReadOnlyList<BundledImage>> ImagesAsync(IReadOnlyList<ContainerImage> built,
        AcquisitionProblems problems, IBuildLog log, CancellationToken cancellation)
    {
        if (built.Count == 0)
            return [];
        try
        {
            await context.Engine.ProbeAsync(cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException)
        {
            return [];
        }
        var store = context.Images(context.Options.Offline, log);
        var acquired = (await store.AcquireAsync(built, problems, cancellation).ConfigureAwait(false))
            .Select(image => image.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return await store.SaveAsync([.. built.Where(image => acquired.Contains(image.Name))], cancellation)
            .ConfigureAwait(false);
    }

    // The base image of a saved image is part of the saved image.
    private IEnumerable<string> ImagesToBring(IReadOnlyList<BundledImage> saved) => WantedImages()
        .Where(image => saved.All(other => other.Name != image.Name))
        .Select(image => image.IsBuilt
            ? $"the image '{image.Name}' (built from {image.Dockerfile}): no container engine answers here; build it "
                + "there, or write the bundle where an engine runs"
            : $"the image '{image.Name}' ({image.Reference}): pull it there; an engine that loads a saved image "
                + "does not know the pinned digest");

    // The packages of .NET tools, which are installed on this machine if necessary, and descriptions of the tools that
    // no archive can hold.
    private async Task<(IReadOnlyList<BundleInput> Packages, List<string> Missing)> PackagesAsync(
        IEnumerable<ToolDeclaration> wanted, IBuildLog log, CancellationToken cancellation)
    {
        var options = context.ToolOptions(new AcquiredInputs());
        var lacking = new List<string>();
        var packages = new SortedDictionary<string, BundleInput>(StringComparer.Ordinal);
        foreach (var tool in wanted.Where(tool => tool.Path is null))
        {
            var rule = RuleOf(tool, options);
            if (DotNetToolInstaller.Describe(tool, rule, options) is not null)
            {
                if (await DotNetToolInstaller.InstallAsync(tool, rule!, options, log,
                    cancellation).ConfigureAwait(false) is { } failure)
                    throw new DiagnosticException(failure);
                DotNetToolInstaller.Pin(tool, rule, options, log);
                var pinned = DotNetToolInstaller.PackagesOf(tool, rule, options);
                if (pinned.Count == 0)
                    lacking.Add(
                        $"the package {tool.DotNetTool} {rule!.Exact} of the tool {tool.Name}: give it a ToolPin with "
                            + "this version; its hash allows it in a bundle");
                foreach (var package in pinned)
                    packages[Path.GetFileName(package)] = new BundleInput("packages/" + Path.GetFileName(package),
                        BundleKind.Package, tool.Name, package);
            }
            else if (tool.Build is null && tool.Archive is null)
                lacking.Add(
                    $"the tool {tool.Name} ({rule?.Text ?? "any version"}): {tool.Remedy ?? "install it there"}");
            else if (tool.Build?.Helpers.Count > 0)
                lacking.Add(
                    $"what building {tool.Name} downloads ({string.Join(", ", tool.Build.Helpers)}): build it there, "
                        + "or set the item's Path");
        }
        return ([.. packages.Values], lacking);
    }

    /// <summary>The version rule that applies to a tool.</summary>
    internal static VersionRule? RuleOf(ToolDeclaration tool, ToolOptions options) =>
        tool.VersionOverride ?? tool.Version ?? options.Pins.GetValueOrDefault(tool.Name);
}

using System.Text;
using System.Text.RegularExpressions;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>The ledger, which contains every pin of an artifact.</summary>
public sealed partial record PinLedger
{
    /// <summary>Repositories.</summary>
    public IReadOnlyList<ExternalRepo> Repos { get; init; } = [];
    /// <summary>Images.</summary>
    public IReadOnlyList<ContainerImage> Images { get; init; } = [];
    /// <summary>Downloads.</summary>
    public IReadOnlyList<ExternalFile> Files { get; init; } = [];
    /// <summary>Versions of tools.</summary>
    public IReadOnlyList<ToolPin> Tools { get; init; } = [];
    /// <summary>The tools that are installed from a package, each with the name of the package.</summary>
    public IReadOnlyList<(IDeclaration Tool, string Package)> Packaged { get; init; } = [];

    /// <summary>
    /// The problems of the pins in the ledger: floating references, abbreviated commits, one repository at two commits
    /// without a reason, malformed hashes.
    /// </summary>
    public IReadOnlyList<Diagnostic> Lint()
    {
        var found = new List<Diagnostic>();
        foreach (var repo in Repos)
        {
            Commit(repo, repo.Commit);
            if (repo.Fallback is { } fallback)
                Commit(repo, fallback);
        }
        foreach (var same in Repos.GroupBy(repo => Normalised(repo.Url), StringComparer.OrdinalIgnoreCase))
            foreach (var repo in same.Skip(1)
                .Where(repo => repo.Commit != same.First().Commit && repo.Reason is null
                    && same.First().Reason is null))
                found.Add(PinRules.TwoCommits.At(repo.Item.Where, same.First().Name, repo.Name));
        found.AddRange(Images.Select(Problem).OfType<Diagnostic>());
        foreach (var file in Files)
        {
            if (file.Sha256 is null)
                found.Add(PinRules.FileWithoutHash.At(file.Item.Where, file.Name, file.Url));
            else if (!HashForm().IsMatch(file.Sha256))
                found.Add(PinRules.BadHash.At(file.Item.Where, "ExternalFile", file.Name, "Sha256", file.Sha256,
                    "64 hexadecimal digits"));
        }
        found.AddRange(PackageProblems());
        return found;

        void Commit(ExternalRepo repo, string commit)
        {
            if (CommitForm().IsMatch(commit))
                return;
            found.Add(ShortForm().IsMatch(commit)
                ? PinRules.ShortCommit.At(repo.Item.Where, repo.Name, commit) : PinRules.Floating.At(repo.Item.Where,
                    "ExternalRepo", repo.Name, commit));
        }
    }

    private IEnumerable<Diagnostic> PackageProblems()
    {
        foreach (var pin in Tools)
            foreach (var (package, hash) in pin.PackageHashes.Where(pair => !HashForm().IsMatch(pair.Value)))
                yield return PinRules.BadHash.At(pin.Item.Where, "ToolPin", pin.Name, "PackageHashes",
                    $"{package}={hash}", "64 hexadecimal digits for each package");
        foreach (var (tool, package) in Packaged)
        {
            var pin = Tools.FirstOrDefault(pin => pin.Name.Equals(tool.Name, StringComparison.OrdinalIgnoreCase));
            if (pin is null)
                yield return PinRules.PackageWithoutHash.At(tool.Item.Where, tool.Name, package,
                    "Give it a ToolPin with one version; the first installation writes the hash.");
            else if (pin.PackageHashes.Count == 0)
                yield return PinRules.PackageWithoutHash.At(pin.Item.Where, tool.Name, package,
                    "The first installation writes it to the ToolPin; commit that change.");
        }
    }

    private static Diagnostic? Problem(ContainerImage image)
    {
        // An image that is built is determined by its Dockerfile; only its base is a pin, which has its own entry in
        // the ledger.
        if (image.IsBuilt)
            return null;
        if (image.Digest is null)
            return PinRules.ImageByTag.At(image.Item.Where, image.Name, image.Reference);
        if (!DigestForm().IsMatch(image.Digest))
            return PinRules.BadHash.At(image.Item.Where, "ContainerImage", image.Name, "Digest", image.Digest,
                "sha256: and 64 lower-case hexadecimal digits");
        return image.Reference.EndsWith(":latest", StringComparison.Ordinal)
            ? PinRules.Floating.At(image.Item.Where, "ContainerImage", image.Name, image.Reference) : null;
    }

    /// <summary>The ledger as a table for people to read.</summary>
    public string Print()
    {
        var rows = Repos.Select(repo =>
            (repo.Name, Pin: repo.Commit, Of: repo.Url + (repo.SparsePaths is { } paths ? $" (only {paths})" : "")
                + (repo.Reason is null ? "" : $" ({repo.Reason})")))
            .Concat(Images.Select(image =>
                (image.Name, Pin: image.IsBuilt ? "(built)" : image.Digest ?? "(no digest yet)",
                Of: image.IsBuilt ? $"{image.Dockerfile} on {image.Base ?? "a base of its own"} {image.Platform}"
                    : $"{image.Reference} {image.Platform}")))
            .Concat(Files.Select(file => (file.Name, Pin: file.Sha256 ?? "(no hash yet)", Of: file.Url)))
            .Concat(Tools.Select(tool => (tool.Name, Pin: tool.Version, Of: "tool")))
            .Concat(Tools.SelectMany(tool =>
                tool.PackageHashes.Select(pair =>
                    (tool.Name, Pin: pair.Value, Of: $"package {pair.Key} {tool.Version}")))).ToList();
        var names = rows.Select(row => row.Name.Length).DefaultIfEmpty().Max();
        var pins = rows.Select(row => row.Pin.Length).DefaultIfEmpty().Max();
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(row.Name.PadRight(names)).Append("  ").Append(row.Pin.PadRight(pins)).Append("  ")
                .Append(row.Of).Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// A URL of a repository without the parts that do not distinguish repositories: scheme, user, ending, case of the
    /// host.
    /// </summary>
    public static string Normalised(string url) =>
        Scheme().Replace(url.Trim(), "").Replace(':', '/').TrimEnd('/') is var path
            && path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;

    [GeneratedRegex("^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex CommitForm();

    [GeneratedRegex("^[0-9a-fA-F]{6,40}$")]
    private static partial Regex ShortForm();

    [GeneratedRegex("^sha256:[0-9a-f]{64}$")]
    private static partial Regex DigestForm();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex HashForm();

    [GeneratedRegex("^(?:[a-z+]+://)?(?:[^@/]+@)?")]
    private static partial Regex Scheme();
}

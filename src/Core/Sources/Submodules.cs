using System.Text.RegularExpressions;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>A submodule that is fetched.</summary>
/// <param name="Path">The path of the submodule below the checkout that contains it.</param>
/// <param name="Url">Absolute URL.</param>
/// <param name="Commit">The commit that the tree names.</param>
internal sealed record Submodule(string Path, string Url, string Commit);

/// <summary>The submodules that a commit declares.</summary>
/// <param name="Links">The path and commit of each submodule in the tree.</param>
/// <param name="Settings">The keys and values of <c>.gitmodules</c>, in order.</param>
internal sealed record SubmoduleList(IReadOnlyList<(string Path, string Commit)> Links,
    IReadOnlyList<(string Key, string Value)> Settings)
{
    /// <summary>No submodules.</summary>
    public static SubmoduleList None { get; } = new([], []);

    /// <summary>The paths of the tree's submodules that have no URL, whose folders stay empty.</summary>
    public IEnumerable<string> WithoutUrl() =>
        Links.Select(link => link.Path).Where(path => !Urls().Any(module => module.Path == path));

    /// <summary>
    /// Returns the submodules after checking that the declarations of a repository neither lead out of the checkout nor
    /// to private data of this machine.
    /// </summary>
    /// <exception cref="DiagnosticException">A path or a URL is not allowed, or the tree and the list of submodules
    /// contradict each other.</exception>
    public IReadOnlyList<Submodule> Checked(ExternalRepo pin, string parent)
    {
        if (Links.GroupBy(link => link.Path).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw SourceRules.SubmodulesContradict.Error(pin.Item.Where, pin.Name, $"the tree has '{twice.Key}' twice");
        var urls = Urls();
        if (urls.GroupBy(module => module.Path).FirstOrDefault(same => same.Count() > 1) is { } named)
            throw SourceRules.SubmodulesContradict.Error(pin.Item.Where, pin.Name,
                $".gitmodules gives '{named.Key}' more than one URL");
        return [.. Links.Join(urls, link => link.Path, module => module.Path,
            (link, module) => Check(pin, parent, link.Path, module.Url, link.Commit))];
    }

    private static Submodule Check(ExternalRepo pin, string parent, string path, string written, string commit)
    {
        if (SubmodulePlace.Problem(path) is { } problem)
            throw SourceRules.SubmodulePlace.Error(pin.Item.Where, pin.Name, path, problem);
        var url = SubmoduleUrl.Absolute(written, parent);
        return SubmoduleUrl.IsAllowed(url, parent)
            ? new Submodule(path, url, commit) : throw SourceRules.SubmoduleUrl.Error(pin.Item.Where, pin.Name, path,
                written, parent);
    }

    // The settings of a submodule, with one entry for each path and URL; of a repeated key the last value is used, as
    // in git.
    private List<(string Path, string Url)> Urls() =>
    [
        .. Settings.Where(setting => setting.Key.StartsWith("submodule.", StringComparison.OrdinalIgnoreCase))
            .GroupBy(setting => setting.Key[..setting.Key.LastIndexOf('.')], StringComparer.Ordinal)
            .Select(module => (Path: Last(module, ".path")?.TrimEnd('/'), Url: Last(module, ".url")))
            .Where(module => module is { Path.Length: > 0, Url.Length: > 0 })
            .Select(module => (module.Path!, module.Url!)).Distinct(),
    ];

    private static string? Last(IEnumerable<(string Key, string Value)> settings, string ending) =>
        settings.LastOrDefault(setting => setting.Key.EndsWith(ending, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Checks at which paths a submodule may be placed.</summary>
internal static class SubmodulePlace
{
    /// <summary>The problem with a path of a submodule as a tree names it; null when there is none.</summary>
    public static string? Problem(string path) => path.Split('/') switch
    {
        _ when path.Contains('\uFFFD', StringComparison.Ordinal) => "its name is not UTF-8",
        _ when path.Any(char.IsControl) => "its name has control characters",
        var parts when parts.Any(part => part is "" or "." or "..") => "it would be outside of the checkout",
        var parts when parts.Any(part => part.TrimEnd(' ', '.').Equals(".git", StringComparison.OrdinalIgnoreCase)) =>
            "it would be in git's own folder",
        _ when OperatingSystem.IsWindows() && path.AsSpan().ContainsAny('\\', ':') =>
            "it would be outside of the checkout",
        _ => null,
    };

    /// <summary>
    /// The part of a path that is a link or a file where a folder should be; null when the path leads only through real
    /// folders, or ends before it reaches a link or a file.
    /// </summary>
    public static string? Obstacle(string root, string path)
    {
        var at = root;
        foreach (var part in path.Split('/'))
        {
            at = Path.Combine(at, part);
            var entry = new FileInfo(at);
            if (entry.LinkTarget is not null || entry.Exists)
                return Path.GetRelativePath(root, at);
            if (!Directory.Exists(at))
                return null;
        }
        return null;
    }
}

/// <summary>Checks from which URLs a submodule may come.</summary>
internal static partial class SubmoduleUrl
{
    /// <summary>
    /// The absolute form of a submodule's URL, which may be relative to that of the containing repository.
    /// </summary>
    public static string Absolute(string url, string parent)
    {
        if (!url.StartsWith("./", StringComparison.Ordinal) && !url.StartsWith("../", StringComparison.Ordinal))
            return url;
        var place = parent.TrimEnd('/');
        while (true)
        {
            if (url.StartsWith("../", StringComparison.Ordinal))
                (place, url) = (place[..Math.Max(0, place.LastIndexOfAny(['/', ':']))], url[3..]);
            else if (url.StartsWith("./", StringComparison.Ordinal))
                url = url[2..];
            else
                return $"{place}/{url}";
        }
    }

    /// <summary>
    /// Whether a submodule may be fetched from a URL. A remote repository must not name a repository on this machine:
    /// files that only this user can read would end up in a checkout, and in a bundle.
    /// </summary>
    public static bool IsAllowed(string url, string parent) => Remote().IsMatch(url) || IsLocal(url) && IsLocal(parent);

    private static bool IsLocal(string url) =>
        url.StartsWith("file:///", StringComparison.OrdinalIgnoreCase)
            || !url.StartsWith('-') && !url.Contains("::", StringComparison.Ordinal) && Path.IsPathFullyQualified(url);

    // A URL of a submodule has a scheme and a host, or one of the forms host:path and user@host:path of ssh. No part of
    // it may look like an option, and it may not contain "::", which would name a helper of git.
    [GeneratedRegex(@"^(?:(?:https?|ssh|git|git\+ssh|ssh\+git)://(?:[^/@\s-][^/@\s]*@)?(?:\[[0-9A-Fa-f:.]+\]"
        + @"|[A-Za-z0-9][^/@:\s]*)(?::[0-9]+)?/[^\s]*|(?:[A-Za-z0-9_][^/@:\s]*@)?[A-Za-z0-9][A-Za-z0-9._-]+:(?!:"
        + @"|//)[^\s-][^\s]*)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Remote();
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Containers;

/// <summary>An image that is in the container engine and matches its pin.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Digest">Digest of the image in its registry; the id for an image that was never in a registry.</param>
/// <param name="Platform">Platform, such as linux/amd64.</param>
/// <param name="Id">The engine's id for the image.</param>
public sealed record AcquiredImage(string Name, string Digest, string Platform, string Id)
{
    /// <summary>The variables that the image sets in its containers.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The user that the image declares for its containers; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>
    /// Whether the image's containers run as root, who owns its files. Containers of an image with another user run as
    /// the user who runs the build.
    /// </summary>
    public bool IsOfRoot => User.Split(':')[0] is "" or "root" or "0";

    /// <summary>The properties of the image that affect a process, which are part of keys.</summary>
    public string Identity => IdentityOf(Digest, Platform);

    /// <summary>
    /// The environment of a command in the image: the image's own variables are kept, because programs of the image
    /// rely on them, but the given ones take precedence. In PATH, the system folders are the image's own.
    /// </summary>
    public IReadOnlyDictionary<string, string> Surround(IReadOnlyDictionary<string, string> given)
    {
        var all = new Dictionary<string, string>(Environment, StringComparer.Ordinal);
        foreach (var (name, value) in given)
            all[name] = name == "PATH" && value.EndsWith(SearchPath.System, StringComparison.Ordinal)
                && Environment.GetValueOrDefault(name) is { } own
                ? value[..^SearchPath.System.Length] + own : value;
        return all;
    }

    /// <summary>Whether a pin's platform, which may name a variant, matches that of an engine or an image.</summary>
    internal static bool IsPlatform(string pinned, string actual) =>
        string.Join('/', pinned.Split('/').Take(2)) == actual;

    /// <summary>
    /// The identity of an image with the given digest; null stands for an image that has not been pulled yet.
    /// </summary>
    public static string IdentityOf(string? digest, string platform) =>
        $"docker {digest ?? "(not pulled yet)"} {platform}";
}

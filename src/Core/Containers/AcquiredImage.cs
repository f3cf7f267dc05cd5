using Verus.Artifact.Common;

namespace Verus.Artifact.Containers;

/// <summary>An image that is in the engine and is what is pinned.</summary>
/// <param name="Name">Name of the pin.</param>
/// <param name="Digest">Digest in its registry; of an image that never was in one, its id.</param>
/// <param name="Platform">Platform, such as linux/amd64.</param>
/// <param name="Id">What the engine calls it.</param>
public sealed record AcquiredImage(string Name, string Digest, string Platform, string Id)
{
    /// <summary>Variables that it sets in its containers.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The user whom it names for its containers; empty: root.</summary>
    public string User { get; init; } = "";

    /// <summary>
    /// Whether its containers run as root, to whom its files belong. In one with a user of its own they run as the user
    /// who runs the build.
    /// </summary>
    public bool IsOfRoot => User.Split(':')[0] is "" or "root" or "0";

    /// <summary>What of it reaches a process: part of keys.</summary>
    public string Identity => IdentityOf(Digest, Platform);

    /// <summary>
    /// An environment in the image: where the image sets variables, programs of it rely on them; those that are given
    /// win. In PATH, the folders of the system are the image's own.
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

    /// <summary>Whether a platform of a pin, which may name a variant, is what an engine or an image has.</summary>
    internal static bool IsPlatform(string pinned, string actual) =>
        string.Join('/', pinned.Split('/').Take(2)) == actual;

    /// <summary>The identity that an image with this digest has; null is an image that nobody has pulled yet.</summary>
    public static string IdentityOf(string? digest, string platform) =>
        $"docker {digest ?? "(not pulled yet)"} {platform}";
}

using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>Turns what git or libgit2 says into one of our diagnostics.</summary>
internal static class GitProblem
{
    private static readonly (DiagnosticRule Rule, string[] Texts)[] Known =
    [
        (SourceRules.DiskFull, ["No space left on device", "Disk quota exceeded"]),
        (SourceRules.Damaged, ["repository corruption on the remote side", "missing blob", "unable to read sha1 file", "bad object"]),
        (SourceRules.MissingCommit, ["not our ref", "couldn't find remote ref", "no such remote ref", "unadvertised object", "object not found", "unable to read tree", "reference is not a tree"]),
        (SourceRules.Refused,
        [
            "Authentication failed", "could not read Username", "could not read Password", "Permission denied", "Repository not found", "does not appear to be a git repository",
            "not found", "returned error: 403", "returned error: 404", "status code: 404", "status code: 403", "does not exist", "Host key verification failed", "too many redirects or authentication",
        ]),
        (SourceRules.Unreachable,
        [
            "Could not resolve host", "Failed to connect", "Could not connect", "Connection refused", "Connection timed out", "Network is unreachable", "No route to host", "Temporary failure in name resolution",
            "failed to resolve address", "Couldn't connect",
        ]),
        (SourceRules.Broken,
        [
            "early EOF", "unexpected disconnect", "RPC failed", "hung up unexpectedly", "invalid index-pack output", "Connection reset", "Broken pipe", "read error", "write error", "bad pack header", "Empty reply", "transfer closed", "unexpected EOF", "fetch-pack",
            // Said after the others; alone it means that the other side ended without a word.
            "Could not read from remote repository",
        ]),
    ];

    /// <summary>The diagnostic for what was said while fetching a pin.</summary>
    public static DiagnosticException Of(ExternalRepo pin, string url, string commit, string said)
    {
        var rule = Known.FirstOrDefault(known => known.Texts.Any(text => said.Contains(text, StringComparison.OrdinalIgnoreCase))).Rule;
        var words = LastWords(said);
        return rule?.Code switch
        {
            "VART2001" => rule.Throw(pin.Item.Where, pin.Name, words),
            "VART2002" => Missing(pin, url, commit),
            "VART2003" or "VART2005" or "VART2012" => rule.Throw(pin.Item.Where, pin.Name, url, words),
            "VART2004" => rule.Throw(pin.Item.Where, pin.Name),
            _ => SourceRules.GitFailed.Throw(pin.Item.Where, pin.Name, url, words),
        };
    }

    /// <summary>The remote does not have the commit.</summary>
    public static DiagnosticException Missing(ExternalRepo pin, string url, string commit) => SourceRules.MissingCommit.Throw(pin.Item.Where, pin.Name, commit, url,
        pin.Fallback is { } fallback && commit == pin.Commit ? $" Ask the authors, or take the fallback {fallback[..12]} with -p:AllowFallback={pin.Name}." : " Ask the authors of the repository, or correct the pin.");

    // The last lines only say that all is over when an earlier one names an object.
    private static string LastWords(string said)
    {
        var lines = said.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("remote: Counting", StringComparison.Ordinal) && !line.Contains('%', StringComparison.Ordinal)).ToList();
        return string.Join(" | ", lines.FirstOrDefault(line => line.Contains("unable to read ", StringComparison.Ordinal)) is { } named ? [named] : lines.TakeLast(4));
    }
}

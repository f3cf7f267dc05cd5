using System.Text.RegularExpressions;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>Turns a message of git or libgit2 into a diagnostic of this SDK.</summary>
internal static partial class GitProblem
{
    private static readonly (DiagnosticRule Rule, string[] Texts)[] Known =
    [
        (SourceRules.OtherOwner, ["dubious ownership", "is not owned by current user"]),
        (SourceRules.DiskFull, ["No space left on device", "Disk quota exceeded"]),
        (SourceRules.OtherFormat, ["mismatched algorithms", "object format", "hash algorithm"]),
        (SourceRules.Rejected, ["fsck error", "Error in object", "object fails fsck"]),
        (SourceRules.Damaged, ["repository corruption on the remote side", "missing blob", "unable to read sha1 file",
            "bad object"]),
        (SourceRules.MissingCommit,
            ["not our ref", "couldn't find remote ref", "no such remote ref", "unadvertised object", "object not found",
                "unable to read tree", "reference is not a tree"]),
        (SourceRules.Refused,
        [
            "Authentication failed", "could not read Username", "could not read Password", "Permission denied",
            "Repository not found", "does not appear to be a git repository",
            "not found", "returned error: 401", "returned error: 403", "returned error: 404", "status code: 404",
            "status code: 403", "does not exist", "Host key verification failed",
            "too many redirects or authentication",
        ]),
        (SourceRules.Unreachable,
        [
            "Could not resolve host", "Failed to connect", "Could not connect", "Connection refused",
            "Connection timed out", "Network is unreachable", "No route to host",
            "Temporary failure in name resolution",
            "failed to resolve address", "Couldn't connect",
        ]),
        (SourceRules.Broken,
        [
            "early EOF", "unexpected disconnect", "RPC failed", "hung up unexpectedly", "invalid index-pack output",
            "Connection reset", "Broken pipe", "read error", "write error", "bad pack header", "Empty reply",
            "transfer closed", "unexpected EOF", "fetch-pack", "returned error: 429", "returned error: 5",
            // Git prints the following message after others; without a message before it, it means that the other side
            // closed the connection without giving a reason.
            "Could not read from remote repository",
        ]),
    ];

    /// <summary>The diagnostic for the messages that git printed while fetching a pin.</summary>
    public static DiagnosticException Of(ExternalRepo pin, string url, string commit, string said)
    {
        var rule = Known.FirstOrDefault(known =>
            known.Texts.Any(text => said.Contains(text, StringComparison.OrdinalIgnoreCase))).Rule;
        var words = Words(said);
        return rule?.Code switch
        {
            "VART2001" => rule.Error(pin.Item.Where, pin.Name, words),
            "VART2002" => Missing(pin, url, commit),
            "VART2003" or "VART2005" or "VART2012" or "VART2042" or "VART2048" =>
                rule.Error(pin.Item.Where, pin.Name, url, words),
            "VART2040" => rule.Error(pin.Item.Where, pin.Name, words),
            "VART2004" => rule.Error(pin.Item.Where, pin.Name),
            _ => SourceRules.GitFailed.Error(pin.Item.Where, pin.Name, url, words),
        };
    }

    /// <summary>The diagnostic for a commit that the remote does not have.</summary>
    public static DiagnosticException Missing(ExternalRepo pin, string url, string commit) =>
        SourceRules.MissingCommit.Error(pin.Item.Where, pin.Name, commit, url,
        pin.Fallback is { } fallback && commit == pin.Commit
            ? $" Ask the authors, or take the fallback {fallback[..12]} with -p:ArtifactAllowFallback={pin.Name}."
            : " Ask the authors of the repository, or correct the pin.");

    /// <summary>The diagnostic for a pinned object that exists, but is not a commit.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="url">The URL of the repository.</param>
    /// <param name="id">The pinned id.</param>
    /// <param name="type">The type of the object, as git names it.</param>
    /// <param name="commit">The commit that the object leads to; empty when it leads to none.</param>
    public static DiagnosticException NoCommit(ExternalRepo pin, string url, string id, string type, string commit) =>
        SourceRules.NoCommit.Error(pin.Item.Where, pin.Name, id, url,
        type == "tag" ? "an annotated tag" : $"a {(type.Length > 0 ? type : "thing that git does not know")}",
        commit.Length > 0 ? $"Its commit is {commit}; write that as the Commit."
            : "Write the id of a commit as the Commit.");

    /// <summary>Returns the whole message of git except progress, since the cause may come first and the remedy
    /// last.</summary>
    public static string Words(string said)
    {
        var lines = said.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !Progress().IsMatch(line)).Distinct().ToList();
        return lines is [var only] ? only : string.Concat(lines.Select(line => "\n    " + line));
    }

    [GeneratedRegex(@"^(?:remote: )?(?:Enumerating|Counting|Compressing|Receiving|Resolving|Unpacking|Updating"
        + @"|Filtering|Checking|Total) .*(?:%|objects|done\.|reused)|^remote: Total |^fetch: Fetching reference")]
    private static partial Regex Progress();
}

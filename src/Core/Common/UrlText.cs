using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>Keeps secrets in URLs out of texts that other people see.</summary>
public static partial class UrlText
{
    /// <summary>
    /// Whether a URL holds a password, a user name that could be a token (as is possible over HTTP), or a query or
    /// fragment with a parameter whose name suggests a secret.
    /// </summary>
    public static bool HasSecret(string url) => User().IsMatch(url) || Secret().IsMatch(url);

    /// <summary>
    /// Removes users, passwords and tokens from the URLs in a text. Only the parameter names of a query and a fragment
    /// are kept, since it is unknown which values are secret.
    /// </summary>
    public static string WithoutSecrets(string text) => text.Contains("://", StringComparison.Ordinal)
        ? Queried().Replace(User().Replace(text, ""), url => Value().Replace(url.Value, "$1…")) : text;

    // The match of the user part extends to the last @ of the URL's authority, since a password may contain an @.
    [GeneratedRegex(@"(?<=\bhttps?://)[^/\s?#'""]+@|(?<=\b[a-z][a-z0-9+.-]*://)[^/@:\s]*:[^/\s?#'""]+@",
        RegexOptions.IgnoreCase)]
    private static partial Regex User();

    [GeneratedRegex(@"[?&;#](?:[^=&;#\s]*[^a-z=&;#\s])?(?:access|auth|bearer|credentials?|jwt|key|passwd|password|pat"
        + @"|pwd|sas|secret|session|sig|signature|token)(?:[^a-z=&;#\s][^=&;#\s]*)?=[^&;#\s]|[?&;#][^=&;#\s]*(?:token"
        + @"|secret|passw|apikey|signature|credential)[^=&;#\s]*=[^&;#\s]",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://[^\s?#'""<>]*[?#][^\s'""<>]*", RegexOptions.IgnoreCase)]
    private static partial Regex Queried();

    [GeneratedRegex(@"([?&;#][^=&;#\s]*=)[^&;#\s]*")]
    private static partial Regex Value();
}

using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>Keeps secrets of URLs out of what others see.</summary>
public static partial class UrlText
{
    /// <summary>
    /// Whether a URL holds a password, a user name that may be a token, as it may over HTTP, or a query or fragment
    /// with a parameter that is called like one.
    /// </summary>
    public static bool HasSecret(string url) => User().IsMatch(url) || Secret().IsMatch(url);

    /// <summary>
    /// A text whose URLs have lost their users, passwords and tokens. Of a query and a fragment the names stay: which
    /// values are secret cannot be known.
    /// </summary>
    public static string WithoutSecrets(string text) => text.Contains("://", StringComparison.Ordinal)
        ? Queried().Replace(User().Replace(text, ""), url => Value().Replace(url.Value, "$1…")) : text;

    // Up to the last @ of the authority: a password may hold one.
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

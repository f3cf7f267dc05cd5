using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>Keeps secrets of URLs out of what others see.</summary>
public static partial class UrlText
{
    /// <summary>Whether a URL holds a password, or a user name that may be a token, as it may over HTTP.</summary>
    public static bool HasSecret(string url) => Secret().IsMatch(url);

    /// <summary>A text whose URLs have lost their passwords and tokens.</summary>
    public static string WithoutSecrets(string text) => text.Contains("://", StringComparison.Ordinal) ? Secret().Replace(text, "") : text;

    [GeneratedRegex(@"(?<=\bhttps?://)[^/@\s]+@|(?<=\b[a-z][a-z+]*://)[^/@:\s]*:[^/@\s]+@", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// Paths as the kernel's tables of mounts and swaps have them: blanks and the like are three octal digits.
/// </summary>
internal static partial class MountText
{
    /// <summary>The path itself.</summary>
    public static string Unescape(string text) =>
        Octal().Replace(text, match =>
            ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Common;

/// <summary>
/// Decodes paths in the kernel's tables of mounts and swaps, in which blanks and similar characters are written as
/// three octal digits.
/// </summary>
internal static partial class MountText
{
    /// <summary>Returns the decoded path.</summary>
    public static string Unescape(string text) =>
        Octal().Replace(text, match =>
            ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;

namespace Verus.Artifact.Tasks;

/// <summary>Finds the file that declares an item.</summary>
internal static partial class DefiningFile
{
    /// <summary>
    /// Returns the absolute path of the file that declares an item. MSBuild unescapes the path of a file although the
    /// path is not escaped: for a project in a folder named 100%25 it reports 100%. If the reported file does not
    /// exist, the actual name of the project's folder is put back.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="project">Absolute path of the project, not escaped.</param>
    public static string Of(ITaskItem item, string project)
    {
        var told = item.GetMetadata("DefiningProjectFullPath");
        if (File.Exists(told))
            return told;
        for (var known = project; !string.IsNullOrEmpty(known); known = Path.GetDirectoryName(known))
            if (told.StartsWith(Unescape(known), StringComparison.Ordinal)
                && known + told[Unescape(known).Length..] is var path && File.Exists(path))
                return path;
        return told;
    }

    private static string Unescape(string path) =>
        Escape().Replace(path, match =>
            ((char)int.Parse(match.ValueSpan[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex("%[0-9a-fA-F]{2}")]
    private static partial Regex Escape();
}

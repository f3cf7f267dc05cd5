using System.Globalization;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Gives files to another user: files that root created in a container are given to the user outside who started the
/// container. No link is followed: each folder is opened before it is read, and owners are changed by folder and name,
/// so that a link which a program placed in a folder cannot redirect a change elsewhere.
/// </summary>
internal static class Ownership
{
    private const int Deepest = 256;

    /// <summary>
    /// Parses the ids of a user and a group from <c>USER:GROUP</c>; null when the text does not have that form.
    /// </summary>
    public static (uint User, uint Group)? Parse(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            ? (user, group) : null;
    }

    /// <summary>Gives a folder and everything below it to another user.</summary>
    /// <returns>0, or the error number of the first entry whose owner could not be changed; the remaining entries are
    /// still changed.</returns>
    public static int Give(string folder, (uint User, uint Group) owner)
    {
        var descriptor = Native.OpenFolder(Native.CurrentFolder, folder);
        if (descriptor < 0)
            return -descriptor;
        var error = Native.Own(descriptor, "", owner.User, owner.Group);
        return GiveBelow(descriptor, owner, 0, error);
    }

    // Changes the owners in a folder whose descriptor is passed, and closes the descriptor.
    private static int GiveBelow(int folder, (uint User, uint Group) owner, int depth, int error)
    {
        try
        {
            foreach (var path in Directory.GetFileSystemEntries(FormattableString.Invariant($"/proc/self/fd/{folder}")))
            {
                var name = Path.GetFileName(path);
                if (Native.Own(folder, name, owner.User, owner.Group) is not 0 and var problem && error == 0)
                    error = problem;
                // Opening an entry as a folder succeeds only if the entry is a folder.
                if (depth < Deepest && Native.OpenFolder(folder, name) is >= 0 and var inner)
                    error = GiveBelow(inner, owner, depth + 1, error);
            }
            return error;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return error == 0 ? ErrorNumber.Of(problem) ?? 5 : error;
        }
        finally
        {
            Native.Close(folder);
        }
    }
}

using System.Globalization;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Gives files to another user: what root made in a container to the user outside who started it. No link is followed:
/// a folder is opened before it is looked into, and an owner is changed by folder and name, so that nothing that is put
/// in the way leads elsewhere.
/// </summary>
internal static class Ownership
{
    private const int Deepest = 256;

    /// <summary>The numbers of a user and a group from <c>USER:GROUP</c>; null when it is no such text.</summary>
    public static (uint User, uint Group)? Parse(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            ? (user, group) : null;
    }

    /// <summary>Gives a folder and all below it.</summary>
    /// <returns>0, or the error number of the first thing that could not be given; the others are given all the
    /// same.</returns>
    public static int Give(string folder, (uint User, uint Group) owner)
    {
        var descriptor = Native.OpenFolder(Native.CurrentFolder, folder);
        if (descriptor < 0)
            return -descriptor;
        var error = Native.Own(descriptor, "", owner.User, owner.Group);
        return GiveBelow(descriptor, owner, 0, error);
    }

    // Takes the folder's descriptor, and closes it.
    private static int GiveBelow(int folder, (uint User, uint Group) owner, int depth, int error)
    {
        try
        {
            foreach (var path in Directory.GetFileSystemEntries(FormattableString.Invariant($"/proc/self/fd/{folder}")))
            {
                var name = Path.GetFileName(path);
                if (Native.Own(folder, name, owner.User, owner.Group) is not 0 and var problem && error == 0)
                    error = problem;
                // What is no folder cannot be opened as one.
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

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Verus.Artifact.Common;

/// <summary>
/// Removes a folder with all that is in it, whatever a program left there: paths of any length, names that are no text, folders without permissions.
/// Works relative to descriptors, so that no link is followed and nothing outside is changed, also when somebody puts a link in the place of a
/// folder meanwhile. What is mounted inside is left alone.
/// </summary>
internal static class FolderRemoval
{
    private const int AtOnce = 4096;
    private const uint OwnerAll = 0b111_000_000;

    /// <summary>Removes the folder; null, or what could not be removed and why.</summary>
    public static string? Remove(string path)
    {
        if (!Posix.IsHere)
            return RemovePlainly(path);
        if (Posix.NodeAt(path, follow: false) is not { } node)
            return null;
        var parent = Posix.Open(Path.GetDirectoryName(path)!, Posix.ReadOnly | Posix.Folder | Posix.CloseOnExec, 0);
        if (parent < 0)
            return Words(path, Marshal.GetLastPInvokeError());
        try
        {
            byte[] name = [.. Encoding.UTF8.GetBytes(Path.GetFileName(path)), 0];
            if (node.IsMount)
                return $"{path}: something is mounted there";
            if (!node.IsDirectory)
                return Posix.RemoveIn(parent, name, isFolder: false) == 0 ? null : Words(path, Marshal.GetLastPInvokeError());
            var problem = Empty(parent, name, path);
            return Posix.RemoveIn(parent, name, isFolder: true) == 0 ? null : problem ?? Words(path, Marshal.GetLastPInvokeError());
        }
        finally
        {
            Posix.Close(parent);
        }
    }

    // Folders in folders are first moved up, so that no depth needs more than two descriptors or a stack.
    private static string? Empty(int parent, byte[] name, string path)
    {
        var top = OpenFolder(parent, name);
        if (top < 0)
            return Words(path, Marshal.GetLastPInvokeError());
        try
        {
            string? first = null;
            var stuck = new HashSet<string>(StringComparer.Ordinal);
            var moved = 0;
            while (true)
            {
                // What is stuck is listed again and again; more of it than this and the rest stays.
                var entries = Posix.Names(top, AtOnce + stuck.Count).Where(entry => !stuck.Contains(Convert.ToHexString(entry))).ToList();
                if (entries.Count == 0)
                    return first;
                foreach (var entry in entries)
                    if (RemoveEntry(top, entry, ref moved) is { } problem)
                    {
                        first ??= $"{path}/{Encoding.UTF8.GetString(entry).TrimEnd('\0')}: {problem}";
                        stuck.Add(Convert.ToHexString(entry));
                    }
            }
        }
        finally
        {
            Posix.Close(top);
        }
    }

    private static string? RemoveEntry(int top, byte[] entry, ref int moved)
    {
        if (Posix.NodeIn(top, entry) is not { } node)
            return null;
        if (node.IsMount)
            return "something is mounted there";
        if (!node.IsDirectory)
            return Posix.RemoveIn(top, entry, isFolder: false) == 0 ? null : Words(Marshal.GetLastPInvokeError());
        var folder = OpenFolder(top, entry);
        if (folder < 0)
            return Words(Marshal.GetLastPInvokeError());
        string? problem = null;
        try
        {
            while (problem is null && Posix.Names(folder, AtOnce) is { Count: > 0 } inner)
                foreach (var name in inner)
                    problem ??= MoveUpOrRemove(folder, name, top, ref moved);
        }
        finally
        {
            Posix.Close(folder);
        }
        return Posix.RemoveIn(top, entry, isFolder: true) == 0 ? null : problem ?? Words(Marshal.GetLastPInvokeError());
    }

    private static string? MoveUpOrRemove(int folder, byte[] name, int top, ref int moved)
    {
        if (Posix.NodeIn(folder, name) is not { } node)
            return null;
        if (node.IsMount)
            return "something is mounted in it";
        if (!node.IsDirectory)
            return Posix.RemoveIn(folder, name, isFolder: false) == 0 ? null : Words(Marshal.GetLastPInvokeError());
        if (Posix.RemoveIn(folder, name, isFolder: true) == 0)
            return null;
        // A folder is moved only by one who may write it: its ".." changes.
        var own = OpenFolder(folder, name);
        if (own >= 0)
            Posix.Close(own);
        byte[] fresh = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".removed-{Environment.ProcessId}-{moved++}")), 0];
        return Posix.MoveIn(folder, name, top, fresh) == 0 ? null : Words(Marshal.GetLastPInvokeError());
    }

    // Opened without following a link, and with the rights to empty it. The mode is changed by the descriptor, never by a name.
    private static int OpenFolder(int parent, byte[] name)
    {
        var flags = Posix.Folder | Posix.NoFollow | Posix.CloseOnExec;
        var opened = Posix.OpenIn(parent, name, Posix.ReadOnly | flags);
        if (opened < 0 && Marshal.GetLastPInvokeError() == Posix.NoAccess)
        {
            var path = Posix.OpenIn(parent, name, Posix.PathOnly | flags);
            if (path < 0)
                return path;
            var changed = Posix.ChangeModeAt(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{path}"), OwnerAll);
            var problem = Marshal.GetLastPInvokeError();
            Posix.Close(path);
            if (changed != 0)
            {
                Marshal.SetLastPInvokeError(problem);
                return -1;
            }
            opened = Posix.OpenIn(parent, name, Posix.ReadOnly | flags);
        }
        if (opened >= 0 && Posix.NodeOf(opened) is { } node && (node.Mode & OwnerAll) != OwnerAll)
            _ = Posix.ChangeMode(opened, node.Mode & 0b111_111_111u | OwnerAll);
        return opened;
    }

    private static string Words(string path, int number) => $"{path}: {Words(number)}";

    private static string Words(int number) => Marshal.GetPInvokeErrorMessage(number);

    private static string? RemovePlainly(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }
}

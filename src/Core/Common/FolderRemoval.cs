using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>
/// Removes a folder with everything in it, whatever a program left there: paths of any length, names that are not valid
/// text, folders without permissions. The removal works relative to descriptors, so that no link is followed and
/// nothing outside the folder is changed, even if another process replaces a folder with a link meanwhile. File systems
/// that are mounted inside the folder are left alone.
/// </summary>
internal static class FolderRemoval
{
    private const int AtOnce = 4096;
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode All = OwnerAll | (UnixFileMode)0b111_111;

    /// <summary>Removes a folder with its content; returns null, or a description of what could not be removed and
    /// why.</summary>
    public static string? Remove(string path)
    {
        if (!Posix.IsHere)
            return RemovePlainly(path);
        if (FileFacts.Of(path, followLink: false) is not { } facts)
            return null;
        using var parent = Posix.Open(Path.GetDirectoryName(path)!, Posix.ReadOnly | Posix.Folder | Posix.CloseOnExec);
        if (parent.IsInvalid)
            return Words(path, Marshal.GetLastPInvokeError());
        var name = Posix.Name(Path.GetFileName(path));
        if (facts.IsMount)
            return $"{path}: something is mounted there";
        if (facts.Kind != FileKind.Folder)
            return Posix.RemoveIn(parent, name, isFolder: false) == 0
                ? null : Words(path, Marshal.GetLastPInvokeError());
        var problem = Empty(parent, name, path);
        return Posix.RemoveIn(parent, name, isFolder: true) == 0
            ? null : problem ?? Words(path, Marshal.GetLastPInvokeError());
    }

    // Nested folders are first moved up to the root of the removal, so that removing them needs no recursion and at
    // most two descriptors, however deep they are.
    private static string? Empty(SafeFileHandle parent, byte[] name, string path)
    {
        using var top = Enter(parent, name);
        if (top.IsInvalid)
            return Words(path, Marshal.GetLastPInvokeError());
        string? first = null;
        var stuck = new HashSet<string>(StringComparer.Ordinal);
        var moved = 0;
        while (true)
        {
            // Entries that cannot be removed are listed again every time, so each listing is longer by their number.
            var entries = Names(top, AtOnce + stuck.Count).Where(entry => !stuck.Contains(Convert.ToHexString(entry)))
                .ToList();
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

    private static string? RemoveEntry(SafeFileHandle top, byte[] entry, ref int moved)
    {
        if (Posix.FactsIn(top, entry) is not { } facts)
            return null;
        if (facts.IsMount)
            return "something is mounted there";
        if (facts.Kind != FileKind.Folder)
            return Posix.RemoveIn(top, entry, isFolder: false) == 0 ? null : Words(Marshal.GetLastPInvokeError());
        string? problem = null;
        using (var folder = Enter(top, entry))
        {
            if (folder.IsInvalid)
                return Words(Marshal.GetLastPInvokeError());
            while (problem is null && Names(folder, AtOnce) is { Count: > 0 } inner)
                foreach (var name in inner)
                    problem ??= MoveUpOrRemove(folder, name, top, ref moved);
        }
        return Posix.RemoveIn(top, entry, isFolder: true) == 0 ? null : problem ?? Words(Marshal.GetLastPInvokeError());
    }

    private static string? MoveUpOrRemove(SafeFileHandle folder, byte[] name, SafeFileHandle top, ref int moved)
    {
        if (Posix.FactsIn(folder, name) is not { } facts)
            return null;
        if (facts.IsMount)
            return "something is mounted in it";
        if (facts.Kind != FileKind.Folder)
            return Posix.RemoveIn(folder, name, isFolder: false) == 0 ? null : Words(Marshal.GetLastPInvokeError());
        if (Posix.RemoveIn(folder, name, isFolder: true) == 0)
            return null;
        // Moving a folder requires permission to write the folder itself, since its ".." changes.
        Enter(folder, name).Dispose();
        var fresh = Posix.Name(string.Create(CultureInfo.InvariantCulture,
            $".removed-{Environment.ProcessId}-{moved++}"));
        return Posix.MoveIn(folder, name, top, fresh) == 0 ? null : Words(Marshal.GetLastPInvokeError());
    }

    private static List<byte[]> Names(SafeFileHandle folder, int most) =>
        [.. (Posix.Entries(folder, most) ?? []).Select(entry => entry.Name)];

    // The folder is opened without following a link, and its permissions are changed so that it can be emptied. The
    // permissions of a folder are changed through its descriptor, never by name.
    private static SafeFileHandle Enter(SafeFileHandle parent, byte[] name)
    {
        var flags = Posix.Folder | Posix.NoFollow | Posix.CloseOnExec;
        var opened = Posix.OpenIn(parent, name, Posix.ReadOnly | flags);
        if (opened.IsInvalid && Marshal.GetLastPInvokeError() == Posix.NoAccess)
        {
            var byPath = Posix.OpenIn(parent, name, Posix.PathOnly | flags);
            if (byPath.IsInvalid)
                return byPath;
            var changed = Posix.ChangeModeAt(string.Create(CultureInfo.InvariantCulture,
                $"/proc/self/fd/{byPath.DangerousGetHandle()}"), OwnerAll);
            var problem = Marshal.GetLastPInvokeError();
            byPath.Dispose();
            if (changed != 0)
            {
                Marshal.SetLastPInvokeError(problem);
                return opened;
            }
            opened = Posix.OpenIn(parent, name, Posix.ReadOnly | flags);
        }
        if (!opened.IsInvalid && Posix.FactsOf(opened) is { } facts && (facts.Permissions & OwnerAll) != OwnerAll)
            _ = Posix.ChangeMode(opened, facts.Permissions & All | OwnerAll);
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

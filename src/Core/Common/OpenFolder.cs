using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Its name; a byte that is no UTF-8 stands as U+FFFD.</param>
/// <param name="Kind">What it is; a link is a link, wherever it leads.</param>
internal sealed record FolderEntry(string Name, FileKind Kind)
{
    /// <summary>The name's bytes as the kernel wants them, with a zero at the end.</summary>
    public required byte[] Raw { get; init; }
}

/// <summary>
/// A folder that stays the one that was opened: names are looked up in it by their bytes, no link among them is followed, and no length of its path matters.
/// Linux only.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    private const int Flags = PosixFiles.ReadOnly | PosixFiles.NonBlocking | PosixFiles.CloseOnExec;
    private readonly SafeFileHandle handle;

    private OpenFolder(SafeFileHandle handle, string path) => (this.handle, Path) = (handle, path);

    /// <summary>Its path, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens a folder; a link to one is none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be listed.</exception>
    public static OpenFolder At(string path, bool followLink = false)
    {
        var number = PosixFiles.Open(path, Flags | PosixFiles.OnlyFolder | (followLink ? 0 : PosixFiles.NoFollow), 0);
        return number < 0 ? throw PosixFiles.Problem(path) : new OpenFolder(new SafeFileHandle(number, ownsHandle: true), path);
    }

    /// <summary>Opens a folder in this one.</summary>
    /// <inheritdoc cref="At"/>
    public OpenFolder Below(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var number = PosixFiles.OpenAt(handle, entry.Raw, Flags | PosixFiles.OnlyFolder | PosixFiles.NoFollow, 0);
        return number < 0 ? throw PosixFiles.Problem(path) : new OpenFolder(new SafeFileHandle(number, ownsHandle: true), path);
    }

    /// <summary>Its entries in the order of their names' bytes.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public unsafe IReadOnlyList<FolderEntry> Entries()
    {
        var list = PosixFiles.OpenList(PosixFiles.Duplicate(handle));
        if (list == 0)
            throw PosixFiles.Problem(Path);
        var entries = new List<FolderEntry>();
        try
        {
            PosixFiles.Rewind(list);
            // struct dirent: inode and offset, 64 bits each, length, 16 bits, kind, 8 bits, and the name.
            for (var at = (byte*)PosixFiles.ReadList(list); at is not null; at = (byte*)PosixFiles.ReadList(list))
            {
                var name = new ReadOnlySpan<byte>(at + 19, LengthOf(at + 19));
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    entries.Add(Entry([.. name, 0], (FileKind)at[18]));
            }
        }
        finally
        {
            _ = PosixFiles.CloseList(list);
        }
        entries.Sort((one, other) => one.Raw.AsSpan().SequenceCompareTo(other.Raw));
        return entries;
    }

    /// <summary>The entry of a name; null when there is none.</summary>
    public FolderEntry? Find(string name)
    {
        byte[] raw = [.. Encoding.UTF8.GetBytes(name), 0];
        return KindOf(raw) is { } kind ? new FolderEntry(name, kind) { Raw = raw } : null;
    }

    /// <summary>Opens a regular file to read it.</summary>
    /// <exception cref="IOException">It is no such file, or cannot be read.</exception>
    public FileStream Read(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var number = PosixFiles.OpenAt(handle, entry.Raw, Flags | PosixFiles.NoControllingTerminal | PosixFiles.NoFollow, 0);
        return number < 0 ? throw PosixFiles.Problem(path) : RegularFile.Checked(new SafeFileHandle(number, ownsHandle: true), path);
    }

    /// <summary>Makes a new file with permissions and opens it to write it.</summary>
    public FileStream Create(FolderEntry entry, UnixFileMode mode)
    {
        const int WriteNew = 1 | 0x40 | 0x80;
        var number = PosixFiles.OpenAt(handle, entry.Raw, WriteNew | PosixFiles.CloseOnExec | PosixFiles.NoFollow, (int)(mode | UnixFileMode.UserWrite));
        return number < 0 ? throw PosixFiles.Problem($"{Path}/{entry.Name}")
            : new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Write, bufferSize: 1 << 16, isAsync: false);
    }

    /// <summary>Opens the folder of that name, which is made when it is not there.</summary>
    public OpenFolder Make(FolderEntry entry)
    {
        const int FileExists = 17;
        return PosixFiles.MakeFolderAt(handle, entry.Raw, 0x1ff) == 0 || System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == FileExists
            ? Below(entry) : throw PosixFiles.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Permission bits of an entry; no link is followed.</summary>
    public unsafe UnixFileMode ModeOf(FolderEntry entry)
    {
        var buffer = stackalloc byte[256];
        return Stat(entry.Raw, buffer) ? (UnixFileMode)(*(ushort*)(buffer + 28) & 0xfff) : UnixFileMode.None;
    }

    /// <summary>Number of names of an entry's file.</summary>
    public unsafe uint NamesOf(FolderEntry entry)
    {
        var buffer = stackalloc byte[256];
        return Stat(entry.Raw, buffer) ? *(uint*)(buffer + 16) : 0;
    }

    /// <summary>Where a link leads.</summary>
    public byte[] TargetOf(FolderEntry entry)
    {
        var target = new byte[4096];
        var length = PosixFiles.ReadLinkAt(handle, entry.Raw, target, target.Length);
        return length < 0 ? throw PosixFiles.Problem($"{Path}/{entry.Name}") : target[..(int)length];
    }

    /// <summary>Makes a link.</summary>
    public void Link(FolderEntry entry, byte[] target)
    {
        if (PosixFiles.MakeLinkAt([.. target, 0], handle, entry.Raw) != 0)
            throw PosixFiles.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Removes an entry; a folder must be empty.</summary>
    public void Remove(FolderEntry entry)
    {
        if (PosixFiles.UnlinkAt(handle, entry.Raw, entry.Kind == FileKind.Folder ? PosixFiles.RemoveFolder : 0) != 0)
            throw PosixFiles.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Moves an entry into another folder, under the same name.</summary>
    public void Move(FolderEntry entry, OpenFolder target)
    {
        if (PosixFiles.RenameAt(handle, entry.Raw, target.handle, entry.Raw) != 0)
            throw PosixFiles.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Sets the permissions of a regular file in it.</summary>
    public void SetMode(FolderEntry entry, UnixFileMode mode)
    {
        using var file = Read(entry);
        if (PosixFiles.ChangeMode(file.SafeFileHandle, (int)mode) != 0)
            throw PosixFiles.Problem($"{Path}/{entry.Name}");
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    // Some file systems do not say the kind in the list.
    private FolderEntry Entry(byte[] raw, FileKind kind) =>
        new(Encoding.UTF8.GetString(raw.AsSpan(0, raw.Length - 1)), kind == 0 ? KindOf(raw) ?? FileKind.Regular : kind) { Raw = raw };

    private unsafe FileKind? KindOf(byte[] raw)
    {
        var buffer = stackalloc byte[256];
        return Stat(raw, buffer) ? (FileKind)(*(ushort*)(buffer + 28) >> 12) : null;
    }

    private unsafe bool Stat(byte[] raw, byte* buffer) => PosixFiles.Statx(handle, raw, 0x100, 0x7ff, buffer) == 0;

    private static unsafe int LengthOf(byte* text)
    {
        var length = 0;
        while (text[length] != 0)
            length++;
        return length;
    }
}

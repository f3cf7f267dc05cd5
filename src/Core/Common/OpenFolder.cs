using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Verus.Artifact.Common;

/// <summary>An entry of a folder.</summary>
/// <param name="Name">The name of the entry; a byte that is not valid UTF-8 appears as U+FFFD.</param>
/// <param name="Kind">The kind of the entry; a link has the kind of a link, wherever it leads.</param>
internal sealed record FolderEntry(string Name, FileKind Kind)
{
    /// <summary>The bytes of the entry's name as the kernel expects them, terminated by a zero byte.</summary>
    public required byte[] Raw { get; init; }
}

/// <summary>
/// An open folder, which remains the same folder whatever happens to its path. Names are looked up in the folder by
/// their bytes, links are not followed, and the length of the folder's path does not matter. This class works only on
/// Linux.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    private const int Flags = Posix.ReadOnly | Posix.NonBlocking | Posix.CloseOnExec;
    private readonly SafeFileHandle handle;

    private OpenFolder(SafeFileHandle handle, string path) => (this.handle, Path) = (handle, path);

    /// <summary>The path, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens a folder; a link to a folder is refused unless <c>followLink</c> is true.</summary>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller may not list the folder.</exception>
    public static OpenFolder At(string path, bool followLink = false)
    {
        var opened = Posix.Open(path, Flags | Posix.Folder | (followLink ? 0 : Posix.NoFollow));
        return opened.IsInvalid ? throw Posix.Problem(path) : new OpenFolder(opened, path);
    }

    /// <summary>Opens a subfolder of this folder.</summary>
    /// <inheritdoc cref="At"/>
    public OpenFolder Below(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var opened = Posix.OpenIn(handle, entry.Raw, Flags | Posix.Folder | Posix.NoFollow);
        return opened.IsInvalid ? throw Posix.Problem(path) : new OpenFolder(opened, path);
    }

    /// <summary>The entries of the folder, ordered by the bytes of their names.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    public IReadOnlyList<FolderEntry> Entries() =>
    [
        .. (Posix.Entries(handle) ?? throw Posix.Problem(Path)).Select(entry => Entry(entry.Name, entry.Kind))
            .Order(Comparer<FolderEntry>.Create((one, other) => one.Raw.AsSpan().SequenceCompareTo(other.Raw))),
    ];

    /// <summary>The entry of the folder with the given name; null when there is none.</summary>
    public FolderEntry? Find(string name)
    {
        var raw = Posix.Name(name);
        return KindOf(raw) is { } kind ? new FolderEntry(name, kind) { Raw = raw } : null;
    }

    /// <summary>Opens a regular file of the folder for reading.</summary>
    /// <exception cref="IOException">The entry is not a regular file, or cannot be read.</exception>
    public FileStream Read(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var opened = Posix.OpenIn(handle, entry.Raw, Flags | Posix.NoControllingTerminal | Posix.NoFollow);
        return opened.IsInvalid ? throw Posix.Problem(path) : RegularFile.Checked(opened, path);
    }

    /// <summary>Creates a new file in the folder with the given permissions, and opens it for writing.</summary>
    public FileStream Create(FolderEntry entry, UnixFileMode mode)
    {
        const int writeNew = Posix.WriteOnly | Posix.Create | Posix.New;
        var opened = Posix.OpenIn(handle, entry.Raw, writeNew | Posix.CloseOnExec | Posix.NoFollow,
            (int)(mode | UnixFileMode.UserWrite));
        return opened.IsInvalid ? throw Posix.Problem($"{Path}/{entry.Name}") : new FileStream(opened, FileAccess.Write,
            bufferSize: 1 << 16, isAsync: false);
    }

    /// <summary>Opens the subfolder with the given name, which is created if it does not exist.</summary>
    public OpenFolder Make(FolderEntry entry)
    {
        return Posix.MakeFolderIn(handle, entry.Raw, 0x1ff) == 0 || Marshal.GetLastPInvokeError() == Posix.Exists
            ? Below(entry) : throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>The permission bits of an entry of the folder; links are not followed.</summary>
    public UnixFileMode ModeOf(FolderEntry entry) => Posix.FactsIn(handle, entry.Raw)?.Permissions ?? UnixFileMode.None;

    /// <summary>The number of names (hard links) of the file of an entry.</summary>
    public uint NamesOf(FolderEntry entry) => Posix.FactsIn(handle, entry.Raw)?.Names ?? 0;

    /// <summary>The target of an entry that is a link.</summary>
    public byte[] TargetOf(FolderEntry entry)
    {
        var target = new byte[4096];
        var length = Posix.ReadLinkIn(handle, entry.Raw, target, target.Length);
        return length < 0 ? throw Posix.Problem($"{Path}/{entry.Name}") : target[..(int)length];
    }

    /// <summary>Creates a link.</summary>
    public void Link(FolderEntry entry, byte[] target)
    {
        if (Posix.MakeLinkIn([.. target, 0], handle, entry.Raw) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Removes an entry of the folder; an entry that is a folder must be empty.</summary>
    public void Remove(FolderEntry entry)
    {
        if (Posix.RemoveIn(handle, entry.Raw, entry.Kind == FileKind.Folder) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Moves an entry into another folder under the same name.</summary>
    public void Move(FolderEntry entry, OpenFolder target)
    {
        if (Posix.MoveIn(handle, entry.Raw, target.handle, entry.Raw) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Sets the permissions of a regular file in this folder.</summary>
    public void SetMode(FolderEntry entry, UnixFileMode mode)
    {
        using var file = Read(entry);
        if (Posix.ChangeMode(file.SafeFileHandle, mode) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    // Some file systems do not report the kinds of entries when they list a folder.
    private FolderEntry Entry(byte[] raw, FileKind kind) =>
        new(Encoding.UTF8.GetString(raw.AsSpan(0, raw.Length - 1)),
            kind == 0 ? KindOf(raw) ?? FileKind.Regular : kind)
        { Raw = raw };

    private FileKind? KindOf(byte[] raw) => Posix.FactsIn(handle, raw)?.Kind;
}

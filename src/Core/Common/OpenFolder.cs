using System.Runtime.InteropServices;
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
/// A folder that stays the one that was opened: names are looked up in it by their bytes, no link among them is
/// followed, and no length of its path matters. Linux only.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    private const int Flags = Posix.ReadOnly | Posix.NonBlocking | Posix.CloseOnExec;
    private readonly SafeFileHandle handle;

    private OpenFolder(SafeFileHandle handle, string path) => (this.handle, Path) = (handle, path);

    /// <summary>Its path, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens a folder; a link to one is none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be listed.</exception>
    public static OpenFolder At(string path, bool followLink = false)
    {
        var opened = Posix.Open(path, Flags | Posix.Folder | (followLink ? 0 : Posix.NoFollow));
        return opened.IsInvalid ? throw Posix.Problem(path) : new OpenFolder(opened, path);
    }

    /// <summary>Opens a folder in this one.</summary>
    /// <inheritdoc cref="At"/>
    public OpenFolder Below(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var opened = Posix.OpenIn(handle, entry.Raw, Flags | Posix.Folder | Posix.NoFollow);
        return opened.IsInvalid ? throw Posix.Problem(path) : new OpenFolder(opened, path);
    }

    /// <summary>Its entries in the order of their names' bytes.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public IReadOnlyList<FolderEntry> Entries() =>
    [
        .. (Posix.Entries(handle) ?? throw Posix.Problem(Path)).Select(entry => Entry(entry.Name, entry.Kind))
            .Order(Comparer<FolderEntry>.Create((one, other) => one.Raw.AsSpan().SequenceCompareTo(other.Raw))),
    ];

    /// <summary>The entry of a name; null when there is none.</summary>
    public FolderEntry? Find(string name)
    {
        var raw = Posix.Name(name);
        return KindOf(raw) is { } kind ? new FolderEntry(name, kind) { Raw = raw } : null;
    }

    /// <summary>Opens a regular file to read it.</summary>
    /// <exception cref="IOException">It is no such file, or cannot be read.</exception>
    public FileStream Read(FolderEntry entry)
    {
        var path = $"{Path}/{entry.Name}";
        var opened = Posix.OpenIn(handle, entry.Raw, Flags | Posix.NoControllingTerminal | Posix.NoFollow);
        return opened.IsInvalid ? throw Posix.Problem(path) : RegularFile.Checked(opened, path);
    }

    /// <summary>Makes a new file with permissions and opens it to write it.</summary>
    public FileStream Create(FolderEntry entry, UnixFileMode mode)
    {
        const int writeNew = Posix.WriteOnly | Posix.Create | Posix.New;
        var opened = Posix.OpenIn(handle, entry.Raw, writeNew | Posix.CloseOnExec | Posix.NoFollow,
            (int)(mode | UnixFileMode.UserWrite));
        return opened.IsInvalid ? throw Posix.Problem($"{Path}/{entry.Name}") : new FileStream(opened, FileAccess.Write,
            bufferSize: 1 << 16, isAsync: false);
    }

    /// <summary>Opens the folder of that name, which is made when it is not there.</summary>
    public OpenFolder Make(FolderEntry entry)
    {
        return Posix.MakeFolderIn(handle, entry.Raw, 0x1ff) == 0 || Marshal.GetLastPInvokeError() == Posix.Exists
            ? Below(entry) : throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Permission bits of an entry; no link is followed.</summary>
    public UnixFileMode ModeOf(FolderEntry entry) => Posix.FactsIn(handle, entry.Raw)?.Permissions ?? UnixFileMode.None;

    /// <summary>Number of names of an entry's file.</summary>
    public uint NamesOf(FolderEntry entry) => Posix.FactsIn(handle, entry.Raw)?.Names ?? 0;

    /// <summary>Where a link leads.</summary>
    public byte[] TargetOf(FolderEntry entry)
    {
        var target = new byte[4096];
        var length = Posix.ReadLinkIn(handle, entry.Raw, target, target.Length);
        return length < 0 ? throw Posix.Problem($"{Path}/{entry.Name}") : target[..(int)length];
    }

    /// <summary>Makes a link.</summary>
    public void Link(FolderEntry entry, byte[] target)
    {
        if (Posix.MakeLinkIn([.. target, 0], handle, entry.Raw) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Removes an entry; a folder must be empty.</summary>
    public void Remove(FolderEntry entry)
    {
        if (Posix.RemoveIn(handle, entry.Raw, entry.Kind == FileKind.Folder) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Moves an entry into another folder, under the same name.</summary>
    public void Move(FolderEntry entry, OpenFolder target)
    {
        if (Posix.MoveIn(handle, entry.Raw, target.handle, entry.Raw) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <summary>Sets the permissions of a regular file in it.</summary>
    public void SetMode(FolderEntry entry, UnixFileMode mode)
    {
        using var file = Read(entry);
        if (Posix.ChangeMode(file.SafeFileHandle, mode) != 0)
            throw Posix.Problem($"{Path}/{entry.Name}");
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    // Some file systems do not say the kind in the list.
    private FolderEntry Entry(byte[] raw, FileKind kind) =>
        new(Encoding.UTF8.GetString(raw.AsSpan(0, raw.Length - 1)),
            kind == 0 ? KindOf(raw) ?? FileKind.Regular : kind)
        { Raw = raw };

    private FileKind? KindOf(byte[] raw) => Posix.FactsIn(handle, raw)?.Kind;
}

using System.Runtime.InteropServices;

namespace Verus.Artifact.Runner;

/// <summary>
/// The status of a file according to the kernel, read without following a final symbolic link and without opening the
/// file.
/// </summary>
internal readonly unsafe partial record struct FileStatus(ulong Inode, ulong Device, uint Links, FileStatus.Kind What,
    uint Owner, UnixFileMode Permissions)
{
    /// <summary>The kinds of files that the runner distinguishes.</summary>
    internal enum Kind
    {
        /// <summary>A regular file.</summary>
        Regular,
        /// <summary>A folder.</summary>
        Folder,
        /// <summary>The file is a character device, such as /dev/null.</summary>
        Device,
        /// <summary>The file is a link, a FIFO, a socket or a disk.</summary>
        Other,
    }

    private const int RelativeToHere = -100, NotThroughLink = 0x100, OfDescriptor = 0x1000;
    private const uint Basic = 0x7ff;

    // struct statx.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(20)]
        public uint Owner;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    /// <summary>The status of the file at a path; null when no file is there or the status is not available.</summary>
    public static FileStatus? Of(string path) => Read(RelativeToHere, path, NotThroughLink);

    /// <summary>The status of an open file; null when the status is not available.</summary>
    public static FileStatus? Of(int descriptor) => Read(descriptor, "", OfDescriptor);

    private static FileStatus? Read(int folder, string path, int flags)
    {
        Status status;
        if (statx(folder, path, flags, Basic, &status) != 0)
            return null;
        var kind = (status.Mode & 0xf000) switch
        {
            0x8000 => Kind.Regular,
            0x4000 => Kind.Folder,
            0x2000 => Kind.Device,
            _ => Kind.Other,
        };
        return new FileStatus(status.Inode, ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Links, kind,
            status.Owner, (UnixFileMode)(status.Mode & 0b111_111_111_111));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Status* status);
}

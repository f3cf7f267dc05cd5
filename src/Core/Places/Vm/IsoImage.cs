using System.Buffers.Binary;
using System.Text;

namespace Verus.Artifact.Places.Vm;

/// <summary>
/// Writes a few files as an ISO 9660 image with Joliet names, all in the root folder: cloud-init reads its seed from
/// such an image. The SDK writes the format ISO 9660 itself because no maintained library does; for a single folder,
/// the format is just two volume descriptors and two lists.
/// </summary>
public static class IsoImage
{
    private const int Sector = 2048;
    private const int Primary = 16, Joliet = 17, Terminator = 18, PathTables = 19, Roots = 23, FirstFile = 25;

    /// <summary>Makes the image. Names of files must be like <c>user-data</c>: short, and without a dot.</summary>
    public static byte[] Of(string label, IReadOnlyList<(string Name, byte[] Content)> files)
    {
        var extents = new List<int>();
        var next = FirstFile;
        foreach (var (_, content) in files)
        {
            extents.Add(next);
            next += (content.Length + Sector - 1) / Sector;
        }
        var image = new byte[next * Sector];
        Volume(At(image, Primary), 1, next, PathTables, Roots, Encoding.ASCII.GetBytes(label), 0x20);
        Volume(At(image, Joliet), 2, next, PathTables + 2, Roots + 1, Encoding.BigEndianUnicode.GetBytes(label), 0x00);
        // The escape sequence for UCS-2, level 3, marks the volume descriptor as that of Joliet.
        "%/E"u8.CopyTo(At(image, Joliet)[88..]);
        Header(At(image, Terminator), 255);
        for (var table = 0; table < 4; table++)
            PathTable(At(image, PathTables + table), Roots + table / 2, bigEndian: table % 2 == 1);
        Folder(At(image, Roots), Roots, files, extents, name => Encoding.ASCII.GetBytes(Short(name)));
        Folder(At(image, Roots + 1), Roots + 1, files, extents, Encoding.BigEndianUnicode.GetBytes);
        for (var i = 0; i < files.Count; i++)
            files[i].Content.CopyTo(At(image, extents[i]));
        return image;
    }

    private static Span<byte> At(byte[] image, int sector) => image.AsSpan(sector * Sector);

    private static void Header(Span<byte> at, byte type)
    {
        at[0] = type;
        "CD001"u8.CopyTo(at[1..]);
        at[6] = 1;
    }

    private static void Volume(Span<byte> at, byte type, int sectors, int pathTable, int root, byte[] label,
        byte padding)
    {
        Header(at, type);
        // The texts of a volume descriptor are: system, volume, set, publisher, preparer, application, three file
        // names.
        foreach (var (from, to) in new[] { (8, 72), (190, 813) })
            Fill(at[from..to], padding);
        label.CopyTo(at[40..]);
        Both(at[80..], sectors);
        Both16(at[120..], 1);
        Both16(at[124..], 1);
        Both16(at[128..], Sector);
        Both(at[132..], 10);
        BinaryPrimitives.WriteInt32LittleEndian(at[140..], pathTable);
        BinaryPrimitives.WriteInt32BigEndian(at[148..], pathTable + 1);
        Entry(at[156..], root, Sector, folder: true, [0]);
        // The four dates of a volume descriptor consist of digits '0' and a zero byte, which mean that no date is
        // given.
        for (var date = 0; date < 4; date++)
            at.Slice(813 + date * 17, 16).Fill((byte)'0');
        at[881] = 1;
    }

    // The texts of a volume descriptor are padded with spaces, each of which is two bytes in UCS-2.
    private static void Fill(Span<byte> text, byte padding)
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = padding == 0 && i % 2 == 0 ? (byte)0 : (byte)' ';
    }

    private static void PathTable(Span<byte> at, int root, bool bigEndian)
    {
        at[0] = 1;
        if (bigEndian)
        {
            BinaryPrimitives.WriteInt32BigEndian(at[2..], root);
            BinaryPrimitives.WriteInt16BigEndian(at[6..], 1);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(at[2..], root);
            BinaryPrimitives.WriteInt16LittleEndian(at[6..], 1);
        }
    }

    private static void Folder(Span<byte> at, int self, IReadOnlyList<(string Name, byte[] Content)> files,
        List<int> extents, Func<string, byte[]> encode)
    {
        var used = Entry(at, self, Sector, folder: true, [0]);
        used += Entry(at[used..], self, Sector, folder: true, [1]);
        // Entries of a folder are sorted by name.
        foreach (var i in Enumerable.Range(0, files.Count).OrderBy(i => files[i].Name, StringComparer.Ordinal))
            used += Entry(at[used..], extents[i], files[i].Content.Length, folder: false, encode(files[i].Name));
    }

    private static int Entry(Span<byte> at, int extent, int size, bool folder, byte[] name)
    {
        var length = 33 + name.Length + (name.Length % 2 == 0 ? 1 : 0);
        at[0] = (byte)length;
        Both(at[2..], extent);
        Both(at[10..], size);
        // The date of files is fixed to 1 January 2000, so that the same content makes the same image.
        (at[18], at[19], at[20]) = (100, 1, 1);
        at[25] = (byte)(folder ? 2 : 0);
        Both16(at[28..], 1);
        at[32] = (byte)name.Length;
        name.CopyTo(at[33..]);
        return length;
    }

    private static string Short(string name) =>
        string.Concat(name.Take(8).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')) + ".;1";

    private static void Both(Span<byte> at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, value);
        BinaryPrimitives.WriteInt32BigEndian(at[4..], value);
    }

    private static void Both16(Span<byte> at, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(at, value);
        BinaryPrimitives.WriteInt16BigEndian(at[2..], value);
    }
}

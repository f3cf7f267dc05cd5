using System.Runtime.InteropServices;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>
/// Reduces a font to the subset that a text needs by means of HarfBuzz, so that a PDF contains only kilobytes of the
/// font rather than all of it. Glyphs keep their numbers, so that text that was laid out with the whole font can be
/// drawn with the subset. HarfBuzz comes with the plotting library, whose .NET wrapper lacks the functions for subsets.
/// </summary>
internal static unsafe partial class FontCut
{
    private const string Library = "libHarfBuzzSharp";
    private const uint NoHinting = 0x1, RetainGlyphNumbers = 0x2;

    /// <summary>Returns the subset of a font, or the whole font if no subset can be made.</summary>
    /// <param name="face">The font.</param>
    /// <param name="characters">The characters that are written with the font.</param>
    /// <param name="glyphs">The glyphs that are drawn by their numbers.</param>
    public static SKTypeface Of(SKTypeface face, IEnumerable<int> characters, IEnumerable<uint> glyphs)
    {
        using var stream = face.OpenStream(out var index);
        if (stream is null)
            return face;
        var whole = new byte[stream.Length];
        if (stream.Read(whole, whole.Length) != whole.Length)
            return face;
        try
        {
            var cut = Cut(whole, (uint)Math.Max(0, index), characters, glyphs);
            return cut is null ? face : SKTypeface.FromData(SKData.CreateCopy(cut)) ?? face;
        }
        catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException)
        {
            // On a system for which HarfBuzz is built without the functions for subsets, the PDF is larger but still
            // correct.
            return face;
        }
    }

    private static byte[]? Cut(byte[] whole, uint index, IEnumerable<int> characters, IEnumerable<uint> glyphs)
    {
        fixed (byte* start = whole)
        {
            // HarfBuzz may use the font's bytes without copying them, since the array stays pinned in memory until the
            // subset is made.
            var blob = CreateBlob(start, (uint)whole.Length, 1, 0, 0);
            var face = CreateFace(blob, index);
            var input = CreateInput();
            nint cut = 0;
            try
            {
                if (input == 0)
                    return null;
                foreach (var character in characters)
                    Add(CharactersOf(input), (uint)character);
                foreach (var glyph in glyphs)
                    Add(GlyphsOf(input), glyph);
                SetFlags(input, NoHinting | RetainGlyphNumbers);
                cut = Subset(face, input);
                return cut == 0 ? null : Bytes(cut);
            }
            finally
            {
                if (cut != 0)
                    DestroyFace(cut);
                if (input != 0)
                    DestroyInput(input);
                DestroyFace(face);
                DestroyBlob(blob);
            }
        }
    }

    private static byte[]? Bytes(nint face)
    {
        var blob = BlobOf(face);
        var data = DataOf(blob, out var length);
        var bytes = length == 0 ? null : new ReadOnlySpan<byte>((void*)data, (int)length).ToArray();
        DestroyBlob(blob);
        return bytes;
    }

    [LibraryImport(Library, EntryPoint = "hb_blob_create")]
    private static partial nint CreateBlob(byte* data, uint length, int mode, nint user, nint destroy);

    [LibraryImport(Library, EntryPoint = "hb_blob_destroy")]
    private static partial void DestroyBlob(nint blob);

    [LibraryImport(Library, EntryPoint = "hb_blob_get_data")]
    private static partial nint DataOf(nint blob, out uint length);

    [LibraryImport(Library, EntryPoint = "hb_face_create")]
    private static partial nint CreateFace(nint blob, uint index);

    [LibraryImport(Library, EntryPoint = "hb_face_destroy")]
    private static partial void DestroyFace(nint face);

    [LibraryImport(Library, EntryPoint = "hb_face_reference_blob")]
    private static partial nint BlobOf(nint face);

    [LibraryImport(Library, EntryPoint = "hb_subset_input_create_or_fail")]
    private static partial nint CreateInput();

    [LibraryImport(Library, EntryPoint = "hb_subset_input_destroy")]
    private static partial void DestroyInput(nint input);

    [LibraryImport(Library, EntryPoint = "hb_subset_input_unicode_set")]
    private static partial nint CharactersOf(nint input);

    [LibraryImport(Library, EntryPoint = "hb_subset_input_glyph_set")]
    private static partial nint GlyphsOf(nint input);

    [LibraryImport(Library, EntryPoint = "hb_set_add")]
    private static partial void Add(nint set, uint value);

    [LibraryImport(Library, EntryPoint = "hb_subset_input_set_flags")]
    private static partial void SetFlags(nint input, uint flags);

    [LibraryImport(Library, EntryPoint = "hb_subset_or_fail")]
    private static partial nint Subset(nint face, nint input);
}

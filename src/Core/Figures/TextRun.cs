using System.Globalization;
using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>A part of a text that is written in one font.</summary>
/// <param name="Text">The characters of the part.</param>
/// <param name="Face">The font.</param>
/// <param name="Shaped">Whether the characters of the part change with their neighbours or run from right to left, so
/// that they must be shaped before they are drawn.</param>
internal sealed record TextRun(string Text, SKTypeface Face, bool Shaped)
{
    // The ranges of characters that must be shaped, which are those of Hebrew, Arabic and related scripts; the scripts
    // of India; Thai to Tibetan and Myanmar; Khmer and Mongolian; presentation forms of Hebrew and Arabic.
    private static readonly (int From, int To)[] Complex = [(0x590, 0x10ff), (0x1780, 0x18af), (0x1a00, 0x1aff),
        (0xfb1d, 0xfdff), (0xfe70, 0xfefc)];

    /// <summary>Splits a text into runs.</summary>
    /// <param name="text">The text, without characters that cannot be shown.</param>
    /// <param name="own">The preferred font, which writes all characters that it has.</param>
    /// <param name="other">Returns a font for a character that the preferred font lacks; null when no font has the
    /// character.</param>
    public static List<TextRun> Of(string text, SKTypeface own, Func<int, SKTypeface?> other)
    {
        if (own.ContainsGlyphs(text) && text.All(c => !IsComplex(c)))
            return [new TextRun(text, own, false)];
        var runs = new List<TextRun>();
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            var runes = element.EnumerateRunes().Where(rune => !IsIgnorable(rune.Value)).ToList();
            var face = runes.FindIndex(rune => own.GetGlyph(rune.Value) == 0) is >= 0 and var lacking
                ? other(runes[lacking].Value) ?? own : own;
            var shaped = runes.Exists(rune => IsComplex(rune.Value))
                || face != own && element.EnumerateRunes().Skip(1).Any();
            // Words of a script that runs from right to left stay in one run, since they would otherwise be in the
            // wrong order.
            if (element == " " && runs is [.., { Shaped: true } before] && before.Face.GetGlyph(' ') != 0
                && elements.ElementIndex + 1 < text.Length && IsComplex(text[elements.ElementIndex + 1]))
                (face, shaped) = (before.Face, true);
            if (runs is [.., var last] && last.Face == face && last.Shaped == shaped)
                runs[^1] = last with { Text = last.Text + element };
            else
                runs.Add(new TextRun(element, face, shaped));
        }
        return runs;
    }

    /// <summary>The visible characters of a text that a font lacks.</summary>
    public IEnumerable<int> MissingGlyphs =>
        Text.EnumerateRunes().Select(rune => rune.Value)
            .Where(value => !IsIgnorable(value) && Face.GetGlyph(value) == 0);

    private static bool IsComplex(int character) =>
        Array.Exists(Complex, range => character >= range.From && character <= range.To);

    // Joiners, direction marks and variation selectors only determine how other characters look.
    private static bool IsIgnorable(int character) =>
        character is 0xad or 0x34f or 0xfeff or >= 0x200b and <= 0x200f or >= 0x202a and <= 0x202e
        or >= 0x2060 and <= 0x206f or >= 0xfe00 and <= 0xfe0f or >= 0xe0000 and <= 0xe0fff;
}

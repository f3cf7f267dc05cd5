using SkiaSharp;

namespace Verus.Artifact.Figures;

/// <summary>
/// Fonts of the machine for characters that the shipped fonts lack, such as Chinese, Japanese, Korean, and emoji. Only
/// the look of characters that the SDK's font lacks depends on the installed fonts. If several fonts have a character,
/// the first font by path is used, preferably an upright one of normal weight.
/// </summary>
/// <param name="folders">Absolute paths of folders with fonts.</param>
internal sealed class FallbackFonts(IReadOnlyList<string> folders)
{
    private const int NormalWeight = 400, MostInCollection = 32;
    private static readonly string[] Kinds = [".ttf", ".otf", ".ttc", ".otc"];
    private readonly Dictionary<int, SKTypeface?> found = [];
    private List<SKTypeface>? all;

    /// <summary>Returns the fonts that are installed on this machine.</summary>
    public static FallbackFonts Here()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new FallbackFonts(
        [
            "/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(home, ".local/share/fonts"),
            Path.Combine(home, ".fonts"),
            "/System/Library/Fonts", "/Library/Fonts", Path.Combine(home, "Library/Fonts"),
            Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
        ]);
    }

    /// <summary>Returns a font that has a character; null when no font has the character.</summary>
    public SKTypeface? For(int character)
    {
        if (found.TryGetValue(character, out var known))
            return known;
        all ??= [.. folders.Where(folder => Path.IsPathRooted(folder)).Distinct(StringComparer.Ordinal)
            .SelectMany(FilesIn).SelectMany(FacesIn)];
        var having = all.Where(face => face.GetGlyph(character) != 0);
        return found[character] =
            having.FirstOrDefault(face => face.FontWeight == NormalWeight && face.FontSlant == SKFontStyleSlant.Upright)
                ?? having.FirstOrDefault();
    }

    /// <summary>
    /// Looks for fonts again if a font was missing the last time, since it may have been installed meanwhile. All fonts
    /// are opened again, so that characters of one text do not come from two copies of the same font.
    /// </summary>
    public void Renew()
    {
        if (!found.ContainsValue(null))
            return;
        found.Clear();
        all = null;
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            MaxRecursionDepth = 6
        };
        return !Directory.Exists(folder) ? []
            : Directory.EnumerateFiles(folder, "*", options)
                .Where(file => Kinds.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<SKTypeface> FacesIn(string file)
    {
        var collection = Path.GetExtension(file).ToLowerInvariant() is ".ttc" or ".otc";
        for (var index = 0; index < (collection ? MostInCollection : 1); index++)
        {
            if (SKTypeface.FromFile(file, index) is not { } face)
                yield break;
            yield return face;
        }
    }
}

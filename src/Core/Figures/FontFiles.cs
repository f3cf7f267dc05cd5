using SkiaSharp;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>The font files that figures declare.</summary>
internal static class FontFiles
{
    /// <summary>Returns a figure with the absolute paths of its fonts.</summary>
    public static FigureDeclaration Resolved(FigureDeclaration figure, EvaluationLayout layout) =>
        figure with { FontFiles = [.. figure.FontFiles.Select(layout.Resolve)] };

    /// <summary>Opens the fonts of a figure, whose paths must be absolute; the caller disposes of the fonts.</summary>
    /// <exception cref="DiagnosticException">A file does not exist or is not a font.</exception>
    public static IReadOnlyList<SKTypeface> Open(FigureDeclaration figure)
    {
        var faces = new List<SKTypeface>();
        foreach (var file in figure.FontFiles)
        {
            if (Face(file) is not { } face)
            {
                faces.ForEach(open => open.Dispose());
                throw new DiagnosticException(Problem(figure, file));
            }
            faces.Add(face);
        }
        return faces;
    }

    /// <summary>Returns the problems of the fonts of a figure, whose paths must be absolute.</summary>
    public static IEnumerable<Diagnostic> Problems(FigureDeclaration figure)
    {
        foreach (var file in figure.FontFiles)
        {
            using var face = Face(file);
            if (face is null)
                yield return Problem(figure, file);
        }
    }

    // A font file must exist and contain glyphs, because the library opens what it can of a file that is not a font,
    // and would look elsewhere for a missing file.
    private static SKTypeface? Face(string file) => !File.Exists(file) ? null
        : SKTypeface.FromFile(file) is { GlyphCount: > 0 } face ? face : null;

    private static Diagnostic Problem(FigureDeclaration figure, string file) => FigureRules.NoFontFile.At(
        figure.Item.Where, figure.Name, file, File.Exists(file) ? "is no font" : "is not there");
}

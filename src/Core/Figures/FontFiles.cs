using SkiaSharp;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>The font files that figures name.</summary>
internal static class FontFiles
{
    /// <summary>The figure with the absolute paths of its fonts.</summary>
    public static FigureDeclaration Resolved(FigureDeclaration figure, EvaluationLayout layout) =>
        figure with { FontFiles = [.. figure.FontFiles.Select(layout.Resolve)] };

    /// <summary>Opens the fonts of a figure, whose paths are absolute; the caller closes them.</summary>
    /// <exception cref="DiagnosticException">One is not there, or is no font.</exception>
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

    /// <summary>What is wrong with the fonts of a figure, whose paths are absolute.</summary>
    public static IEnumerable<Diagnostic> Problems(FigureDeclaration figure)
    {
        foreach (var file in figure.FontFiles)
        {
            using var face = Face(file);
            if (face is null)
                yield return Problem(figure, file);
        }
    }

    // The library opens what it can of a file that is no font, and would look elsewhere for one that is not there.
    private static SKTypeface? Face(string file) => !File.Exists(file) ? null
        : SKTypeface.FromFile(file) is { GlyphCount: > 0 } face ? face : null;

    private static Diagnostic Problem(FigureDeclaration figure, string file) => FigureRules.NoFontFile.At(
        figure.Item.Where, figure.Name, file, File.Exists(file) ? "is no font" : "is not there");
}

using ScottPlot;
using SkiaSharp;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>
/// The two fonts that ship with the SDK. The fonts of the machine are not used in place of the shipped fonts: a machine
/// without fonts would produce pictures without text and without an error, and other fonts would produce other
/// pictures.
/// </summary>
internal sealed class FigureFonts
{
    /// <summary>
    /// The name under which the plotting library knows the shipped fonts, which differs from that of any installed
    /// font.
    /// </summary>
    public const string Family = "Verus.Artifact.Sans";

    private static readonly Lock Gate = new();
    private static FigureFonts? shipped;

    private FigureFonts(SKTypeface regular, SKTypeface bold) => (Regular, Bold) = (regular, bold);

    public SKTypeface Regular { get; }

    public SKTypeface Bold { get; }

    /// <summary>
    /// Returns the shipped fonts, which are read and registered with the plotting library once per process.
    /// </summary>
    /// <exception cref="DiagnosticException">A file is missing or is not a font.</exception>
    public static FigureFonts Get()
    {
        lock (Gate)
        {
            if (shipped is not null)
                return shipped;
            var fonts = Load(Path.Combine(Path.GetDirectoryName(typeof(FigureFonts).Assembly.Location)!, "fonts"));
            Fonts.FontResolvers.Add(new Resolver(fonts));
            return shipped = fonts;
        }
    }

    /// <summary>Reads the fonts of a folder.</summary>
    /// <exception cref="DiagnosticException">A file is missing or is not a font.</exception>
    internal static FigureFonts Load(string folder) =>
        new(Read(Path.Combine(folder, "DejaVuSans.ttf")), Read(Path.Combine(folder, "DejaVuSans-Bold.ttf")));

    private static SKTypeface Read(string file) =>
        !File.Exists(file) ? throw FigureRules.FontsMissing.Error(SourceLocation.None, file, "is missing")
        : SKTypeface.FromFile(file) ?? throw FigureRules.FontsMissing.Error(SourceLocation.None, file, "is not a font");

    // Uses the same typeface for the library's text and the SDK's own, so that a PDF embeds each font once.
    private sealed class Resolver(FigureFonts fonts) : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName != Family ? null : weight >= FontWeight.Bold ? fonts.Bold : fonts.Regular;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName != Family
            ? null : bold ? fonts.Bold : fonts.Regular;
    }
}

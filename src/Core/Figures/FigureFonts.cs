using ScottPlot;
using ScottPlot.FontResolvers;
using SkiaSharp;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>
/// The two fonts that are shipped beside this assembly. A machine without fonts would give pictures without text and without an error,
/// and other fonts would give other pictures, so that the machine's own are never used.
/// </summary>
internal sealed class FigureFonts
{
    /// <summary>Name under which the plotting library knows them; unlike any installed font's.</summary>
    public const string Family = "Verus.Artifact.Sans";

    private static readonly Lock Gate = new();
    private static FigureFonts? shipped;

    private FigureFonts(SKTypeface regular, SKTypeface bold) => (Regular, Bold) = (regular, bold);

    public SKTypeface Regular { get; }

    public SKTypeface Bold { get; }

    /// <summary>The shipped fonts: read, and made known to the plotting library, once in a process.</summary>
    /// <exception cref="DiagnosticException">A file is missing or is no font.</exception>
    public static FigureFonts Get()
    {
        lock (Gate)
        {
            if (shipped is not null)
                return shipped;
            var folder = Path.Combine(Path.GetDirectoryName(typeof(FigureFonts).Assembly.Location)!, "fonts");
            var fonts = Load(folder);
            Fonts.FontResolvers.Add(new FileFontResolver(Family, RegularFile(folder), FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal));
            Fonts.FontResolvers.Add(new FileFontResolver(Family, BoldFile(folder), FontWeight.Bold, FontSlant.Upright, FontSpacing.Normal));
            return shipped = fonts;
        }
    }

    /// <summary>Reads the fonts of a folder.</summary>
    /// <exception cref="DiagnosticException">A file is missing or is no font.</exception>
    internal static FigureFonts Load(string folder) => new(Read(RegularFile(folder)), Read(BoldFile(folder)));

    private static string RegularFile(string folder) => Path.Combine(folder, "DejaVuSans.ttf");

    private static string BoldFile(string folder) => Path.Combine(folder, "DejaVuSans-Bold.ttf");

    private static SKTypeface Read(string file) =>
        !File.Exists(file) ? throw FigureRules.FontsMissing.Throw(SourceLocation.None, file, "is missing")
        : SKTypeface.FromFile(file) ?? throw FigureRules.FontsMissing.Throw(SourceLocation.None, file, "is no font");
}

using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>
/// Draws figures. Equal data give equal files on any machine and on any day, and files that would not change are not
/// rewritten.
/// </summary>
public static class FigureDrawer
{
    // The plotting library keeps its fonts in static lists that are not thread-safe.
    private static readonly Lock Gate = new();

    private static readonly FallbackFonts Others = FallbackFonts.Here();

    private static readonly string[] Formats = ["svg", "png", "pdf", "txt", "tex"];

    /// <summary>
    /// Draws a figure into files NAME.svg, NAME.png, NAME.pdf, NAME.txt and, for a table, NAME.tex.
    /// <para>
    /// Of each dataset, the measured numbers are shown if there are any, and otherwise the recorded numbers, marked as
    /// such. If a dataset has measured and recorded numbers, the text file compares them, and so does the picture with
    /// <see cref="FigureDeclaration.Overlay"/>. For a figure without any number, only the text file is written, with
    /// the reasons; pictures of an earlier run are removed, so that they cannot be mistaken for current ones.
    /// </para>
    /// </summary>
    /// <param name="figure">The figure to draw.</param>
    /// <param name="datasets">The datasets of the evaluation; those that the figure does not name are ignored.</param>
    /// <param name="folder">The absolute path of the folder for the files; it is created if it does not exist.</param>
    /// <param name="cancellation">Cancels the drawing between two formats; a file is either complete or absent.</param>
    /// <exception cref="DiagnosticException">The declaration and the data do not match, fonts are missing, or the
    /// folder cannot be written.</exception>
    public static DrawnFigure Draw(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string folder,
        CancellationToken cancellation = default) =>
        Draw(figure, datasets, folder, pictures: null, cancellation);

    /// <summary>Draws a figure whose pictures another program may have drawn.</summary>
    /// <param name="figure">The figure to draw.</param>
    /// <param name="datasets">The datasets of the evaluation.</param>
    /// <param name="folder">Absolute path of the folder for the files.</param>
    /// <param name="pictures">The pictures by format, for a kind that supplies them; null for any other kind.</param>
    /// <param name="cancellation">Cancels the drawing between two formats.</param>
    internal static DrawnFigure Draw(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string folder,
        IReadOnlyDictionary<string, byte[]>? pictures, CancellationToken cancellation)
    {
        var data = FigureData.Select(figure, datasets);
        var files = new Files(figure, folder, cancellation);
        var warnings = new List<Diagnostic>();
        var notes = !data.HasNumbers ? WriteReasons(data, files)
            : figure.Kind.GivesPictures ? WriteGiven(data, pictures!, files)
            : WriteLaid(data, files, warnings);
        RemoveOthers(figure, folder, files.Written.Keys);
        return new DrawnFigure
        {
            Name = figure.Name,
            Title = figure.Title,
            Files = files.Written,
            Origin = data.HasNumbers ? data.Origin : Origin.Measured,
            Datasets = [.. datasets.Where(d => figure.Datasets.Contains(d.Name, StringComparer.OrdinalIgnoreCase))],
            Where = figure.Where,
            Notes = notes,
            Warnings = warnings,
            IsOfOtherProgram = figure.Kind.GivesPictures && data.HasNumbers,
        };
    }

    private static IReadOnlyList<string> WriteReasons(FigureData data, Files files)
    {
        var reasons = FigureNotes.Reasons(data);
        files.Put("txt", Encoding.UTF8.GetBytes(TextTable.NotMeasured(data.Figure, reasons)));
        return reasons;
    }

    private static IReadOnlyList<string> WriteGiven(
        FigureData data, IReadOnlyDictionary<string, byte[]> pictures, Files files)
    {
        var notes = data.Figure.Kind.NotesOf(data);
        files.Put("txt", Encoding.UTF8.GetBytes(TextTable.Of(data, grid: null, notes)));
        foreach (var (format, bytes) in pictures)
            files.Put(format, bytes);
        return notes.All;
    }

    // Only drawing uses fonts. What takes longest, encoding the formats, is done while other figures are drawn.
    private static IReadOnlyList<string> WriteLaid(FigureData data, Files files, List<Diagnostic> warnings)
    {
        var (notes, forms) = WithInk(ink => Laid(data, ink, warnings), data.Figure);
        foreach (var (format, encode) in forms)
            files.Put(format, encode());
        return notes;
    }

    private static (IReadOnlyList<string> Notes, IReadOnlyList<(string Format, Func<byte[]> Encode)> Forms) Laid(
        FigureData data, Ink ink, List<Diagnostic> warnings)
    {
        var content = data.Figure.Kind.Lay(data, ink);
        var frame = new FigureFrame(data, [.. content.Notes.All, .. content.OfPicture], ink);
        var picture = frame.Around(content);
        var forms = Forms(data, content, picture, ink).ToList();
        warnings.AddRange(content.Warnings);
        warnings.AddRange(Warnings(data.Figure, [.. content.LeftOut, .. frame.LeftOut], ink));
        return (content.Notes.All, forms);
    }

    private sealed class Files(FigureDeclaration figure, string folder, CancellationToken cancellation)
    {
        public Dictionary<string, string> Written { get; } = [];

        public void Put(string format, byte[] bytes)
        {
            cancellation.ThrowIfCancellationRequested();
            Written[format] = Write(figure, folder, format, bytes);
        }
    }

    /// <summary>Runs code that uses fonts and colours, while no other thread uses them.</summary>
    /// <param name="use">The code to run.</param>
    /// <param name="figure">The figure whose fonts come before those of the machine; null when the code draws no
    /// figure.</param>
    internal static T WithInk<T>(Func<Ink, T> use, FigureDeclaration? figure = null)
    {
        lock (Gate)
        {
            Others.Renew();
            var declared = figure is null ? [] : FontFiles.Open(figure);
            try
            {
                using var ink = new Ink(FigureFonts.Get(), Others, declared);
                return use(ink);
            }
            finally
            {
                foreach (var face in declared)
                    face.Dispose();
            }
        }
    }

    // The SVG is drawn before the PDF, because drawing the first picture determines what the fonts of the PDF must
    // contain.
    private static IEnumerable<(string Format, Func<byte[]> Encode)> Forms(FigureData data, FigureContent content,
        Picture picture, Ink ink)
    {
        var title = TitleOf(data);
        yield return ("txt", Text(TextTable.Of(data, content.Grid, content.Notes)));
        ink.Mode = InkMode.Outlines;
        var svg = picture.ToSvg(title, FileName(data.Figure));
        yield return ("svg", () => Encoding.UTF8.GetBytes(svg()));
        ink.Mode = InkMode.CutFonts;
        var pdf = picture.ToPdf(title);
        yield return ("pdf", () => pdf);
        ink.Mode = InkMode.Pixels;
        yield return ("png", picture.ToPng());
        if (content.Grid is { } grid)
            yield return ("tex", Text(TeXTable.Of(data, grid, content.Notes)));

        static Func<byte[]> Text(string text) => () => Encoding.UTF8.GetBytes(text);
    }

    private static IEnumerable<Diagnostic> Warnings(FigureDeclaration figure, IReadOnlyList<string> lacking, Ink ink)
    {
        if (ink.Missing.Count > 0)
            yield return FigureRules.NoFont.At(figure.Item.Where, figure.Name, Characters(ink.Missing));
        if (lacking.Count > 0)
            yield return FigureRules.TooMuch.At(figure.Item.Where, figure.Name, string.Join("; ", lacking));
    }

    private static string TitleOf(FigureData data) =>
        (data.Figure.Title.Length > 0 ? $"{data.Figure.Name}: {data.Figure.Title}" : data.Figure.Name)
        + (data.IsSmoke ? " (smoke run)" : "")
        + (data.Origin != Origin.Recorded
            ? "" : data.IsAllRecorded
                ? " (recorded by the authors, not measured here)"
                : " (in part recorded by the authors, not measured here)");

    // In a message about missing characters, a few of them are enough to recognize the script.
    private static string Characters(SortedSet<int> missing)
    {
        const int shown = 8;
        var some = missing.Take(shown).Select(value => $"{char.ConvertFromUtf32(value)} (U+{value:X4})");
        return string.Join(", ", some) + (missing.Count > shown ? $" and {missing.Count - shown} more" : "");
    }

    /// <summary>Removes the files of a figure that an earlier call drew.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static void Remove(FigureDeclaration figure, string folder) => RemoveOthers(figure, folder, []);

    private static string Write(FigureDeclaration figure, string folder, string format, byte[] content)
    {
        var path = PathOf(figure, folder, format);
        AtomicFile.Write(path, content);
        return path;
    }

    private static void RemoveOthers(FigureDeclaration figure, string folder, IEnumerable<string> written)
    {
        foreach (var format in Formats.Except(written))
            AtomicFile.Remove(PathOf(figure, folder, format));
    }

    /// <summary>Returns the path of a figure's file in a format.</summary>
    internal static string PathOf(FigureDeclaration figure, string folder, string format) =>
        Path.Combine(folder, $"{FileName(figure)}.{format}");

    // A name can be any MSBuild identity; characters that file names cannot contain become underscores.
    internal static string FileName(FigureDeclaration figure)
    {
        var name = string.Concat(figure.Name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'))
            .TrimStart('.');
        return name.Length > 0 ? name : "figure";
    }
}

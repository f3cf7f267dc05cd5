using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Figures;

/// <summary>
/// Draws figures. Equal data give equal files, whatever the machine and the day, and files that would not change are
/// left alone.
/// </summary>
public static class FigureDrawer
{
    // The plotting library keeps its fonts in static lists that are not made for several threads.
    private static readonly Lock Gate = new();

    private static readonly FallbackFonts Others = FallbackFonts.Here();

    private static readonly string[] Formats = ["svg", "png", "pdf", "txt", "tex"];

    /// <summary>
    /// Draws a figure into files NAME.svg, NAME.png, NAME.pdf, NAME.txt and, for a table, NAME.tex.
    /// <para>
    /// Of each dataset the measured form is shown when it has a number, else the recorded one, marked as such. Where
    /// there are both, the text compares them, and with <see cref="FigureDeclaration.Overlay"/> the picture, too.
    /// Without any number only the text file is written, with the reasons; pictures of an earlier run are removed, so
    /// that they cannot pass for current ones.
    /// </para>
    /// </summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="datasets">The datasets of the evaluation; those that the figure does not name are passed
    /// over.</param>
    /// <param name="folder">Absolute path of the folder for the files; made when it is not there.</param>
    /// <param name="cancellation">Stops between formats; a file is whole or not there.</param>
    /// <exception cref="DiagnosticException">Declaration and data do not go together, fonts are missing, or the folder
    /// cannot be written.</exception>
    public static DrawnFigure Draw(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string folder,
        CancellationToken cancellation = default) =>
        Draw(figure, datasets, folder, pictures: null, cancellation);

    /// <summary>Draws a figure whose pictures another program may have drawn.</summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="datasets">The datasets of the evaluation.</param>
    /// <param name="folder">Absolute path of the folder for the files.</param>
    /// <param name="pictures">The pictures by format, of a kind that gives them itself; null: of any other.</param>
    /// <param name="cancellation">Stops between formats.</param>
    internal static DrawnFigure Draw(FigureDeclaration figure, IReadOnlyList<Dataset> datasets, string folder,
        IReadOnlyDictionary<string, byte[]>? pictures, CancellationToken cancellation)
    {
        var data = FigureData.Select(figure, datasets);
        var files = new Files(figure, folder, cancellation);
        var warnings = new List<Diagnostic>();
        var notes = !data.HasNumbers ? WriteReasons(data, files)
            : figure.Kind.GivesPictures ? WriteGiven(data, pictures!, files)
            : WithInk(ink => WriteLaid(data, ink, files, warnings), figure);
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

    private static IReadOnlyList<string> WriteLaid(FigureData data, Ink ink, Files files, List<Diagnostic> warnings)
    {
        var content = data.Figure.Kind.Lay(data, ink);
        var frame = new FigureFrame(data, [.. content.Notes.All, .. content.OfPicture], ink);
        var picture = frame.Around(content.Width, content.Height, content.Draw);
        foreach (var (format, bytes) in Forms(data, content, picture, ink))
            files.Put(format, bytes());
        warnings.AddRange(content.Warnings);
        warnings.AddRange(Warnings(data.Figure, [.. content.LeftOut, .. frame.LeftOut], ink));
        return content.Notes.All;
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

    /// <summary>Does something with fonts and colours, while nobody else does.</summary>
    /// <param name="use">What is done.</param>
    /// <param name="figure">The figure whose fonts come before those of the machine; null: none has any.</param>
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

    // The first picture tells what the fonts of the PDF have to hold.
    private static IEnumerable<(string Format, Func<byte[]> Bytes)> Forms(FigureData data, FigureContent content,
        Picture picture, Ink ink)
    {
        var title = TitleOf(data);
        yield return ("txt", () => Encoding.UTF8.GetBytes(TextTable.Of(data, content.Grid, content.Notes)));
        yield return ("svg", () =>
            Encoding.UTF8.GetBytes(In(InkMode.Outlines, () => picture.ToSvg(title, FileName(data.Figure)))));
        yield return ("pdf", () => In(InkMode.CutFonts, () => picture.ToPdf(title)));
        yield return ("png", () => In(InkMode.Pixels, picture.ToPng));
        if (content.Grid is { } grid)
            yield return ("tex", () => Encoding.UTF8.GetBytes(TeXTable.Of(data, grid, content.Notes)));

        T In<T>(InkMode mode, Func<T> draw)
        {
            ink.Mode = mode;
            return draw();
        }
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

    // A few are enough to know the script.
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

    /// <summary>Path of a form of a figure.</summary>
    internal static string PathOf(FigureDeclaration figure, string folder, string format) =>
        Path.Combine(folder, $"{FileName(figure)}.{format}");

    // A name is any MSBuild identity; what no file can be called becomes an underscore.
    internal static string FileName(FigureDeclaration figure)
    {
        var name = string.Concat(figure.Name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'))
            .TrimStart('.');
        return name.Length > 0 ? name : "figure";
    }
}

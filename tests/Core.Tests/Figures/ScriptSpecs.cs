using System.Xml.Linq;
using SkiaSharp;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Figures;

/// <summary>Tests scripts that the shipped fonts lack, and the size of files that embed fonts.</summary>
public sealed class ScriptSpecs : FigureFixture
{
    private const string Chinese = "中文标签", Japanese = "ひらがな漢字", Korean = "한국어", Emoji = "\U0001f9ea",
        Nowhere = "\U00012000";

    [Theory]
    [InlineData(Chinese)]
    [InlineData(Japanese)]
    [InlineData(Korean)]
    [InlineData(Emoji)]
    public void A_script_is_drawn_by_a_font_of_the_machine_in_every_format(string text)
    {
        if (text.EnumerateRunes().Any(rune => FallbackFonts.Here().For(rune.Value) is null))
            Assert.Skip("no font has it here (Debian: apt-get install fonts-wqy-microhei fonts-noto-color-emoji)");
        var data = Measured(Point(text, 1, 1), Point(text, 2, 3));
        foreach (var figure in new[] { Lines(("YLabel", text)), Bars(("XLabel", text)), Table() })
        {
            var drawn = Draw(figure, data);
            drawn.Warnings.ShouldBeEmpty();
            // Text that is drawn as outlines can still be searched, and is shown to readers who lack the font.
            TextsOf(drawn).ShouldContain(text);
            var svg = XElement.Load(drawn.Files["svg"]);
            svg.Descendants().Where(element => element.Name.LocalName == "text" && element.Value == text).AtLeastOne()
                .ShouldAllBe(element => element.Attribute("fill-opacity")!.Value == "0");
            svg.Descendants().Count(element => element.Name.LocalName is "path" or "image"
                && (element.Attribute("d")?.Value.Length > 60 || element.Name.LocalName == "image"))
                .ShouldBeGreaterThan(0);
            // A box for each character would make pictures of different texts alike.
            Pixels(drawn).ShouldNotBe(
                Pixels(
                    Draw(figure,
                        Measured(
                            [.. data.Points.Select(point =>
                                Point(string.Concat(text.EnumerateRunes().Select(_ => Nowhere)), point["n"],
                                    point.Estimate!.Value))]))));
            Draw(figure, data);
        }
        if (!File.Exists("/usr/bin/pdftotext"))
            Assert.Skip("pdftotext is not installed (Debian package poppler-utils)");
        var pdf = Programs.Run("/usr/bin/pdftotext", Draw(Lines(), data).Files["pdf"], "-").Succeeds();
        pdf.Output.ShouldContain(text);
    }

    [Fact]
    public void A_font_of_the_project_comes_before_those_of_the_machine()
    {
        var font = FallbackFonts.Here().For('中');
        if (font is null)
            Assert.Skip("no font has it here (Debian: apt-get install fonts-wqy-microhei)");
        SortedSet<int> Lacking(params SKTypeface[] declared)
        {
            using var bitmap = new SKBitmap(100, 20);
            using var canvas = new SKCanvas(bitmap);
            using var ink = new Ink(FigureFonts.Get(), new FallbackFonts([]), declared);
            ink.Write(canvas, "中", 2, 15, 12, SKColors.Black);
            return ink.Missing;
        }
        Lacking().ShouldBe(['中']);
        Lacking(font).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("there.ttf", "is no font")]
    [InlineData("nowhere.ttf", "is not there")]
    public void A_file_that_is_no_font_is_told(string name, string why)
    {
        File.WriteAllText(Path.Combine(Folder, "there.ttf"), "no font");
        var figure = Lines(("FontFile", name)) with { FontFiles = [Path.Combine(Folder, name)] };
        var problem = Should.Throw<DiagnosticException>(() => Draw(figure, Measured(Point("a", 1, 1)))).Diagnostics
            .ShouldHaveSingleItem();
        problem.Rule.ShouldBe(FigureRules.NoFontFile);
        problem.Message.ShouldContain(why);
        FontFiles.Problems(figure).ShouldHaveSingleItem().Message.ShouldBe(problem.Message);
    }

    [Fact]
    public void Characters_that_no_font_has_are_named_once()
    {
        var drawn = Draw(Lines(("YLabel", Nowhere), ("Title", Nowhere)),
            Measured(Point($"a{Nowhere}b", 1, 1), Point("\U00012001", 1, 2)));
        var warning = drawn.Warnings.ShouldHaveSingleItem();
        warning.Rule.ShouldBe(FigureRules.NoFont);
        warning.Message.ShouldContain("U+12000");
        warning.Message.ShouldContain("U+12001");
        warning.Where.ShouldBe(Where);
        Text(drawn).ShouldContain(Nowhere);
    }

    [Fact]
    public void A_pdf_holds_no_more_of_its_fonts_than_is_written_with_them()
    {
        var data = Measured([.. Enumerable.Range(1,
            12).SelectMany(n => new[] { Point("Dafny", n, n),
                Point(FallbackFonts.Here().For('中') is null ? "Verus" : Chinese, n, n / 2.0) })]);
        foreach (var figure in new[] { Lines(("Title", "Growth")), Bars(), Table() })
        {
            var file = Draw(figure, data).Files["pdf"];
            new FileInfo(file).Length.ShouldBeLessThan(80_000);
            if (!File.Exists("/usr/bin/pdftotext"))
                continue;
            var text = Programs.Run("/usr/bin/pdftotext", file, "-").Succeeds();
            text.Output.ShouldContain("Dafny");
            text.Error.ShouldBeEmpty("a font that is damaged is told there");
        }
    }

    [Fact]
    public void Words_of_a_script_from_right_to_left_stay_in_one_run()
    {
        var fonts = FigureFonts.Get();
        TextRun.Of("abc שלום עולם 12", fonts.Regular, _ => null).Select(run => (run.Text, run.Shaped))
            .ShouldBe([("abc ", false), ("שלום עולם", true), (" 12", false)]);
        TextRun.Of("plain α→β", fonts.Regular, _ => null).ShouldHaveSingleItem().Shaped.ShouldBeFalse();
        TextRun.Of("a\u200bb\ufe0f", fonts.Regular, _ => null).AtLeastOne()
            .ShouldAllBe(run => !run.MissingGlyphs.Any());
    }

    private static string Pixels(DrawnFigure figure)
    {
        using var bitmap = SKBitmap.Decode(figure.Files["png"]);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bitmap.Bytes));
    }
}

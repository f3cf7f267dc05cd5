using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Figures;

/// <summary>Diagnostics of the figures stage: VART6xxx.</summary>
[DiagnosticRules]
public static class FigureRules
{
    /// <summary>A figure names a column that its dataset lacks.</summary>
    public static readonly DiagnosticRule UnknownColumn = new("VART6001", Error, "A column is not in the dataset",
        "Figure '{0}': {1} names the column '{2}', which the dataset '{3}' does not have.{4}");

    /// <summary>Two values of a dataset fall on the same place of a figure.</summary>
    public static readonly DiagnosticRule SeveralValues = new("VART6002", Error, "Several values have the same place",
        "Figure '{0}': the dataset '{1}' has more than one value at {2}. Name the column that distinguishes the values "
        + "({3}) in {4}, or select one of them with Where.");

    /// <summary>A chart would show numbers of different units on one axis.</summary>
    public static readonly DiagnosticRule UnlikeUnits = new("VART6003", Error, "Different units on one axis",
        "Figure '{0}' would show numbers in {1} on one axis. Select one unit with Where, or make the figure a table.");

    /// <summary>The fonts that ship with the SDK are missing.</summary>
    public static readonly DiagnosticRule FontsMissing = new("VART6004", Error, "The fonts are missing",
        "The font file '{0}' {1}; without it a picture would have no text. Build or restore the SDK again; the font is "
        + "part of its package.");

    /// <summary>An axis of numbers meets a value that is not a number.</summary>
    public static readonly DiagnosticRule NotANumber = new("VART6005", Error,
        "A numeric axis has a value that is not a number",
        "Figure '{0}': {1} of the dataset '{2}' has '{3}', which is not a number that an axis with XScale={4} can "
        + "show. Use XScale=Category, or select rows with Where.");

    /// <summary>No available font has a character of a figure.</summary>
    public static readonly DiagnosticRule NoFont = new("VART6030", Advice, "No font has a character",
        "Figure '{0}' has characters that no font on this machine has: {1}. The pictures show empty boxes in place of "
        + "characters without a font; the text file has them. Install a font that has the characters (Debian: "
        + "fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji) or name a file with FontFile, and draw the figure "
        + "again.");

    /// <summary>A file that a figure names is not a font.</summary>
    public static readonly DiagnosticRule NoFontFile = new("VART6043", Error, "A file is no font",
        "Figure '{0}': FontFile names '{1}', which {2}. Name a TrueType or OpenType font, relative to the project.");

    /// <summary>A figure contains more than its picture can show.</summary>
    public static readonly DiagnosticRule TooMuch = new("VART6031", Advice,
        "A figure contains more than a page can show",
        "Figure '{0}' contains more than a page can show: {1}. The text file and the data of the figure have "
        + "everything. Select points with Where, or divide the figure with Panels or into several figures.");

    /// <summary>A figure kind of an extension draws something that no picture can contain.</summary>
    public static readonly DiagnosticRule Undrawable = new("VART6032", Error, "A figure kind draws something invalid",
        "Figure '{0}': its Kind '{1}', which an extension provides, {2}. All other figures were drawn. The author of "
        + "the extension has to fix the failure.");

    /// <summary>A figure kind of an extension draws outside its picture.</summary>
    public static readonly DiagnosticRule Outside = new("VART6033", Advice,
        "A part of a figure is outside of its picture",
        "Figure '{0}': a part of what its Kind '{1}' draws is outside of the picture and was cut off. Make the figure "
        + "wider with Width, or ask the author of the extension to fix the kind.");

    /// <summary>A figure kind of an extension fails to draw made-up numbers.</summary>
    public static readonly DiagnosticRule TrialFailed = new("VART6034", Advice,
        "A figure could not be drawn from made-up numbers",
        "Figure '{0}': its Kind '{1}', which an extension provides, did not draw made-up numbers in the shape that its "
        + "datasets will have: {2} If only the made-up numbers are the cause, ignore this warning; otherwise correct "
        + "the figure or the extension before anything is measured.");

    /// <summary>The drawing library, or the figure kind of an extension, rejects the data of a figure.</summary>
    public static readonly DiagnosticRule CannotBeDrawn = new("VART6040", Error, "A figure cannot be drawn",
        "Figure '{0}' cannot be drawn from its data: {1} All other figures were drawn. Look at the figure's rows in "
        + "the folder data, and select some of them with Where.");

    /// <summary>A figure that plots numbers against numbers has no pair of numbers.</summary>
    public static readonly DiagnosticRule NoPairs = new("VART6042", Error, "No points stand against each other",
        "Figure '{0}': no point of XPoints '{1}' has a partner among those of YPoints '{2}', with the same {3}. In "
        + "XPoints and in YPoints, fix the columns in which the two axes differ, such as metric=bits and "
        + "metric=error_rate.");

    /// <summary>The command of a figure produced no picture.</summary>
    public static readonly DiagnosticRule CommandFailed = new("VART6041", Error,
        "The command of a figure produced no picture",
        "Figure '{0}': its Command produced no picture: {1}. All other figures were drawn, and nothing is measured "
        + "again. Correct the command or its script, and run the same call again.");

    /// <summary>The command of a figure produced no picture, and the SDK drew one.</summary>
    public static readonly DiagnosticRule DrawnInstead = new("VART6045", Advice,
        "The SDK drew a figure in place of its command",
        "Figure '{0}': its Command produced no picture: {1}. The SDK drew the figure as it draws '{2}', and a note in "
        + "the picture says so. Provide what the command lacks, and run the same call again; nothing is measured "
        + "again.");

    /// <summary>The program of a figure is not on this machine.</summary>
    public static readonly DiagnosticRule NoProgram = new("VART6044", Advice, "The program of a figure is missing",
        "Figure '{0}': its command starts '{1}', which is in no folder of PATH. Everything else is measured and drawn, "
        + "but this figure needs its program: install it, or correct the command.");
}

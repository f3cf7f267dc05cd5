namespace Verus.Artifact.Figures;

/// <summary>The shape of the points of a line.</summary>
public enum FigureMarker
{
    /// <summary>A filled circle.</summary>
    Circle,
    /// <summary>A filled square.</summary>
    Square,
    /// <summary>A filled triangle with its tip up.</summary>
    TriangleUp,
    /// <summary>A filled diamond.</summary>
    Diamond,
    /// <summary>A filled triangle with its tip down.</summary>
    TriangleDown,
    /// <summary>A diagonal cross.</summary>
    Cross,
    /// <summary>An upright cross.</summary>
    Plus,
}

/// <summary>The pattern on bars, so that they can be distinguished without colour.</summary>
public enum FigureHatch
{
    /// <summary>Plain.</summary>
    None,
    /// <summary>A pattern of lines that rise to the right.</summary>
    Rising,
    /// <summary>A pattern of lines that fall to the right.</summary>
    Falling,
    /// <summary>Rising and falling lines.</summary>
    Crossed,
    /// <summary>Horizontal lines.</summary>
    Level,
    /// <summary>Vertical lines.</summary>
    Upright,
    /// <summary>Horizontal and vertical lines.</summary>
    Grid,
}

/// <summary>The appearance of one series.</summary>
/// <param name="Color">The colour as <c>#rrggbb</c>.</param>
/// <param name="Marker">The shape of the points of the series.</param>
/// <param name="Hatch">The fill pattern of the bars of the series.</param>
internal sealed record FigureStyle(string Color, FigureMarker Marker, FigureHatch Hatch)
{
    // The colours of Okabe and Ito, which readers with any kind of colour vision can distinguish, except their yellow,
    // which is too pale for thin lines.
    private static readonly string[] Palette =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d31"];

    /// <summary>Returns the colour of the series at an index, from the palette.</summary>
    public static string ColorOf(int index) => Palette[(index % Palette.Length + Palette.Length) % Palette.Length];

    /// <summary>
    /// Returns the appearance of the series at an index: as declared, or otherwise from the palette. Since the palette
    /// has seven markers, seven patterns and eight colours, their combination repeats only after 56 series.
    /// </summary>
    public static FigureStyle Of(FigureDeclaration figure, int index) => new(
        figure.Colors.Count > 0 ? figure.Colors[index % figure.Colors.Count] : ColorOf(index),
        figure.Markers.Count > 0 ? figure.Markers[index % figure.Markers.Count] : (FigureMarker)(index % 7),
        figure.Hatches.Count > 0 ? figure.Hatches[index % figure.Hatches.Count] : (FigureHatch)(index % 7));
}

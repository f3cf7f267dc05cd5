namespace Verus.Artifact.Figures;

/// <summary>A tick at a position on an axis.</summary>
/// <param name="Position">The tick's position in the coordinates of the axis.</param>
/// <param name="Label">The tick's text; empty for a minor tick.</param>
internal sealed record AxisTick(double Position, string Label);

/// <summary>
/// Values between which an axis is drawn, whatever the data; either end is null when it is chosen automatically.
/// </summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal sealed record AxisRange(double? Low, double? High)
{
    /// <summary>Whether a value lies between the ends of the axis.</summary>
    public bool Has(double value) => !(value < Low) && !(value > High);
}

/// <summary>An axis of a chart: its visible part, its ticks, and the positions of values on it.</summary>
internal sealed record AxisView
{
    /// <summary>The lower end of the visible part, in the coordinates of the axis.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end of the visible part, in the coordinates of the axis.</summary>
    public required double High { get; init; }

    /// <summary>Ticks in order.</summary>
    public required IReadOnlyList<AxisTick> Ticks { get; init; }

    /// <summary>
    /// Returns the position of a value; null when the axis cannot show the value, such as zero on a logarithmic axis.
    /// </summary>
    public required Func<double, double?> Place { get; init; }

    /// <summary>
    /// The middle of the section that is cut out of the axis, in its coordinates; null when no section is cut out.
    /// </summary>
    public double? Break { get; init; }

    /// <summary>Returns the value at a position of the axis; null when the value is not known.</summary>
    public Func<double, double?> ValueAt { get; init; } = _ => null;

    /// <summary>The position of the line in front of the places that stand apart from the others; null when there is no
    /// such line.</summary>
    public double? Separator { get; init; }

    /// <summary>The values between which a section of the axis is cut out; null when the axis is not cut.</summary>
    public (double From, double To)? Cut { get; init; }

    /// <summary>Makes an axis of a scale over values.</summary>
    /// <param name="scale">The scale, which determines how numbers become positions.</param>
    /// <param name="values">The values that the axis has to show.</param>
    /// <param name="fromZero">Whether the axis includes zero, if the scale can show zero.</param>
    /// <param name="ticks">The axis's ticks; empty when they are chosen automatically.</param>
    /// <param name="limits">The axis's ends, if they are declared; values beyond the ends are not visible.</param>
    public static AxisView Of(AxisScale scale, IReadOnlyList<double> values, bool fromZero, IReadOnlyList<double> ticks,
        AxisRange? limits = null)
    {
        limits ??= new AxisRange(null, null);
        IReadOnlyList<double> seen = limits is { Low: null, High: null } ? values
            : [.. values.Where(limits.Has), .. new[] { limits.Low, limits.High }.OfType<double>()];
        var view = scale switch
        {
            AxisScale.Log => Logarithmic(seen, 10, ticks),
            AxisScale.Log2 => Logarithmic(seen, 2, ticks),
            AxisScale.Broken => Broken(seen, ticks),
            _ => Linear(seen, fromZero && limits is { Low: null, High: null or >= 0 }, ticks),
        };
        return view with
        {
            Low = limits.Low is { } low ? view.Place(low) ?? view.Low : view.Low,
            High = limits.High is { } high ? view.Place(high) ?? view.High : view.High,
        };
    }

    /// <summary>Returns the axis with additional room for texts at its ends; the room is given as a share of the
    /// visible part.</summary>
    public AxisView WithRoom(double below, double above) =>
        this with { Low = Low - (High - Low) * below, High = High + (High - Low) * above };

    /// <summary>Returns a linear axis without ticks between whole numbers.</summary>
    public AxisView WithWholeTicks() =>
        this with { Ticks = [.. Ticks.Where(tick => ValueAt(tick.Position) is { } value && double.IsInteger(value))] };

    /// <summary>Makes an axis with equal steps over the values, starting at zero for bars.</summary>
    public static AxisView Linear(IReadOnlyList<double> values, bool fromZero, IReadOnlyList<double> ticks,
        double padding = 0.04)
    {
        // Near the largest and smallest numbers of a double, differences would overflow or vanish, so an axis with such
        // numbers has a unit of its own.
        var unit = Unit([.. values, .. ticks]);
        var (low, high) = Range([.. values.Concat(ticks).Select(value => value / unit)], fromZero);
        var margin = (high - low) * padding;
        var bottom = fromZero && low >= 0 ? 0 : low - margin;
        var top = fromZero && high <= 0 ? 0 : high + margin;
        return new AxisView
        {
            Low = bottom,
            High = top,
            Ticks = [.. (ticks.Count > 0 ? ticks.Select(value => value / unit) : Steps(bottom, top, 5))
                .Where(place => double.IsFinite(place * unit))
                .Select(place => new AxisTick(place, NumberText.Exact(place * unit)))],
            Place = value => value / unit,
            ValueAt = place => place * unit,
        };
    }

    private static double Unit(IReadOnlyList<double> values)
    {
        const double huge = 1e300, tiny = 1e-290;
        var largest = values.Count == 0 ? 0 : values.Max(Math.Abs);
        return largest > huge ? huge : largest is > 0 and < tiny ? tiny : 1;
    }

    /// <summary>Makes an axis with equal factors over the values and ticks at powers of a base.</summary>
    public static AxisView Logarithmic(IReadOnlyList<double> values, double @base, IReadOnlyList<double> ticks)
    {
        var positive = values.Concat(ticks).Where(value => value > 0).Select(value => Math.Log(value, @base)).ToList();
        var (low, high) = positive.Count == 0 ? (0d, 1d) : (positive.Min(), positive.Max());
        if (high - low < 0.5)
            (low, high) = (low - 0.5, high + 0.5);
        var margin = (high - low) * 0.05;
        (low, high) = (low - margin, high + margin);
        return new AxisView
        {
            Low = low,
            High = high,
            Ticks = ticks.Count > 0
                ? [.. ticks.Where(t => t > 0).Select(t => new AxisTick(Math.Log(t, @base), NumberText.Exact(t)))]
                : Powers(low, high, @base),
            Place = value => value > 0 ? Math.Log(value, @base) : null,
            ValueAt = place => Math.Pow(@base, place),
        };
    }

    /// <summary>The gap, in the coordinates of the axis, before places that stand apart from the others.</summary>
    public const double Gap = 0.6;

    /// <summary>Makes an axis with one place for each label, at 0, 1, 2 and so on.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="apart">The number of labels at the end that stand apart from the others.</param>
    public static AxisView Categories(IReadOnlyList<string> labels, int apart = 0)
    {
        var gap = apart > 0 && apart < labels.Count ? Gap : 0;
        double At(double index) => index >= labels.Count - apart ? index + gap : index;
        return new AxisView
        {
            Low = -0.5,
            High = Math.Max(1, labels.Count) - 0.5 + gap,
            Ticks = [.. labels.Select((label, index) => new AxisTick(At(index), label))],
            Place = index => At(index),
            Separator = gap > 0 ? labels.Count - apart - 0.5 + gap / 2 : null,
        };
    }

    /// <summary>
    /// Makes an axis from zero in equal steps, with the widest empty section cut out when that section is more than
    /// half of the axis.
    /// </summary>
    public static AxisView Broken(IReadOnlyList<double> values, IReadOnlyList<double> ticks)
    {
        var sorted = values.Append(0).Where(value => value >= 0).Distinct().Order().ToList();
        var widest = Enumerable.Range(0, sorted.Count - 1).OrderByDescending(i => sorted[i + 1] - sorted[i])
            .FirstOrDefault(-1);
        // The first bar must keep its base, so a section that starts at zero is never cut.
        if (widest < 1 || Unit(values) != 1 || values.Any(value => value < 0)
            || sorted[widest + 1] - sorted[widest] <= sorted[^1] / 2)
            return Linear(values, fromZero: true, ticks);
        var step = Step(sorted[widest], 3);
        var from = Math.Ceiling(sorted[widest] * 1.1 / step) * step;
        // The two parts of a cut axis have the same scale. The upper part of a cut axis starts low enough for its bars
        // to be visible, but not before the lower part ends.
        var to = Math.Floor((sorted[widest + 1] - from * 0.6) / step) * step;
        if (to <= from + step)
            return Linear(values, fromZero: true, ticks);
        var gap = from * 0.12;
        var end = sorted[^1] + from * 0.15;
        double? At(double value) => value <= from ? value : value >= to ? value - to + from + gap : from + gap / 2;
        var marks = ticks.Count > 0 ? ticks : [.. Steps(0, from, 3), .. Steps(to, end, 3)];
        return new AxisView
        {
            Low = 0,
            High = At(end)!.Value,
            Ticks = [.. marks.Where(t => t <= from - step / 4 || t >= to + step / 4 && t <= end)
                .Select(t => new AxisTick(At(t)!.Value, NumberText.Exact(t)))],
            Place = At,
            Break = from + gap / 2,
            Cut = (from, to),
        };
    }

    private static (double Low, double High) Range(IReadOnlyList<double> values, bool fromZero)
    {
        var low = values.Count == 0 ? 0 : values.Min();
        var high = values.Count == 0 ? 1 : values.Max();
        if (fromZero)
            (low, high) = (Math.Min(0, low), Math.Max(0, high));
        // The smallest difference of values, relative to their size, that an axis shows; if values were any closer,
        // neither ticks nor pixels could distinguish them.
        const double finest = 1e-12;
        if (high - low > finest * Math.Max(Math.Abs(low), Math.Abs(high)))
            return (low, high);
        var room = high == 0 ? 1 : Math.Abs(high) / 2;
        return fromZero && high == 0 ? (0, 1) : (low - room, high + room);
    }

    private static double[] Steps(double low, double high, int about)
    {
        var step = Step(high - low, about);
        if (!(step > 0) || !double.IsFinite(step))
            return [low, high];
        var first = Math.Ceiling(low / step - 1e-9);
        var count = (int)Math.Min(50, Math.Floor(high / step + 1e-9) - first + 1);
        return [.. Enumerable.Range(0, Math.Max(0, count)).Select(i => (first + i) * step)];
    }

    // Returns a distance between ticks, which is 1, 2 or 5 times a power of ten.
    private static double Step(double span, int about)
    {
        var rough = span / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var factor = rough / power;
        return power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
    }

    private static List<AxisTick> Powers(double low, double high, double @base)
    {
        var ticks = new List<AxisTick>();
        // An axis has no tick at a value that a double cannot hold.
        var first = (int)Math.Max(Math.Ceiling(low - 1e-9), Math.Ceiling(Math.Log(1e-307, @base)));
        var last = (int)Math.Min(Math.Floor(high + 1e-9), Math.Floor(Math.Log(double.MaxValue, @base)));
        var every = Math.Max(1, (int)Math.Ceiling((last - first + 1) / 8.0));
        for (var power = first; power <= last; power += every)
            Add(power, Math.Pow(@base, power), labelled: true);
        if (@base != 10 || every > 1)
            return ticks;
        // On a logarithmic axis, minor ticks at 2 and 5 get labels if there would otherwise be fewer than two labels.
        var sparse = last - first < 1;
        for (var power = first - 1; power <= last; power++)
        {
            for (var digit = 2; digit <= 9; digit++)
            {
                var position = power + Math.Log10(digit);
                if (position >= low && position <= high)
                    Add(position, digit * Math.Pow(10, power), labelled: sparse && digit is 2 or 5 && sparse);
            }
        }
        return ticks;

        // Values beyond the largest and smallest numbers of a double get no ticks.
        void Add(double position, double value, bool labelled)
        {
            if (double.IsFinite(value) && value > 0)
                ticks.Add(new AxisTick(position, labelled ? NumberText.Exact(value) : ""));
        }
    }
}

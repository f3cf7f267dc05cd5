using System.Globalization;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// The unit of a number in a formula. Sums and comparisons need equal units; products and ratios combine units. A
/// literal number in the formula is compatible with every unit, and so is a number whose unit is unknown, such as a
/// slope over a column.
/// </summary>
internal sealed class Unit : IEquatable<Unit>
{
    private readonly SortedDictionary<string, int> powers;

    private Unit(SortedDictionary<string, int> powers, bool isAny = false, bool isUnknown = false) =>
        (this.powers, IsAny, IsUnknown) = (powers, isAny, isUnknown);

    /// <summary>The unit of a literal number in the formula, which is compatible with every other unit.</summary>
    public static Unit Any { get; } = new([], isAny: true);

    /// <summary>The unit of a number whose unit is unknown.</summary>
    public static Unit Unknown { get; } = new([], isUnknown: true);

    /// <summary>The unit of a plain number, such as a ratio or a count.</summary>
    public static Unit None { get; } = new([]);

    /// <summary>Whether the unit is that of a literal number in the formula.</summary>
    public bool IsAny { get; }

    /// <summary>Whether the unit is unknown.</summary>
    public bool IsUnknown { get; }

    // The texts that people write as the unit of a plain number.
    private static readonly string[] Plain = ["", "1", "ratio", "x"];

    /// <summary>
    /// Parses a unit as people write it: <c>s</c>, <c>kop/s</c>. The text of a plain number is empty or a name such as
    /// ratio.
    /// </summary>
    public static Unit Parse(string text)
    {
        var powers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (part, index) in text.Split('/', StringSplitOptions.TrimEntries)
            .Select((part, index) => (part, index)))
            if (!Plain.Contains(part))
                powers[part] = powers.GetValueOrDefault(part) + (index == 0 ? 1 : -1);
        return Without0(powers);
    }

    /// <summary>The unit of the product of two numbers.</summary>
    public Unit Times(Unit other) => Combine(other, 1);

    /// <summary>The unit of the ratio of two numbers.</summary>
    public Unit Over(Unit other) => Combine(other, -1);

    /// <summary>Returns the unit of the sum of two numbers, or of the two sides of a comparison.</summary>
    /// <exception cref="FormatException">The units differ.</exception>
    public Unit Like(Unit other, string what)
    {
        if (IsAny || IsUnknown)
            return IsAny && other.IsUnknown ? other : other.IsAny ? this : other;
        return other.IsAny || other.IsUnknown || Equals(other) ? this
            : throw new FormatException(
                $"{what} {Words} and {other.Words}; select points with one unit, or divide them by a quantity that "
                    + "gives them the same unit");
    }

    /// <inheritdoc/>
    public bool Equals(Unit? other) => other is not null && IsAny == other.IsAny && IsUnknown == other.IsUnknown
        && powers.SequenceEqual(other.powers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Unit);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the unit as people write it; empty for a plain number and for an unknown unit.</summary>
    public override string ToString()
    {
        var above = string.Join('·',
            powers.Where(power => power.Value > 0).Select(power => Raised(power.Key, power.Value)));
        var below = string.Join('/',
            powers.Where(power => power.Value < 0).Select(power => Raised(power.Key, -power.Value)));
        return below.Length == 0 ? above : $"{(above.Length == 0 ? "1" : above)}/{below}";
    }

    private string Words => ToString() is { Length: > 0 } text ? text : "numbers without a unit";

    private static string Raised(string unit, int power) =>
        power == 1 ? unit : unit + "^" + power.ToString(CultureInfo.InvariantCulture);

    private Unit Combine(Unit other, int sign)
    {
        if (IsUnknown || other.IsUnknown)
            return Unknown;
        if (IsAny && other.IsAny)
            return Any;
        var product = new SortedDictionary<string, int>(powers, StringComparer.Ordinal);
        foreach (var (unit, power) in other.powers)
            product[unit] = product.GetValueOrDefault(unit) + sign * power;
        return Without0(product);
    }

    private static Unit Without0(SortedDictionary<string, int> powers)
    {
        foreach (var unit in powers.Where(power => power.Value == 0).Select(power => power.Key).ToList())
            powers.Remove(unit);
        return new Unit(powers);
    }
}

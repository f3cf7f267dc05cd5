using System.Globalization;
using System.Numerics;

namespace Verus.Artifact.Common;

/// <summary>
/// A number as a fraction of whole numbers, so that arithmetic is exact: for example, a third times three is exactly
/// one.
/// </summary>
internal readonly record struct Fraction
{
    private const int SignificantDigits = 15;
    private readonly BigInteger above, below;

    private Fraction(BigInteger above, BigInteger below)
    {
        var common = BigInteger.GreatestCommonDivisor(above, below) * below.Sign;
        (this.above, this.below) = (above / common, below / common);
    }

    /// <summary>A whole number.</summary>
    public static implicit operator Fraction(long number) => new(number, 1);

    /// <summary>The number that a text denotes (<see cref="Amount.ParseNumber"/>); null when the text denotes no
    /// number.</summary>
    public static Fraction? Parse(string text)
    {
        // A text whose number is zero may have any exponent.
        if (Amount.ParseNumber(text) is not { } number)
            return null;
        if (number == 0)
            return 0;
        var parts = text.Trim().ToLowerInvariant().Split('e');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture);
        var exponent = (parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0)
            - (point < 0 ? 0 : parts[0].Length - point - 1);
        return exponent < 0 ? new Fraction(digits, BigInteger.Pow(10, -exponent))
            : new Fraction(digits * BigInteger.Pow(10, exponent), 1);
    }

    /// <summary>Whether the number has no digits after the decimal point.</summary>
    public bool IsWhole => below.IsOne;

    /// <summary>The sum of two numbers.</summary>
    public static Fraction operator +(Fraction left, Fraction right) =>
        new(left.above * right.below + right.above * left.below, left.below * right.below);

    /// <summary>The difference of two numbers.</summary>
    public static Fraction operator -(Fraction left, Fraction right) =>
        new(left.above * right.below - right.above * left.below, left.below * right.below);

    /// <summary>The product of two numbers.</summary>
    public static Fraction operator *(Fraction left, Fraction right) =>
        new(left.above * right.above, left.below * right.below);

    /// <summary>The quotient of two numbers.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Fraction operator /(Fraction left, Fraction right) =>
        right.above.IsZero ? throw new DivideByZeroException()
            : new(left.above * right.below, left.below * right.above);

    /// <summary>
    /// The number as a text that <see cref="Parse"/> reads: a whole number has all of its digits, any other number is
    /// rounded to 15 significant digits, and no number has an exponent.
    /// </summary>
    public override string ToString()
    {
        if (IsWhole)
            return above.ToString(CultureInfo.InvariantCulture);
        var places = Math.Max(0, Length(below) - Length(above) + SignificantDigits);
        while (places > 0 && Scaled(places).Length > SignificantDigits)
            places--;
        var digits = Scaled(places).PadLeft(places + 1, '0');
        var text = $"{digits[..^places]}.{digits[^places..]}".TrimEnd('0').TrimEnd('.');
        return above.Sign < 0 ? "-" + text : text;
    }

    // The digits of the number's absolute value times a power of ten, rounded half up.
    private string Scaled(int places) =>
        ((BigInteger.Abs(above) * BigInteger.Pow(10, places) * 2 + below) / (below * 2))
            .ToString(CultureInfo.InvariantCulture);

    private static int Length(BigInteger number) =>
        BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).Length;
}

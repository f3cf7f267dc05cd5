using System.Globalization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Extensions;

/// <summary>
/// Reads numbers within a text. A number is read completely or not at all: if the text continues the number before or
/// after the requested part, that part is another number than the one that was printed.
/// </summary>
public static partial class WholeNumber
{
    // The characters that join two groups of digits into one number, a date or a range. A plain space and a slash do
    // not join groups of digits, since they separate columns and occur in texts such as "3/4".
    private const string Joints =
        ".,'’‘:+-*^×·⋅˙٫٬،\u2212\u2010\u2011\u2012\u2013\uFE63\uFF0B\uFF0D\uFF0E\uFF0C\u00A0\u2009\u202F\u2007";
    private const string Minus = "-\u2212\u2010\u2011\u2012\u2013\uFE63\uFF0D";

    /// <summary>Reads a part of a text as a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The index at which the part begins; white space around the number is ignored.</param>
    /// <param name="length">The length of the part.</param>
    /// <param name="named">The index from which the author's pattern itself matches the text before the number; a
    /// letter in that text is not part of the number.</param>
    /// <exception cref="FormatException">The part is not a finite decimal number, or only a part of one; the message of
    /// the exception says which, as a sentence without its subject.</exception>
    public static double Read(string text, int start, int length, int named)
    {
        var end = start + length;
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        var part = text[start..end];
        if (part.Length == 0)
            throw new FormatException("takes nothing");
        if (Parse(part) is not { } value)
            throw new FormatException($"takes '{OutputNumber.Shortened(part)}', which is not a number{Hint(part)}");
        if (!double.IsFinite(value)
            || (value == 0 && part.AsSpan().IndexOfAnyInRange('1', '9') is >= 0 and var digit
                && IsInMantissa(part, digit)))
            throw new FormatException($"takes '{OutputNumber.Shortened(part)}', which is beyond the range of a number");
        return GoesOnBefore(text, start, named) || GoesOnAfter(text, end)
            ? throw new FormatException(
                $"takes '{OutputNumber.Shortened(part)}' out of '{Around(text, start, end)}', which goes on as a "
                    + "number") : value;
    }

    // The form of a number, which has ASCII digits, a decimal point, an exponent, and a sign.
    private static double? Parse(string part) =>
        Form().IsMatch(part) ? double.Parse(part, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    private static bool IsInMantissa(string part, int at) => part.AsSpan().IndexOfAny('e', 'E') is var exponent
        && (exponent < 0 || at < exponent);

    private static string Hint(string part) => part switch
    {
        _ when part.Contains(',', StringComparison.Ordinal) =>
            ": a decimal point and no digit groups are read (LC_ALL=C makes most programs print so)",
        _ when part.AsSpan().IndexOfAny(Minus.AsSpan(1)) >= 0 => ": its minus sign is not the one of ASCII",
        _ => "",
    };

    private static bool GoesOnAfter(string text, int at)
    {
        if (at >= text.Length)
            return false;
        if (text[at] == '_' || IsDigit(text, at))
            return true;
        var next = at;
        while (next < text.Length && Joints.Contains(text[next], StringComparison.Ordinal))
            next++;
        if (next > at)
            return next < text.Length && IsDigit(text, next);
        // Letters after a number are a unit, unless they are in the middle of a number, as in 0x1F, 1e5, and 5m30s.
        while (next < text.Length && char.IsLetter(text[next]))
            next++;
        var letters = text.AsSpan(at, next - at);
        return letters.Length > 0 && (
            (next < text.Length && (text[next] == '_' || IsDigit(text, next)))
            || (letters[0] is 'x' or 'X' && letters.Length > 1 && char.IsAsciiHexDigit(letters[1]))
            || (letters.Length == 1 && "eEdDpPqQ".Contains(letters[0], StringComparison.Ordinal)
                && next + 1 < text.Length && (text[next] == '+' || Minus.Contains(text[next], StringComparison.Ordinal))
                && IsDigit(text, next + 1)));
    }

    private static bool GoesOnBefore(string text, int start, int named)
    {
        var at = start - 1;
        if (at < 0)
            return false;
        if (text[at] == '_' || IsDigitBefore(text, at))
            return true;
        while (at >= 0 && Joints.Contains(text[at], StringComparison.Ordinal))
            at--;
        if (at < start - 1)
            return (at >= 0 && IsDigitBefore(text, at)) || text[start - 1] is '.' or '٫'
                || (Minus.Contains(text[start - 1], StringComparison.Ordinal)
                    && !(at == start - 2 && at >= 0 && char.IsLetter(text[at]) && !IsExponent(text, at)))
                || (text[start - 1] == '+' && at >= 0 && IsExponent(text, at));
        if (!char.IsLetter(text[at]))
            return false;
        var isNamed = at >= named;
        while (at >= 0 && char.IsLetter(text[at]))
            at--;
        return !isNamed
            || (at >= 0 && (text[at] == '_' ? at > 0 && IsDigitBefore(text, at - 1) : IsDigitBefore(text, at)));
    }

    private static bool IsExponent(string text, int at) =>
        "eEdDpPqQ".Contains(text[at], StringComparison.Ordinal) && at > 0
            && (text[at - 1] == '.' || IsDigitBefore(text, at - 1));

    // Whether a character is a digit of any script, a superscript or a fraction.
    private static bool IsDigit(string text, int at) => char.IsNumber(text, at);

    private static bool IsDigitBefore(string text, int at) =>
        char.IsNumber(text, at > 0 && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1])
            ? at - 1 : at);

    private static string Around(string text, int start, int end)
    {
        const int Most = 20;
        var (from, to) = (start, end);
        while (from > 0 && start - from < Most && !char.IsWhiteSpace(text[from - 1]))
            from--;
        while (to < text.Length && to - end < Most && !char.IsWhiteSpace(text[to]))
            to++;
        return text[from..to];
    }

    [GeneratedRegex(@"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

namespace Verus.Artifact.Common;

/// <summary>A value as it stands in a declaration.</summary>
/// <param name="Text">What it is, without quotes.</param>
/// <param name="IsQuoted">Whether it stands in quotes, so that nothing in it has a meaning of its own.</param>
public readonly record struct NotationValue(string Text, bool IsQuoted)
{
    /// <summary>Whether nothing stands there; an empty value is written in quotes.</summary>
    public bool IsAbsent => Text.Length == 0 && !IsQuoted;
}

/// <summary>
/// Reads a text in the notation of declarations from left to right (docs/notation.md has its grammar).
/// </summary>
/// <param name="text">The text.</param>
/// <param name="start">Where it begins in it.</param>
public sealed class NotationReader(string text, int start = 0)
{
    /// <summary>Index of what is read next.</summary>
    public int At { get; private set; } = start;

    /// <summary>The next sign that is no white space; a zero character at the end.</summary>
    public char Next
    {
        get
        {
            while (At < text.Length && char.IsWhiteSpace(text[At]))
                At++;
            return At < text.Length ? text[At] : '\0';
        }
    }

    /// <summary>Whether nothing is left but white space.</summary>
    public bool IsAtEnd => Next == '\0' && At == text.Length;

    /// <summary>What is left.</summary>
    public string Rest => text[At..];

    /// <summary>What was read since an index, without white space around it.</summary>
    public string Since(int index) => text[index..At].Trim();

    /// <summary>Reads a sign if it is the next one.</summary>
    public bool Take(char sign)
    {
        if (IsAtEnd || Next != sign)
            return false;
        At++;
        return true;
    }

    /// <summary>Reads signs that stand together, if they are the next ones.</summary>
    public bool Take(string signs)
    {
        if (IsAtEnd || string.CompareOrdinal(text, At, signs, 0, signs.Length) != 0)
            return false;
        At += signs.Length;
        return true;
    }

    /// <summary>
    /// Reads a value: what stands in single quotes, where two of them are one, or all up to one of the signs that end
    /// it, without the white space around it.
    /// </summary>
    /// <param name="ends">The signs that end a value here.</param>
    /// <exception cref="FormatException">A quote is not closed, or something stands behind the one that
    /// closes.</exception>
    public NotationValue Value(string ends)
    {
        if (Next == '\'')
            return Quoted(ends);
        var length = text.AsSpan(At).IndexOfAny(ends);
        var begin = At;
        At = length < 0 ? text.Length : At + length;
        return new NotationValue(text[begin..At].Trim(), IsQuoted: false);
    }

    private NotationValue Quoted(string ends)
    {
        var open = At;
        var close = Common.Quoted.Close(text, open);
        if (close < 0)
            throw new FormatException(
                $"a single quote in '{text[open..]}' is not closed; double a single quote inside of a quoted value");
        At = close + 1;
        if (!IsAtEnd && !ends.Contains(Next, StringComparison.Ordinal))
        {
            throw new FormatException(
                $"'{Rest.Trim()}' stands behind the quoted value {text[open..(close + 1)]}; a value stands in quotes "
                    + "as a "
                + "whole, and a single quote inside of them is doubled");
        }
        return new NotationValue(Common.Quoted.Value(text[open..(close + 1)]), IsQuoted: true);
    }
}

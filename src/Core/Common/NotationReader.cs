namespace Verus.Artifact.Common;

/// <summary>A value as written in a declaration.</summary>
/// <param name="Text">The value without quotes.</param>
/// <param name="IsQuoted">Whether the value is quoted, so that no character in it has a special meaning.</param>
public readonly record struct NotationValue(string Text, bool IsQuoted)
{
    /// <summary>Whether no value is present; an empty value is written in quotes.</summary>
    public bool IsAbsent => Text.Length == 0 && !IsQuoted;
}

/// <summary>
/// Reads text in the notation of declarations from left to right (the grammar is in docs/notation.md).
/// </summary>
/// <param name="text">The text.</param>
/// <param name="start">The index of the first character to read.</param>
public sealed class NotationReader(string text, int start = 0)
{
    /// <summary>The index of the next character to read.</summary>
    public int At { get; private set; } = start;

    /// <summary>The next character that is not white space; a zero character at the end.</summary>
    public char Next
    {
        get
        {
            while (At < text.Length && char.IsWhiteSpace(text[At]))
                At++;
            return At < text.Length ? text[At] : '\0';
        }
    }

    /// <summary>Whether only white space remains.</summary>
    public bool IsAtEnd => Next == '\0' && At == text.Length;

    /// <summary>The remaining text.</summary>
    public string Rest => text[At..];

    /// <summary>The text that was read since an index, without surrounding white space.</summary>
    public string Since(int index) => text[index..At].Trim();

    /// <summary>Consumes the given character if it is the next one in the text.</summary>
    public bool Take(char sign)
    {
        if (IsAtEnd || Next != sign)
            return false;
        At++;
        return true;
    }

    /// <summary>Consumes the given sequence of characters if the text continues with it.</summary>
    public bool Take(string signs)
    {
        if (IsAtEnd || string.CompareOrdinal(text, At, signs, 0, signs.Length) != 0)
            return false;
        At += signs.Length;
        return true;
    }

    /// <summary>
    /// Reads a value: either text in single quotes, in which a doubled quote stands for one, or everything up to one of
    /// the characters that end a value, without surrounding white space.
    /// </summary>
    /// <param name="ends">The characters that end the value that is read.</param>
    /// <exception cref="FormatException">A quote is not closed, or text follows the closing quote.</exception>
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
                    + "as a whole, and a single quote inside of them is doubled");
        }
        return new NotationValue(Common.Quoted.Value(text[open..(close + 1)]), IsQuoted: true);
    }
}

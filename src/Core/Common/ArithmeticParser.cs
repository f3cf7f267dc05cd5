namespace Verus.Artifact.Common;

/// <summary>
/// Parses arithmetic by recursive descent: numbers, <c>+ - * /</c>, and parentheses, in which <c>*</c> and <c>/</c>
/// bind more tightly. A derived class says what numbers and operations become, and which other operands there are.
/// </summary>
/// <typeparam name="T">The type of the result of an expression.</typeparam>
/// <param name="text">The expression.</param>
internal abstract class ArithmeticParser<T>(string text)
    where T : class
{
    private const int DeepestNesting = 50;
    private int depth;

    /// <summary>The whole expression.</summary>
    protected string Text => text;

    /// <summary>The index of the next character to read.</summary>
    protected int At { get; set; }

    /// <summary>Parses the expression, which must be the whole text.</summary>
    /// <exception cref="FormatException">The text is malformed; the message describes the problem.</exception>
    public T Whole()
    {
        var whole = Sum();
        return Peek() == '\0' ? whole : throw Unexpected();
    }

    /// <summary>Makes a number from its text; returns null when the text is not a number.</summary>
    protected abstract T? Number(string number);

    /// <summary>Makes the result of one of the operations + - * /.</summary>
    protected abstract T Operation(char sign, T left, T right);

    /// <summary>Parses an operand that is neither a number nor in parentheses.</summary>
    /// <param name="next">The first character of the operand, which is not consumed yet.</param>
    protected abstract T Operand(char next);

    /// <summary>Parses a sum; parentheses and arguments contain sums as well.</summary>
    protected T Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
            left = Operation(text[At++], left, Product());
        return left;
    }

    /// <summary>The next character that is not white space; a zero character at the end.</summary>
    protected char Peek()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At]))
            At++;
        return At < text.Length ? text[At] : '\0';
    }

    /// <summary>Consumes characters as long as they belong to a word.</summary>
    protected string While(Func<char, bool> belongs)
    {
        var start = At;
        while (At < text.Length && belongs(text[At]))
            At++;
        return text[start..At];
    }

    /// <summary>Consumes a character that must come next.</summary>
    protected void Expect(char sign)
    {
        if (Peek() != sign)
            throw Unexpected();
        At++;
    }

    /// <summary>The error for a character that has no meaning at its position.</summary>
    protected FormatException Unexpected() => At < text.Length
        ? new FormatException($"'{text[At]}' is not expected at character {At + 1}")
        : new FormatException("it ends too early");

    private T Product()
    {
        var left = Atom();
        while (Peek() is '*' or '/')
            left = Operation(text[At++], left, Atom());
        return left;
    }

    private T Atom()
    {
        if (++depth > DeepestNesting)
            throw new FormatException($"it is nested more than {DeepestNesting} deep");
        var atom = Nested(Peek());
        depth--;
        return atom;
    }

    private T Nested(char next)
    {
        switch (next)
        {
            case '-':
                At++;
                return Operation('-', Number("0")!, Atom());
            case '(':
                At++;
                var inner = Sum();
                Expect(')');
                return inner;
            case >= '0' and <= '9':
                return ReadNumber();
            default:
                return Operand(next);
        }
    }

    private T ReadNumber()
    {
        var start = At;
        While(c => char.IsAsciiDigit(c) || c == '.');
        if (At < text.Length && text[At] is 'e' or 'E')
        {
            At++;
            if (At < text.Length && text[At] is '-' or '+')
                At++;
            While(char.IsAsciiDigit);
        }
        return Number(text[start..At])
            ?? throw new FormatException($"'{text[start..At]}' at character {start + 1} is not a number");
    }
}

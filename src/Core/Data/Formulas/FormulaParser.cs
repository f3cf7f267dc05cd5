using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>Parses formulas by recursive descent; the message of the exception describes the problem.</summary>
internal sealed class FormulaParser(string text, Catalogue<IFormulaFunction> functions)
{
    private const int DeepestNesting = 50;
    private int at;
    private int depth;

    /// <summary>Parses the formula, which must be the whole text.</summary>
    /// <exception cref="FormatException">The text is not a formula.</exception>
    public Formula Whole()
    {
        var formula = Sum();
        return Peek() == '\0' ? formula : throw Unexpected();
    }

    private Formula Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
            left = new Formula.Operation(text[at++], left, Product());
        return left;
    }

    private Formula Product()
    {
        var left = Atom();
        while (Peek() is '*' or '/')
            left = new Formula.Operation(text[at++], left, Atom());
        return left;
    }

    private Formula Atom()
    {
        if (++depth > DeepestNesting)
            throw new FormatException($"it is nested more than {DeepestNesting} deep");
        var atom = Deeper();
        depth--;
        return atom;
    }

    private Formula Deeper()
    {
        switch (Peek())
        {
            case '-':
                at++;
                return new Formula.Operation('-', new Formula.Number(0), Atom());
            case '(':
                at++;
                var inner = Sum();
                Expect(')');
                return inner;
            case '[':
                return Select();
            case >= '0' and <= '9':
                return Number();
            case var c when char.IsAsciiLetter(c):
                return Apply();
            default:
                throw Unexpected();
        }
    }

    private Formula.Number Number()
    {
        var start = at;
        While(c => char.IsAsciiDigit(c) || c == '.');
        if (at < text.Length && text[at] is ('e' or 'E'))
        {
            at++;
            if (at < text.Length && text[at] is ('-' or '+'))
                at++;
            While(char.IsAsciiDigit);
        }
        return Amount.ParseNumber(text[start..at]) is { } number
            ? new Formula.Number(number)
            : throw new FormatException($"'{text[start..at]}' at character {start + 1} is not a number");
    }

    private Formula.Selection Select()
    {
        var open = at++;
        var reader = new NotationReader(text, at);
        var conditions = Condition.ReadAll(reader, "]");
        if (!reader.Take(']'))
            throw new FormatException($"the bracket at character {open + 1} is not closed");
        at = reader.At;
        return new Formula.Selection(conditions);
    }

    private Formula.Application Apply()
    {
        var start = at;
        var name = While(c => char.IsAsciiLetterOrDigit(c));
        var own = FormulaFunctions.Knows(name) ? null : functions.Find(name);
        if (own is null && !FormulaFunctions.Knows(name))
            throw new FormatException(
                $"there is no function '{name}' (character {start + 1}); there are "
                    + $"{string.Join(", ", FormulaFunctions.Names.Concat(functions.Names))}");
        Expect('(');
        var arguments = new List<Formula> { Sum() };
        string? column = null;
        while (Peek() == ',' && column is null)
        {
            at++;
            // A bare word is a column, unless a parenthesis follows and makes it a function.
            if (char.IsAsciiLetter(Peek()) && IsColumn())
                column = While(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Trim();
            else
                arguments.Add(Sum());
        }
        Expect(')');
        var call = new Formula.Application(name, arguments, column) { Own = own };
        FormulaFunctions.Check(call);
        return call;
    }

    private bool IsColumn()
    {
        var end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
            end++;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        return end < text.Length && text[end] == ')';
    }

    private char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    private string While(Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length && belongs(text[at]))
            at++;
        return text[start..at];
    }

    private void Expect(char c)
    {
        if (Peek() != c)
            throw Unexpected();
        at++;
    }

    private FormatException Unexpected() => at < text.Length
        ? new FormatException($"'{text[at]}' is not expected at character {at + 1}")
        : new FormatException("it ends too early");
}

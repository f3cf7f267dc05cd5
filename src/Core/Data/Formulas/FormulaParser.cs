using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>Parses formulas, which are arithmetic expressions with functions and selections of points.</summary>
internal sealed class FormulaParser(string text, Catalogue<IFormulaFunction> functions)
    : ArithmeticParser<Formula>(text)
{
    /// <inheritdoc/>
    protected override Formula? Number(string number) =>
        Amount.ParseNumber(number) is { } value ? new Formula.Number(value) : null;

    /// <inheritdoc/>
    protected override Formula Operation(char sign, Formula left, Formula right) =>
        new Formula.Operation(sign, left, right);

    /// <inheritdoc/>
    protected override Formula Operand(char next) => next == '[' ? Select()
        : char.IsAsciiLetter(next) ? Apply() : throw Unexpected();

    private Formula.Selection Select()
    {
        var open = At++;
        var reader = new NotationReader(Text, At);
        var conditions = Condition.ReadAll(reader, "]");
        if (!reader.Take(']'))
            throw new FormatException($"the bracket at character {open + 1} is not closed");
        At = reader.At;
        return new Formula.Selection(conditions);
    }

    private Formula.Application Apply()
    {
        var start = At;
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
            At++;
            // In the last argument of a function, a bare word is a column, unless a parenthesis follows it and makes it
            // a function.
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
        var end = At;
        while (end < Text.Length && (char.IsAsciiLetterOrDigit(Text[end]) || Text[end] is '_' or '-'))
            end++;
        while (end < Text.Length && char.IsWhiteSpace(Text[end]))
            end++;
        return end < Text.Length && Text[end] == ')';
    }
}

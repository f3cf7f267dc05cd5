using System.Globalization;
using Verus.Artifact.Data;

namespace Verus.Artifact.Claims;

/// <summary>
/// A quantity over the points of a dataset. Square brackets select points: <c>[series!=Verus; pushes&gt;=4]</c>. The operators
/// <c>+ - * /</c> work point by point, on points that agree in the columns that both sides have; a column that a selection fixes to one value is
/// gone from its points. Functions make one number of many, or one for each group: see docs/claims.md.
/// </summary>
public abstract record Formula
{
    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Formula;

    /// <summary>Points that satisfy conditions.</summary>
    public sealed record Selection(IReadOnlyList<Condition> Conditions) : Formula;

    /// <summary>An arithmetic operation.</summary>
    public sealed record Operation(char Symbol, Formula Left, Formula Right) : Formula;

    /// <summary>A function; its last argument may be a column.</summary>
    public sealed record Application(string Name, IReadOnlyList<Formula> Arguments, string? Column) : Formula;

    /// <summary>Reads a formula; null with a problem when it is malformed.</summary>
    public static Formula? Parse(string text, out string problem)
    {
        try
        {
            problem = "";
            return new Parser(text).Whole();
        }
        catch (FormatException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>All columns that the formula names.</summary>
    public IEnumerable<string> Columns => this switch
    {
        Selection selection => selection.Conditions.Select(condition => condition.Column),
        Operation operation => operation.Left.Columns.Concat(operation.Right.Columns),
        Application call => call.Arguments.SelectMany(argument => argument.Columns).Concat(call.Column is null ? [] : [call.Column]),
        _ => [],
    };

    private sealed class Parser(string text)
    {
        private int at;

        public Formula Whole()
        {
            var formula = Sum();
            return Peek() == '\0' ? formula : throw Unexpected();
        }

        private Formula Sum()
        {
            var left = Product();
            while (Peek() is '+' or '-')
                left = new Operation(text[at++], left, Product());
            return left;
        }

        private Formula Product()
        {
            var left = Atom();
            while (Peek() is '*' or '/')
                left = new Operation(text[at++], left, Atom());
            return left;
        }

        private Formula Atom()
        {
            switch (Peek())
            {
                case '(':
                    at++;
                    var inner = Sum();
                    Expect(')');
                    return inner;
                case '[':
                    return Select();
                case >= '0' and <= '9':
                    return new Number(double.Parse(While(c => char.IsAsciiDigit(c) || c == '.'), CultureInfo.InvariantCulture));
                case var c when char.IsAsciiLetter(c):
                    return Apply();
                default:
                    throw Unexpected();
            }
        }

        private Selection Select()
        {
            var open = at++;
            var quoted = false;
            while (at < text.Length && (quoted || text[at] != ']'))
                quoted ^= text[at++] == '\'';
            if (at == text.Length)
                throw new FormatException($"the bracket at character {open + 1} is not closed");
            var conditions = Condition.Parse(text[(open + 1)..at++], out var problem);
            return new Selection(conditions ?? throw new FormatException(problem));
        }

        private Application Apply()
        {
            var start = at;
            var name = While(c => char.IsAsciiLetterOrDigit(c));
            if (!FormulaFunctions.Names.Contains(name))
                throw new FormatException($"there is no function '{name}' (character {start + 1}); there are {string.Join(", ", FormulaFunctions.Names)}");
            Expect('(');
            var arguments = new List<Formula> { Sum() };
            string? column = null;
            while (Peek() == ',' && column is null)
            {
                at++;
                // A bare word is a column, unless a bracket makes it a function.
                if (char.IsAsciiLetter(Peek()) && IsColumn())
                    column = While(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Trim();
                else
                    arguments.Add(Sum());
            }
            Expect(')');
            FormulaFunctions.Check(name, arguments.Count, column);
            return new Application(name, arguments, column);
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
}

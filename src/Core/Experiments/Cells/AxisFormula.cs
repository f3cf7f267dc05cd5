using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The formula that computes the value of an axis from the values of other axes, such as <c>{n} *
/// 1024</c>.</summary>
/// <param name="Text">The formula as written.</param>
/// <param name="Names">The axes that the formula names, each once.</param>
/// <param name="HasProcessors">Whether the formula contains the number of processors of the machine.</param>
/// <param name="Compute">Computes the value, given the number of each axis.</param>
internal sealed record AxisFormula(string Text, IReadOnlyList<string> Names, bool HasProcessors,
    Func<Func<string, Fraction>, Fraction> Compute)
{
    /// <summary>Parses a formula.</summary>
    /// <exception cref="AxisProblem">The text is not a formula.</exception>
    public static AxisFormula Parse(string axis, string text, int processors)
    {
        var template = Template.Parse(text);
        var parser = new Parser(template, processors);
        try
        {
            if (template.IsOpen)
                throw new FormatException("a brace is not closed");
            if (text.Contains(Parser.Axis, StringComparison.Ordinal))
                throw new FormatException("it has a character of no meaning");
            var compute = parser.Whole();
            return new AxisFormula(text, parser.Names, parser.HasProcessors, compute);
        }
        catch (FormatException malformed)
        {
            throw new AxisProblem(ExperimentRules.BadAxisFormula, axis, text, malformed.Message);
        }
    }

    // Before parsing, each axis in braces is replaced by one letter and blanks of the same total length, so that the
    // positions of characters in messages stay correct.
    private sealed class Parser(Template template, int processors)
        : ArithmeticParser<Func<Func<string, Fraction>, Fraction>>(
            template.Fill(placeholder => Axis + new string(' ', placeholder.Text.Length + 1)))
    {
        public const string Axis = "\uE000";

        private readonly List<string> names = [];
        private readonly Queue<Placeholder> axes = new(template.Placeholders);

        public IReadOnlyList<string> Names => names;

        public bool HasProcessors { get; private set; }

        protected override Func<Func<string, Fraction>, Fraction>? Number(string number) =>
            Fraction.Parse(number) is { } value ? _ => value : null;

        protected override Func<Func<string, Fraction>, Fraction> Operation(char sign,
            Func<Func<string, Fraction>, Fraction> left, Func<Func<string, Fraction>, Fraction> right) => sign switch
            {
                '+' => of => left(of) + right(of),
                '-' => of => left(of) - right(of),
                '*' => of => left(of) * right(of),
                _ => of => left(of) / right(of),
            };

        protected override Func<Func<string, Fraction>, Fraction> Operand(char next)
        {
            if (char.IsAsciiLetter(next))
                throw new FormatException(
                    $"'{While(c => char.IsAsciiLetterOrDigit(c) || c is '_')}' is neither a number nor an axis in "
                        + "braces");
            if (next != Axis[0])
                throw Unexpected();
            At++;
            var name = axes.Dequeue().Text.Trim();
            if (name == MatrixReader.Processors)
            {
                HasProcessors = true;
                return _ => processors;
            }
            if (!names.Contains(name))
                names.Add(name);
            return of => of(name);
        }
    }
}

namespace Verus.Artifact.Common;

/// <summary>
/// A condition on a named value, which is a column of a dataset, an axis of a matrix, or a fact of a machine:
/// <c>series=zstd,xz</c>, <c>series!=zstd</c>, <c>level&gt;=4</c>, <c>memory&gt;=6GiB</c>. The four inequality
/// operators compare numbers and sizes (<see cref="Amount.ParseBytes"/>), the other two operators compare texts. The
/// user documentation of conditions is docs/notation.md.
/// </summary>
/// <param name="Name">The name of the value.</param>
/// <param name="Operator">The operator, which is one of =, !=, &gt;=, &lt;=, &gt; and &lt;.</param>
/// <param name="Values">The values to compare with; exactly one, unless the operator is = or !=.</param>
public sealed record Condition(string Name, string Operator, IReadOnlyList<string> Values)
{
    private static readonly string[] Operators = ["!=", ">=", "<=", "=", ">", "<"];

    /// <summary>Whether the condition allows only one value.</summary>
    public bool IsSingle => Operator == "=" && Values.Count == 1;

    /// <summary>Whether the condition compares texts rather than numbers.</summary>
    public bool IsOfTexts => Operator is "=" or "!=";

    /// <summary>
    /// Parses conditions separated by semicolons, all of which must hold; returns null and the problem when a condition
    /// is malformed.
    /// </summary>
    public static IReadOnlyList<Condition>? Parse(string text, out string problem)
    {
        try
        {
            problem = "";
            return ReadAll(new NotationReader(text), "");
        }
        catch (FormatException malformed)
        {
            problem = malformed.Message;
            return null;
        }
    }

    /// <summary>Reads conditions up to one of the given end characters, or to the end of the text.</summary>
    /// <exception cref="FormatException">A condition is malformed.</exception>
    internal static List<Condition> ReadAll(NotationReader reader, string ends)
    {
        var conditions = new List<Condition>();
        while (!reader.IsAtEnd && !ends.Contains(reader.Next, StringComparison.Ordinal))
        {
            if (!reader.Take(';'))
                conditions.Add(Read(reader, ends));
        }
        return conditions;
    }

    private static Condition Read(NotationReader reader, string ends)
    {
        var start = reader.At;
        var name = reader.Value(";=!<>" + ends).Text;
        var symbol = Operators.FirstOrDefault(reader.Take);
        if (name.Length == 0)
            throw new FormatException(
                $"'{reader.Since(start)}' is not a condition such as column=value: it has no name");
        if (symbol is null)
        {
            reader.Value(";" + ends);
            throw new FormatException($"'{reader.Since(start)}' is not a condition such as column=value");
        }
        var values = new List<string>();
        do
        {
            if (reader.Value(",;" + ends) is { IsAbsent: false } value)
                values.Add(value.Text);
        }
        while (reader.Take(','));
        return values.Count > 0 && (symbol is "=" or "!=" || (values.Count == 1 && IsNumber(values[0], out _)))
            ? new Condition(name, symbol, values)
            : throw new FormatException(
                $"'{reader.Since(start)}' has no value that '{symbol}' can compare with");
    }

    /// <summary>Whether a value satisfies the condition.</summary>
    public bool Holds(string value) => Operator switch
    {
        "=" => Values.Contains(value, StringComparer.Ordinal),
        "!=" => !Values.Contains(value, StringComparer.Ordinal),
        _ => IsNumber(value, out var number) && IsNumber(Values[0], out var bound) && Operator switch
        {
            ">=" => number >= bound,
            "<=" => number <= bound,
            ">" => number > bound,
            _ => number < bound,
        },
    };

    /// <summary>Whether a value or its label satisfies the condition; the condition may name either the value or the
    /// label.</summary>
    public bool Holds(string value, string label) =>
        Operator == "!=" ? Holds(value) && Holds(label) : Holds(value) || Holds(label);

    /// <summary>The operator and the values of the condition, as they would be written after its name.</summary>
    public string Demand => Operator + string.Join(',', Values.Select(Notation.Write));

    /// <summary>The condition as it would be written in a declaration.</summary>
    public override string ToString() => Notation.Write(Name) + Demand;

    private static bool IsNumber(string text, out double number)
    {
        number = Amount.ParseNumber(text) ?? Amount.ParseBytes(text) ?? double.NaN;
        return double.IsFinite(number);
    }
}

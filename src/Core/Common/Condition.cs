using System.Globalization;

namespace Verus.Artifact.Common;

/// <summary>
/// A condition on a named value, which is a column of a dataset, an axis of a matrix, or a fact of a machine:
/// <c>series=zstd,xz</c>, <c>series!=zstd</c>, <c>level&gt;=4</c>, <c>memory&gt;=6GiB</c>. The four inequalities
/// compare numbers and sizes (<see cref="Amount.ParseBytes"/>), the other two compare texts. docs/data.md has it for
/// users.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Operator">One of =, !=, &gt;=, &lt;=, &gt; and &lt;.</param>
/// <param name="Values">What it is compared with; one value, unless the operator is = or !=.</param>
public sealed record Condition(string Name, string Operator, IReadOnlyList<string> Values)
{
    private const string Signs = ";,|=!<>[]:";

    private static readonly string[] Operators = ["!=", ">=", "<=", "=", ">", "<"];

    /// <summary>Whether the condition leaves one value only.</summary>
    public bool IsSingle => Operator == "=" && Values.Count == 1;

    /// <summary>Whether it compares texts, not numbers.</summary>
    public bool IsOfTexts => Operator is "=" or "!=";

    /// <summary>
    /// Reads conditions separated by semicolons, all of which hold; null with a problem when one is malformed.
    /// </summary>
    public static IReadOnlyList<Condition>? Parse(string text, out string problem)
    {
        var conditions = new List<Condition>();
        problem = "";
        if (Quoted.IsOpen(text))
        {
            problem = $"a single quote in '{text}' is not closed; one inside of a quoted value is doubled";
            return null;
        }
        foreach (var part in Quoted.List(text, ';'))
        {
            var found = Operators.Select(symbol => (symbol, at: Quoted.IndexOf(part, symbol)))
                .Where(pair => pair.at > 0)
                .OrderBy(pair => pair.at).ThenByDescending(pair => pair.symbol.Length).FirstOrDefault();
            if (found.symbol is null)
            {
                problem = $"'{part}' is no condition such as column=value";
                return null;
            }
            var values = Quoted.List(part[(found.at + found.symbol.Length)..], ',').Select(Quoted.Value).ToList();
            if (values.Count == 0
                || (found.symbol is not ("=" or "!=") && (values.Count != 1 || !IsNumber(values[0], out _))))
            {
                problem = $"'{part}' compares with nothing that '{found.symbol}' can compare with";
                return null;
            }
            conditions.Add(new Condition(Quoted.Value(part[..found.at].Trim()), found.symbol, values));
        }
        return conditions;
    }

    /// <summary>Whether a value satisfies it.</summary>
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

    /// <summary>Whether a value with a label satisfies it, by whichever of the two the condition names it.</summary>
    public bool Holds(string value, string label) =>
        Operator == "!=" ? Holds(value) && Holds(label) : Holds(value) || Holds(label);

    /// <summary>What stands behind the name, as it would be written.</summary>
    public string Demand => Operator + string.Join(',', Values.Select(value => Quoted.Write(value, Signs)));

    /// <summary>The condition as it would be written.</summary>
    public override string ToString() => Quoted.Write(Name, Signs) + Demand;

    private static bool IsNumber(string text, out double number)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            number = Amount.ParseBytes(text) ?? double.NaN;
        return double.IsFinite(number);
    }
}

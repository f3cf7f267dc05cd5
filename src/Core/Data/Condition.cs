using System.Globalization;
using Verus.Artifact.Common;

namespace Verus.Artifact.Data;

/// <summary>
/// A condition on a column: <c>series=zstd,xz</c>, <c>series!=zstd</c>, <c>level&gt;=4</c>. Values compare as numbers for the four
/// inequalities and as texts else; a value with a comma, a semicolon or a bracket stands in single quotes (<see cref="Quoted"/>).
/// </summary>
public sealed record Condition(string Column, string Operator, IReadOnlyList<string> Values)
{
    private static readonly string[] Operators = ["!=", ">=", "<=", "=", ">", "<"];

    /// <summary>Whether the condition leaves one value only.</summary>
    public bool IsSingle => Operator == "=" && Values.Count == 1;

    /// <summary>Reads conditions that are separated by semicolons; null with a problem when one is malformed.</summary>
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
            var found = Operators.Select(symbol => (symbol, at: Quoted.IndexOf(part, symbol))).Where(pair => pair.at > 0)
                .OrderBy(pair => pair.at).ThenByDescending(pair => pair.symbol.Length).FirstOrDefault();
            if (found.symbol is null)
            {
                problem = $"'{part}' is no condition such as column=value";
                return null;
            }
            var values = Quoted.List(part[(found.at + found.symbol.Length)..], ',').Select(Quoted.Value).ToList();
            if (values.Count == 0 || (found.symbol is not ("=" or "!=") && (values.Count != 1 || !IsNumber(values[0], out _))))
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

    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Data.Formulas;

/// <summary>
/// A quantity over the points of a dataset. Square brackets in a formula select points: <c>[series!=zstd;
/// level&gt;=4]</c>. The operators <c>+ - * /</c> combine points that agree in the columns that both sides have. A
/// column that a selection fixes to one value is dropped from the selected points. Functions reduce many numbers to one
/// number, or to one number for each group: see docs/claims.md.
/// </summary>
public abstract record Formula
{
    private const int LongestText = 2000;

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Formula;

    /// <summary>Points that satisfy conditions.</summary>
    public sealed record Selection(IReadOnlyList<Condition> Conditions) : Formula;

    /// <summary>An arithmetic operation.</summary>
    public sealed record Operation(char Symbol, Formula Left, Formula Right) : Formula;

    /// <summary>A call of a function, whose last argument may be a column.</summary>
    public sealed record Application(string Name, IReadOnlyList<Formula> Arguments, string? Column) : Formula
    {
        /// <summary>The extension's function that is applied; null for a function that ships with the SDK.</summary>
        public IFormulaFunction? Own { get; init; }
    }

    /// <summary>Reads a formula; returns null and a problem when it is malformed.</summary>
    /// <param name="text">The formula.</param>
    /// <param name="problem">The problem of the formula; empty when the formula is well-formed.</param>
    /// <param name="extensions">The extensions that the formula may refer to; null for those that ship with the
    /// SDK.</param>
    public static Formula? Parse(string text, out string problem, ExtensionSet? extensions = null)
    {
        try
        {
            problem = text.Length <= LongestText ? "" : $"it is longer than {LongestText} characters";
            return problem.Length > 0
                ? null : new FormulaParser(text, (extensions ?? ExtensionSet.BuiltIn).Functions).Whole();
        }
        catch (FormatException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>All selections of points in the formula.</summary>
    public IEnumerable<Selection> Selections => this switch
    {
        Selection selection => [selection],
        Operation operation => operation.Left.Selections.Concat(operation.Right.Selections),
        Application call => call.Arguments.SelectMany(argument => argument.Selections),
        _ => [],
    };

    /// <summary>All arithmetic operations in the formula.</summary>
    public IEnumerable<Operation> Operations => this switch
    {
        Operation operation => operation.Left.Operations.Concat(operation.Right.Operations).Append(operation),
        Application call => call.Arguments.SelectMany(argument => argument.Operations),
        _ => [],
    };

    /// <summary>
    /// Whether the formula is the smallest or the largest of several numbers, each of which is computed from single
    /// points.
    /// </summary>
    public bool IsExtremeOfPoints => this switch
    {
        Operation operation => operation is { Right: Number, Left.IsExtremeOfPoints: true }
            or { Left: Number, Right.IsExtremeOfPoints: true },
        Application { Name: "min" or "max", Column: null } call => call.Arguments[0].IsPointByPoint,
        _ => false,
    };

    private bool IsPointByPoint => this switch
    {
        Operation operation => operation.Left.IsPointByPoint && operation.Right.IsPointByPoint,
        Application => false,
        _ => true,
    };

    /// <summary>The columns along which functions of the formula run; their values must be numbers.</summary>
    public IEnumerable<string> NumericColumns => this switch
    {
        Operation operation => operation.Left.NumericColumns.Concat(operation.Right.NumericColumns),
        Application call => call.Arguments.SelectMany(argument => argument.NumericColumns)
            .Concat(call.Column is { } column && FormulaFunctions.NeedsNumbers(call) ? [column] : []),
        _ => [],
    };

    /// <summary>Whether the formula contains a number, which may be a factor between units.</summary>
    public bool HasNumbers => this switch
    {
        Number => true,
        Operation operation => operation.Left.HasNumbers || operation.Right.HasNumbers,
        Application call => call.Arguments.Any(argument => argument.HasNumbers),
        _ => false,
    };

    /// <summary>Whether the formula takes an arithmetic mean or a sum of ratios.</summary>
    public bool AveragesRatios => this switch
    {
        Operation operation => operation.Left.AveragesRatios || operation.Right.AveragesRatios,
        Application { Name: "mean" or "sum" } call => call.Arguments.Any(argument =>
            argument.AveragesRatios || argument is Operation { Symbol: '/', Right: not Number, Left: not Number }),
        Application call => call.Arguments.Any(argument => argument.AveragesRatios),
        _ => false,
    };

    /// <summary>Whether the formula counts points.</summary>
    public bool Counts => this switch
    {
        Operation operation => operation.Left.Counts || operation.Right.Counts,
        Application call => call.Name == "count" || call.Arguments.Any(argument => argument.Counts),
        _ => false,
    };

    /// <summary>All columns that the formula names.</summary>
    public IEnumerable<string> Columns => this switch
    {
        Selection selection => selection.Conditions.Select(condition => condition.Name),
        Operation operation => operation.Left.Columns.Concat(operation.Right.Columns),
        Application call => call.Arguments.SelectMany(argument => argument.Columns)
            .Concat(call.Column is null ? [] : [call.Column]),
        _ => [],
    };
}

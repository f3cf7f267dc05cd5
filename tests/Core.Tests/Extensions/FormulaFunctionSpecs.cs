using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Data.Formulas;
using Verus.Artifact.Tests.Claims;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Tests formula functions that extensions provide: predicates and derived points can use them, and their failures are
/// reported.
/// </summary>
public sealed class FormulaFunctionSpecs : EvaluationFixture
{
    private const string Sum = "var sum = 0.0; foreach (var value in values) sum += value; return sum;";

    [Theory]
    [InlineData("Group", "mine([])", Sum, 63)]
    [InlineData("Group", "min(mine([], n))", Sum, 9)]
    [InlineData("Group", "max(mine([], n) + 1)", Sum, 55)]
    [InlineData("AlongColumn", "mine([s=A], n)", "return positions[^1] * 100 + values[0];", 302)]
    [InlineData("PointByPoint", "sum(mine([s=A]))", "return values.Length * 10 + positions.Length + values[0];", 39)]
    [InlineData("Group", "MINE([])", Sum, 63)]
    public void It_computes_what_it_says(string shape, string formula, string compute, double expected)
    {
        var data = ClaimsFixture.Measured(("A", 1, [2]), ("A", 2, [3]), ("A", 3, [4]), ("B", 1, [17]), ("B", 2, [18]),
            ("B", 3, [19]));
        Value(formula, Function(shape, compute), data).ShouldBe(expected);
    }

    [Fact]
    public void The_function_of_the_page_computes_what_it_says()
    {
        var data = ClaimsFixture.Measured(("A", 1, [2]), ("A", 2, [6]));
        var file = Compiled.To(Bin, "ExampleOfFunction", DocumentedExtensionSpecs.Example("HarmonicMean"));
        Value("harmonic([])", Set(file), data).ShouldBe(3, 1e-12);
    }

    [Fact]
    public void Groups_with_too_few_points_are_left_out_and_the_verdict_says_so()
    {
        var data = ClaimsFixture.Measured(("A", 1, [2]), ("A", 2, [3]), ("B", 1, [17]));
        var verdict = Judge("max(mine([], n))", Function("Group", Sum, "public int FewestPoints => 2;"), data);
        verdict.Value!.Value.ShouldBe(5);
        verdict.Notes.ShouldContain(note => note.Contains("left out of mine along n: B, 1 of the 2 points",
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Same", "mine([]) / max([])", "")]
    [InlineData("None", "mine([])", "")]
    [InlineData("Unknown", "mine([])", "")]
    [InlineData("Same", "mine([])", "s")]
    public void Its_unit_is_what_it_says(string unit, string formula, string expected)
    {
        var data = ClaimsFixture.Measured(("A", 1, [2]), ("A", 2, [3]));
        var parsed = Formula.Parse(formula, out _, Function("Group", Sum,
            $"public FunctionUnit Unit => FunctionUnit.{unit};"))!;
        new FormulaEvaluator(data, [], parsed).Numbers().ShouldHaveSingleItem().Unit.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("return double.NaN;")]
    [InlineData("return 1 / (values[0] - values[0]);")]
    public void Without_a_value_there_is_no_verdict(string compute) =>
        Judge("mine([])", Function("Group", compute), ClaimsFixture.Measured(("A", 1, [2]))).Outcome
            .ShouldBe(VerdictOutcome.NotMeasured);

    [Theory]
    [InlineData("Group", "mine([], n, n)", "no function 'n'")]
    [InlineData("Group", "mine([], [])", "takes one quantity and perhaps a column")]
    [InlineData("AlongColumn", "mine([])", "takes one quantity and a column")]
    [InlineData("PointByPoint", "mine([], n)", "takes one quantity")]
    [InlineData("Group", "mean_([])", "character")]
    [InlineData("Group", "mines([])", "pearson, mine")]
    public void Its_arguments_are_checked_as_those_of_any_other(string shape, string formula, string says)
    {
        Formula.Parse(formula, out var problem, Function(shape, Sum)).ShouldBeNull();
        problem.ShouldContain(says);
    }

    [Fact]
    public void A_column_that_it_goes_along_has_numbers()
    {
        var parsed = (Formula.Application)Formula.Parse("mine([], s)", out _, Function("AlongColumn", Sum))!;
        parsed.NumericColumns.ShouldBe(["s"]);
    }

    [Fact]
    public async Task It_is_known_to_predicates_and_derived_points_and_part_of_what_a_call_depends_on()
    {
        Use(Compile("Group", "return 7;"));
        Declare("Experiment", "E", ("Command", "sh -c 'echo {tool}'"), ("Matrix", "tool=fast,slow"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Derived", "tool=mine: mine([], tool)"));
        Declare("Claim", "C", ("Title", "A claim"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "mine([tool!=mine])"), ("AtLeast",
            "7"), ("AtMost", "7"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadLines(Path.Combine(Layout.Data, "D.csv"))
            .ShouldContain(line => line.StartsWith("mine,7,", StringComparison.Ordinal));
        Verdicts().ShouldContain("Supported");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        Compile("Group", "return 8;");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadLines(Path.Combine(Layout.Data, "D.csv"))
            .ShouldContain(line => line.StartsWith("mine,8,", StringComparison.Ordinal));
        Verdicts().ShouldNotContain("\"Supported\"");
    }

    [Theory]
    [InlineData("throw new InvalidOperationException(\"not today\");",
        "'mine', which an extension provides, failed: InvalidOperationException: not today")]
    [InlineData("return values[99];", "IndexOutOfRangeException")]
    [InlineData("throw new FormatException(\"it needs a pair\");", "(it needs a pair)")]
    public void One_that_fails_is_an_error_of_what_asks_for_it(string compute, string says)
    {
        Use(Compile("Group", compute));
        Declare("Experiment", "E", ("Command", "sh -c 'echo {tool}'"), ("Matrix", "tool=fast,slow"));
        Declare("Dataset", "D", ("Experiments", "E"));
        Declare("Claim", "C", ("Title", "A claim"));
        Declare("Predicate", "P", ("Claim", "C"), ("Dataset", "D"), ("Quantity", "mine([])"), ("AtLeast", "7"));
        var problem = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        problem.Rule.ShouldBe(ClaimRules.BadFormula);
        problem.Message.ShouldContain(says.Trim('(', ')'));
    }

    [Theory]
    [InlineData("public int FewestPoints => throw new InvalidOperationException(\"not today\");")]
    [InlineData("public FunctionUnit Unit => throw new InvalidOperationException(\"not today\");")]
    public void A_member_that_fails_is_told_when_it_is_loaded(string more) =>
        Refused(more, "mine", "VART0144", "not today");

    [Theory]
    [InlineData("mean", "has the function 'mean', which the SDK has already")]
    [InlineData("Mean", "which the SDK has already")]
    [InlineData("P50", "which the SDK has already")]
    [InlineData("above", "which the SDK has already")]
    [InlineData("my-mean", "names of letters and digits")]
    [InlineData("2mean", "names of letters and digits")]
    public void A_name_that_formulas_cannot_have_is_refused(string name, string says) =>
        Refused("", name, "VART0143", says);

    private string Bin => Path.Combine(Folder, "extension");

    private void Use(string file) => Declare("ArtifactExtension", file);

    private string Verdicts() => string.Concat(Directory.EnumerateFiles(Layout.Claims, "*.json").AtLeastOne()
        .Select(File.ReadAllText));

    private void Refused(string more, string name, string code, string says)
    {
        Use(Compile("Group", Sum, more, name));
        var problem = Declared.Problems(Items, Layout).ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe(code);
        problem.Message.ShouldContain(says);
    }

    private ExtensionSet Function(string shape, string compute, string more = "") =>
        Set(Compile(shape, compute, more, assembly: $"Mine{Guid.NewGuid():N}"));

    private static ExtensionSet Set(string file)
    {
        var assembly = System.Reflection.Assembly.LoadFrom(file);
        var set = ExtensionSet.BuiltIn.With(assembly, "", "Mine.dll", FormulaFunctions.Refused, out var problem);
        problem.ShouldBeNull();
        return set;
    }

    private static PredicateVerdict Judge(string formula, ExtensionSet extensions, Dataset data)
    {
        var predicate = ClaimsFixture.Predicate("max([])", ("AtLeast", "0")) with
        {
            Quantity = Formula.Parse(formula,
            out var problem, extensions)
        };
        problem.ShouldBeEmpty();
        return ClaimEvaluator.Judge(predicate, data);
    }

    private static double Value(string formula, ExtensionSet extensions, Dataset data) =>
        Judge(formula, extensions, data).Value!.Value;

    private string Compile(string shape, string compute, string more = "", string name = "mine",
        string assembly = "Mine") =>
        Compiled.To(Bin, assembly, $$"""
        using Verus.Artifact.Extensions;
        public sealed class Mine : IFormulaFunction
        {
            public string Name => "{{name}}";
            public int Version => 1;
            public FunctionShape Shape => FunctionShape.{{shape}};
            {{more}}
            public double Compute(ReadOnlySpan<double> values, ReadOnlySpan<double> positions) { {{compute}} }
        }
        """);
}

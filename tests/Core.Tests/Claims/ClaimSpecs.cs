using System.Text.Json;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Claims.ClaimsFixture;

namespace Verus.Artifact.Tests.Claims;

public sealed class ClaimSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("claims-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(new[] { VerdictOutcome.Supported, VerdictOutcome.Supported }, VerdictOutcome.Supported)]
    [InlineData(new[] { VerdictOutcome.Supported, VerdictOutcome.NotMeasured }, VerdictOutcome.Inconclusive)]
    [InlineData(new[] { VerdictOutcome.Supported, VerdictOutcome.Inconclusive }, VerdictOutcome.Inconclusive)]
    [InlineData(new[] { VerdictOutcome.Inconclusive, VerdictOutcome.NotSupported }, VerdictOutcome.NotSupported)]
    [InlineData(new[] { VerdictOutcome.NotMeasured, VerdictOutcome.NotMeasured }, VerdictOutcome.NotMeasured)]
    [InlineData(new VerdictOutcome[0], VerdictOutcome.NotMeasured)]
    public void A_claim_is_judged_by_all_that_it_must_pass(VerdictOutcome[] must, VerdictOutcome expected) =>
        ClaimEvaluator.Together(must).ShouldBe(expected);

    [Fact]
    public void Predicates_for_information_do_not_decide()
    {
        var verdict = Evaluate(Measured(("a", 1, [1.0, 1.0, 1.0])), Predicate("max([s=a])", ("AtLeast", "0.5")),
            Predicate("max([s=a])", ("AtLeast", "5"), ("Strength", "Paper")),
            Predicate("max([s=a])", ("AtLeast", "5"), ("Strength", "Info")));
        verdict.Outcome.ShouldBe(VerdictOutcome.Supported);
        verdict.Predicates.Select(predicate => predicate.Outcome)
            .ShouldBe([VerdictOutcome.Supported, VerdictOutcome.NotSupported, VerdictOutcome.NotSupported]);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_reported_at_once() =>
        Should.Throw<DiagnosticException>(() =>
            Evaluate(Measured(("a", 1, [1.0])), Predicate("max([t=a])", ("AtLeast", "1")),
                Predicate("max([u=a])", ("AtLeast", "1")))).Diagnostics.Count.ShouldBe(2);

    [Fact]
    public void A_predicate_that_does_not_fit_stops_no_other()
    {
        var found = new List<Diagnostic>();
        var verdicts = ClaimEvaluator.Evaluate([Claim("C")],
            [Predicate("max([t=a])", ("AtLeast", "1")), Predicate("max([s=a])", ("AtLeast", "0.5"))],
            _ => Measured(("a", 1, [1.0, 1.0, 1.0])), null, found);
        found.ShouldHaveSingleItem().Rule.ShouldBe(ClaimRules.UnknownColumn);
        verdicts[0].Predicates.Select(predicate => predicate.Outcome)
            .ShouldBe([VerdictOutcome.NotMeasured, VerdictOutcome.Supported]);
        verdicts[0].Outcome.ShouldBe(VerdictOutcome.Inconclusive);
        verdicts[0].Predicates[0].Notes.ShouldContain(note => note.StartsWith("VART7003: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_claim_that_nothing_decides_is_reported_before_the_run()
    {
        var found = new List<Diagnostic>();
        ClaimChecks.Check([Claim("C"), Claim("Empty")], [Predicate("min([s=a])", ("AtLeast", "1"))], found);
        found.Select(problem => problem.Rule).ShouldBe([ClaimRules.NoPredicate]);
    }

    [Fact]
    public void Verdicts_are_written_for_programs_and_for_people()
    {
        var measured = Measured(("a", 1, [1.0, 2, 2, 2, 2, 3.0]));
        var files = VerdictFile.Write(
            [Evaluate(measured, Predicate("max([s=a])", ("AtLeast", "2"), ("Statement", "Größe < ∞")))], folder, "All");
        files.Select(Path.GetFileName).ShouldBe(["All.json", "All.txt"]);
        using var json = JsonDocument.Parse(File.ReadAllText(files[0]));
        var claim = json.RootElement[0];
        claim.GetProperty("outcome").GetString().ShouldBe("Inconclusive");
        claim.GetProperty("origin").GetString().ShouldBe("Measured");
        claim.GetProperty("predicates")[0].GetProperty("value").GetProperty("low").GetDouble().ShouldBe(1);
        File.ReadAllText(files[0]).ShouldContain("Größe < ∞ >= 2");
        var text = File.ReadAllText(files[1]);
        text.Split('\n')[0].ShouldBe("Claim C: inconclusive");
        text.ShouldContain("Größe < ∞ >= 2");
        text.ShouldContain("2.0 [1.0, 3.0]; margin 1.00 [0.50, 1.50]");
    }

    private static ClaimVerdict Evaluate(Dataset data, params PredicateDeclaration[] predicates) =>
        ClaimEvaluator.Evaluate([Claim("c")], predicates, _ => data)[0];

    private static ClaimDeclaration Claim(string name) => ClaimDeclaration.Parse(
        new DeclarationItem("Claim", name.ToUpperInvariant(),
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Title"] = "Title", ["Figures"] = "F" },
            () => new SourceLocation("test.proj", 1)), []);
}

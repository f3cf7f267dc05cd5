using System.Xml.Linq;
using Verus.Artifact.Claims;

namespace Verus.Artifact.Report;

/// <summary>
/// Writes the verdicts in JUnit's XML format, which GitLab, Jenkins and others show: a suite for each claim, a case for
/// each predicate. The outcomes stay apart: a predicate that must hold and does not is a failure, one that is
/// inconclusive or not measured is skipped with that word in its message.
/// </summary>
internal static class JUnitFile
{
    private static readonly string[] CountNames = ["tests", "failures", "errors", "skipped"];

    /// <summary>The content of <c>junit.xml</c>.</summary>
    public static string Render(ReportModel model)
    {
        var words = new ReportText(model.Folders);
        var suites = model.Verdicts.Select(claim => Suite(claim, model.ClaimErrors, words)).ToList();
        var root = new XElement("testsuites", new XAttribute("name", words.Line(model.Title)), Counts(suites), suites);
        return new XDeclaration("1.0", "utf-8", null) + "\n" + root + "\n";
    }

    private static XElement Suite(ClaimVerdict claim, IReadOnlyList<VerdictOutcome> errors, ReportText words)
    {
        var cases = claim.Predicates.Select(one => Case(claim, one, errors, words)).ToList();
        return new XElement("testsuite", new XAttribute("name", words.Line($"{claim.Name}: {claim.Title}")),
            new XAttribute("tests", cases.Count), new XAttribute("failures", Number(cases, "failure")),
            new XAttribute("errors", 0), new XAttribute("skipped", Number(cases, "skipped")), cases);
    }

    private static XElement Case(ClaimVerdict claim, PredicateVerdict one, IReadOnlyList<VerdictOutcome> errors,
        ReportText words)
    {
        var test = new XElement("testcase", new XAttribute("classname", words.Line(claim.Name)),
            new XAttribute("name", words.Line($"{one.Name}: {one.Statement}")));
        if (one.Outcome != VerdictOutcome.Supported)
        {
            var isFailure = one.Strength == PredicateStrength.Must
                && (one.Outcome == VerdictOutcome.NotSupported || errors.Contains(one.Outcome));
            test.Add(new XElement(isFailure ? "failure" : "skipped",
                new XAttribute("message", words.Line(Message(one))),
                isFailure ? new XAttribute("type", one.Outcome.ToString()) : null));
        }
        if (one.Value is { } value || one.Notes.Count > 0)
            test.Add(new XElement("system-out", string.Join('\n', Output(one).Select(words.Line))));
        return test;
    }

    private static string Message(PredicateVerdict one) =>
        (one.Outcome == VerdictOutcome.NotMeasured
            ? VerdictFile.Words(one.Outcome) : VerdictFile.Words(one.Outcome, one.Origin).ToLowerInvariant())
            + (one.Strength == PredicateStrength.Must ? "" : $" ({Wording.Strength(one.Strength)})");

    private static IEnumerable<string> Output(PredicateVerdict one)
    {
        if (one.Value is { } value)
            yield return "is " + VerdictFile.Show(value);
        foreach (var note in one.Notes)
            yield return note;
    }

    private static IEnumerable<XAttribute> Counts(List<XElement> suites) =>
        CountNames.Select(name =>
            new XAttribute(name, suites.Sum(suite => (int)suite.Attribute(name)!)));

    private static int Number(List<XElement> cases, string name) => cases.Count(one => one.Element(name) is not null);
}

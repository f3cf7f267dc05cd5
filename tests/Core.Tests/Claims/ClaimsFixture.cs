using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Claims;

/// <summary>Makes predicates and datasets for tests.</summary>
internal static class ClaimsFixture
{
    /// <summary>Judges a predicate with a lower bound on a dataset.</summary>
    public static PredicateVerdict Judge(string formula, Dataset? dataset, double least,
        params (string Name, string Value)[] more) =>
        ClaimEvaluator.Judge(Predicate(formula, [("AtLeast", least.ToString(CultureInfo.InvariantCulture)), .. more]),
            dataset);

    /// <summary>A predicate named P that is declared in line 3.</summary>
    public static PredicateDeclaration Predicate(string formula, params (string Name, string Value)[] more)
    {
        var found = new List<Diagnostic>();
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Claim"] = "C",
            ["Dataset"] = "D",
            ["Quantity"] = formula
        };
        foreach (var (name, value) in more)
            metadata[name] = value;
        var predicate = PredicateDeclaration.Parse(new DeclarationItem("Predicate", "P", metadata,
            () => new SourceLocation("test.proj", 3)), found);
        return found.Count == 0 ? predicate : throw new DiagnosticException(found);
    }

    /// <summary>Measured points with the columns s and n; a point without samples has timed out.</summary>
    public static Dataset Measured(params (string S, object N, double[] Samples)[] points) => new()
    {
        Name = "D",
        Columns = ["s", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points =
        [
            .. points.Select(point => new DataPoint
            {
                Keys = new Dictionary<string, string> { ["s"] = point.S,
                    ["n"] = Convert.ToString(point.N, CultureInfo.InvariantCulture)! },
                Samples = point.Samples,
                Failures = point.Samples.Length == 0 ? 1 : 0,
                Estimate = Statistics.Interval(Statistic.Median, point.Samples),
                Note = point.Samples.Length == 0 ? "timed out" : null,
            }),
        ],
    };

    /// <summary>A copy of a dataset in which the points without samples were never tried.</summary>
    public static Dataset Untried(this Dataset dataset) =>
        dataset with
        {
            Points = [.. dataset.Points
            .Select(point => point.Samples.Count > 0 ? point : point with { Failures = 0, Note = "not run" })]
        };
}

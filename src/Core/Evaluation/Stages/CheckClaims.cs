using Verus.Artifact.Claims;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The verdicts on the claims of the request.</summary>
public sealed record JudgedClaims
{
    /// <summary>A verdict for each claim that could be judged.</summary>
    public IReadOnlyList<ClaimVerdict> Verdicts { get; init; } = [];
    /// <summary>Absolute paths of the files that were written.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public Gaps Gaps { get; init; } = Gaps.None;
}

/// <summary>The stage that judges claims by the files that the data stage wrote.</summary>
/// <param name="context">The call.</param>
public sealed class CheckClaims(EvaluationContext context)
{
    /// <summary>
    /// Judges the claims of the request. A predicate that does not fit its data is an error for the end of the call;
    /// the claim of that predicate is inconclusive at best, and the other claims are still judged.
    /// </summary>
    public Task<JudgedClaims> RunAsync(WrittenData data, Gaps gaps, CancellationToken cancellation)
    {
        if (context.Selection.Claims.Count == 0)
            return Task.FromResult(new JudgedClaims { Gaps = gaps });
        var folder = new DatasetFolder(data.Folder, context.Options.OnMissing);
        var verdicts = new List<ClaimVerdict>();
        foreach (var claim in context.Selection.Claims)
        {
            cancellation.ThrowIfCancellationRequested();
            var problems = new List<Diagnostic>();
            var verdict = ClaimEvaluator.Judge(claim, context.Model.Predicates, name => Read(folder, name, problems),
                name => NumaNodes(data, name), problems);
            // A predicate that fails refutes its claim, regardless of the claim's other predicates.
            verdicts.Add(problems.Count > 0 && verdict.Outcome != VerdictOutcome.NotSupported
                ? verdict.Undecided("a predicate cannot be evaluated: " + problems[0].Message) : verdict);
            verdicts[^1] = WithAge(claim, verdicts[^1], data);
            gaps = gaps.With(problems);
        }
        if (context.Options.Smoke)
            verdicts = [.. verdicts.Select(verdict => verdict.Undecided("a smoke run decides no claim"))];
        return Task.FromResult(new JudgedClaims
        {
            Verdicts = verdicts,
            Files = VerdictFile.Write(verdicts, context.Options.Layout.Claims, context.Options.RequestName),
            Gaps = gaps,
        });
    }

    // A threshold is younger than a sample if the run that took the sample did not know it.
    private ClaimVerdict WithAge(ClaimDeclaration claim, ClaimVerdict verdict, WrittenData data)
    {
        var own = context.Model.Predicates.Where(one =>
            string.Equals(one.Claim, claim.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        var runs = own.ToDictionary(one => one.Name, one => context.Needs.ExperimentsOf([one.Dataset])
            .SelectMany(experiment => data.PredicatesThen.GetValueOrDefault(experiment) ?? []).ToList(),
            StringComparer.Ordinal);
        var young = own.Where(one => runs[one.Name].Exists(then => then?.GetValueOrDefault(one.Name) != one.Hash))
            .Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return verdict with
        {
            IsDeclaredBefore = runs.Values.All(known => known.Count == 0) ? null : young.Count == 0,
            Predicates = [.. verdict.Predicates.Select(one => young.Contains(one.Name) ? one with
            {
                Notes = [.. one.Notes, "it was declared or changed after some of its samples were taken"],
            } : one)],
        };
    }

    private Dataset? Read(DatasetFolder folder, string name, List<Diagnostic> problems)
    {
        try
        {
            return folder[name] is { } dataset
                ? DerivedLineage.Restore(dataset, context.Model.Datasets, folder.Measured) : null;
        }
        catch (DiagnosticException problem)
        {
            problems.AddRange(problem.Diagnostics);
            return null;
        }
    }

    private static int? NumaNodes(WrittenData data, string dataset) =>
        data.NumaNodes.TryGetValue(dataset, out var nodes) ? nodes : null;
}

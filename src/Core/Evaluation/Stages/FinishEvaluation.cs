using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The last stage, which ends a call that went through the other stages.</summary>
/// <param name="evaluation">The call.</param>
public sealed class FinishEvaluation(WorkingEvaluation evaluation)
{
    // 1 is any other error, and shells give 2 to wrong arguments.
    private const int FirstExitCode = 3;

    private static readonly (VerdictOutcome Outcome, DiagnosticRule Rule)[] ClaimOutcomes =
    [
        (VerdictOutcome.NotSupported, ClaimRules.NotSupported), (VerdictOutcome.Inconclusive, ClaimRules.Inconclusive),
        (VerdictOutcome.NotMeasured, ClaimRules.NotMeasured),
    ];

    private readonly EvaluationContext context = evaluation.Context;

    /// <summary>
    /// Removes the outputs of the request's previous call that it no longer produces, shows the summary, records what
    /// the call depended on, and ends with the errors that were kept for the end.
    /// </summary>
    /// <param name="sampled">The cells with their samples.</param>
    /// <param name="report">The report.</param>
    /// <param name="terminal">The width of the terminal in columns, or null for any width; and whether colours may be
    /// used.</param>
    /// <param name="log">Log that receives the summary.</param>
    /// <exception cref="DiagnosticException">A part of the request could not be obtained, or a claim that must hold
    /// does not hold.</exception>
    public void Run(SampledCells sampled, WrittenReport report, (int? Width, bool HasColor) terminal, IBuildLog log)
    {
        var options = context.Options;
        context.Hashes.Save();
        new OutputRegister(options).Replace(report.Files);
        var shown = Path.GetRelativePath(options.Layout.ProjectDirectory,
            report.Page.Length == 0 ? options.Layout.Root : report.Page);
        IReadOnlyList<string> more = options.Smoke
            ? FullCost.Text(context.Selection.Experiments, context.ReadJournal(log), options.Policy).Split('\n') : [];
        var summary = SummaryTable.Of(report.Model, shown, more);
        var claims = ClaimErrors(report).ToList();
        List<Diagnostic> errors = [.. report.Gaps.Errors, .. NothingMeasured(sampled, report), .. claims];
        if (options.JobSummaryFile is { } job)
            JobSummary.Append(report.Model, job, log);
        // The record for the quick check is saved only if the next call would find nothing to do.
        if (errors.Count > 0 || report.Gaps.MayCloseByThemselves)
            evaluation.QuickCheck.Forget();
        else
            evaluation.QuickCheck.Save(context.Trace, report.Files, summary.ToString());
        log.Info(summary.Render(terminal.Width, terminal.HasColor));
        if (errors.Count > 0 && options.ExitCodeFile is { } file)
            AtomicFile.Write(file, errors.Count == claims.Count ? $"{ExitCodeOf(claims)}\n" : "1\n");
        if (errors.Count > 0)
            throw new DiagnosticException(errors);
    }

    private IEnumerable<Diagnostic> NothingMeasured(SampledCells sampled, WrittenReport report)
    {
        var (options, wanted) = (context.Options, context.Selection.Experiments);
        var isShown = options.OnMissing == OnMissing.Recorded && report.Model.Figures.Count > 0;
        if (wanted.Count > 0 && !isShown && !options.AllowNothingMeasured && report.Gaps.Errors.IsEmpty
            && sampled.Plans.All(plan => plan.Good.Count == 0))
            yield return ExperimentRules.NothingMeasured.At(wanted[0].Item.Where, options.RequestName);
    }

    // A claim that was refuted says more than one that could not be decided.
    private static int ExitCodeOf(IEnumerable<Diagnostic> claims) =>
        claims.Min(claim => Array.FindIndex(ClaimOutcomes, one => one.Rule == claim.Rule) + FirstExitCode);

    private IEnumerable<Diagnostic> ClaimErrors(WrittenReport report) =>
        from claim in report.Model.Verdicts
        from one in ClaimOutcomes
        where claim.Outcome == one.Outcome && context.Options.ClaimErrors.Contains(one.Outcome)
        select one.Rule.At(SourceLocation.None, claim.Name, string.Join("; ", claim.Predicates
            .Where(predicate => predicate.Strength == PredicateStrength.Must && predicate.Outcome == one.Outcome)
            .Select(predicate => predicate.Statement)), report.Page);
}

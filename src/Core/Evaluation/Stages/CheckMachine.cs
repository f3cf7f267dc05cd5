using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Reports in one list, before any long work, everything that the request needs and this machine
/// lacks.</summary>
/// <param name="context">The call.</param>
public sealed class CheckMachine(EvaluationContext context)
{
    /// <summary>
    /// Examines the machine. A requirement that is not met prevents the experiments that have it: with
    /// OnMissing=FailFast this is an immediate error, with Fail an error at the end of the call; otherwise the
    /// experiments are left out.
    /// </summary>
    /// <exception cref="DiagnosticException">A requirement is not met, and the options ask for an immediate
    /// error.</exception>
    public async Task<AvailableInputs> RunAsync(IBuildLog log, CancellationToken cancellation)
    {
        var options = context.Options;
        if (options.Smoke)
            log.Info("Smoke run: a few cells of each experiment, one sample each. "
                + FullCost.Text(context.Selection.Experiments, context.ReadJournal(log), options.Policy));
        var found = await new FindAvailable(context).RunAsync(log, cancellation).ConfigureAwait(false);
        if (context.IsReading)
            await new ImageUsers(context).AdviseAsync(found.Inputs.Images.Values, log, cancellation)
                .ConfigureAwait(false);
        if (context.IsReading)
            foreach (var line in await new DownloadList(context).LinesAsync(found, log,
                cancellation).ConfigureAwait(false))
                log.Info(line);
        if (found.Shortfalls.Count == 0)
        {
            // Success is reported only when the user requested the check of the machine itself; as a step of another
            // target the check is silent.
            if (context.IsReading)
                log.Info(Enough(found));
            return found;
        }
        var list = Preflight.Render(found.Shortfalls, options.Layout.ProjectDirectory);
        if (options.OnMissing == OnMissing.FailFast || (context.IsReading && options.OnMissing == OnMissing.Fail))
            throw new DiagnosticException(list);
        foreach (var (tool, why) in found.Gaps.MissingTools)
            log.Info($"Left out: cells that need {why}");
        if (found.Gaps.Missing.Count > 0)
            log.Info(
                $"{found.Gaps.Missing.Count} of {context.Selection.Experiments.Count + context.Selection.Tools.Count}"
                    + " cannot be measured or built here and are "
                    + $"{(options.OnMissing == OnMissing.Recorded ? "taken from recorded numbers" : "left out")}: "
                    + $"{string.Join(", ", found.Gaps.Missing.Keys)}");
        foreach (var shortfall in found.Shortfalls)
            log.Detail($"{shortfall.Words}. {shortfall.Remedy}");
        return options.OnMissing == OnMissing.Fail ? found with { Gaps = found.Gaps.With(list) } : found;
    }

    private string Enough(AvailableInputs found)
    {
        var selection = context.Selection;
        var onTheWay = found.Provisions.Count == 0 ? "" : $" On the way: {string.Join("; ", found.Provisions)}.";
        return selection.Experiments.Count > 0
            ? $"Nothing is missing for {Amount.Count(selection.Experiments.Count, "experiment")}." + onTheWay
            : selection.Tools.Count > 0 ? $"Nothing is missing for {string.Join(", ", selection.Tools)}." + onTheWay
            : "The request contains no experiment.";
    }
}

using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Prints the ledger of pinned inputs.</summary>
/// <param name="context">The call.</param>
public sealed class PrintPins(EvaluationContext context)
{
    /// <summary>Prints the ledger of pinned inputs and the findings of its lint.</summary>
    /// <exception cref="DiagnosticException">A pin floats, or is malformed.</exception>
    public Task RunAsync(IBuildLog log)
    {
        log.Info(context.Model.Pins.Print());
        foreach (var warning in context.Model.Pins.Lint()
            .Where(diagnostic => diagnostic.Rule.Severity == Severity.Warning))
            log.Report(warning);
        Lint(context.Model);
        return Task.CompletedTask;
    }

    /// <summary>Throws an exception if the ledger of pinned inputs has errors.</summary>
    /// <exception cref="DiagnosticException">A pin floats, or is malformed.</exception>
    internal static void Lint(EvaluationModel model)
    {
        var errors = model.Pins.Lint().Where(diagnostic => diagnostic.Rule.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
            throw new DiagnosticException(errors);
    }
}

using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>Passes what the core says on to MSBuild and to the evaluation's own log, without the secrets of URLs, which
/// git and others may name, and without what would steer a terminal: messages quote what programs printed.</summary>
internal sealed class TaskBuildLog(TaskLoggingHelper log, IBuildEngine engine, bool live) : IBuildLog, IDisposable
{
    private readonly TerminalLines lines = new(engine);
    private readonly LiveProgress? progress = live ? new LiveProgress(engine) : null;

    /// <summary>The evaluation's own log file, once there is one.</summary>
    public EvaluationLog? File { get; set; }

    public void Info(string message)
    {
        message = PlainText.OfColored(UrlText.WithoutSecrets(message));
        File?.Line(message);
        lines.Write(message);
    }

    public void Detail(string message)
    {
        message = PlainText.Of(UrlText.WithoutSecrets(message));
        File?.Line(message);
        log.LogMessage(MessageImportance.Low, "{0}", message);
    }

    public void Ended(string message)
    {
        File?.Line(message);
        if (progress is null)
            lines.Write(message);
    }

    public void Progress(string message)
    {
        message = PlainText.Of(UrlText.WithoutSecrets(message));
        File?.Progress(message);
        progress?.Show(message);
    }

    public void Report(Diagnostic diagnostic)
    {
        var (rule, where, message) =
            diagnostic with { Message = PlainText.Of(UrlText.WithoutSecrets(diagnostic.Message)) };
        File?.Line($"{(rule.Severity == Severity.Error ? Severity.Error : Severity.Warning)} {rule.Code}: {message}");
        var help = DiagnosticCatalogue.HelpPath(rule);
        if (rule.Severity == Severity.Error)
            log.LogError(null, rule.Code, null, help, where.File, where.Line, where.Column, 0, 0, "{0}", message);
        else if (rule.Severity == Severity.Advice && MayBecomeAnError(rule.Code))
            lines.Write($"{rule.Code}: {message}");
        else
            log.LogWarning(null, rule.Code, null, help, where.File, where.Line, where.Column, 0, 0, "{0}", message);
    }

    // MSBuild does not tell its worker nodes that warnings are errors: there, any may become one.
    private bool MayBecomeAnError(string code) =>
        IsWorkerNode || engine is IBuildEngine8 strict && strict.ShouldTreatWarningAsError(code);

    private static bool IsWorkerNode { get; } = Environment.GetCommandLineArgs()
        .Any(argument => argument.StartsWith("/nodemode:", StringComparison.OrdinalIgnoreCase));

    public void Dispose() => progress?.Dispose();
}

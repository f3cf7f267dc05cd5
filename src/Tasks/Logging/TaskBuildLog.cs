using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>
/// Passes the core's messages on to MSBuild and to the log file of the evaluation. Since messages quote the output of
/// git and other programs, secrets in URLs and anything that would control a terminal are removed.
/// </summary>
internal sealed class TaskBuildLog(TaskLoggingHelper log, IBuildEngine engine, bool live) : IBuildLog, IDisposable
{
    private readonly TerminalLines lines = new(engine);
    private readonly LiveProgress? progress = live ? new LiveProgress(engine) : null;

    /// <summary>The log file of the evaluation; null until it exists.</summary>
    public EvaluationLog? File { get; set; }

    /// <summary>
    /// The file of the user that a problem without a place is shown at; otherwise MSBuild would name the file of this
    /// package in which the task is called.
    /// </summary>
    public string? Project { get; set; }

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
        if (string.IsNullOrEmpty(where.File) && Project is not null)
            where = new SourceLocation(Project);
        File?.Line($"{(rule.Severity == Severity.Error ? Severity.Error : Severity.Warning)} {rule.Code}: {message}");
        var help = DiagnosticCatalogue.HelpLink(rule);
        if (rule.Severity == Severity.Error)
            log.LogError(null, rule.Code, null, help, where.File, where.Line, where.Column, 0, 0, "{0}", message);
        else if (rule.Severity == Severity.Advice && MayBecomeAnError(rule.Code))
            lines.Write($"{rule.Code}: {message}");
        else
            log.LogWarning(null, rule.Code, null, help, where.File, where.Line, where.Column, 0, 0, "{0}", message);
    }

    // MSBuild does not tell its worker nodes that warnings are errors, so any warning may become an error in the main
    // node.
    private bool MayBecomeAnError(string code) =>
        IsWorkerNode || engine is IBuildEngine8 strict && strict.ShouldTreatWarningAsError(code);

    private static bool IsWorkerNode { get; } = Environment.GetCommandLineArgs()
        .Any(argument => argument.StartsWith("/nodemode:", StringComparison.OrdinalIgnoreCase));

    public void Dispose() => progress?.Dispose();
}

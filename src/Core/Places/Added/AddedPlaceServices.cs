using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Places.Host;

namespace Verus.Artifact.Places.Added;

/// <summary>The services that the evaluation provides to an extension's executor.</summary>
/// <param name="name">Name of the executor's kind.</param>
/// <param name="services">The services of the evaluation.</param>
internal sealed class AddedPlaceServices(string name, PlaceServices services) : IExecutorServices
{
    private const int MostWords = 500;

    /// <inheritdoc/>
    public string Runner => services.Runner;

    /// <inheritdoc/>
    public string ProjectFolder => services.Layout.ProjectDirectory;

    /// <inheritdoc/>
    public string EvaluationFolder => services.Layout.Root;

    /// <inheritdoc/>
    public string StateFolder =>
        Path.Combine(services.Layout.State, "executors", ContentHashes.OfText(name.ToUpperInvariant())[..16]);

    /// <inheritdoc/>
    public bool MayStart => services.MayStart;

    /// <inheritdoc/>
    public void Progress(string message) => services.Log.Progress(PlainText.Line(message));

    /// <inheritdoc/>
    public void Detail(string message) => services.Log.Detail(PlainText.Of(message));

    /// <inheritdoc/>
    public Task<string> RunAsync(IReadOnlyList<string> command, ExecutorJob job, CancellationToken cancellation) =>
        StartAsync(command, GuardedProcess.Asking(job.Question), job.Limit, job.Experiment.Where, cancellation);

    /// <inheritdoc/>
    public Task<string> AskAsync(IReadOnlyList<string> command, CancellationToken cancellation) =>
        StartAsync(command, PipeSource.Null, RunnerGuard.LimitOfShort, SourceLocation.None, cancellation);

    private async Task<string> StartAsync(IReadOnlyList<string> command, PipeSource input, double? limit,
        SourceLocation where,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(command.Count, nameof(command));
        try
        {
            var (result, why) = await GuardedProcess.RunAsync(command, services.Layout.ProjectDirectory, input, limit,
                cancellation)
                .ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return result switch
            {
                null => throw Failed(why!),
                { ExitCode: 0 } => result.StandardOutput,
                _ => throw PlaceRules.LackIn(result.StandardError.Trim()) ?? Failed(Ended(result)),
            };
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException
            or IOException)
        {
            throw SystemProblem.NotStarted(command[0], problem)
                ?? Failed($"cannot be started: {problem.Message.TrimEnd('.')}");
        }

        DiagnosticException Failed(string why) =>
            ExecutorRules.CommandFailed.Error(where, name, CommandLine.Join(command), why.TrimEnd('.'));
    }

    private static string Ended(BufferedCommandResult result)
    {
        var words = PlainText.Line(result.StandardError.Trim());
        return $"ended with exit code {result.ExitCode}"
            + (words.Length == 0 ? " and printed nothing"
                : $": {(words.Length > MostWords ? words[^MostWords..] : words)}");
    }
}

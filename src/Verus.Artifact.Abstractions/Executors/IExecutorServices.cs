namespace Verus.Artifact.Extensions;

/// <summary>The services that an evaluation provides to an executor.</summary>
public interface IExecutorServices
{
    /// <summary>
    /// The absolute path of the runner, one static file without dependencies: <c>artifact-runner</c>. An executor
    /// brings the same file to other machines.
    /// </summary>
    string Runner { get; }

    /// <summary>The absolute path of the project's folder.</summary>
    string ProjectFolder { get; }

    /// <summary>
    /// The absolute path of the evaluation's folder, which distinguishes processes and jobs of this evaluation from
    /// those of other evaluations.
    /// </summary>
    string EvaluationFolder { get; }

    /// <summary>
    /// The absolute path of a folder for what the executor remembers. An executor that needs a folder for what it
    /// remembers creates that folder. The folder of an executor is kept from call to call, but the target Clean removes
    /// it, so it may contain only what can be determined again.
    /// </summary>
    string StateFolder { get; }

    /// <summary>
    /// Whether the call may start jobs and change files; false for a call that only prints information, such as a plan.
    /// </summary>
    bool MayStart { get; }

    /// <summary>Shows users what is happening right now, such as what a job waits for.</summary>
    void Progress(string message);

    /// <summary>Writes a message for users who ask for details.</summary>
    void Detail(string message);

    /// <summary>
    /// Runs a command that starts the runner with a job, such as <c>nice -n 5 RUNNER run</c> or <c>ssh HOST RUNNER
    /// run</c>: this method writes the job to the command's standard input, keeps that input open, and ends the command
    /// when the call is cancelled or the job's limit is exceeded.
    /// </summary>
    /// <param name="command">Program and arguments; a program without a folder is looked up in <c>PATH</c>.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Stops the command.</param>
    /// <returns>The text that the command wrote to its standard output, which is the runner's answer.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">
    /// The program did not start, or failed; the message contains the end of its output. Executors should not catch an
    /// exception of the runner's command, so that the sample is not recorded but taken again.
    /// </exception>
    Task<string> RunAsync(IReadOnlyList<string> command, ExecutorJob job, CancellationToken cancellation);

    /// <summary>Runs a command without input and returns what it prints, such as <c>ssh HOST RUNNER
    /// machine</c>.</summary>
    /// <param name="command">Program and arguments; a program without a folder is looked up in <c>PATH</c>.</param>
    /// <param name="cancellation">Stops the command.</param>
    /// <exception cref="Diagnostics.DiagnosticException">
    /// The program did not start, took minutes, or failed; the message contains the end of its output.
    /// </exception>
    Task<string> AskAsync(IReadOnlyList<string> command, CancellationToken cancellation);
}

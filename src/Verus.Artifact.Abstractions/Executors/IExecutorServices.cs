namespace Verus.Artifact.Extensions;

/// <summary>What the evaluation provides to an executor.</summary>
public interface IExecutorServices
{
    /// <summary>
    /// The absolute path of the runner, one static file without dependencies: <c>artifact-runner</c>. Bring the same
    /// file to other machines.
    /// </summary>
    string Runner { get; }

    /// <summary>Absolute path of the project's folder.</summary>
    string ProjectFolder { get; }

    /// <summary>
    /// The absolute path of the evaluation's folder, which distinguishes what this evaluation has started from what
    /// others have.
    /// </summary>
    string EvaluationFolder { get; }

    /// <summary>
    /// The absolute path of a folder for what the executor remembers. The folder does not exist until the executor
    /// creates it. The folder is kept from call to call, but the target Clean removes it, so put only what can be found
    /// out again into it.
    /// </summary>
    string StateFolder { get; }

    /// <summary>
    /// Whether the call may start and change something; false for a call that only prints something, such as a plan.
    /// </summary>
    bool MayStart { get; }

    /// <summary>Shows users what is happening right now, such as what a job waits for.</summary>
    void Progress(string message);

    /// <summary>Writes a message for users who ask for details.</summary>
    void Detail(string message);

    /// <summary>
    /// Runs a command that starts the runner with a job, such as <c>nice -n 5 RUNNER run</c> or <c>ssh HOST RUNNER
    /// run</c>: it gives the job to its standard input, keeps that open, and ends it when it is cancelled or beyond
    /// the job's limit.
    /// </summary>
    /// <param name="command">Program and arguments; a program without a folder is looked up in <c>PATH</c>.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What the command wrote to its standard output: the runner's answer.</returns>
    /// <exception cref="Diagnostics.DiagnosticException">
    /// The program did not start, or failed; the message holds its last words. Let it through: the sample does not
    /// count and is taken again.
    /// </exception>
    Task<string> RunAsync(IReadOnlyList<string> command, ExecutorJob job, CancellationToken cancellation);

    /// <summary>Runs a command for what it prints, such as <c>ssh HOST RUNNER machine</c>, without input.</summary>
    /// <param name="command">Program and arguments; a program without a folder is looked up in <c>PATH</c>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Diagnostics.DiagnosticException">
    /// The program did not start, took minutes, or failed; the message holds its last words.
    /// </exception>
    Task<string> AskAsync(IReadOnlyList<string> command, CancellationToken cancellation);
}

using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Executors;

/// <summary>
/// Starts the runner where an experiment runs. The runner measures; an executor only brings the job to it and the result back, so that
/// no figure holds the cost of getting there.
/// </summary>
public interface IExecutor
{
    /// <summary>What of the place reaches the measured process, such as an image digest: part of the key of every cell.</summary>
    string IdentityOf(ExperimentDeclaration experiment);

    /// <summary>The machine that the runner sees there, as the JSON that <c>artifact-runner machine</c> prints.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation);

    /// <summary>Runs one job. Cancelled, it is back within two seconds with nothing left behind.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt, CancellationToken cancellation);

    /// <summary>Removes what jobs with these ids left behind when their evaluation was killed.</summary>
    Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation);
}

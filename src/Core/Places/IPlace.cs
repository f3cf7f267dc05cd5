using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places;

/// <summary>
/// Starts the runner where an experiment runs. The runner measures; an executor only brings the job to it and the
/// result back, so that no figure holds the cost of getting there. An executor of an extension is one of these, too.
/// What an executor keeps up between jobs, such as a virtual machine, ends when it is disposed.
/// </summary>
public interface IPlace : IAsyncDisposable
{
    /// <summary>
    /// What of the place reaches the measured process, such as an image digest: part of the key of every cell.
    /// </summary>
    string IdentityOf(ExperimentDeclaration experiment);

    /// <summary>
    /// What the place lacks for an experiment, such as an engine that is not running; found in a moment, before
    /// anything starts.
    /// </summary>
    Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment, CancellationToken cancellation);

    /// <summary>
    /// The machine that the runner sees there, as the JSON that <c>artifact-runner machine</c> prints.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation);

    /// <summary>Runs one job. Cancelled, it is back within two seconds with nothing left behind.</summary>
    /// <param name="experiment">The experiment that the job is a sample of.</param>
    /// <param name="job">The job; its paths are those of this machine, and are to mean the same where it runs.</param>
    /// <param name="attempt">The attempt's folder: the job may write there and nowhere else.</param>
    /// <param name="reads">Absolute paths of files and folders that the job reads.</param>
    /// <param name="cancellation">Stops the job.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation);

    /// <summary>
    /// How measuring at the place falls short of what the numbers are taken for; stands with all of them. Known once
    /// the machine was looked at.
    /// </summary>
    IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment) => [];

    /// <summary>Removes what jobs with these ids left behind when their evaluation was killed.</summary>
    Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation);
}

using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places;

/// <summary>
/// Starts the runner where an experiment runs. The runner measures; an executor only brings the job to it and the
/// result back, so that no measured number includes the cost of reaching the place. The executor of an extension is
/// also wrapped in a place. What an executor keeps running between jobs, such as a virtual machine, ends when the
/// executor is disposed.
/// </summary>
public interface IPlace : IAsyncDisposable
{
    /// <summary>
    /// The properties of the place that the measured process can see, such as an image digest; they are part of the key
    /// of every cell.
    /// </summary>
    string IdentityOf(ExperimentDeclaration experiment);

    /// <summary>
    /// What the place lacks for an experiment, such as a running engine; this is a quick check before anything starts.
    /// </summary>
    Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment, CancellationToken cancellation);

    /// <summary>
    /// The machine that the runner sees at the place, as the JSON that <c>artifact-runner machine</c> prints.
    /// </summary>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation);

    /// <summary>Runs one job at the place. When cancelled, the call returns within two seconds and leaves nothing
    /// behind.</summary>
    /// <param name="experiment">The experiment that the job is a sample of.</param>
    /// <param name="job">The job; its paths are those of this machine, and must have the same meaning where the job
    /// runs.</param>
    /// <param name="attempt">The attempt's folder: the job may write there and nowhere else.</param>
    /// <param name="reads">Absolute paths of files and folders that the job reads.</param>
    /// <param name="cancellation">Stops the job.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The place cannot be used.</exception>
    Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation);

    /// <summary>
    /// How measuring at the place falls short of what readers assume about the numbers; this text is shown with all of
    /// these numbers, and is known once the machine has been examined.
    /// </summary>
    IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment) => [];

    /// <summary>Removes what jobs with the given ids left behind when their evaluation was killed.</summary>
    Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation);
}

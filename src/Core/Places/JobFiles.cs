using System.Text.Json;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places;

/// <summary>
/// The files through which a job reaches a runner that this process cannot talk to, and through which the result of the
/// job comes back. The runner removes the job file, which contains the secret of the result, before it starts anything.
/// </summary>
/// <param name="Job">Absolute path of the job file.</param>
/// <param name="Result">Absolute path of the result file.</param>
internal sealed record JobFiles(string Job, string Result)
{
    /// <summary>Writes a job into the folder of its attempt.</summary>
    public static async Task<JobFiles> WriteAsync(Attempt attempt, JobSpec job, CancellationToken cancellation)
    {
        var files = new JobFiles(Path.Combine(attempt.Directory, "job.json"),
            Path.Combine(attempt.Directory, "result.json"));
        try
        {
            await File.WriteAllBytesAsync(files.Job,
                JsonSerializer.SerializeToUtf8Bytes(job, ProtocolJson.Default.JobSpec),
                cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(files.Job, problem);
        }
        return files;
    }
}

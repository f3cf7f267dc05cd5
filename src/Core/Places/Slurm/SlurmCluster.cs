using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Places.Slurm;

/// <summary>A job to submit.</summary>
/// <param name="Name">The job's name, by which the job is found again.</param>
/// <param name="Folder">Absolute path of the folder for its script and its log, which the nodes can access,
/// too.</param>
/// <param name="Script">The script that a POSIX shell runs on the node.</param>
/// <param name="Alone">Whether the job gets a node exclusively.</param>
/// <param name="Options">Additional options of sbatch.</param>
public sealed record SlurmJob(string Name, string Folder, string Script, bool Alone, IReadOnlyList<string> Options)
{
    /// <summary>The file that receives the job's output.</summary>
    public string Log => Path.Combine(Folder, "slurm.log");
}

/// <summary>
/// The commands of a Slurm cluster; the user's own settings (SLURM_CONF and the like) determine the cluster.
/// </summary>
/// <param name="searchPath">The folders in which the commands of Slurm are searched.</param>
public sealed class SlurmCluster(IReadOnlyList<string> searchPath)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Programs = ["sbatch", "squeue", "scancel", "sinfo"];

    /// <summary>Environment variables for the commands of Slurm, in addition to those of this process.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Why no job can be submitted from this machine; null when jobs can be submitted.</summary>
    public async Task<string?> WhyUnusableAsync(CancellationToken cancellation)
    {
        if (Programs.Where(program => Find(program) is null).ToList() is { Count: > 0 } missing)
            return $"no {string.Join(", ", missing)} in PATH";
        var answer = await RunAsync(["sinfo", "--noheader", "--format=%P"], cancellation).ConfigureAwait(false);
        return answer.ExitCode == 0 ? null : $"the controller does not answer ({LastLine(answer.StandardError)})";
    }

    /// <summary>Submits a job to the cluster and returns the job's number.</summary>
    /// <exception cref="DiagnosticException">The cluster refuses the job.</exception>
    public async Task<string> SubmitAsync(SlurmJob job, SourceLocation where, CancellationToken cancellation)
    {
        var script = Path.Combine(job.Folder, "slurm.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\n{job.Script}\n", cancellation).ConfigureAwait(false);
        // On an exclusive node a job gets all processors, but only the memory that it asks for; zero means all of it.
        string[] alone = job.Alone ? ["--exclusive", "--mem=0"] : [];
        var answer = await RunAsync(["sbatch", "--parsable", $"--job-name={job.Name}", $"--output={job.Log}",
            $"--chdir={job.Folder}", "--export=NIL", "--no-requeue",
            .. alone, .. job.Options, script], cancellation).ConfigureAwait(false);
        return answer.ExitCode == 0
            ? answer.StandardOutput.Trim().Split(';')[0] : throw SlurmRules.Refused.Error(where, job.Name,
                LastLine(answer.StandardError));
    }

    /// <summary>
    /// The state of a job, and what the job waits for, such as <c>PENDING (Resources)</c>; null when the scheduler does
    /// not know the job any more.
    /// </summary>
    public async Task<string?> StateAsync(string number, CancellationToken cancellation)
    {
        var answer = await RunAsync(["squeue", "--noheader", $"--jobs={number}", "--states=all", "--format=%T %r"],
            cancellation).ConfigureAwait(false);
        if (answer.ExitCode != 0
            && !answer.StandardError.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase))
            return "unknown"; // A controller that restarts answers again later.
        var words = answer.StandardOutput.Trim().Split(' ', 2);
        return words[0] is "" or "COMPLETED" or "FAILED" or "CANCELLED" or "TIMEOUT" or "NODE_FAIL" or "OUT_OF_MEMORY"
            or "BOOT_FAIL" or "DEADLINE" or "PREEMPTED" ? null
            : words is [var state, var reason] && reason != "None" ? $"{state} ({reason})" : words[0];
    }

    /// <summary>Cancels all jobs with the given names, whether they wait or run.</summary>
    public async Task CancelAsync(IEnumerable<string> names, CancellationToken cancellation) =>
        await RunAsync(["scancel", $"--name={string.Join(',', names)}"], cancellation).ConfigureAwait(false);

    private async Task<BufferedCommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return await Cli.Wrap(Find(command[0]) ?? command[0]).WithArguments(command.Skip(1))
                .WithWorkingDirectory("/").WithEnvironmentVariables(Environment)
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new BufferedCommandResult(-1, default, default, "",
                $"{command[0]} did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    private string? Find(string program) =>
        searchPath.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string LastLine(string text) => text.Trim().Split('\n')[^1].Trim();
}

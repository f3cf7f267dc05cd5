using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Slurm;

/// <summary>
/// Runs each job as a batch job on a node of a Slurm cluster; the runner is the job's process and measures on that
/// node. The evaluation's folder, the project and the SDK must be on a file system that the nodes share. A job's result
/// file shows that the job has ended; the scheduler is only asked whether the job still exists, since it forgets jobs
/// that have ended.
/// </summary>
/// <param name="runner">Absolute path of the runner.</param>
/// <param name="cluster">The commands of the cluster.</param>
/// <param name="memory">The cache of what is already known about nodes.</param>
/// <param name="log">Log that receives messages on what jobs wait for.</param>
public sealed class SlurmExecutor(string runner, SlurmCluster cluster, MachineMemory memory, Func<IBuildLog> log)
    : IPlace
{
    private const int MostWords = 500;
    private const string MachineFile = "machine.json";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100),
        LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5),
        FileSystemPatience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether a job may be submitted to examine a node; if not, only what is already known is reported.
    /// </summary>
    public bool MayStart { get; init; } = true;

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment) => ("slurm " + experiment.Place.Identity).TrimEnd();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation) =>
        await cluster.WhyUnusableAsync(cancellation).ConfigureAwait(false) is { } why
            ? [new Shortfall("Slurm cluster", "one to submit to", why,
                "Run the build on a login node of a cluster (Debian: apt-get install slurm-client, and SLURM_CONF).",
                [experiment.Name])]
            : [];

    /// <inheritdoc/>
    public async Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation)
    {
        // The cache has one entry for each choice of nodes.
        var key = ContentHashes.OfText(IdentityOf(experiment));
        var name = $"slurm-{key[..16]}";
        // The entry in the cache may be damaged; in this case a node is examined once more.
        if (memory.Recall(name, key) is { } known && MachineReading.IsReadable(known))
            return known;
        if (!MayStart)
            return MachineReading.Unknown;
        var attempt = new Attempt(Path.Combine(memory.Folder, Guid.NewGuid().ToString("N")));
        Attempts.Prepare(attempt);
        try
        {
            var json = await SubmitAsync(experiment, Path.GetFileName(attempt.Directory), attempt.Directory,
                MachineFile, InspectCommand(attempt.Directory), cancellation).ConfigureAwait(false);
            _ = Machine(experiment, json);
            memory.Remember(name, key, MachineReading.WithoutBoot(json));
            return json;
        }
        finally
        {
            FolderRemoval.Remove(attempt.Directory);
        }
    }

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        var exchange = new JobExchange(job);
        var files = await JobFiles.WriteAsync(attempt, exchange.Job, cancellation).ConfigureAwait(false);
        var script =
            $"{InspectCommand(attempt.Directory)} && exec {CommandLine.Join([runner, "run", files.Job, files.Result])}";
        var answer = await SubmitAsync(experiment, job.Id, attempt.Directory, Path.GetFileName(files.Result), script,
            cancellation).ConfigureAwait(false);
        JobResult result;
        try
        {
            result = exchange.Answer(answer, "the runner on the node");
        }
        catch (DiagnosticException)
        {
            // The job is cancelled, since a command may have written a fake result while it is still running.
            await cluster.CancelAsync([NameOf(job.Id)], CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        var here = Machine(experiment,
            await TextAsync(experiment, Path.Combine(attempt.Directory, MachineFile),
                cancellation).ConfigureAwait(false));
        var before = Machine(experiment, await MachineAsync(experiment, cancellation).ConfigureAwait(false));
        if (here.Id != before.Id)
            throw SlurmRules.UnlikeNode.Error(experiment.Item.Where, experiment.Name, Describe(here), Describe(before));
        return result;
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        if (jobIds.Count > 0 && await cluster.WhyUnusableAsync(cancellation).ConfigureAwait(false) is null)
            await cluster.CancelAsync(jobIds.Select(NameOf), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Name of the cluster job that takes a sample.</summary>
    public static string NameOf(string id) => $"verus-artifact-{id}";

    // Submits a job, waits for the file that shows that the job has ended, and returns the content of that file.
    private async Task<string> SubmitAsync(ExperimentDeclaration experiment, string id, string folder, string over,
        string script, CancellationToken cancellation)
    {
        var job = new SlurmJob(NameOf(id), folder, script, experiment.Measured,
            ((SlurmPlacement)experiment.Place).Options);
        var number = await cluster.SubmitAsync(job, experiment.Item.Where, cancellation).ConfigureAwait(false);
        try
        {
            return await WaitAsync(experiment, job, number, over, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await cluster.CancelAsync([job.Name], CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string> WaitAsync(ExperimentDeclaration experiment, SlurmJob job, string number, string over,
        CancellationToken cancellation)
    {
        var (pause, asked, state) = (FirstPause, DateTime.UtcNow, "PENDING");
        DateTime? gone = null;
        while (true)
        {
            // The folder is listed instead of testing whether the file exists, since network file systems remember for
            // a while that a file did not exist.
            if (Directory.EnumerateFiles(job.Folder).Any(file => Path.GetFileName(file) == over))
                return await TextAsync(experiment, Path.Combine(job.Folder, over), cancellation).ConfigureAwait(false);
            if (gone is { } since && DateTime.UtcNow - since > FileSystemPatience)
                throw SlurmRules.NoResult.Error(experiment.Item.Where, number, experiment.Name,
                    $"its last state was {state}", OutputText.LastWords(5, MostWords, job.Log));
            if (gone is null && DateTime.UtcNow - asked > BetweenQuestions)
            {
                asked = DateTime.UtcNow;
                if (await cluster.StateAsync(number, cancellation).ConfigureAwait(false) is { } now)
                    log().Progress($"{experiment.Name}: job {number} is {state = now}");
                else
                    gone = asked;
            }
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    // The job's command can put anything in the place of the file; only a regular file is read.
    private static async Task<string> TextAsync(ExperimentDeclaration experiment, string file,
        CancellationToken cancellation)
    {
        try
        {
            if (!OperatingSystem.IsLinux() || FileFacts.Of(file, followLink: false) is { Kind: FileKind.Regular })
                return await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SlurmRules.Unreadable.Error(experiment.Item.Where, experiment.Name, $"'{file}'",
                problem.Message.TrimEnd('.'));
        }
        throw SlurmRules.Unreadable.Error(experiment.Item.Where, experiment.Name, $"'{file}'",
            "it does not exist, or is not a regular file");
    }

    private static MachineReading Machine(ExperimentDeclaration experiment, string json)
    {
        try
        {
            return MachineReading.Parse(json);
        }
        catch (FormatException problem)
        {
            throw SlurmRules.Unreadable.Error(experiment.Item.Where, experiment.Name, "the description of the node",
                problem.Message.TrimEnd('.'));
        }
    }

    // The script of the job writes its result file completely or not at all.
    private string InspectCommand(string folder)
    {
        var file = Path.Combine(folder, MachineFile);
        return $"{CommandLine.Join([runner, "machine"])} > {CommandLine.Quote(file + ".new")} && mv "
            + $"{CommandLine.Quote(file + ".new")} {CommandLine.Quote(file)}";
    }

    private static string Describe(MachineReading machine) =>
        $"{machine.State.Processor ?? "unknown processor"}, {machine.State.LogicalCpus} CPUs, kernel "
            + $"{machine.State.Kernel}";
}

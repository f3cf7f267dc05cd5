using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Docker;

/// <summary>
/// Runs each job in a container of its own. The runner is the container's process and measures inside the container, so
/// that no time includes the overhead of the container engine. Inside the container, files have the same paths as on
/// this machine, and the kernel is the same; only the programs of the image differ.
/// </summary>
/// <param name="runner">Absolute path of the runner.</param>
/// <param name="evaluation">Absolute path of the evaluation's folder, by which the evaluation's containers are found
/// again.</param>
/// <param name="engine">The container engine.</param>
/// <param name="images">The available images, by the name of their pin.</param>
public sealed class DockerExecutor(string runner, string evaluation, DockerEngine engine,
    IReadOnlyDictionary<string, AcquiredImage> images) : IPlace
{
    /// <summary>Name of the label that holds the id of the sample which is taken in a container.</summary>
    public const string SampleLabel = "verus.artifact.sample";

    private readonly HostExecutor host = new(runner);

    /// <summary>The digests of images in the ledger, for images that have not been looked for yet.</summary>
    public IReadOnlyDictionary<string, Pins.ContainerImage> Pins { get; init; } =
        new Dictionary<string, Pins.ContainerImage>();

    /// <summary>The digest of an image that has not been looked for yet, as far as the digest is known.</summary>
    public Func<Pins.ContainerImage, string?> DigestOf { get; init; } = image => image.Digest;

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment)
    {
        var image = images.GetValueOrDefault(ImageOf(experiment))?.Identity
            ?? (Pins.GetValueOrDefault(ImageOf(experiment)) is { } pin
                ? AcquiredImage.IdentityOf(DigestOf(pin), pin.Platform) : AcquiredImage.IdentityOf(null, ""));
        return NetworkOf(experiment) == NetworkKind.Host ? image + ", network of the host" : image;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation) =>
        FindMissingAsync(ImageOf(experiment), experiment.Name, cancellation);

    /// <summary>The problems that prevent running a command in an image.</summary>
    public async Task<IReadOnlyList<Shortfall>> FindMissingAsync(string image, string neededBy,
        CancellationToken cancellation)
    {
        try
        {
            var found = await engine.ProbeAsync(cancellation).ConfigureAwait(false);
            if (Pins.GetValueOrDefault(image) is { } pin && !AcquiredImage.IsPlatform(pin.Platform, found.Platform))
                throw DockerRules.WrongPlatform.Error(pin.Item.Where, pin.Name, pin.Platform, found.Platform);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return [.. problem.Diagnostics
                .Select(diagnostic => new Shortfall("container engine", "one on this machine",
                    $"{diagnostic.Message} ({diagnostic.Rule.Code})", "", [neededBy])
                {
                    SetUp = diagnostic.Rule == DockerRules.NotRunning || diagnostic.Rule == DockerRules.NotPermitted
                        ? [SetUpScript.Engine] : [],
                })];
        }
    }

    /// <summary>
    /// A container has the kernel and the processors of this machine, so none needs to be started to examine them.
    /// </summary>
    public Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation) =>
        host.MachineAsync(experiment, cancellation);

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        var image = images.GetValueOrDefault(ImageOf(experiment))
            ?? throw DockerRules.ImageGone.Error(experiment.Item.Where, ImageOf(experiment), "not pulled");
        // In a container the runner cannot create a control group, so the engine limits the memory of the container.
        var exchange = new JobExchange(InImage(job with { MemoryLimitBytes = null }, image));
        var owner = await engine.OwnerOfFilesAsync(image, cancellation).ConfigureAwait(false);
        var words = new LastLines(5);
        var answer = "";
        var run = new ContainerRun(NameOf(job.Id), image,
            owner is null ? [runner, "run"] : [runner, "run", "own", owner, attempt.Directory], "/")
        {
            Reads = [.. reads, runner],
            Writes = [attempt.Directory],
            Network = NetworkOf(experiment) == NetworkKind.Host,
            MemoryLimit = job.MemoryLimitBytes,
            Lifeline = true,
            Input = exchange.Question,
            StandardOutput = line => answer = line,
            // The runner's process is marked in the same way as the processes that it starts.
            Environment = new Dictionary<string, string> { [JobSpec.MarkerVariable] = job.Id },
            Labels = new Dictionary<string, string>
            {
                [ContainerRun.EvaluationLabel] = evaluation,
                [SampleLabel] = job.Id
            },
            Output = words.Add,
        };
        // A runner that was killed has not given its files back to their owner.
        var end = await RunAsync(experiment, job.Id, run, async () =>
        {
            if (owner is not null && answer.Length == 0)
                await engine.GiveAsync(runner, image, owner, [attempt.Directory], run.Labels).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
        TakenFiles.Tame(attempt.Directory);
        if (answer.Length == 0)
            return Unanswered(job, image, end, words);
        var result = exchange.Answer(answer, $"the runner in a container of '{image.Name}'");
        // The job was not cancelled by this process, so the container engine was stopped.
        if (result.Outcome == JobOutcome.Cancelled && !cancellation.IsCancellationRequested)
            throw engine.GoneWith(new IOException("the container was stopped"));
        return result;
    }

    private JobResult Unanswered(JobSpec job, AcquiredImage image, ContainerEnd end, LastLines words) =>
        end.OutOfMemory ? OutOfMemory(job)
            : throw ExperimentRules.RunnerUnusable.Error(SourceLocation.None, runner,
                "wrote no result in a container of "
                    + $"'{image.Name}' (exit code {end.ExitCode}): {string.Join(" | ", words.All)}");

    private static JobResult OutOfMemory(JobSpec job) => new()
    {
        Id = job.Id,
        Outcome = JobOutcome.OutOfMemory,
        Error = $"The kernel killed the container because memory ran out (the limit is {job.MemoryLimitBytes} bytes).",
    };

    private async Task<ContainerEnd> RunAsync(ExperimentDeclaration experiment, string jobId, ContainerRun run,
        Func<Task> afterwards, CancellationToken cancellation)
    {
        try
        {
            return await engine.RunAsync(run, cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException problem) when (problem.Diagnostics[0].Rule == DockerRules.Gone)
        {
            // A container survives when the container engine is killed; its processes are processes of this machine.
            await host.SweepAsync([jobId], CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch (FileNotFoundException problem)
        {
            throw DockerRules.Refused.Error(experiment.Item.Where, runner, run.Image.Name, problem.Message);
        }
        finally
        {
            await afterwards().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation)
    {
        try
        {
            await engine.ProbeAsync(cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException)
        {
            // The processes of a container are killed like those of the host; the container is removed when the engine
            // runs again.
            return;
        }
        await engine.SweepAsync(ContainerRun.EvaluationLabel, evaluation, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Name of the container in which a sample is taken.</summary>
    public static string NameOf(string jobId) => $"verus-artifact-{jobId}";

    private static string ImageOf(ExperimentDeclaration experiment) => ((DockerPlacement)experiment.Place).Image;

    private static NetworkKind NetworkOf(ExperimentDeclaration experiment) =>
        ((DockerPlacement)experiment.Place).Network;

    private static JobSpec InImage(JobSpec job, AcquiredImage image)
    {
        return job with
        {
            Command = Inside(job.Command),
            Prepare = [.. job.Prepare.Select(Inside)],
            Services = [.. job.Services.Select(service => service with { Command = Inside(service.Command) })],
        };

        CommandSpec Inside(CommandSpec command) => command with { Environment = image.Surround(command.Environment) };
    }
}

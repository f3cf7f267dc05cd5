using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Containers;

public sealed partial class DockerEngine
{
    /// <summary>The capabilities that root has in a container, which cover only its own files and processes.</summary>
    internal static readonly IReadOnlyList<string> KeptCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL"];

    /// <summary>The maximum number of processes and threads in a container at a time.</summary>
    internal const long MostProcesses = 8192;

    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GivingTime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Runs a process to its end in a container of its own. Whatever happens, the container does not remain after this
    /// method has returned.
    /// </summary>
    /// <exception cref="DiagnosticException">The engine refuses to run the container, or stopped answering.</exception>
    /// <exception cref="FileNotFoundException">The program does not exist in the image.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled; the container was killed.</exception>
    public async Task<ContainerEnd> RunAsync(ContainerRun run, CancellationToken cancellation)
    {
        var engine = await ProbeAsync(cancellation).ConfigureAwait(false);
        try
        {
            // A container with the same name was left by a killed build.
            await RemoveAsync(run.Name).ConfigureAwait(false);
            await Client.Containers.CreateContainerAsync(Parameters(run, engine), cancellation).ConfigureAwait(false);
            var attach = new ContainerAttachParameters
            {
                Stream = true,
                Stdin = run.Lifeline,
                Stdout = true,
                Stderr = true
            };
            using var stream = await Client.Containers.AttachContainerAsync(run.Name, tty: false, attach,
                cancellation).ConfigureAwait(false);
            await Client.Containers.StartContainerAsync(run.Name, new ContainerStartParameters(),
                cancellation).ConfigureAwait(false);
            if (run.Input.Length > 0)
                await stream.WriteAsync(run.Input, 0, run.Input.Length, cancellation).ConfigureAwait(false);
            await PumpAsync(stream, run, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
            var end = await Client.Containers.WaitContainerAsync(run.Name, cancellation).ConfigureAwait(false);
            var state = (await Client.Containers.InspectContainerAsync(run.Name,
                cancellation).ConfigureAwait(false)).State;
            return new ContainerEnd(end.StatusCode, state.OOMKilled);
        }
        catch (DockerApiException problem)
        {
            throw Explain(run, problem);
        }
        catch (Exception problem) when (IsGone(problem) && problem is not FileNotFoundException
            && !cancellation.IsCancellationRequested)
        {
            throw GoneWith(problem);
        }
        finally
        {
            await RemoveAsync(run.Name).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The user who gets back the files that a container of an image writes, as <c>USER:GROUP</c>; null when that user
    /// already owns them.
    /// </summary>
    public async Task<string?> OwnerOfFilesAsync(AcquiredImage image, CancellationToken cancellation) =>
        image.IsOfRoot && Caller.User != 0 && !(await ProbeAsync(cancellation).ConfigureAwait(false)).Rootless
            ? Owner : null;

    /// <summary>
    /// Changes the owner of folders, by running the runner in a container of its own. Folders whose owner cannot be
    /// changed stay as they are; the code that needs such a folder next will report the problem.
    /// </summary>
    /// <param name="runner">Absolute path of the runner.</param>
    /// <param name="image">The image of the container, which may be any.</param>
    /// <param name="owner">The new owner, as <c>USER:GROUP</c>.</param>
    /// <param name="folders">Absolute paths.</param>
    /// <param name="labels">The labels by which the container is found again.</param>
    public async Task GiveAsync(string runner, AcquiredImage image, string owner, IReadOnlyList<string> folders,
        IReadOnlyDictionary<string, string> labels)
    {
        // The change is not cancelled by the user's Ctrl-C, because it is part of the cleanup after Ctrl-C.
        using var patience = new CancellationTokenSource(GivingTime);
        try
        {
            await RunAsync(new ContainerRun($"verus-artifact-own-{Guid.NewGuid():N}", image,
                [runner, "own", owner, .. folders], "/")
            {
                Reads = [runner],
                Writes = folders,
                Labels = labels,
            }, patience.Token).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is DiagnosticException or OperationCanceledException
            or FileNotFoundException)
        {
            // If the engine or the image is gone, the owners cannot be changed.
        }
    }

    /// <summary>
    /// Advice on an image that names a user of its own, whose commands run as the caller; null for an image of root or
    /// of the caller, and with a rootless engine, where commands run as root of the image.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="where">Where the image is declared.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="DiagnosticException">The engine does not answer.</exception>
    public async Task<Diagnostic?> AdviceOnUserAsync(AcquiredImage image, SourceLocation where,
        CancellationToken cancellation) =>
        image.IsOfRoot || image.User.Split(':')[0] == $"{Caller.User}"
            || (await ProbeAsync(cancellation).ConfigureAwait(false)).Rootless
            ? null : DockerRules.OtherUser.At(where, image.Name, image.User, Owner);

    private string Owner => $"{Caller.User}:{Caller.Group}";

    private CreateContainerParameters Parameters(ContainerRun run, EngineFacts engine) => new()
    {
        Name = run.Name,
        Image = run.Image.Id,
        // The entry point of the image is not used, so that exactly the declared command runs.
        Entrypoint = [run.Command[0]],
        Cmd = [.. run.Command.Skip(1)],
        WorkingDir = run.WorkingDirectory,
        Env = [.. run.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
        // In a rootless engine, root is the user who runs it, and any other number is a different user.
        User = engine.Rootless || run.Image.IsOfRoot ? "0:0" : Owner,
        Labels = run.Labels.ToDictionary(),
        AttachStdin = run.Lifeline,
        OpenStdin = run.Lifeline,
        StdinOnce = run.Lifeline,
        AttachStdout = true,
        AttachStderr = true,
        HostConfig = new HostConfig
        {
            Mounts = [.. Mounts(run)],
            NetworkMode = run.Network ? "host" : "none",
            Memory = run.MemoryLimit ?? 0,
            // The limit for memory and swap together equals the limit for memory, so no swap is used: at its limit a
            // program is killed rather than slowed down.
            MemorySwap = run.MemoryLimit ?? 0,
            Ulimits = OwnLimits.Read(),
            // The output is sent to this process, so the engine need not keep a copy.
            LogConfig = new LogConfig { Type = "none" },
            // The image and its programs are not trusted: they get no rights beyond those that root needs for its files
            // and processes, cannot gain further rights, and cannot start more processes than a legitimate program
            // needs.
            CapDrop = run.IsBuild ? [] : ["ALL"],
            CapAdd = run.IsBuild ? [] : [.. KeptCapabilities],
            PidsLimit = MostProcesses,
            // On systems with SELinux, containers could not otherwise access folders of this machine, which keep their
            // own labels.
            SecurityOpt = [.. run.IsBuild ? Array.Empty<string>() : ["no-new-privileges"],
                .. engine.SelinuxOn ? ["label=disable"] : Array.Empty<string>()],
        },
    };

    private static IEnumerable<Mount> Mounts(ContainerRun run)
    {
        foreach (var path in run.Writes)
            yield return new Mount { Type = "bind", Source = path, Target = path };
        // For a link that a container sees, the target of the link must be visible in the container, too.
        var reads = run.Reads.Where(path => File.Exists(path) || Directory.Exists(path))
            .SelectMany(path => new[] { path, Final(path) })
            .Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal).ToList();
        foreach (var path in reads.Where(path => !run.Writes.Any(folder => IsIn(path, folder))
            && !reads.Any(folder => folder != path && IsIn(path, folder))))
        {
            yield return new Mount { Type = "bind", Source = path, Target = path, ReadOnly = true };
            // Engines before version 25 leave a file system that is mounted below a read-only folder writable.
            foreach (var inner in MountsBelow(path)
                .Where(inner => !run.Writes.Any(folder => IsIn(inner, folder) || IsIn(folder, inner))))
                yield return new Mount { Type = "bind", Source = inner, Target = inner, ReadOnly = true };
        }
    }

    // The fifth field of a line in mountinfo is the mount point, in which special characters are written as three octal
    // digits.
    private static List<string> MountsBelow(string folder) => !File.Exists(MountTable) ? []
        : [.. File.ReadLines(MountTable).Select(line => line.Split(' ')).Where(fields => fields.Length > 4)
            .Select(fields => MountText.Unescape(fields[4]))
            .Where(mount => mount != folder && IsIn(mount, folder)).Distinct(StringComparer.Ordinal)];

    private const string MountTable = "/proc/self/mountinfo";

    private static bool IsIn(string path, string folder) => path == folder
        || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Final(string path) =>
        (Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true)
            : File.ResolveLinkTarget(path, returnFinalTarget: true))?.FullName ?? path;

    private static async Task PumpAsync(MultiplexedStream stream, ContainerRun run, CancellationToken cancellation)
    {
        var cutters = new[] { new LineCutter(run.StandardOutput ?? run.Output), new LineCutter(run.Output) };
        var buffer = new byte[1 << 16];
        while (await stream.ReadOutputAsync(buffer, 0, buffer.Length,
            cancellation).ConfigureAwait(false) is { EOF: false } read)
            cutters[read.Target == MultiplexedStream.TargetStream.StandardError
                ? 1 : 0].Append(buffer.AsSpan(0, read.Count));
        foreach (var cutter in cutters)
            cutter.End();
    }

    // Kills the container if it runs. Killing is not cancelled by the user's Ctrl-C, because it is what Ctrl-C must do.
    private async Task RemoveAsync(string container)
    {
        using var patience = new CancellationTokenSource(RemovalTime);
        try
        {
            await Client.Containers.RemoveContainerAsync(container,
                new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, patience.Token)
                .ConfigureAwait(false);
        }
        catch (Exception problem) when (IsGone(problem) || problem is DockerApiException or OperationCanceledException)
        {
            // An error means that the container does not exist or is being removed already, or that the engine is gone,
            // in which case the next start cleans up.
        }
    }

    private static Exception Explain(ContainerRun run, DockerApiException problem)
    {
        var words = WordsOf(problem);
        bool Mentions(params string[] texts) =>
            texts.Any(text => words.Contains(text, StringComparison.OrdinalIgnoreCase));
        if (Mentions("no space left on device"))
            return DockerRules.DiskFull.Error(SourceLocation.None, run.Image.Name, words.Trim());
        if (problem.StatusCode == HttpStatusCode.NotFound && Mentions("no such image"))
            return DockerRules.ImageGone.Error(SourceLocation.None, run.Image.Name, run.Image.Digest);
        if (Mentions("bind source path does not exist", "statfs"))
            return DockerRules.FilesUnseen.Error(SourceLocation.None, run.WorkingDirectory, words.Trim());
        if (Mentions("executable file not found", "no such file or directory") && Mentions(run.Command[0]))
            return new FileNotFoundException(
                $"the image '{run.Image.Name}' has no program '{run.Command[0]}' in its PATH");
        return DockerRules.Refused.Error(SourceLocation.None, run.Command[0], run.Image.Name, words.Trim());
    }
}

using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Containers;

public sealed partial class DockerEngine
{
    /// <summary>Capabilities that root has in a container: those for its own files and processes.</summary>
    internal static readonly IReadOnlyList<string> KeptCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL"];

    /// <summary>Processes and threads that a container may have at a time.</summary>
    internal const long MostProcesses = 8192;

    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GivingTime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Runs a process in a container of its own to its end. Whatever happens, the container is gone afterwards.
    /// </summary>
    /// <exception cref="DiagnosticException">The engine refuses, or went away.</exception>
    /// <exception cref="FileNotFoundException">The image has no such program.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the container was killed.</exception>
    public async Task<ContainerEnd> RunAsync(ContainerRun run, CancellationToken cancellation)
    {
        var engine = await LookAsync(cancellation).ConfigureAwait(false);
        try
        {
            // One of the same name is what a killed build left.
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
    /// To whom files that a container of an image writes are given back, as <c>USER:GROUP</c>; null where they are that
    /// user's already.
    /// </summary>
    public async Task<string?> OwnerOfFilesAsync(AcquiredImage image, CancellationToken cancellation) =>
        image.IsOfRoot && Caller.User != 0 && !(await LookAsync(cancellation).ConfigureAwait(false)).Rootless
            ? Owner : null;

    /// <summary>
    /// Gives folders to another user, by the runner in a container of its own. What cannot be given stays as it is:
    /// whoever needs it next says so.
    /// </summary>
    /// <param name="runner">Absolute path of the runner.</param>
    /// <param name="image">Any image.</param>
    /// <param name="owner">To whom, as <c>USER:GROUP</c>.</param>
    /// <param name="folders">Absolute paths.</param>
    /// <param name="labels">Labels by which the container is found again.</param>
    public async Task GiveAsync(string runner, AcquiredImage image, string owner, IReadOnlyList<string> folders,
        IReadOnlyDictionary<string, string> labels)
    {
        // Not cancelled by the user's Ctrl-C: it is part of what that is to do.
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
            // The engine is gone, or the image.
        }
    }

    private string Owner => $"{Caller.User}:{Caller.Group}";

    private CreateContainerParameters Parameters(ContainerRun run, EngineFacts engine) => new()
    {
        Name = run.Name,
        Image = run.Image.Id,
        // The entry point of the image is not asked: what is declared is what runs.
        Entrypoint = [run.Command[0]],
        Cmd = [.. run.Command.Skip(1)],
        WorkingDir = run.WorkingDirectory,
        Env = [.. run.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
        // In a rootless engine root is the user who runs it, and any other number somebody else.
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
            // The same number is no swap: at its limit a program is killed, not slowed down.
            MemorySwap = run.MemoryLimit ?? 0,
            Ulimits = OwnLimits.Read(),
            // Output goes to us; the engine need not keep it as well.
            LogConfig = new LogConfig { Type = "none" },
            // What an image or its programs bring is not trusted: no right that root does not need for its files and
            // processes, none to be gained, and no more processes than any honest program has.
            CapDrop = run.IsBuild ? [] : ["ALL"],
            CapAdd = run.IsBuild ? [] : [.. KeptCapabilities],
            PidsLimit = MostProcesses,
            // Where SELinux is on, folders of this machine cannot be reached with their own labels otherwise.
            SecurityOpt = [.. run.IsBuild ? Array.Empty<string>() : ["no-new-privileges"],
                .. engine.SelinuxOn ? ["label=disable"] : Array.Empty<string>()],
        },
    };

    private static IEnumerable<Mount> Mounts(ContainerRun run)
    {
        foreach (var path in run.Writes)
            yield return new Mount { Type = "bind", Source = path, Target = path };
        // What a link leads to must be there, too.
        var reads = run.Reads.Where(path => File.Exists(path) || Directory.Exists(path))
            .SelectMany(path => new[] { path, Final(path) })
            .Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal).ToList();
        foreach (var path in reads.Where(path => !run.Writes.Any(folder => IsIn(path, folder))
            && !reads.Any(folder => folder != path && IsIn(path, folder))))
        {
            yield return new Mount { Type = "bind", Source = path, Target = path, ReadOnly = true };
            // Engines before 25 leave a file system that is mounted below such a folder as writable as it is.
            foreach (var inner in MountsBelow(path)
                .Where(inner => !run.Writes.Any(folder => IsIn(inner, folder) || IsIn(folder, inner))))
                yield return new Mount { Type = "bind", Source = inner, Target = inner, ReadOnly = true };
        }
    }

    // The fifth field of mountinfo is where something is mounted; what is odd in it is written as three octal digits.
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

    // Kills it when it runs. Not cancelled by the user's Ctrl-C: it is what Ctrl-C is to do.
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
            // Not there, or going already; or the engine is gone, and the next start sweeps.
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

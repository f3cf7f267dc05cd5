using System.Globalization;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places.Vm;

/// <summary>The parameters with which a virtual machine is started.</summary>
/// <param name="Machine">The declaration of the machine.</param>
/// <param name="Accelerator">The accelerator: kvm or tcg.</param>
/// <param name="Disk">The disk under the machine's overlay; null when the machine has no disk.</param>
/// <param name="First">Whether the machine's disk is being set up, and still lacks what the setup installs.</param>
/// <param name="FileOf">Returns the path of an ExternalFile.</param>
internal sealed record MachineStart(VirtualMachineDeclaration Machine, string Accelerator, string? Disk, bool First,
    Func<string, string> FileOf);

/// <summary>
/// A running virtual machine. QEMU runs as a job of the measuring program, in the folder of an attempt. When this
/// process is killed, the measuring program ends QEMU; when both processes were killed, the next start cleans up the
/// attempt like any other.
/// </summary>
internal sealed class RunningMachine : IAsyncDisposable
{
    private const string RunnerThere = "/opt/verus-artifact/artifact-runner";
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250),
        ShutdownPatience = TimeSpan.FromSeconds(90);
    private static readonly string[] Foreign = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/etc/"];
    private readonly VirtualMachineDeclaration machine;
    private readonly EvaluationLayout layout;
    private readonly Attempt attempt;
    private readonly CancellationTokenSource stop = new();
    private readonly GuestKey key = new();
    private readonly Dictionary<string, string> brought = new(StringComparer.Ordinal);
    // Jobs that are not timed run side by side, and may need the same files.
    private readonly SemaphoreSlim bringing = new(1);
    private Task<JobResult> qemu = Task.FromException<JobResult>(new InvalidOperationException("QEMU was not started"));
    private GuestShell? shell;

    private RunningMachine(VirtualMachineDeclaration machine, EvaluationLayout layout, string id)
    {
        (this.machine, this.layout) = (machine, layout);
        attempt = new Attempt(Path.Combine(Attempts.RootIn(layout), id));
        var stamp = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        Logs = Path.Combine(layout.Experiments, "logs", $"vm-{machine.Name}", $"{stamp}-{id[..8]}");
    }

    /// <summary>The folder with the console output and the output of the setup, which is kept.</summary>
    public string Logs { get; }

    /// <summary>The file with the console output of the machine, which is kept.</summary>
    public string Console => Path.Combine(Logs, "console.txt");

    /// <summary>The machine's disk while it runs and, after an orderly shutdown, until it is disposed.</summary>
    public string Overlay => Path.Combine(attempt.Directory, "disk.qcow2");

    /// <summary>Starts a machine and waits until it answers.</summary>
    /// <exception cref="DiagnosticException">The machine does not start.</exception>
    public static async Task<RunningMachine> StartAsync(MachineStart start, Qemu qemu, HostExecutor host, string runner,
        EvaluationLayout layout, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString("N");
        var running = new RunningMachine(start.Machine, layout, id);
        try
        {
            Attempts.Prepare(running.attempt);
            Directory.CreateDirectory(running.Logs);
            if (start.Disk is { } disk)
                await running.MakeDiskAsync(qemu, disk, cancellation).ConfigureAwait(false);
            var seed = Path.Combine(running.attempt.Directory, "seed.iso");
            await File.WriteAllBytesAsync(seed, CloudInitSeed.Of(start.Machine.Name, id, running.key.AuthorizedKey),
                cancellation).ConfigureAwait(false);
            var port = FreePorts.Next();
            running.Run(host, id, qemu.Command(start.Machine, start.Accelerator,
                start.Disk is null ? null : running.Overlay, seed, port, running.Console, start.FileOf));
            await running.ConnectAsync(port, cancellation).ConfigureAwait(false);
            if (!start.First)
                await running.CheckArgumentsAsync(cancellation).ConfigureAwait(false);
            await running.UseAsync(shell => shell.UploadAsync([(runner, RunnerThere)], cancellation), cancellation)
                .ConfigureAwait(false);
            return running;
        }
        catch
        {
            await running.KillAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The machine that the runner sees in the guest, as JSON.</summary>
    public async Task<string> MachineAsync(CancellationToken cancellation)
    {
        var result = await CommandAsync($"{RunnerThere} machine", cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output
            : throw VmRules.RunnerFailed.Error(machine.Item.Where, machine.Name,
                $"ended with exit code {result.ExitCode}: {result.Error.Trim()}", Console);
    }

    /// <summary>Runs a job in the guest and copies its output back. When the call is cancelled, the machine is
    /// killed.</summary>
    public async Task<JobResult> RunAsync(JobSpec job, Attempt place, IReadOnlyList<string> reads, bool bringWork,
        CancellationToken cancellation)
    {
        // The caller pins jobs to CPUs of this machine; in the guest, the job is pinned to the first CPUs instead.
        job = job with { Cpus = [.. Enumerable.Range(0, job.Cpus.Count)] };
        await bringing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var path in Needed(job, place, reads))
                await BringAsync(path, cancellation).ConfigureAwait(false);
        }
        finally
        {
            bringing.Release();
        }
        await UseAsync(shell => shell.UploadAsync(Tree(place.Directory, _ => true), cancellation),
            cancellation).ConfigureAwait(false);
        var exchange = new JobExchange(job);
        var run = await CommandAsync($"{RunnerThere} run", cancellation, exchange.Question).ConfigureAwait(false);
        if (run.ExitCode is -1)
        {
            // A runner in the guest that was ended by a signal has no exit code, and its process tree survives it.
            await CommandAsync($"{RunnerThere} sweep {job.Id}", cancellation).ConfigureAwait(false);
            throw ExperimentRules.RunnerEnded.Error(machine.Item.Where, RunnerThere,
                $"was killed by a signal in the virtual machine '{machine.Name}'");
        }
        if (run.ExitCode != 0)
            throw VmRules.RunnerFailed.Error(machine.Item.Where, machine.Name,
                $"ended with exit code {run.ExitCode}: {run.Error.Trim()}", Console);
        var result = exchange.Answer(run.Output, $"the runner in the virtual machine '{machine.Name}'");
        string[] results = ["output", .. bringWork ? ["work"] : Array.Empty<string>()];
        await UseAsync(shell => shell.DownloadAsync(place.Directory, results, cancellation),
            cancellation).ConfigureAwait(false);
        await CommandAsync($"rm -rf {CommandLine.Quote(place.Directory)}", cancellation).ConfigureAwait(false);
        return result;
    }

    /// <summary>Runs a script as root and keeps its output; the caller is responsible for what the script
    /// does.</summary>
    /// <exception cref="DiagnosticException">The script failed.</exception>
    public async Task StepAsync(string name, string script, CancellationToken cancellation)
    {
        var result = await CommandAsync($"sh -eu -c {CommandLine.Quote(script)}", cancellation).ConfigureAwait(false);
        var file = Path.Combine(Logs, $"{name}.txt");
        await File.WriteAllTextAsync(file, result.Output + result.Error, cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw VmRules.SetupFailed.Error(machine.Item.Where, machine.Name, name, result.ExitCode, file,
                string.Join(" | ", (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .TakeLast(5)));
    }

    /// <summary>The standard output of a script that changes nothing, including what the script printed before it
    /// failed.</summary>
    public async Task<string> AskAsync(string script, CancellationToken cancellation) =>
        (await CommandAsync($"sh -c {CommandLine.Quote(script)}", cancellation).ConfigureAwait(false)).Output;

    /// <summary>Copies a file or folder to the same path in the guest, unless the guest already has it
    /// unchanged.</summary>
    public async Task BringAsync(string path, CancellationToken cancellation)
    {
        // The history of repositories is not copied to the guest: no command reads it, and the measured programs should
        // see as little of this machine as possible.
        var tree = Tree(path, entry => Path.GetFileName(entry) != ".git" && entry != layout.Root).ToList();
        var stamp = ContentHashes.OfText(string.Join('\n', tree.Select(entry => $"{entry.Path} {Stamp(entry.Path)}")));
        if (brought.GetValueOrDefault(path) == stamp)
            return;
        if (brought.Remove(path))
            await CommandAsync($"rm -rf {CommandLine.Quote(path)}", cancellation).ConfigureAwait(false);
        await UseAsync(shell => shell.UploadAsync(tree, cancellation), cancellation).ConfigureAwait(false);
        brought[path] = stamp;
    }

    /// <summary>
    /// Shuts the machine down in an orderly way, so that its disk is consistent; kills it when that takes too long.
    /// </summary>
    public async Task ShutDownAsync(CancellationToken cancellation)
    {
        try
        {
            // The connection ends when the machine shuts down, so its error does not matter.
            await CommandAsync("sync; systemctl poweroff 2>/dev/null || poweroff", cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException)
        {
            // An error of the connection means that the machine is shutting down, or was lost.
        }
        await Task.WhenAny(qemu, Task.Delay(ShutdownPatience, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Kills the machine at once and removes its disk.</summary>
    public async Task KillAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        shell?.Dispose();
        try
        {
            await qemu.ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is OperationCanceledException or DiagnosticException
            or InvalidOperationException)
        {
            // How the process of QEMU ended does not matter any more.
        }
        FolderRemoval.Remove(attempt.Directory);
        key.Dispose();
        stop.Dispose();
        bringing.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ShutDownAsync(CancellationToken.None).ConfigureAwait(false);
        await KillAsync().ConfigureAwait(false);
    }

    private async Task MakeDiskAsync(Qemu qemu, string disk, CancellationToken cancellation)
    {
        try
        {
            await qemu.MakeOverlayAsync(disk, Overlay, machine.Disk, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or JsonException)
        {
            throw VmRules.DiskFailed.Error(machine.Item.Where, machine.Name, disk, problem.Message);
        }
    }

    private void Run(HostExecutor host, string id, IReadOnlyList<string> command) => qemu = host.RunAsync(new JobSpec
    {
        Id = id,
        Command = new CommandSpec
        {
            Arguments = command,
            WorkingDirectory = attempt.Directory,
            StandardOutput = Path.Combine(attempt.Output, "stdout.txt"),
            StandardError = Path.Combine(attempt.Output, "stderr.txt"),
        },
    }, stop.Token);

    private async Task ConnectAsync(int port, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(machine.BootTimeout));
        for (var problem = "nobody answered"; shell is null;)
        {
            if (qemu.IsCompleted)
                throw VmRules.BootFailed.Error(machine.Item.Where, machine.Name,
                    $"QEMU ended: {await WordsAsync().ConfigureAwait(false)}", Console);
            if (patience.IsCancellationRequested)
                throw VmRules.BootFailed.Error(machine.Item.Where, machine.Name,
                    string.Create(CultureInfo.InvariantCulture,
                        $"it could not be reached over SSH within {machine.BootTimeout} s ({problem})"), Console);
            try
            {
                (shell, problem) = await GuestShell.TryConnectAsync(port, key, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                continue; // The time is up.
            }
            if (shell is null)
                await Task.WhenAny(qemu, Task.Delay(BetweenTries, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }
        // A cloud image accepts connections before it is ready, so the end of cloud-init is awaited.
        await CommandAsync("if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null; fi",
            cancellation).ConfigureAwait(false);
    }

    private async Task CheckArgumentsAsync(CancellationToken cancellation)
    {
        var started = (await CommandAsync("cat /proc/cmdline", cancellation).ConfigureAwait(false)).Output.Trim();
        var lacking = machine.KernelArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Except(started.Split(' ')).ToList();
        if (lacking.Count > 0)
            throw VmRules.ArgumentsIgnored.Error(machine.Item.Where, machine.Name, started, string.Join(' ', lacking),
                Console);
    }

    private async Task<GuestResult> CommandAsync(string command, CancellationToken cancellation, byte[]? input = null)
    {
        var result = new GuestResult(-1, "", "");
        await UseAsync(async shell => result = await shell.RunAsync(command, cancellation, input).ConfigureAwait(false),
            cancellation).ConfigureAwait(false);
        return result;
    }

    // To users, any failure of the communication means that the machine is lost. When a job is cancelled the machine is
    // killed, since part of the job is still in it.
    private async Task UseAsync(Func<GuestShell, Task> use, CancellationToken cancellation)
    {
        try
        {
            await use(shell!).ConfigureAwait(false);
        }
        catch (InvalidDataException problem)
        {
            throw VmRules.ResultsRefused.Error(machine.Item.Where, machine.Name, problem.Message.TrimEnd('.'), Console);
        }
        catch (Exception problem) when (GuestShell.IsNetwork(problem) && !cancellation.IsCancellationRequested)
        {
            throw VmRules.Lost.Error(machine.Item.Where, machine.Name,
                qemu.IsCompleted ? $"QEMU ended: {await WordsAsync().ConfigureAwait(false)}"
                    : problem.Message.TrimEnd('.'),
                Console);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    private async Task<string> WordsAsync()
    {
        var file = Path.Combine(attempt.Output, "stderr.txt");
        var words = File.Exists(file) ? (await File.ReadAllTextAsync(file).ConfigureAwait(false)).Trim() : "";
        return words.Length > 0 ? words.ReplaceLineEndings(" | ") : "without a word";
    }

    // The paths that a job reads and that must be copied to the guest, which are those that the job names. Paths in the
    // job's own folder are ignored, since they would always name a folder that holds the evaluation.
    private static IEnumerable<string> Needed(JobSpec job, Attempt place, IReadOnlyList<string> reads)
    {
        var texts = new[] { job.Command }.Concat(job.Prepare).Concat(job.Services.Select(service => service.Command))
            .SelectMany(command => command.Arguments.Concat(command.Environment.Values)
                .Append(command.WorkingDirectory))
            .SelectMany(text => text.Split(':', '=', ' '))
            .Where(text => !text.StartsWith(place.Directory, StringComparison.Ordinal)).ToList();
        // Longer paths come first, so that a path within a checkout is recognized as one of the checkout and not of the
        // project around it.
        foreach (var path in reads.OrderByDescending(path => path.Length)
            .Where(path => !Array.Exists(Foreign, path.StartsWith)))
            if (texts.RemoveAll(text => text == path
                || text.StartsWith(path.TrimEnd('/') + '/', StringComparison.Ordinal)) > 0 && Path.Exists(path))
                yield return path;
    }

    private static IEnumerable<(string Path, string RemotePath)> Tree(string path, Func<string, bool> wanted)
    {
        yield return (path, path);
        if (!Directory.Exists(path) || File.ResolveLinkTarget(path, returnFinalTarget: false) is not null)
            yield break;
        foreach (var entry in Directory.EnumerateFileSystemEntries(path).Where(wanted))
            foreach (var inner in Tree(entry, wanted))
                yield return inner;
    }

    private static string Stamp(string path) => Directory.Exists(path) ? "" : FileStamp.Of(path).ToString();
}

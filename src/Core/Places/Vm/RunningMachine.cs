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

/// <summary>What a machine is started with.</summary>
/// <param name="Machine">What was declared.</param>
/// <param name="Accelerator">kvm or tcg.</param>
/// <param name="Disk">The disk under its overlay; null when it has none.</param>
/// <param name="First">Whether its disk is set up now, and lacks what the setup brings.</param>
/// <param name="FileOf">Where an ExternalFile is.</param>
internal sealed record MachineStart(VirtualMachineDeclaration Machine, string Accelerator, string? Disk, bool First,
    Func<string, string> FileOf);

/// <summary>
/// A virtual machine that is up. QEMU runs as a job of the measuring program, in the folder of an attempt: when this
/// process is killed, that program ends QEMU, and where both were killed, the next start sweeps the attempt as it does
/// any other.
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

    /// <summary>Folder of its console and of what its setup said; kept.</summary>
    public string Logs { get; }

    /// <summary>What its console showed; kept.</summary>
    public string Console => Path.Combine(Logs, "console.txt");

    /// <summary>Its disk while it runs, and after an orderly end until it is disposed.</summary>
    public string Overlay => Path.Combine(attempt.Directory, "disk.qcow2");

    /// <summary>Starts a machine and waits until it answers.</summary>
    /// <exception cref="DiagnosticException">It does not come up.</exception>
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

    /// <summary>The machine that the runner sees in there, as JSON.</summary>
    public async Task<string> MachineAsync(CancellationToken cancellation)
    {
        var result = await CommandAsync($"{RunnerThere} machine", cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output
            : throw VmRules.RunnerFailed.Error(machine.Item.Where, machine.Name,
                $"ended with exit code {result.ExitCode}: {result.Error.Trim()}", Console);
    }

    /// <summary>Runs a job in there and brings its output back. Cancelled, the machine is killed.</summary>
    public async Task<JobResult> RunAsync(JobSpec job, Attempt place, IReadOnlyList<string> reads, bool bringWork,
        CancellationToken cancellation)
    {
        // The caller pins to CPUs of this machine; there the first ones are meant.
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
            // Ended by a signal, it has no exit code; its tree lives on without it.
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

    /// <summary>Runs a script as root whose output is kept; what it does is up to the caller.</summary>
    /// <exception cref="DiagnosticException">It failed.</exception>
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

    /// <summary>Brings a file or folder under its own path, unless it is there as it is here.</summary>
    public async Task BringAsync(string path, CancellationToken cancellation)
    {
        // Repositories bring their history with them, which no command reads; what is measured here must not travel
        // into the place where it is measured.
        var tree = Tree(path, entry => Path.GetFileName(entry) != ".git" && entry != layout.Root).ToList();
        var stamp = ContentHashes.OfText(string.Join('\n', tree.Select(entry => $"{entry.Path} {Stamp(entry.Path)}")));
        if (brought.GetValueOrDefault(path) == stamp)
            return;
        if (brought.Remove(path))
            await CommandAsync($"rm -rf {CommandLine.Quote(path)}", cancellation).ConfigureAwait(false);
        await UseAsync(shell => shell.UploadAsync(tree, cancellation), cancellation).ConfigureAwait(false);
        brought[path] = stamp;
    }

    /// <summary>Shuts it down in order, so that its disk is whole; kills it when that takes too long.</summary>
    public async Task ShutDownAsync(CancellationToken cancellation)
    {
        try
        {
            // The connection goes down with the machine: what it says of that is of no interest.
            await CommandAsync("sync; systemctl poweroff 2>/dev/null || poweroff", cancellation).ConfigureAwait(false);
        }
        catch (DiagnosticException)
        {
            // It is on its way down, or was lost.
        }
        await Task.WhenAny(qemu, Task.Delay(ShutdownPatience, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Ends it at once and removes its disk.</summary>
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
            // How it ended is of no interest any more.
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
        // A cloud image answers before it is ready.
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

    // Whatever breaks on the way is one thing to users: the machine is lost. A machine that is stopped is killed, since
    // half a job is in it.
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
                qemu.IsCompleted ? $"QEMU ended: {await WordsAsync().ConfigureAwait(false)}" : problem.Message,
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

    // The paths that a job reads and that are not the guest's own: those that it names. A folder that holds the
    // evaluation is named by each job's own folder, so that is not looked at.
    private static IEnumerable<string> Needed(JobSpec job, Attempt place, IReadOnlyList<string> reads)
    {
        var texts = new[] { job.Command }.Concat(job.Prepare).Concat(job.Services.Select(service => service.Command))
            .SelectMany(command => command.Arguments.Concat(command.Environment.Values)
                .Append(command.WorkingDirectory))
            .SelectMany(text => text.Split(':', '=', ' '))
            .Where(text => !text.StartsWith(place.Directory, StringComparison.Ordinal)).ToList();
        // Longer ones first: a text within a checkout names the checkout, not the project around it.
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

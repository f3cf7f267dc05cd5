using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Pins;
using Verus.Artifact.Places.Host;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Vm;

/// <summary>The services that the evaluation provides to virtual machines.</summary>
public sealed record VmOptions
{
    /// <summary>The declared machines.</summary>
    public required IReadOnlyList<VirtualMachineDeclaration> Machines { get; init; }
    /// <summary>The locations of checkouts and downloads, as far as they exist.</summary>
    public required Func<CellContext> CellContext { get; init; }
    /// <summary>Folders of the evaluation.</summary>
    public required EvaluationLayout Layout { get; init; }
    /// <summary>Absolute path of the runner.</summary>
    public required string Runner { get; init; }
    /// <summary>The folders in which QEMU is searched.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }
    /// <summary>The log that receives messages about progress.</summary>
    public required Func<IBuildLog> Log { get; init; }
    /// <summary>
    /// Whether virtual machines may be started; if not, only what is known from a machine's last start is reported.
    /// </summary>
    public bool MayStart { get; init; } = true;
}

/// <summary>
/// Runs the runner in virtual machines under QEMU. The first job that needs a virtual machine starts it, and all later
/// jobs use it. The properties of a machine are remembered from its last start, so that a plan need not start the
/// machine.
/// </summary>
public sealed class VmExecutor(VmOptions options) : IPlace
{
    private readonly HostExecutor host = new(options.Runner);
    private readonly Qemu qemu = new(options.SearchPath);
    private readonly MachineMemory memory = new(options.Layout);
    private readonly Dictionary<string, RunningMachine> running = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> accelerators = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim gate = new(1);
    private CancellationToken last;

    /// <inheritdoc/>
    public string IdentityOf(ExperimentDeclaration experiment) =>
        "virtual machine; " + PartsOf(MachineOf(experiment), options.CellContext());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation)
    {
        var machine = MachineOf(experiment);
        var lacking = new List<Shortfall>();
        foreach (var program in qemu.Missing)
            AddShortfall($"program {program}", "any version", "not in PATH",
                "Install QEMU (Debian: apt-get install qemu-system-x86 qemu-utils).", SetUpScript.VirtualMachines);
        var facts = MachineFacts.Read(options.Layout.Root);
        if (facts.MemoryBytes < machine.Memory)
            AddShortfall("memory", $"{Amount.Gibibytes(machine.Memory)} for the virtual machine {machine.Name}",
                Amount.Gibibytes(facts.MemoryBytes),
                "Use a machine with more memory, or set Memory of the VirtualMachine.");
        if (facts.Cores < machine.Cpus)
            AddShortfall("cores", $"{machine.Cpus} for the virtual machine {machine.Name}", $"{facts.Cores}",
                "Use a machine with more cores, or set Cpus of the VirtualMachine.");
        if (machine.Accelerator == Accelerator.Kvm
            && (qemu.Missing.Any() ? Qemu.WhyNoDevice()
                : await WhyNoKvmAsync(cancellation).ConfigureAwait(false)) is { } why)
            AddShortfall("KVM", "hardware virtualisation that works", why,
                "Use a machine with KVM; where /dev/kvm is there and may not be used, add the user to its group "
                    + "(usermod -aG kvm NAME, then log in again). "
                + "Or set Accelerator of the VirtualMachine to Auto or Tcg, whose times say nothing about speed.",
                File.Exists("/dev/kvm") ? [SetUpScript.VirtualMachines] : []);
        return lacking;

        void AddShortfall(string what, string needed, string found, string remedy, params string[] setUp) =>
            lacking.Add(new Shortfall(what, needed, found, remedy, [experiment.Name]) { SetUp = setUp });
    }

    /// <inheritdoc/>
    public async Task<string> MachineAsync(ExperimentDeclaration experiment, CancellationToken cancellation)
    {
        last = cancellation;
        var machine = MachineOf(experiment);
        var key = await KeyOfAsync(machine, cancellation).ConfigureAwait(false);
        // The entry in the cache may be damaged; in this case the machine is examined once more.
        if (memory.Recall(machine.Name, key) is { } remembered && MachineReading.IsReadable(remembered))
            return remembered;
        if (!options.MayStart)
            return MachineReading.Unknown;
        var up = await UpAsync(machine, cancellation).ConfigureAwait(false);
        return memory.Recall(machine.Name, key) ?? await RememberAsync(machine, up, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ExperimentDeclaration experiment, JobSpec job, Attempt attempt,
        IReadOnlyList<string> reads, CancellationToken cancellation)
    {
        last = cancellation;
        var up = await UpAsync(MachineOf(experiment), cancellation).ConfigureAwait(false);
        try
        {
            return await up.RunAsync(job, attempt, reads, experiment.Collect.Count > 0, cancellation)
                .ConfigureAwait(false);
        }
        catch (DiagnosticException problem) when (problem.Diagnostics[0].Rule != ExperimentRules.RunnerEnded)
        {
            await GiveUpAsync(MachineOf(experiment), up).ConfigureAwait(false);
            throw;
        }
    }

    // The next job starts the machine anew. Jobs that ran side by side in a virtual machine that was lost fail as well;
    // one of them ends the machine.
    private async Task GiveUpAsync(VirtualMachineDeclaration machine, RunningMachine lost)
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (running.GetValueOrDefault(machine.Name) != lost)
                return;
            running.Remove(machine.Name);
            await lost.KillAsync().ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> DeviationsOf(ExperimentDeclaration experiment) =>
        accelerators.GetValueOrDefault(MachineOf(experiment).Name) == Software
            ? ["in a virtual machine that is emulated in software: these numbers say nothing about speed"] : [];

    /// <inheritdoc/>
    // QEMU runs as a job of the host's executor.
    public Task SweepAsync(IReadOnlyList<string> jobIds, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var machine in running.Values)
            await (last.IsCancellationRequested ? machine.KillAsync() : machine.DisposeAsync().AsTask()).ConfigureAwait(
                false);
        running.Clear();
    }

    private const string Hardware = "kvm", Software = "tcg";

    private async Task<RunningMachine> UpAsync(VirtualMachineDeclaration machine, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (running.TryGetValue(machine.Name, out var up))
                return up;
            var disk = machine.Image is { } image
                ? await ProvisionedAsync(machine, FileOf(machine, image), cancellation).ConfigureAwait(false) : null;
            up = await StartAsync(machine, disk, first: false, cancellation).ConfigureAwait(false);
            running.Add(machine.Name, up);
            if (disk is null)
                await SetUpAsync(machine, up, cancellation).ConfigureAwait(false);
            await RememberAsync(machine, up, cancellation).ConfigureAwait(false);
            return up;
        }
        catch
        {
            // A machine that failed while it started is not used for another job.
            if (running.Remove(machine.Name, out var half))
                await half.KillAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<RunningMachine> StartAsync(VirtualMachineDeclaration machine, string? disk, bool first,
        CancellationToken cancellation)
    {
        options.Log().Progress($"Starting the virtual machine {machine.Name}{(first ? " to set it up" : "")}");
        var accelerator = await AcceleratorOfAsync(machine, cancellation).ConfigureAwait(false);
        return await RunningMachine.StartAsync(new MachineStart(machine, accelerator, disk, first,
            name => FileOf(machine, name)), qemu, host, options.Runner, options.Layout, cancellation)
            .ConfigureAwait(false);
    }

    // The disk after the installation of packages, kernel arguments and setup, which is made once for each combination
    // of what it depends on, and is only read after that.
    private async Task<string> ProvisionedAsync(VirtualMachineDeclaration machine, string image,
        CancellationToken cancellation)
    {
        if (machine is { Packages: [], Setup: null }
            && (machine.Kernel is not null || machine.KernelArguments.Length == 0))
            return image;
        var cellContext = options.CellContext();
        var disk = Path.Combine(options.Layout.Tools, "vm", machine.Name,
            ContentHashes.OfText(SetupPartsOf(machine, cellContext))[..16], "disk.qcow2");
        if (File.Exists(disk))
            return disk;
        options.Log().Info($"Setting up the virtual machine {machine.Name}; this is done once");
        var first = await StartAsync(machine, image, first: true, cancellation).ConfigureAwait(false);
        try
        {
            var before = await PackagesAsync(first, cancellation).ConfigureAwait(false);
            await SetUpAsync(machine, first, cancellation).ConfigureAwait(false);
            var after = await PackagesAsync(first, cancellation).ConfigureAwait(false);
            await first.ShutDownAsync(cancellation).ConfigureAwait(false);
            Directory.CreateDirectory(Path.GetDirectoryName(disk)!);
            File.Move(first.Overlay, disk);
            new PackageLock(machine.Item, "vm", ContentHashes.OfText(SetupPartsOf(machine, cellContext)),
                options.Layout.ProjectDirectory).Settle(before, after, options.Log());
        }
        finally
        {
            await first.KillAsync().ConfigureAwait(false);
        }
        return disk;
    }

    private static async Task<IReadOnlyList<string>> PackagesAsync(RunningMachine up, CancellationToken cancellation) =>
        PackageLock.PackagesIn((await up.AskAsync(PackageLock.AllPackages, cancellation).ConfigureAwait(false))
            .Split('\n'));

    private async Task SetUpAsync(VirtualMachineDeclaration machine, RunningMachine up, CancellationToken cancellation)
    {
        if (machine.Packages.Count > 0)
            await up.StepAsync("packages", Install(machine.Packages), cancellation).ConfigureAwait(false);
        if (machine is { Image: not null, Kernel: null, KernelArguments.Length: > 0 })
            await up.StepAsync("kernel-arguments", KernelArguments(machine.KernelArguments),
                cancellation).ConfigureAwait(false);
        if (machine.Setup is not { } setup)
            return;
        var sources = options.CellContext().Sources;
        foreach (var source in machine.Sources)
            await up.BringAsync(sources[source].Path, cancellation).ConfigureAwait(false);
        await up.StepAsync("setup", setup.Fill(source => CommandLine.Quote(source.Below(sources[source.Name].Path))),
            cancellation).ConfigureAwait(false);
    }

    // At its first start a system looks for upgrades by itself, which would hold the package manager's lock and
    // continue during measurements.
    private static string Install(IReadOnlyList<string> packages) => $$"""
        export DEBIAN_FRONTEND=noninteractive
        for unit in apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service unattended-upgrades.service; do
          systemctl --quiet mask --now $unit 2>/dev/null || true
        done
        patient() { apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 "$@"; }
        patient update -qq
        patient install -y -qq {{CommandLine.Join(packages)}}
        """;

    // Debian and Ubuntu read the folder, Fedora and its relatives have a command; the change takes effect at the next
    // start.
    private static string KernelArguments(string arguments) => $$"""
        if command -v update-grub >/dev/null; then
          mkdir -p /etc/default/grub.d
          echo {{CommandLine.Quote($"GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT {arguments}\"")}} > /etc/default/grub.d/99-verus-artifact.cfg
          update-grub
        else
          grubby --update-kernel=ALL --args={{CommandLine.Quote(arguments)}}
        fi
        """.ReplaceLineEndings("\n");

    private async Task<string> RememberAsync(VirtualMachineDeclaration machine, RunningMachine up,
        CancellationToken cancellation)
    {
        var key = await KeyOfAsync(machine, cancellation).ConfigureAwait(false);
        var json = await up.MachineAsync(cancellation).ConfigureAwait(false);
        if (!MachineReading.IsReadable(json))
            throw VmRules.RunnerFailed.Error(machine.Item.Where, machine.Name,
                "printed an unreadable description of the machine", up.Console);
        var before = memory.Recall(machine.Name, key);
        memory.Remember(machine.Name, key, MachineReading.WithoutBoot(json));
        if (before is not null && MachineReading.IsReadable(before)
            && MachineReading.Parse(before).Id != MachineReading.Parse(json).Id)
            throw VmRules.Changed.Error(machine.Item.Where, machine.Name);
        return json;
    }

    // The properties that determine the machine that a guest sees: its declaration, the emulator, and the processor of
    // the host.
    private async Task<string> KeyOfAsync(VirtualMachineDeclaration machine, CancellationToken cancellation)
    {
        var accelerator = await AcceleratorOfAsync(machine, cancellation).ConfigureAwait(false);
        var below = MachineReading.Parse(await host.ReadMachineAsync(cancellation).ConfigureAwait(false)).Id;
        return ContentHashes.OfText(string.Join('\n', PartsOf(machine, options.CellContext()), accelerator, below,
            await qemu.VersionAsync(cancellation).ConfigureAwait(false)));
    }

    private async Task<string> AcceleratorOfAsync(VirtualMachineDeclaration machine, CancellationToken cancellation)
    {
        if (accelerators.TryGetValue(machine.Name, out var known))
            return known;
        var why = machine.Accelerator == Accelerator.Tcg
            ? "as declared" : await WhyNoKvmAsync(cancellation).ConfigureAwait(false);
        if (why is not null)
            options.Log().Report(VmRules.Emulated.At(machine.Item.Where, machine.Name, why));
        return accelerators[machine.Name] = why is null ? Hardware : Software;
    }

    // The outcome of a trial of hardware virtualisation is remembered: a trial takes seconds when it hangs, and its
    // outcome stays the same until the host is restarted.
    private async Task<string?> WhyNoKvmAsync(CancellationToken cancellation)
    {
        const string Name = "kvm";
        var key = ContentHashes.OfText(MachineState.BootOf("/")
            + await qemu.VersionAsync(cancellation).ConfigureAwait(false));
        var why = memory.Recall(Name, key);
        if (why is null)
        {
            why = await qemu.WhyNoKvmAsync(Path.GetTempPath(), cancellation).ConfigureAwait(false) ?? "";
            if (options.MayStart)
                memory.Remember(Name, key, why);
        }
        return why.Length == 0 ? null : why;
    }

    private static string PartsOf(VirtualMachineDeclaration machine, CellContext cellContext) =>
        string.Create(CultureInfo.InvariantCulture,
        $"{SetupPartsOf(machine, cellContext)}; memory {machine.Memory >> 20} MiB; cpus {machine.Cpus}");

    private static string SetupPartsOf(VirtualMachineDeclaration machine, CellContext cellContext)
    {
        var text = new StringBuilder();
        foreach (var (kind, name) in new[] { ("image", machine.Image), ("kernel", machine.Kernel),
            ("initrd", machine.Initrd) })
            if (name is not null)
                text.Append(kind).Append(' ').Append(cellContext.Files.GetValueOrDefault(name)?.Identity
                    ?? "not here yet").Append("; ");
        text.Append("arguments '").Append(machine.KernelArguments).Append('\'');
        if (machine.Disk is { } disk)
            text.Append(CultureInfo.InvariantCulture, $"; disk {disk}");
        if (machine.Packages.Count > 0)
            text.Append("; packages ").AppendJoin(' ', machine.Packages);
        if (machine.Setup is { } setup)
            text.Append("; setup ").Append(ContentHashes.OfText(setup.Text)[..16]);
        foreach (var source in machine.Sources)
            text.Append("; ").Append(source).Append(' ').Append(cellContext.Sources.GetValueOrDefault(source)?.Identity
                ?? "not here yet");
        return text.ToString();
    }

    private string FileOf(VirtualMachineDeclaration machine, string name) =>
        options.CellContext().Files.GetValueOrDefault(name)?.Path
        ?? throw VmRules.DiskFailed.Error(machine.Item.Where, machine.Name, name, "the file has not been downloaded");

    private VirtualMachineDeclaration MachineOf(ExperimentDeclaration experiment) =>
        options.Machines.First(machine =>
            machine.Name.Equals(((VmPlacement)experiment.Place).VirtualMachine, StringComparison.OrdinalIgnoreCase));
}

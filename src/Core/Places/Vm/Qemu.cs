using System.Globalization;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Verus.Artifact.Places.Vm;

/// <summary>The programs of QEMU as found on this machine.</summary>
internal sealed class Qemu(IReadOnlyList<string> searchPath)
{
    private const string SystemProgram = "qemu-system-x86_64", ImageProgram = "qemu-img";

    // The time after which a trial guest is regarded as not working; the BIOS alone takes a fraction of this time.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(10);
    private const string KernelDevice = "/dev/kvm";
    // The path of a program of QEMU; if the program is missing, which the preflight reports, its bare name leads to a
    // clear error.
    private readonly string system = Find(SystemProgram, searchPath) ?? SystemProgram,
        image = Find(ImageProgram, searchPath) ?? ImageProgram;

    /// <summary>The programs of QEMU that are missing on this machine.</summary>
    public IEnumerable<string> Missing =>
        new[] { SystemProgram, ImageProgram }.Where(program => Find(program, searchPath) is null);

    /// <summary>The version of the emulator, as the emulator prints it.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await RunAsync(system, ["--version"], cancellation).ConfigureAwait(false)).StandardOutput.Split(
            '\n')[0].Trim();

    /// <summary>
    /// Why hardware virtualisation does not work; null when it works. The existence of /dev/kvm proves little, so a
    /// guest of a few instructions is run through the BIOS to its end.
    /// </summary>
    public async Task<string?> WhyNoKvmAsync(string folder, CancellationToken cancellation) =>
        File.Exists(KernelDevice)
            ? await ProbeAsync("kvm", folder, cancellation).ConfigureAwait(false) : $"there is no {KernelDevice}";

    /// <summary>Why the device of hardware virtualisation cannot be used, as far as it is known without QEMU; null
    /// when nothing is known against it.</summary>
    public static string? WhyNoDevice()
    {
        if (!File.Exists(KernelDevice))
            return $"there is no {KernelDevice}";
        try
        {
            File.Open(KernelDevice, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"this user may not open {KernelDevice}";
        }
    }

    /// <summary>Why a guest of a few instructions does not run with an accelerator; null when the guest runs.</summary>
    internal async Task<string?> ProbeAsync(string accelerator, string folder, CancellationToken cancellation)
    {
        const int Marker = 0x10;
        var disk = Path.Combine(folder, $"probe-{Guid.NewGuid():N}");
        // The code of the trial guest is: mov al, marker; out 0xf4, al; hlt; jmp to hlt. Writing the marker to the port
        // 0xf4 ends QEMU with the exit code 2 * marker + 1.
        var boot = new byte[512];
        new byte[] { 0xB0, Marker, 0xE6, 0xF4, 0xF4, 0xEB, 0xFD }.CopyTo(boot, 0);
        (boot[510], boot[511]) = (0x55, 0xAA);
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(disk, boot, cancellation).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ProbePatience);
        try
        {
            var run = await RunAsync(system,
            [
                .. Common(accelerator), "-m", "32", "-serial", "none", "-drive",
                $"file={Escape(disk)},format=raw,if=ide,readonly=off",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
            ], patience.Token).ConfigureAwait(false);
            var words = run.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()?.Trim();
            return run.ExitCode == 2 * Marker + 1 ? null
                : $"a trial ended with exit code {run.ExitCode} ({words ?? "no word"})";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"a trial did not end within {ProbePatience.TotalSeconds} s");
        }
        finally
        {
            File.Delete(disk);
        }
    }

    /// <summary>Creates an overlay disk that stores the differences from another disk.</summary>
    /// <exception cref="IOException">The disk cannot be created; the message of the exception is QEMU's.</exception>
    public async Task MakeOverlayAsync(string backing, string overlay, long? size, CancellationToken cancellation)
    {
        var info = Checked(await RunAsync(image, ["info", "--output=json", backing],
            cancellation).ConfigureAwait(false));
        using var json = JsonDocument.Parse(info);
        var format = json.RootElement.GetProperty("format").GetString()!;
        // A disk is never shrunk, because shrinking would truncate its file systems.
        var grown = Math.Max(size ?? 0, json.RootElement.GetProperty("virtual-size").GetInt64());
        Checked(await RunAsync(image, ["create", "-q", "-f", "qcow2", "-F", format, "-b", backing, overlay,
            grown.ToString(CultureInfo.InvariantCulture)], cancellation)
            .ConfigureAwait(false));
    }

    /// <summary>The command that runs a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="accelerator">kvm or tcg.</param>
    /// <param name="disk">The machine's disk; null when it has none.</param>
    /// <param name="seed">The image that contains the key.</param>
    /// <param name="port">Port on loopback that is forwarded to the guest's SSH server.</param>
    /// <param name="console">File that receives the console output.</param>
    /// <param name="fileOf">Returns the path of an ExternalFile.</param>
    public IReadOnlyList<string> Command(VirtualMachineDeclaration machine, string accelerator, string? disk,
        string seed, int port, string console, Func<string, string> fileOf)
    {
        var megabytes = (machine.Memory >> 20).ToString(CultureInfo.InvariantCulture);
        return
        [
            system, .. Common(accelerator), "-name", machine.Name.Replace(",", ",,", StringComparison.Ordinal),
            // All memory of the machine is allocated at the start; otherwise the first access to each page would be
            // part of the measured time.
            "-object", $"memory-backend-ram,id=memory,size={megabytes}M,prealloc=on", "-machine",
            "memory-backend=memory", "-m", megabytes,
            "-smp", machine.Cpus.ToString(CultureInfo.InvariantCulture),
            "-chardev", $"file,id=console,path={Escape(console)}", "-serial", "chardev:console",
            .. disk is null ? Array.Empty<string>()
                : ["-drive", $"file={Escape(disk)},format=qcow2,if=virtio,cache=unsafe,discard=unmap"],
            "-drive", $"file={Escape(seed)},format=raw,if=virtio,readonly=on",
            "-netdev", string.Create(CultureInfo.InvariantCulture, $"user,id=net,hostfwd=tcp:127.0.0.1:{port}-:22"),
            "-device", "virtio-net-pci,netdev=net",
            "-device", "virtio-rng-pci",
            .. machine.Kernel is not { } kernel
                ? [] : new[] { "-kernel", fileOf(kernel), "-append", Arguments(machine, accelerator) },
            .. machine.Initrd is not { } initrd ? [] : new[] { "-initrd", fileOf(initrd) },
        ];
    }

    // When a machine is emulated on a busy host, its timers are late, and a kernel that checks them gives up. With KVM
    // the kernel skips the check of its timers by itself.
    private static string Arguments(VirtualMachineDeclaration machine, string accelerator) =>
        $"console=ttyS0 panic=-1{(accelerator == "tcg" ? " no_timer_check" : "")} {machine.KernelArguments}".TrimEnd();

    // QEMU's oldest machine type has its memory in one piece below 3 GiB, so that memmap=SIZE!START finds the memory as
    // written.
    private static string[] Common(string accelerator) =>
    [
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "pc", "-accel",
        accelerator == "tcg" ? "tcg,thread=multi" : accelerator,
        "-cpu", accelerator == "tcg" ? "max" : "host",
    ];

    private static string? Find(string program, IReadOnlyList<string> folders) =>
        folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);

    private static string Checked(BufferedCommandResult result) => result.ExitCode == 0 ? result.StandardOutput
        : throw new IOException(result.StandardError.Trim());

    private static async Task<BufferedCommandResult> RunAsync(string program, IEnumerable<string> arguments,
        CancellationToken cancellation) =>
        await Cli.Wrap(program).WithArguments(arguments).WithStandardInputPipe(PipeSource.Null)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
}

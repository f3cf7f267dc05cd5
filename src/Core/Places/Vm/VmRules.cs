using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Places.Vm;

/// <summary>The diagnostics VART4060 to VART4069 and VART4200, of virtual machines.</summary>
[DiagnosticRules]
public static class VmRules
{
    /// <summary>An experiment in a virtual machine does not name the machine.</summary>
    public static readonly DiagnosticRule NoMachine = new("VART4060", Error, "An experiment names no virtual machine",
        "Experiment '{0}' has Executor=\"Vm\" and no VirtualMachine. Write VirtualMachine=\"NAME\".");

    /// <summary>Instructions of a virtual machine are executed by software.</summary>
    public static readonly DiagnosticRule Emulated = new("VART4061", Advice,
        "A virtual machine is emulated in software",
        "The virtual machine '{0}' is emulated in software ({1}), so its times say nothing about speed. The figures "
        + "and the report mention the emulation, too.");

    /// <summary>A virtual machine did not start.</summary>
    public static readonly DiagnosticRule BootFailed = new("VART4062", Error, "A virtual machine did not start",
        "The virtual machine '{0}' did not start: {1}. The console of the machine is in '{2}'.");

    /// <summary>A virtual machine disappeared, or stopped answering, while it was used.</summary>
    public static readonly DiagnosticRule Lost = new("VART4063", Error, "A virtual machine was lost",
        "The virtual machine '{0}' was lost: {1}. The console of the machine is in '{2}'. The same command starts the "
        + "machine again and continues.");

    /// <summary>A step of the setup of a virtual machine failed.</summary>
    public static readonly DiagnosticRule SetupFailed = new("VART4064", Error, "The setup of a virtual machine failed",
        "The virtual machine '{0}': {1} failed with exit code {2}. Its output is in '{3}'; its last lines: {4}");

    /// <summary>The kernel of a virtual machine was started without arguments that it should have.</summary>
    public static readonly DiagnosticRule ArgumentsIgnored = new("VART4065", Error,
        "A virtual machine ignores its kernel arguments",
        "The kernel of the virtual machine '{0}' was started with '{1}', which lacks '{2}'. Use an image that boots by "
        + "GRUB, or name a Kernel. The console of the machine is in '{3}'.");

    /// <summary>qemu-img failed.</summary>
    public static readonly DiagnosticRule DiskFailed = new("VART4066", Error,
        "The disk of a virtual machine cannot be made",
        "The disk of the virtual machine '{0}' cannot be made from '{1}': {2}");

    /// <summary>The virtual machine is not the one for which samples were planned.</summary>
    public static readonly DiagnosticRule Changed = new("VART4067", Error,
        "A virtual machine has changed since its last start",
        "The virtual machine '{0}' is not the same machine as at its last start. The changed machine is recorded now. "
        + "Run the same command again, which then plans for the changed machine.");

    /// <summary>The runner does not work in the virtual machine.</summary>
    public static readonly DiagnosticRule RunnerFailed = new("VART4068", Error,
        "The measuring program does not work in a virtual machine",
        "The measuring program in the virtual machine '{0}' {1}. The program needs Linux on x64, tar and a "
        + "shell. The console of the machine is in '{2}'.");

    /// <summary>A virtual machine is declared that cannot start.</summary>
    public static readonly DiagnosticRule NothingToBoot = new("VART4069", Error,
        "A virtual machine has nothing to start from",
        "VirtualMachine '{0}' has neither a DiskImage nor a Kernel. Name an ExternalFile as DiskImage or as Kernel.");

    /// <summary>The output that a virtual machine sent back is refused.</summary>
    public static readonly DiagnosticRule ResultsRefused = new("VART4200", Error,
        "The results of a virtual machine are refused",
        "The results of the virtual machine '{0}' are refused, and nothing of the sample is kept: {1}. The measured "
        + "command, or another program in the machine, does not write what it should. The console of the machine is in "
        + "'{2}'.");
}

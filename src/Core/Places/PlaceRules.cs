using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Places;

/// <summary>Diagnostics of problems between the engine and the runner, wherever the runner is: VART412x.</summary>
[DiagnosticRules]
public static class PlaceRules
{
    /// <summary>The machine lacked a resource, which has nothing to do with what was measured.</summary>
    public static readonly DiagnosticRule MachineLacks = new("VART4120", Error, "The machine ran out of something",
        "{0} ({1}) No sample is recorded for it, and the run stops here, because a shortage says nothing about "
        + "the command. {2} Run the same command again: the build continues where it stopped.");

    /// <summary>A result was not written by the runner.</summary>
    public static readonly DiagnosticRule NotTheRunners = new("VART4121", Error,
        "A result does not come from the runner",
        "The result of sample {0} cannot be that of {1}: {2}. Nothing of the result was kept. Check what the command "
        + "starts, and whether it writes to files or processes that are not its own.");

    /// <summary>A process or the machine was suspended while a sample ran.</summary>
    public static readonly DiagnosticRule Suspended = new("VART4122", Error, "A sample was suspended",
        "{0} while the sample ran, so its times mean nothing. Run the same command again: nothing that was measured "
        + "is lost.");

    private static readonly Dictionary<string, string> Remedies = new(StringComparer.Ordinal)
    {
        ["EIO"] = "Check the disk (dmesg).",
        ["EAGAIN"] = "End other processes, or raise their limit (ulimit -u, or pids.max of the control group).",
        ["ENOMEM"] = "End other programs, or use a machine with more memory.",
        ["ENFILE"] = "End other programs, or raise the limit of open files of the machine (fs.file-max).",
        ["EMFILE"] = "Raise the limit of open files (ulimit -n).",
        ["ETXTBSY"] = "Wait until whoever writes the program has closed it.",
        ["ENOSPC"] = "Free space on the full file system, or inodes if df -i shows none.",
        ["EROFS"] = "Mount the file system for writing, or choose another folder with -p:ArtifactEvaluationDir=...",
        ["ESTALE"] = "Mount the network file system again.",
        ["EDQUOT"] = "Remove files, or ask for a larger quota.",
    };

    /// <summary>A description of what was suspended.</summary>
    internal static string Describe(Suspendable what) => what switch
    {
        Suspendable.Machine => "The machine was suspended",
        Suspendable.Runner => "The measuring program was stopped (as by SIGSTOP)",
        Suspendable.Command => "The command was stopped (as by SIGSTOP)",
        _ => "A service was stopped (as by SIGSTOP)",
    };

    /// <summary>
    /// The error for a runner that ended because its machine lacked a resource, according to what it printed; null when
    /// it printed no such message.
    /// </summary>
    internal static DiagnosticException? LackIn(string words)
    {
        const string name = "artifact-runner: ";
        // In a runner's message about a missing resource, the name of the resource is the text before the first colon.
        return words.StartsWith(name, StringComparison.Ordinal) && words[name.Length..].Split(':')[0] is var lack
            && ErrorNumber.IsLack(lack)
            ? Shortage(lack, $"The measuring program could not go on: {words[name.Length..].TrimEnd('.')}.") : null;
    }

    /// <summary>The error for a resource that the machine lacks.</summary>
    /// <param name="lack">Name of the error number.</param>
    /// <param name="sentence">A sentence on what could not be done, and why.</param>
    internal static DiagnosticException Shortage(string lack, string sentence) =>
        MachineLacks.Error(SourceLocation.None, sentence, lack, Remedies.GetValueOrDefault(lack, "Remove the cause."));
}

using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// The diagnostics VART4040 to VART4044, VART4202, VART4203 and VART0157, about the state of the machine.
/// </summary>
[DiagnosticRules]
public static class TuningRules
{
    /// <summary>A knob of the kernel could not be set.</summary>
    public static readonly DiagnosticRule NotSet = new("VART4040", Error, "The machine cannot be tuned",
        "{0} asks for {1}, but '{2}' {3}. Everything that was set before has been restored. {4}");

    /// <summary>The machine does not have a setting that an experiment requires.</summary>
    public static readonly DiagnosticRule NoKnob = new("VART4041", Advice, "The machine does not have a setting",
        "{0} asks for {1}, but this machine has no such setting, so it is measured without the setting. The state of "
        + "the machine is recorded with every sample.");

    /// <summary>A change of the machine's settings was not undone.</summary>
    public static readonly DiagnosticRule NotRestored = new("VART4042", Advice, "The machine is still tuned",
        "'{0}'{1} was '{2}' before the machine was tuned by {3}, and could not be restored ({4}). Run "
        + "'-t:RestoreMachine' as root, or write '{2}' to '{0}' by hand.");

    /// <summary>The record of the machine's changes cannot be read.</summary>
    public static readonly DiagnosticRule DamagedRecord = new("VART4043", Advice, "The tuning record is damaged",
        "'{0}', the record of what was changed on this machine, cannot be used ({1}), so nothing can be restored from "
        + "it. Look at the record, reset the machine by hand or restart it, and remove the record.");

    /// <summary>A user asks to restore the machine's settings while an evaluation runs on the tuned machine.</summary>
    public static readonly DiagnosticRule InUse = new("VART4044", Error,
        "The machine is tuned for a running evaluation",
        "The machine is tuned for {0}, which is running. Wait for the other "
        + "evaluation, which restores the machine when it ends, or stop it first.");

    /// <summary>Other users could write the record of the machine's changes.</summary>
    public static readonly DiagnosticRule UnsafePlace = new("VART4202", Error,
        "The tuning record is in an unsafe place",
        "{0} asks for the machine to be tuned, but the record of the changes would not be safe: {1}. Nothing was "
        + "changed. Give '{2}' to root, and remove everybody else's permission to write it.");

    /// <summary>A record of the machine's changes could have been written by other users.</summary>
    public static readonly DiagnosticRule NotTrusted = new("VART4203", Advice, "The tuning record is not trusted",
        "'{0}', the record of what was changed on this machine, is not used: {1}. Nothing was changed according to the "
        + "record. Find out who wrote the record, reset the machine by hand or restart it, and remove the record.");

    /// <summary>The tuning helper cannot be used.</summary>
    public static readonly DiagnosticRule NoHelper = new("VART0157", Error, "The tuning helper cannot be started",
        "{0} asks for the machine to be tuned, but the helper that changes settings as root cannot be used: {1}. "
        + "Run 'sudo -v' in this terminal and repeat the call, run the build as root, or leave out "
        + "-p:TuneMachine=true.");
}

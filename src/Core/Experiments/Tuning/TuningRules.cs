using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>Diagnostics about the state of the machine: VART4040 to VART4044, VART4202 and VART4203.</summary>
[DiagnosticRules]
public static class TuningRules
{
    /// <summary>A knob could not be set.</summary>
    public static readonly DiagnosticRule NotSet = new("VART4040", Error, "The machine cannot be tuned",
        "{0} asks for {1}, but '{2}' {3}. Everything that was set before has been restored. {4}");

    /// <summary>The machine has no such knob.</summary>
    public static readonly DiagnosticRule NoKnob = new("VART4041", Advice, "The machine lacks a knob",
        "{0} asks for {1}, which this machine has no knob for: it is measured without. The machine's state is recorded with every sample.");

    /// <summary>A change was not undone.</summary>
    public static readonly DiagnosticRule NotRestored = new("VART4042", Advice, "The machine is still tuned",
        "'{0}'{1} was '{2}' before the machine was tuned by {3}, and could not be restored ({4}). Run '-t:RestoreMachine' as root, or write '{2}' to it by hand.");

    /// <summary>The record of changes cannot be read.</summary>
    public static readonly DiagnosticRule DamagedRecord = new("VART4043", Advice, "The record of the machine's tuning is damaged",
        "'{0}', the record of what was changed on this machine, cannot be used ({1}), so that nothing can be restored by it. Look at it, set the machine back by hand or restart it, and remove the file.");

    /// <summary>Restoring by hand while an evaluation runs on the tuned machine.</summary>
    public static readonly DiagnosticRule InUse = new("VART4044", Error, "The machine is tuned for a running evaluation",
        "The machine is tuned for {0}, which is running. It restores the machine by itself when it ends; end it first.");

    /// <summary>Others could write the record.</summary>
    public static readonly DiagnosticRule UnsafePlace = new("VART4202", Error, "The place of the record of tuning is not safe",
        "{0} asks for the machine to be tuned, but the record of what is changed would not be safe: {1}. Nothing was changed. Give '{2}' to root, and take the right to write it from all others.");

    /// <summary>A record that others could have written.</summary>
    public static readonly DiagnosticRule NotTrusted = new("VART4203", Advice, "The record of the machine's tuning is not trusted",
        "'{0}', the record of what was changed on this machine, is not used: {1}. Nothing was written by it. Find out who wrote it, set the machine back by hand or restart it, and remove the file.");
}

using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Diagnostics of experiments that use the output of other experiments.</summary>
[DiagnosticRules]
public static class StepRules
{
    /// <summary>Experiments use each other's output in a cycle.</summary>
    public static readonly DiagnosticRule Circle = new("VART4170", Error, "Experiments use each other's output",
        "Experiment '{0}' uses its own output by way of others: {1}. Remove one of the uses of output that form the "
        + "cycle.");

    /// <summary>The preparation that a group of cells shares depends on something that differs within the
    /// group.</summary>
    public static readonly DiagnosticRule GroupDiffers = new("VART4177", Error,
        "A group of cells does not share what it is prepared with",
        "Experiment '{0}': its Prepare runs once for a group of cells (PreparePer), and names the axis '{1}', in which "
        + "these cells differ. Add the axis to PreparePer, or move the command that names the axis into the Command.");

    /// <summary>A service that a group of cells shares depends on something that differs within the group.</summary>
    public static readonly DiagnosticRule SharedDiffers = new("VART4187", Error,
        "A group of cells does not share what its service is started with",
        "Service '{0}': a group of cells of '{2}' shares it (Shared), and it names the axis '{1}', in which these "
            + "cells "
        + "differ. Add the axis to PreparePer of '{2}', or leave out Shared.");

    /// <summary>A placeholder that needs the output of exactly one cell matches none or several.</summary>
    public static readonly DiagnosticRule NoOneCell = new("VART4171", Error,
        "Parameters of two experiments do not match",
        "{0} uses {{{1}}}, but {2} on the axes that both experiments have ({3}). {4}.");

    /// <summary>An experiment does not keep a file that another experiment reads.</summary>
    public static readonly DiagnosticRule NothingCollected = new("VART4172", Error,
        "A file of another experiment is not collected",
        "Experiment '{0}' reads '{2}' of {{{1}}}, but '{3}' keeps nothing except its standard output. Give '{3}' a "
        + "Collect with '{2}', or let it write to {{output}}.");

    /// <summary>All cells of an experiment were skipped because there was no output that they could use.</summary>
    public static readonly DiagnosticRule LeftOut = new("VART4173", Error, "An experiment has no input to use",
        "Experiment '{0}' was left out: {1}. All other experiments continued, and the report was written without "
        + "'{0}'. Fix the experiment whose output '{0}' uses, and run the same command again.");
}

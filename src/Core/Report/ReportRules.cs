using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Report;

/// <summary>Diagnostics of the report stage: VART8xxx.</summary>
[DiagnosticRules]
public static class ReportRules
{
    /// <summary>The picture of a figure cannot be read.</summary>
    public static readonly DiagnosticRule UnreadablePicture = new("VART8001", Error, "A picture cannot be read",
        "The picture of {0} cannot be put into the report: {1}. Do not touch the folder of figures while a report "
        + "is written, and run the same command again: nothing is measured again.");

    /// <summary>The report cannot be made from the available results.</summary>
    public static readonly DiagnosticRule CannotBeWritten = new("VART8010", Error, "The report cannot be written",
        "The report cannot be written: {0} Data, figures and verdicts are in their folders; nothing that was "
        + "measured is lost. Please report the error with the evaluation's log.txt.");

    /// <summary>There is no report that an archive could hold.</summary>
    public static readonly DiagnosticRule NothingToArchive = new("VART8011", Error, "There is nothing to archive",
        "There is no report on the whole evaluation in '{0}'. Run 'dotnet build {1}' first, then -t:Archive.");

    /// <summary>An evaluation in a comparison has no results that can be read.</summary>
    public static readonly DiagnosticRule NothingToCompare = new("VART8012", Error,
        "The results of an evaluation cannot be read",
        "The results of '{0}' cannot be read from '{1}': {2}. Name a results.json, the folder of an evaluation, or the "
        + "archive.zip of one.");

    /// <summary>A comparison names no other evaluation.</summary>
    public static readonly DiagnosticRule ComparedWithNothing = new("VART8013", Error,
        "There is nothing to compare with",
        "-t:Compare needs another evaluation: pass -p:ArtifactCompare=NAME=PATH, where PATH is a results.json, the "
        + "folder of an evaluation, or an archive.zip. The results of machines to which a part was sent are compared "
        + "without it.");
}

using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Data;

/// <summary>Diagnostics of the data stage: VART5xxx.</summary>
[DiagnosticRules]
public static class DataRules
{
    /// <summary>A file of recorded numbers is not there.</summary>
    public static readonly DiagnosticRule MissingFile = new("VART5001", Error, "A file of recorded numbers is missing",
        "RecordedData '{0}' names the file '{1}', which is not there. Correct the path in File; it is relative to the project.");

    /// <summary>A file of recorded numbers lacks a column.</summary>
    public static readonly DiagnosticRule MissingColumn = new("VART5002", Error, "A column is missing",
        "'{0}' has no column '{1}'.{2}");

    /// <summary>A row of recorded numbers cannot be read.</summary>
    public static readonly DiagnosticRule BadRow = new("VART5003", Error, "A row cannot be read",
        "'{0}' line {1}: {2}. Correct the row.");

    /// <summary>A dataset's metric is in none of its samples.</summary>
    public static readonly DiagnosticRule UnknownMetric = new("VART5004", Error, "A metric is not in the samples",
        "Dataset '{0}' takes the metric '{1}', which none of its samples has.{2}");
}

using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Data;

/// <summary>Diagnostics of the data stage: VART5xxx.</summary>
[DiagnosticRules]
public static class DataRules
{
    /// <summary>A dataset is to count failures as a multiple of the time limit, but the experiment has no time
    /// limit.</summary>
    public static readonly DiagnosticRule NoLimit = new("VART5065", Error, "There is no time limit to count by",
        "Dataset '{0}' counts failures as multiples of the time limit (Penalties), and experiment '{1}' has no "
            + "Timeout. Give it one.");

    /// <summary>Recorded numbers are in a pinned source that is not available on this machine.</summary>
    public static readonly DiagnosticRule PinNotHere = new("VART5064", Error, "Recorded numbers are not here",
        "RecordedData '{0}' reads '{1}', whose pin is not here or could not be fetched. Fetch the pin with "
        + "-t:CloneExternalRepos, and run the same command again.");

    /// <summary>A file of recorded numbers does not exist.</summary>
    public static readonly DiagnosticRule MissingFile = new("VART5001", Error, "A file of recorded numbers is missing",
        "{0} names the file '{1}', which {2}. Correct the path, which is relative to the project.");

    /// <summary>The name of a file of recorded numbers does not say what it should.</summary>
    public static readonly DiagnosticRule UnnamedFile = new("VART5062", Error,
        "The name of a file does not match its pattern",
        "RecordedData '{0}' takes columns from the names of its files, and '{1}' does not match the FilePattern '{2}'. "
        + "Correct the pattern, or leave the file out of File.");

    /// <summary>A file of recorded numbers lacks a column.</summary>
    public static readonly DiagnosticRule MissingColumn = new("VART5002", Error, "A column is missing",
        "{0} takes the column '{1}', which '{2}' does not have.{3}");

    /// <summary>A row of numbers cannot be read.</summary>
    public static readonly DiagnosticRule BadRow = new("VART5003", Error, "A row cannot be read",
        "'{0}' line {1}: {2}. Correct the row.");

    /// <summary>None of a dataset's samples has its metric.</summary>
    public static readonly DiagnosticRule UnknownMetric = new("VART5004", Error, "A metric is not in the samples",
        "Dataset '{0}' takes the metric '{1}', which none of its samples has.{2}");

    /// <summary>Two rows of recorded numbers stand for the same point.</summary>
    public static readonly DiagnosticRule RepeatedPoint = new("VART5005", Error, "A point is recorded twice",
        "'{0}' line {1}: {3} already has the point {2}. Remove one of the two lines, add the column that "
        + "distinguishes them to KeyColumns, or select rows with Where.");

    /// <summary>A dataset names a column that none of its observations has.</summary>
    public static readonly DiagnosticRule UnknownColumn = new("VART5006", Error, "A column is not in the samples",
        "Dataset '{0}' names the column '{1}', which none of its samples has.{2}");

    /// <summary>Observations of different things fall on the same point of a dataset.</summary>
    public static readonly DiagnosticRule PointsFallTogether = new("VART5007", Error,
        "Different cells belong to one point",
        "Dataset '{0}': {1} belong to the point {2}. Add the column that distinguishes these cells or rows to "
        + "KeyColumns, select some of them with Where, or set Combine if they are parts of a whole (Sum) or alike "
        + "(Pool).");

    /// <summary>A dataset and its recorded form do not match.</summary>
    public static readonly DiagnosticRule UnlikeRecorded = new("VART5008", Error,
        "Measured and recorded numbers do not match",
        "Dataset '{0}' has the {1} '{2}', and its RecordedData '{3}', so their points could not be compared. Give the "
        + "Dataset and the RecordedData the same {1}, with Scale, ValueColumn or Rename if needed.");

    /// <summary>A value was entered by hand for a point that is measured.</summary>
    public static readonly DiagnosticRule EnteredAndMeasured = new("VART5020", Error,
        "A value is measured and entered by hand",
        "Dataset '{0}': the point {1} is measured, and '{2}' has a value for it, too. Remove the row, or make it an "
        + "addition if it should be added to the measured value.");

    /// <summary>A row of values entered by hand has an unknown kind.</summary>
    public static readonly DiagnosticRule UnknownKind = new("VART5021", Error,
        "A row entered by hand has an unknown kind",
        "Dataset '{0}': the row {1} of '{2}' has the kind '{3}'. Write 'value' for the number of the point, or "
        + "'addition' for a number that is added to the measured one.");

    /// <summary>A line of derived points does not fit its dataset, or cannot be computed.</summary>
    public static readonly DiagnosticRule BadDerived = new("VART5022", Error, "Derived points do not fit their dataset",
        "Dataset '{0}': the line '{1}' of Derived gives no points: {2}. {3}");

    /// <summary>Datasets are made from each other in a cycle.</summary>
    public static readonly DiagnosticRule FromItself = new("VART5060", Error, "A dataset is made from itself",
        "Dataset '{0}' is made from itself: {1}. Give one of the datasets Experiments in place of From.");

    /// <summary>A dataset that is made from another dataset names a column which that dataset does not have.</summary>
    public static readonly DiagnosticRule ColumnNotInSource = new("VART5061", Error,
        "A column is not in the dataset that another one is made from",
        "Dataset '{0}': {1} names the column '{2}', which the dataset '{3}', from which it is made, does not "
            + "have.{4}");

    /// <summary>Points of another dataset have equal values in the key columns of a dataset that is made from
    /// it.</summary>
    public static readonly DiagnosticRule SourcePointsFallTogether = new("VART5063", Error,
        "Points of another dataset belong to one point",
        "Dataset '{0}': {1} points of the dataset '{2}' belong to the point {3}. Add the column that distinguishes "
        + "them to KeyColumns, select one of them with Where, or combine them with Derived.");

    /// <summary>Two columns of a dataset that is made from another one would have the same name.</summary>
    public static readonly DiagnosticRule RenamedTwice = new("VART5066", Error, "Two columns would have one name",
        "Dataset '{0}': with its Rename, two columns of the dataset '{1}' are called '{2}'. Rename the other column as "
        + "well, or choose another name.");

    /// <summary>A dataset names a format of other programs that does not exist.</summary>
    public static readonly DiagnosticRule UnknownFormat = new("VART5009", Error, "A format is unknown",
        "Dataset '{0}' names the format '{1}', which does not exist.{2}");

    /// <summary>The observations of a dataset cannot be written in a format of other programs.</summary>
    public static readonly DiagnosticRule UnfitForFormat = new("VART5010", Error, "Observations do not fit a format",
        "Dataset '{0}' cannot be written in the format '{1}': {2}. Give the dataset's experiments the missing column, "
        + "or remove the format from Formats.");

    /// <summary>A number is impossible for its unit, such as a time below zero.</summary>
    public static readonly DiagnosticRule Impossible = new("VART5067", Error, "A value is impossible",
        "'{0}' line {1}: {2} is {3} {4}, and nothing takes no time. Correct the row, or leave the value empty and give "
        + "the reason in the column of notes.");

    /// <summary>A condition on a column asks for a value that does not occur in it.</summary>
    public static readonly DiagnosticRule ValueOfNothing = new("VART5030", Warning,
        "A condition names a value that does not occur",
        "{0} '{1}': {2} names '{3}', which no cell and no recorded row has.{4} Correct the value, or leave it if "
        + "another machine or request has it.");

    /// <summary>A file of recorded numbers has no row.</summary>
    public static readonly DiagnosticRule NoRows = new("VART5031", Warning, "Recorded data have no rows",
        "RecordedData '{0}' takes no rows from '{1}', which has {2}. Correct the file or the condition; figures and "
        + "claims have no recorded number of this dataset.");
}

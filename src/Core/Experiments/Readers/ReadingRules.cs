using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>Diagnostics of the files that commands read and leave, and of how the output of commands is read:
/// VART416x.</summary>
[DiagnosticRules]
public static class ReadingRules
{
    /// <summary>A good sample is not good any more under the current success rule, reader or pattern.</summary>
    public static readonly DiagnosticRule UnreadableOutput = new("VART4014", Warning, "Output cannot be read",
        "{0}: sample {1} was good, but is not by the present success rule, reader and patterns: {2}. The sample counts "
        + "as failed, without numbers, until the rule, the reader or the pattern is corrected.");

    /// <summary>An item names a reader that does not exist.</summary>
    public static readonly DiagnosticRule UnknownReader = new("VART4015", Error, "A reader is unknown",
        "{0} '{1}' names the reader '{2}', which does not exist.{3}");

    /// <summary>MetricMatches names a metric that has no pattern.</summary>
    public static readonly DiagnosticRule MatchesOfNoPattern = new("VART4160", Error,
        "MetricMatches names a metric without a pattern",
        "Experiment '{0}': MetricMatches names the metric '{1}', for which MetricPatterns has no pattern.{2}");

    /// <summary>MetricMatches contains an unknown word.</summary>
    public static readonly DiagnosticRule UnknownMatches = new("VART4161", Error, "MetricMatches has an unknown word",
        "Experiment '{0}': MetricMatches contains '{1}={2}', but the word must be one of {3}.{4}");

    /// <summary>A pattern captures no number.</summary>
    public static readonly DiagnosticRule PatternWithoutGroup = new("VART4162", Error,
        "The pattern of a metric has no group",
        "Experiment '{0}': the pattern of the metric '{1}' has no group: {2}. Put parentheses around the number, "
        + "such as ([0-9.]+), or count its matches with MetricMatches=\"{1}=count\".");

    /// <summary>The matches of a pattern are to become rows, but the reader or another pattern yields rows
    /// already.</summary>
    public static readonly DiagnosticRule RowsOfTwoKinds = new("VART4163", Error, "Matches cannot be rows here",
        "Experiment '{0}': MetricMatches turns each match into a row, but {1}. In place of each, use first, last, sum, "
        + "min, max, mean or count, or a second experiment.");

    /// <summary>An input of an experiment is not a regular file.</summary>
    public static readonly DiagnosticRule UnusableInput = new("VART4164", Error, "An input cannot be read",
        "Experiment '{0}': the input '{1}' {2}. Inputs are regular files, folders of them, and links to them. Remove "
        + "anything that is not a regular file from the Inputs, or name the files that you mean.");

    /// <summary>A measured command left something that is not a regular file in its output.</summary>
    public static readonly DiagnosticRule LeftOut = new("VART4165", Warning, "A part of the output is not kept",
        "{0}: sample {1} left files that are not kept: {2}. Only regular files are kept, and no link is followed. "
        + "The sample counts; log.txt lists what else this experiment leaves out.");

    /// <summary>A path in the metadata Collect leads out of the work folder.</summary>
    public static readonly DiagnosticRule CollectOutside = new("VART4166", Error,
        "Collect leads out of the work folder",
        "Experiment '{0}': Collect names '{1}', which is not below {{work}}. Let the command write below {{work}}; "
        + "files below {{output}} are kept without being named.");

    /// <summary>OptionalMetrics names a metric that nothing reads.</summary>
    public static readonly DiagnosticRule UnknownOptional = new("VART4167", Error,
        "OptionalMetrics names an unknown metric",
        "Experiment '{0}': OptionalMetrics names the metric '{1}', which neither MetricPatterns nor the reader "
        + "finds.{2}");

    /// <summary>A file of a ReaderCommand is missing.</summary>
    public static readonly DiagnosticRule NoFileOfReader = new("VART4169", Error,
        "A program of ReaderCommand is missing",
        "'{0}': ReaderCommand names '{1}', which does not exist. Correct the path, or install the program where the "
        + "system looks for it (/usr/local/bin, /usr/bin).");

    /// <summary>The program of a ReaderCommand cannot be started.</summary>
    public static readonly DiagnosticRule NotStartable = new("VART4154", Error,
        "The program of ReaderCommand cannot be started",
        "'{0}': ReaderCommand starts '{1}', which {2}.");
}

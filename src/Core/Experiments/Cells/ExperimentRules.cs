using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>Diagnostics of the experiments stage: VART4xxx.</summary>
[DiagnosticRules]
public static class ExperimentRules
{
    /// <summary>Metadata of an experiment names an axis that its matrix does not have.</summary>
    public static readonly DiagnosticRule UnknownAxis = new("VART4001", Error, "An axis is not in the matrix",
        "Experiment '{0}' names the axis '{1}', which its Matrix does not have.{2}");

    /// <summary>The exclusions leave no combination of a matrix.</summary>
    public static readonly DiagnosticRule EmptyMatrix = new("VART4003", Error, "A matrix has no combination left",
        "Experiment '{0}' has no cell: its Except removes every combination of its Matrix. Remove a condition of "
        + "Except, or the experiment.");

    /// <summary>A declared input does not exist.</summary>
    public static readonly DiagnosticRule MissingInput = new("VART4004", Error, "An input is missing",
        "Experiment '{0}' declares the input '{1}', but there is no such file or folder at '{2}'. Correct the path, "
        + "or remove the input.");

    /// <summary>The command that generates an input failed.</summary>
    public static readonly DiagnosticRule GeneratorFailed = new("VART4005", Error, "A generator failed",
        "The generator of {0} failed ({1}). Its last output: {2}");

    /// <summary>A sample failed.</summary>
    public static readonly DiagnosticRule SampleFailed = new("VART4006", Warning, "A sample failed",
        "{0}: sample {1} failed ({2}): {3}. The sample's last output: {4} (all of it is in {5}). If you change what "
        + "the experiment runs, the sample is taken again; if you change its success rule, reader or pattern, the "
        + "sample is read again; -p:RetryFailed=true repeats it unchanged.");

    /// <summary>Another build uses the same output folder.</summary>
    public static readonly DiagnosticRule WaitingForOwner = new("VART4007", Advice,
        "Another build uses the output folder",
        "Waiting for {0}, which uses '{1}'. This build continues when the other build ends.");

    /// <summary>The runner is missing or does not start.</summary>
    public static readonly DiagnosticRule RunnerUnusable = new("VART4008", Error, "The runner cannot be used",
        "The measuring program '{0}' {1}.");

    /// <summary>Sampling was stopped.</summary>
    public static readonly DiagnosticRule Cancelled = new("VART4009", Advice, "Stopped before the end",
        "Stopped; the journal has {0} of {1}. Run the same command again to take the other samples.");

    /// <summary>The journal cannot be read.</summary>
    public static readonly DiagnosticRule ForeignJournal = new("VART4010", Error, "The journal has another format",
        "'{0}' line {1} was written by another version of the SDK (format {2}; this version knows {3}). Use the SDK "
        + "that wrote the journal, or another folder with -p:ArtifactEvaluationDir=...");

    /// <summary>A line of the journal is damaged.</summary>
    public static readonly DiagnosticRule DamagedJournal = new("VART4011", Warning, "A line of the journal is damaged",
        "'{0}' line {1} is not a complete record, or does not match its checksum. The damaged line stays in the file "
        + "and counts for nothing; the sample that it recorded is measured again if it is missing. A crash of the "
        + "machine can damage a line, and so can an edit by hand.");

    /// <summary>The machine's state makes timings doubtful.</summary>
    public static readonly DiagnosticRule DoubtfulMachine = new("VART4013", Advice,
        "The machine's state makes timing doubtful",
        "Timing on this machine is doubtful: {0}. The state of the machine is recorded with every sample.");

    /// <summary>An experiment names an executor that does not exist.</summary>
    public static readonly DiagnosticRule UnknownExecutor = new("VART4150", Error, "An executor is unknown",
        "Experiment '{0}' names the executor '{1}', which does not exist.{2} Other executors come from an "
        + "ArtifactExtension.");

    /// <summary>A storage device that a requirement allows to be overwritten is in use.</summary>
    public static readonly DiagnosticRule DeviceInUse = new("VART4070", Error, "A device is in use",
        "Experiment '{0}' overwrites the device '{1}', but {2}. {3}.");

    /// <summary>The port that shows that a service is ready is not a valid port.</summary>
    public static readonly DiagnosticRule BadServicePort = new("VART4080", Error,
        "The port of a service is not a number",
        "Service '{0}': ReadyPort is '{1}' in this cell, which is not a number from 1 to 65535. Write a port number, "
        + "or a placeholder such as {{port:a}}.");

    /// <summary>A reader has found a row that the user must know about.</summary>
    public static readonly DiagnosticRule SampleDiffers = new("VART4045", Warning, "A sample differs from the request",
        "{0}: sample {1}: {2}. Request what this machine can do, or use another machine.");

    /// <summary>The target that prints a command found no command to print.</summary>
    public static readonly DiagnosticRule NothingToReproduce = new("VART4100", Error,
        "There is no experiment to reproduce",
        "'{0}' contains no experiment, so there is no command to write. Name an experiment, a figure, a dataset or "
        + "a claim in -p:Request=...");

    /// <summary>The usual machine-wide lane for measurements cannot be used.</summary>
    public static readonly DiagnosticRule LaneUnusable = new("VART4140", Advice, "The measuring lane cannot be used",
        "'{0}', by which evaluations on this machine take turns, cannot be locked: {1} Until it can be locked, '{2}' "
        + "takes its place: this user's evaluations do not wait for those of other users, which may disturb the "
        + "times.");

    /// <summary>The lock of the evaluation's folder was removed or replaced.</summary>
    public static readonly DiagnosticRule LockLost = new("VART4141", Error, "The lock of the output folder is gone",
        "'{0}' was removed or replaced while this build held it, so another build may work in the same folder. No "
        + "further sample is taken. Leave the lock file alone, and run the same command again: nothing that was "
        + "measured is lost.");

    /// <summary>Another process wrote to the journal.</summary>
    public static readonly DiagnosticRule JournalChanged = new("VART4142", Error,
        "The journal was changed by somebody else",
        "'{0}' was written, replaced or removed while this build measured. The last sample is kept beside the journal, "
        + "and the next call adds it. Run the same command again.");

    /// <summary>The machine was unable to run a sample.</summary>
    public static readonly DiagnosticRule MachineLacks = new("VART4143", Error, "The machine could not run a sample",
        "{0}: sample {1} could not be taken, which says nothing about the experiment: {2} The failure is not recorded. "
        + "Remove the cause of the failure, and run the same command again.");

    /// <summary>A sample was interrupted and is taken again.</summary>
    public static readonly DiagnosticRule SampleInterrupted = new("VART4144", Advice, "A sample was interrupted",
        "{0}: a sample was interrupted: {1}. An interrupted sample does not count, and is taken again.");

    /// <summary>All attempts at a sample were interrupted.</summary>
    public static readonly DiagnosticRule AlwaysInterrupted = new("VART4145", Error,
        "A sample is interrupted every time",
        "{0}: {1} samples in a row were interrupted; the cause of the last one: {2}. The interrupted cell is left out "
        + "of this call; all other cells were measured. The cause may be a command that sends signals to its parent, "
        + "or a place that fails.");

    /// <summary>A signal ended the runner.</summary>
    public static readonly DiagnosticRule RunnerEnded = new("VART4146", Error, "The runner was killed",
        "The measuring program '{0}' {1}. Run the same command again: nothing that was measured is lost.");

    /// <summary>A folder of a sample cannot be removed.</summary>
    public static readonly DiagnosticRule CannotRemove = new("VART4147", Warning, "Files of a sample cannot be removed",
        "A sample left '{0}' in its work folder, which cannot be removed ({1}). No later call reads '{0}'. Unmount "
        + "what is mounted in '{0}', clear attributes (chattr -i), and remove it.");

    /// <summary>Many lines of the journal are damaged.</summary>
    public static readonly DiagnosticRule MuchDamage = new("VART4148", Warning, "Many lines of the journal are damaged",
        "'{0}': further lines ({1}) are not complete records, or do not match their checksums: {2}. Damaged lines stay "
            + "in "
        + "the file and count for nothing.");

    /// <summary>A matrix has more combinations than anyone would sample.</summary>
    public static readonly DiagnosticRule TooManyCells = new("VART4182", Error, "A matrix has too many combinations",
        "Experiment '{0}' has {1} combinations in its Matrix, and more than {2} are refused. Shorten an axis, or "
        + "allow more combinations with MostCells.");

    /// <summary>A condition names a value that its axis does not have.</summary>
    public static readonly DiagnosticRule UnknownValue = new("VART4183", Error, "A value is not on its axis",
        "Experiment '{0}': Except names the value '{1}' of the axis '{2}', which does not have this value.{3}");

    /// <summary>A program of the project that a command starts does not exist.</summary>
    public static readonly DiagnosticRule MissingProgram = new("VART4184", Error,
        "A file that a command starts is missing",
        "Experiment '{0}': its {1} starts '{2}', which does not exist. Correct the path, or add the file.");

    /// <summary>Two sources provide a metric of the same name.</summary>
    public static readonly DiagnosticRule MetricTwice = new("VART4185", Error, "A metric comes from two places",
        "Experiment '{0}': MetricPatterns has the metric '{1}', which {2} provides, too. Give the pattern's metric "
        + "another name.");

    /// <summary>An axis has the name of a placeholder.</summary>
    public static readonly DiagnosticRule ReservedAxis = new("VART4186", Error, "An axis has the name of a placeholder",
        "Experiment '{0}': the axis '{1}' has the name of a placeholder, so {{{1}}} could mean either. Give the "
        + "axis another name.");

    /// <summary>An axis reads its values from files, but there are none.</summary>
    public static readonly DiagnosticRule NoValuesOfAxis = new("VART4174", Error, "An axis finds no values in files",
        "Experiment '{0}': the axis '{1}' takes its values from '{2}': {3}. Correct the path, or add what is missing.");

    /// <summary>A file that is a value of one axis has no value for a linked axis.</summary>
    public static readonly DiagnosticRule NoValueOfInput = new("VART4175", Error, "A file has no value on an axis",
        "Experiment '{0}': the file '{1}' has no value on the axis '{2}': {3}. Add the missing value, or say which "
        + "value files without one have, as in '{4}'.");

    /// <summary>The formula of a computed axis is malformed.</summary>
    public static readonly DiagnosticRule BadAxisFormula = new("VART0150", Error, "The formula of an axis is malformed",
        "Experiment '{0}' computes the axis '{1}' by '{2}', which is not a formula: {3}. A formula has numbers, axes "
            + "in "
            + "braces, + - * / and parentheses, such as '{{n}} * 1024'.");

    /// <summary>A computed axis depends on itself.</summary>
    public static readonly DiagnosticRule CircularAxis = new("VART0151", Error, "An axis is computed from itself",
        "Experiment '{0}' computes the axis '{1}' from itself: {2}. Write the values of one axis in the cycle "
        + "yourself.");

    /// <summary>The formula of a computed axis has no value for some values of the axes that it names.</summary>
    public static readonly DiagnosticRule NoValueOfFormula = new("VART0152", Error, "A computed axis has no value",
        "Experiment '{0}': the axis '{1}' is '{2}', which has no value{3}: {4}. Correct the formula or the values, or "
            + "link the axes by '&' and write each value.");

    /// <summary>The samples that a call has to take depend on inputs that are missing.</summary>
    public static readonly DiagnosticRule InputsNotHere = new("VART4176", Error,
        "The inputs of an experiment are not here yet",
        "Experiment '{0}': which values its axes have is known once {1} is fetched. Fetch the pins with "
        + "-t:CloneExternalRepos, and run the same command again.");

    /// <summary>All samples of an experiment failed.</summary>
    public static readonly DiagnosticRule NoGoodSample = new("VART4046", Error, "All samples of an experiment failed",
        "Experiment '{0}': no sample is good; of those that were taken, {1} failed ({2}). The report was written "
        + "without experiment '{0}'. Look at the output of a failed sample, whose folder the warning above and the "
        + "report name. After a fix, run the same command again.");

    /// <summary>A call ended without showing any measured number.</summary>
    public static readonly DiagnosticRule NothingMeasured = new("VART4047", Error, "Nothing was measured",
        "The request contains experiments ({0}), and none of them has a good sample. Preflight says what this machine "
        + "lacks (-t:Preflight). If nothing is meant to be measured, pass -p:ArtifactAllowNothingMeasured=true.");
}

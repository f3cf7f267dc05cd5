namespace Verus.Artifact.Report;

/// <summary>A figure that could not be drawn.</summary>
/// <param name="Name">The name of the figure.</param>
/// <param name="Title">The caption of the figure.</param>
/// <param name="Reasons">Why the figure could not be drawn.</param>
public sealed record MissingFigure(string Name, string Title, IReadOnlyList<string> Reasons);

/// <summary>A sample that failed.</summary>
/// <param name="Cell">The cell that the sample belongs to.</param>
/// <param name="Why">Why the sample failed.</param>
/// <param name="Logs">The files with the sample's output, relative to the report.</param>
public sealed record ReportFailure(string Cell, string Why, IReadOnlyList<string> Logs);

/// <summary>A machine.</summary>
/// <param name="Id">The identity of the machine's state.</param>
/// <param name="Rows">The known facts about the machine, as names and values.</param>
public sealed record ReportMachine(string Id, IReadOnlyList<(string Name, string Value)> Rows);

/// <summary>A run: one start of everything that takes samples.</summary>
/// <param name="StartedUtc">The time at which the run started, in a form for people.</param>
/// <param name="MachineId">The identity of the machine's state.</param>
/// <param name="Seed">The seed of the random order.</param>
/// <param name="Samples">The number of samples of this report that the run took, including failed ones.</param>
/// <param name="Seconds">The time from the start of the first sample to the end of the last one, including all
/// pauses.</param>
public sealed record ReportRun(string StartedUtc, string MachineId, int Seed, int Samples, double Seconds)
{
    /// <summary>The first digits of the id of the machine's boot; empty when it is not known.</summary>
    public string Boot { get; init; } = "";
}

/// <summary>A sample of the report, good or failed.</summary>
/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Cell">The name of the cell.</param>
/// <param name="Run">The id of the run that took the sample; ids of runs sort by time.</param>
/// <param name="Started">When the sample was started; null when it is not known.</param>
/// <param name="Seconds">The wall time of the sample in seconds; 0 when it was not measured.</param>
/// <param name="Why">Why the sample failed; null for a good one.</param>
/// <param name="Folder">The absolute path of the folder with the sample's output.</param>
public sealed record ReportedSample(string Experiment, string Cell, string Run, DateTimeOffset? Started, double Seconds,
    string? Why, string Folder)
{
    /// <summary>The load of the machine over a minute before the sample; 0 when it is not known.</summary>
    public double Load { get; init; }
    /// <summary>The CPU time, in seconds, that the hypervisor gave to others during the sample.</summary>
    public double StealSeconds { get; init; }
    /// <summary>The number of involuntary context switches of the sample.</summary>
    public int Switches { get; init; }
    /// <summary>The number of pages that the sample waited for while they were read from a disk.</summary>
    public int MajorFaults { get; init; }
}

/// <summary>A requirement that a machine must meet.</summary>
/// <param name="What">The required resource, such as cores or memory.</param>
/// <param name="Needed">The required amount of the resource.</param>
/// <param name="Experiments">Names of the experiments with the requirement.</param>
public sealed record ReportNeed(string What, string Needed, IReadOnlyList<string> Experiments);

/// <summary>A pin of the ledger.</summary>
/// <param name="Kind">The kind of input: repository, image, download or tool.</param>
/// <param name="Name">The name of the input in the ledger.</param>
/// <param name="Pin">The commit, digest, hash or version of the input.</param>
/// <param name="From">The origin of the input; empty for a tool.</param>
/// <param name="Used">Whether the evaluation used the input.</param>
/// <param name="Deviation">A sentence on how the version that was used differs from the pin; null when it does not
/// differ.</param>
public sealed record ReportPin(string Kind, string Name, string Pin, string From, bool Used, string? Deviation);

/// <summary>A tool.</summary>
/// <param name="Name">The name of the tool.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="Identity">The first digits of the tool's identity.</param>
/// <param name="Deviation">A sentence on how the tool differs from the pin; null when it does not differ.</param>
public sealed record ReportTool(string Name, string Version, string Identity, string? Deviation);

/// <summary>The cost of an experiment.</summary>
/// <param name="Experiment">The name of the experiment.</param>
/// <param name="Suite">The suite of the experiment; empty when it belongs to none.</param>
/// <param name="Samples">The number of samples taken, including failed ones.</param>
/// <param name="Failed">The number of samples that failed.</param>
/// <param name="Seconds">The sum of the samples' wall times in seconds.</param>
/// <param name="PeakMemoryBytes">The largest peak memory of a sample; 0 when it was not measured.</param>
/// <param name="LogBytes">The disk space that the samples' output uses.</param>
/// <param name="Command">The command that runs the experiment again.</param>
public sealed record ReportResource(string Experiment, string Suite, int Samples, int Failed, double Seconds,
    long PeakMemoryBytes, long LogBytes, string Command)
{
    /// <summary>The author's command that reads the output of the experiment; null when there is none.</summary>
    public string? Reader { get; init; }
}

/// <summary>The disk space that a stage uses.</summary>
/// <param name="Folder">The folder of the stage, in a form for people.</param>
/// <param name="Bytes">The total size of the files in the folder.</param>
public sealed record ReportDisk(string Folder, long Bytes);

/// <summary>A folder of this machine, which must not appear in a published report.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Shown">The text that is written instead of the path, such as <c>.</c> or <c>~</c>.</param>
public sealed record ReportFolder(string Path, string Shown);

/// <summary>One topic of the methods section.</summary>
/// <param name="Topic">The topic, such as the order of samples.</param>
/// <param name="Sentences">Sentences on what was done.</param>
public sealed record ReportMethod(string Topic, IReadOnlyList<string> Sentences);

namespace Verus.Artifact.Report;

/// <summary>A figure that could not be drawn.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Reasons">Why the figure could not be drawn.</param>
public sealed record MissingFigure(string Name, string Title, IReadOnlyList<string> Reasons);

/// <summary>A sample that failed.</summary>
/// <param name="Cell">Its cell.</param>
/// <param name="Why">Why it failed.</param>
/// <param name="Logs">The folder of its output, relative to the report; empty when there is none.</param>
public sealed record ReportFailure(string Cell, string Why, string Logs);

/// <summary>A machine.</summary>
/// <param name="Id">The identity of its state.</param>
/// <param name="Rows">What is known about it: names and values.</param>
public sealed record ReportMachine(string Id, IReadOnlyList<(string Name, string Value)> Rows);

/// <summary>A call of the engine that took samples.</summary>
/// <param name="StartedUtc">When it started, in a form for people.</param>
/// <param name="MachineId">The identity of the machine's state.</param>
/// <param name="Seed">The seed of the random order.</param>
/// <param name="Samples">The number of samples of this report that the call took, including failed ones.</param>
/// <param name="Seconds">The time from the start of the first sample to the end of the last, including everything in
/// between.</param>
public sealed record ReportRun(string StartedUtc, string MachineId, int Seed, int Samples, double Seconds);

/// <summary>Something that a machine must have.</summary>
/// <param name="What">What is needed, such as cores or memory.</param>
/// <param name="Needed">How much of it is needed.</param>
/// <param name="Experiments">Names of the experiments that need it.</param>
public sealed record ReportNeed(string What, string Needed, IReadOnlyList<string> Experiments);

/// <summary>A pin of the ledger.</summary>
/// <param name="Kind">What the input is: repository, image, download or tool.</param>
/// <param name="Name">The name of the input in the ledger.</param>
/// <param name="Pin">The commit, digest, hash or version of the input.</param>
/// <param name="From">Where the input comes from; empty for a tool.</param>
/// <param name="Used">Whether this evaluation used it.</param>
/// <param name="Deviation">How the version that was used differs from the pin; null when it does not.</param>
public sealed record ReportPin(string Kind, string Name, string Pin, string From, bool Used, string? Deviation);

/// <summary>A tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Identity">The first digits of the tool's identity.</param>
/// <param name="Deviation">How the tool differs from the pin; null when it does not.</param>
public sealed record ReportTool(string Name, string Version, string Identity, string? Deviation);

/// <summary>What an experiment cost.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Suite">Its suite; empty when there is none.</param>
/// <param name="Samples">The number of samples taken, including failed ones.</param>
/// <param name="Failed">The number of samples that failed.</param>
/// <param name="Seconds">The sum of their wall times.</param>
/// <param name="PeakMemoryBytes">The largest peak memory of a sample; 0 when it was not measured.</param>
/// <param name="LogBytes">The disk space that their output uses.</param>
/// <param name="Command">The command that runs it again.</param>
public sealed record ReportResource(string Experiment, string Suite, int Samples, int Failed, double Seconds,
    long PeakMemoryBytes, long LogBytes, string Command)
{
    /// <summary>The author's command that reads its output; null when there is none.</summary>
    public string? Reader { get; init; }
}

/// <summary>The disk space that a stage uses.</summary>
/// <param name="Folder">Its folder, in a form for people.</param>
/// <param name="Bytes">The total size of its files.</param>
public sealed record ReportDisk(string Folder, long Bytes);

/// <summary>A folder of this machine, which must not appear in a published report.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Shown">What is written instead, such as <c>.</c> or <c>~</c>.</param>
public sealed record ReportFolder(string Path, string Shown);

/// <summary>One topic of the methods section.</summary>
/// <param name="Topic">The topic, such as the order of samples.</param>
/// <param name="Sentences">What was done.</param>
public sealed record ReportMethod(string Topic, IReadOnlyList<string> Sentences);

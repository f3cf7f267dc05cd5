namespace Verus.Artifact.Report;

/// <summary>A figure that could not be drawn.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Reasons">Why.</param>
public sealed record MissingFigure(string Name, string Title, IReadOnlyList<string> Reasons);

/// <summary>A sample that failed.</summary>
/// <param name="Cell">Its cell.</param>
/// <param name="Why">Why.</param>
/// <param name="Logs">Folder of its output, relative to the report; empty when there is none.</param>
public sealed record ReportFailure(string Cell, string Why, string Logs);

/// <summary>A machine.</summary>
/// <param name="Id">Identity of its state.</param>
/// <param name="Rows">What is known of it: name and value.</param>
public sealed record ReportMachine(string Id, IReadOnlyList<(string Name, string Value)> Rows);

/// <summary>A call of the engine that took samples.</summary>
/// <param name="StartedUtc">When it started, for people.</param>
/// <param name="MachineId">Identity of the machine's state.</param>
/// <param name="Seed">Seed of the random order.</param>
/// <param name="Samples">Samples of this report that it took, failed ones included.</param>
/// <param name="Seconds">From the start of the first of them to the end of the last, with all that was between
/// them.</param>
public sealed record ReportRun(string StartedUtc, string MachineId, int Seed, int Samples, double Seconds);

/// <summary>Something that a machine must have.</summary>
/// <param name="What">What, such as cores or memory.</param>
/// <param name="Needed">How much of it.</param>
/// <param name="Experiments">Names of the experiments that need it.</param>
public sealed record ReportNeed(string What, string Needed, IReadOnlyList<string> Experiments);

/// <summary>A pin of the ledger.</summary>
/// <param name="Kind">What it is: repository, image, download or tool.</param>
/// <param name="Name">Its name in the ledger.</param>
/// <param name="Pin">Its commit, digest, hash or version.</param>
/// <param name="From">Where it is from; empty for a tool.</param>
/// <param name="Used">Whether this evaluation used it.</param>
/// <param name="Deviation">How what was used is not as pinned; null when it is.</param>
public sealed record ReportPin(string Kind, string Name, string Pin, string From, bool Used, string? Deviation);

/// <summary>A tool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Identity">First digits of its identity.</param>
/// <param name="Deviation">How it is not as pinned; null when it is.</param>
public sealed record ReportTool(string Name, string Version, string Identity, string? Deviation);

/// <summary>What an experiment cost.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Suite">Its suite; empty for none.</param>
/// <param name="Samples">Samples taken, failed ones included.</param>
/// <param name="Failed">Samples that failed.</param>
/// <param name="Seconds">Their wall times together.</param>
/// <param name="PeakMemoryBytes">Largest peak memory of a sample; 0 when it was not measured.</param>
/// <param name="LogBytes">Disk that their output uses.</param>
/// <param name="Command">The command that runs it again.</param>
public sealed record ReportResource(string Experiment, string Suite, int Samples, int Failed, double Seconds,
    long PeakMemoryBytes, long LogBytes, string Command);

/// <summary>Disk that a stage uses.</summary>
/// <param name="Folder">Its folder, for people.</param>
/// <param name="Bytes">Sizes of its files together.</param>
public sealed record ReportDisk(string Folder, long Bytes);

/// <summary>A folder of this machine, which has no place in a report that is published.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Shown">What is written in its place, such as <c>.</c> or <c>~</c>.</param>
public sealed record ReportFolder(string Path, string Shown);

using System.Text.Json.Serialization;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>
/// The results of an evaluation for programs: what <c>results.json</c> contains. The schema of the file is
/// <c>docs/results.schema.json</c>. A new version may add properties; whenever the meaning of a property changes or a
/// property is removed, <see cref="Version"/> grows.
/// </summary>
public sealed record ResultsDocument
{
    /// <summary>The version of the schema that this SDK writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the schema.</summary>
    public int Version { get; init; } = CurrentVersion;
    /// <summary>Title of the report.</summary>
    public required string Title { get; init; }
    /// <summary>File name of the project.</summary>
    public required string Project { get; init; }
    /// <summary>What was requested; <c>All</c> for everything.</summary>
    public required string Request { get; init; }
    /// <summary>Version of the SDK.</summary>
    public required string Sdk { get; init; }
    /// <summary>Whether the results are those of a smoke run, which decides nothing.</summary>
    public required bool Smoke { get; init; }
    /// <summary>The claims with their verdicts.</summary>
    public required IReadOnlyList<ResultClaim> Claims { get; init; }
    /// <summary>The figures that were drawn.</summary>
    public required IReadOnlyList<ResultFigure> Figures { get; init; }
    /// <summary>The figures that could not be drawn.</summary>
    public required IReadOnlyList<ResultMissing> Missing { get; init; }
    /// <summary>The datasets behind the figures, measured and recorded ones apart.</summary>
    public required IReadOnlyList<ResultDataset> Datasets { get; init; }
    /// <summary>What each experiment cost.</summary>
    public required IReadOnlyList<ResultExperiment> Experiments { get; init; }
    /// <summary>The machines on which samples were taken.</summary>
    public required IReadOnlyList<ResultMachine> Machines { get; init; }
    /// <summary>The runs in which samples were taken, oldest first.</summary>
    public required IReadOnlyList<ResultRun> Runs { get; init; }
    /// <summary>The tools as they were used.</summary>
    public required IReadOnlyList<ResultTool> Tools { get; init; }
    /// <summary>What is pinned.</summary>
    public required IReadOnlyList<ResultPin> Pins { get; init; }
    /// <summary>What a reader must know about the whole evaluation.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>A claim with its verdict.</summary>
/// <param name="Name">The name of the claim.</param>
/// <param name="Title">The claim in the authors' words.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="Origin">Whether the verdict rests on recorded numbers.</param>
/// <param name="Figures">The figures whose data the claim rests on.</param>
/// <param name="Experiments">The experiments that the claim rests on.</param>
/// <param name="DeclaredBefore">Whether all thresholds are older than the samples; null when this is not
/// known.</param>
/// <param name="Predicates">The predicates.</param>
public sealed record ResultClaim(string Name, string Title, VerdictOutcome Outcome, Origin Origin,
    IReadOnlyList<string> Figures, IReadOnlyList<string> Experiments, bool? DeclaredBefore,
    IReadOnlyList<ResultPredicate> Predicates);

/// <summary>A predicate with its verdict.</summary>
/// <param name="Name">The name of the predicate.</param>
/// <param name="Statement">The question that it answers.</param>
/// <param name="Strength">The importance of the predicate for its claim.</param>
/// <param name="Outcome">The verdict.</param>
/// <param name="Origin">Whether the verdict rests on recorded numbers.</param>
/// <param name="Dataset">The dataset that the predicate judges.</param>
/// <param name="AtLeast">The lower bound; null when there is none.</param>
/// <param name="AtMost">The upper bound; null when there is none.</param>
/// <param name="Value">The quantity; null when it has no value.</param>
/// <param name="Low">The lower end of the quantity's interval; null when it is not known.</param>
/// <param name="High">The upper end of the quantity's interval; null when it is not known.</param>
/// <param name="Margin">The factor by which the value may worsen before the predicate fails; null when there is
/// none.</param>
/// <param name="Notes">What a reader must know.</param>
public sealed record ResultPredicate(string Name, string Statement, PredicateStrength Strength, VerdictOutcome Outcome,
    Origin Origin, string Dataset, double? AtLeast, double? AtMost, double? Value, double? Low, double? High,
    double? Margin, IReadOnlyList<string> Notes);

/// <summary>A figure.</summary>
/// <param name="Name">The name of the figure.</param>
/// <param name="Aliases">Its other names.</param>
/// <param name="Title">The caption.</param>
/// <param name="Origin">Whether the figure shows recorded numbers.</param>
/// <param name="Files">The files of the figure, relative to this file, by format.</param>
/// <param name="Data">The CSV files behind the figure, relative to this file.</param>
/// <param name="Datasets">The names of the datasets that the figure shows.</param>
/// <param name="Experiments">The names of the experiments that measure the figure.</param>
/// <param name="Failures">The number of samples that failed.</param>
/// <param name="Notes">What a reader must know.</param>
/// <param name="Command">The command that makes the figure again.</param>
public sealed record ResultFigure(string Name, IReadOnlyList<string> Aliases, string Title, Origin Origin,
    IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Data, IReadOnlyList<string> Datasets,
    IReadOnlyList<string> Experiments, int Failures, IReadOnlyList<string> Notes, string Command);

/// <summary>A figure that could not be drawn.</summary>
/// <param name="Name">The name of the figure.</param>
/// <param name="Title">The caption.</param>
/// <param name="Reasons">Why it could not be drawn.</param>
public sealed record ResultMissing(string Name, string Title, IReadOnlyList<string> Reasons);

/// <summary>A dataset.</summary>
/// <param name="Name">The name of the dataset.</param>
/// <param name="Origin">Whether the numbers were measured here or recorded.</param>
/// <param name="Quantity">What the numbers measure.</param>
/// <param name="Unit">The unit of the numbers.</param>
/// <param name="Statistic">The statistic by which samples became one number.</param>
/// <param name="Columns">The key columns.</param>
/// <param name="Provenance">Who recorded the numbers; null for measured ones.</param>
/// <param name="Notes">What a reader must know.</param>
/// <param name="Points">The points.</param>
public sealed record ResultDataset(string Name, Origin Origin, string Quantity, string Unit, string Statistic,
    IReadOnlyList<string> Columns, string? Provenance, IReadOnlyList<string> Notes, IReadOnlyList<ResultPoint> Points);

/// <summary>A point of a dataset.</summary>
/// <param name="Keys">The values of the key columns.</param>
/// <param name="Value">The number; null when there is none.</param>
/// <param name="Low">The lower end of the 95% interval; null when it is not known.</param>
/// <param name="High">The upper end of the 95% interval; null when it is not known.</param>
/// <param name="Unit">The unit of the point, where it differs from that of the dataset; otherwise null.</param>
/// <param name="Samples">The measured values, in the order in which they were taken.</param>
/// <param name="Rounds">The round of each of the samples.</param>
/// <param name="Failures">The number of samples that failed.</param>
/// <param name="Above">The time limit that every sample reached; null when none did.</param>
/// <param name="Derived">Whether the point is computed from others.</param>
/// <param name="Absent">Whether the absence of a number is declared.</param>
/// <param name="Note">Why there is no number, or what a reader must know about it; null when there is no note.</param>
public sealed record ResultPoint(IReadOnlyDictionary<string, string> Keys, double? Value, double? Low, double? High,
    string? Unit, IReadOnlyList<double> Samples, IReadOnlyList<string> Rounds, int Failures, double? Above,
    bool Derived, bool Absent, string? Note);

/// <summary>The cost of an experiment.</summary>
/// <param name="Name">The name of the experiment.</param>
/// <param name="Suite">The suite; empty when it belongs to none.</param>
/// <param name="Samples">The number of samples, including failed ones.</param>
/// <param name="Failed">The number of failed samples.</param>
/// <param name="Seconds">The sum of the samples' wall times in seconds.</param>
/// <param name="PeakMemoryBytes">The largest peak memory of a sample in bytes; null when it was not measured.</param>
/// <param name="LogBytes">The size of the samples' output in bytes.</param>
/// <param name="Command">The command that runs the experiment again.</param>
public sealed record ResultExperiment(string Name, string Suite, int Samples, int Failed, double Seconds,
    long? PeakMemoryBytes, long LogBytes, string Command);

/// <summary>A machine.</summary>
/// <param name="Id">The identity of the machine's state.</param>
/// <param name="Facts">What is known about it, in words.</param>
public sealed record ResultMachine(string Id, IReadOnlyDictionary<string, string> Facts);

/// <summary>A call of the engine that took samples.</summary>
/// <param name="Started">The start of the run in UTC.</param>
/// <param name="Machine">The identity of the machine's state.</param>
/// <param name="Seed">The seed of the random order.</param>
/// <param name="Samples">The number of samples of these results that the run took.</param>
/// <param name="Seconds">The time from the start of the first sample to the end of the last one.</param>
public sealed record ResultRun(string Started, string Machine, int Seed, int Samples, double Seconds);

/// <summary>A tool.</summary>
/// <param name="Name">The name of the tool.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="Identity">The first digits of the tool's identity.</param>
/// <param name="Deviation">How the tool differs from the pin; null when it does not differ.</param>
public sealed record ResultTool(string Name, string Version, string Identity, string? Deviation);

/// <summary>A pin.</summary>
/// <param name="Kind">The kind of input: repository, image, download or tool.</param>
/// <param name="Name">The name of the input in the ledger.</param>
/// <param name="Pin">The commit, digest, hash or version.</param>
/// <param name="From">Where the input comes from; empty for a tool.</param>
/// <param name="Swhid">The identifier of the commit in Software Heritage; null for what is no commit.</param>
/// <param name="Used">Whether the evaluation used the input.</param>
/// <param name="Deviation">How the version that was used differs from the pin; null when it does not differ.</param>
public sealed record ResultPin(string Kind, string Name, string Pin, string From, string? Swhid, bool Used,
    string? Deviation);

/// <summary>The JSON form of <see cref="ResultsDocument"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ResultsDocument))]
public sealed partial class ResultsJson : JsonSerializerContext;

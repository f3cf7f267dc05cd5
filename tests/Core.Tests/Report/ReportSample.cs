using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;
using Verus.Artifact.Report;

namespace Verus.Artifact.Tests.Report;

/// <summary>
/// An evaluation for tests of the report, with a figure that was measured beside the paper's numbers, a recorded
/// figure, a missing figure, and claims of every outcome.
/// </summary>
internal sealed class ReportSample : IDisposable
{
    public ReportSample() => Model = new ReportModel
    {
        Title = "Lists and what they cost",
        Project = "build.proj",
        Request = "All",
        SdkVersion = "1.2.3",
        CreatedUtc = "2026-01-02 03:04 UTC",
        Verdicts = [.. Enum.GetValues<VerdictOutcome>().Select(outcome => Claim(outcome, Origin.Measured)),
            Claim(VerdictOutcome.Supported, Origin.Recorded)],
        Figures = [MeasuredFigure(), RecordedFigure()],
        Missing = [new MissingFigure("Cluster", "Throughput on a cluster", ["needs 3 machines, found 1"])],
        Machines = [new ReportMachine("4f2a", [("Processor", "Example 9000"), ("SMT", "on")])],
        Runs = [new ReportRun("2026-01-02 03:00", "4f2a", 42, 21, 90)],
        Pins =
        [
            new ReportPin("repository", "lists", new string('a', 40), "https://ann:secret@example.org/lists", true,
                "edited by hand"),
            new ReportPin("tool", "z3", "4.13.0", "", false, null),
        ],
        Tools = [new ReportTool("dafny", "4.11.0", "0123456789ab", "4.11.0 instead of the pinned 4.3.0")],
        Resources = [new ReportResource("Lists", "Milli", 21, 1, 75.5, 300L << 20, 5000,
            "dotnet build build.proj -p:Request=Lists")],
        Disk = [new ReportDisk("evaluation/sources", 3L << 30)],
        ClaimExperiments = new Dictionary<string, IReadOnlyList<string>> { ["SupportedMeasured"] = ["Lists"] },
        Needs = [new ReportNeed("memory", "6GiB", ["Lists", "Log"])],
        SmokeSeconds = 6.5,
        Notes = ["The clock of this machine is doubtful"],
        Folders = [new ReportFolder(Root, "."), new ReportFolder("/srv/people/ann", "~")],
    };

    // The variable KEEP_REPORT names a folder in which pages are kept, for people who want to look at them.
    public string Root { get; } = Environment.GetEnvironmentVariable("KEEP_REPORT") is { } kept
        ? Directory.CreateDirectory(Path.Combine(kept, $"{Guid.NewGuid():N}"[..8])).FullName
        : Directory.CreateTempSubdirectory("report-test-").FullName;

    public string Folder => Path.Combine(Root, "evaluation", "report");

    public ReportModel Model { get; init; }

    public static Dataset Measured { get; } = Data("Lists", Origin.Measured,
    [
        Point("Verus", "single", 1.5, [1.4, 1.5, 1.7]), Point("Verus", "double", 3, [2.9, 3, 3.3]),
        Point("Dafny", "single", 6, [6, 5.5, 6.5]),
        Point("Dafny", "double", null, []) with { Note = "timed out after 100 s" },
    ]);

    public static Dataset Recorded { get; } = Data("Lists", Origin.Recorded,
        [Point("Verus", "single", 0.75, []), Point("Verus", "double", 1.2, []), Point("Dafny", "single", 4, []),
            Point("Prusti", "single", 18.8, [])]);

    public static Dataset RecordedOnly { get; } = Data("Log", Origin.Recorded,
        [Point("Verus", "64", 2, []), Point("libpmemlog", "64", 2.5, [])]);

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("KEEP_REPORT") is null)
            Directory.Delete(Root, recursive: true);
    }

    public static Dataset Data(string name, Origin origin, IReadOnlyList<DataPoint> points) => new()
    {
        Name = name,
        Columns = ["series", "list"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = origin,
        Provenance = origin == Origin.Recorded ? "figure 7a of the paper" : "",
        Points = points,
    };

    public static DataPoint Point(string series, string list, double? value, IReadOnlyList<double> samples) => new()
    {
        Keys = new Dictionary<string, string> { ["series"] = series, ["list"] = list },
        Estimate = value is { } number
            ? new Estimate(number, samples.Count > 0 ? samples.Min() : null, samples.Count > 0 ? samples.Max() : null)
            : null,
        Samples = samples,
    };

    public DrawnFigure Draw(string name, string title, string kind, params Dataset[] datasets)
    {
        var item = new DeclarationItem("Figure", name, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Title"] = title,
            ["Kind"] = kind,
            ["Datasets"] = datasets[0].Name,
            [kind == "Table" ? "Rows" : "X"] = "series",
            [kind == "Table" ? "Columns" : "Series"] = "list",
        }, () => SourceLocation.None);
        var found = new List<Diagnostic>();
        var declaration = FigureDeclaration.Parse(item, found);
        found.ShouldBeEmpty();
        return FigureDrawer.Draw(declaration, datasets, Path.Combine(Root, "evaluation", "figures"));
    }

    public static ClaimVerdict Claim(VerdictOutcome outcome, Origin origin) => new()
    {
        Name = outcome.ToString() + origin,
        Title = $"A claim that is {outcome}",
        Outcome = outcome,
        Origin = origin,
        Figures = [origin == Origin.Measured ? "Lists" : "Log"],
        Predicates =
        [
            new PredicateVerdict
            {
                Name = "P1", Statement = "Verus is at least twice as fast", Strength = PredicateStrength.Must,
                Outcome = outcome, Origin = origin,
                Value = new Estimate(4, 3.2, 4.6), Margin = 2, Notes = ["few samples"],
            },
            new PredicateVerdict
            {
                Name = "P2", Statement = "and much faster for doubly linked lists", Strength = PredicateStrength.Paper,
                Outcome = VerdictOutcome.NotMeasured, Origin = origin,
            },
        ],
    };

    private ReportFigure MeasuredFigure() => new()
    {
        Drawn = Draw("Lists", "Time to verify a list", "GroupedBars", Measured, Recorded),
        Aliases = ["Paper7a"],
        Measured = [Measured],
        Recorded = [Recorded],
        Experiments = ["Lists"],
        DataFiles = [Path.Combine(Root, "evaluation", "data", "Lists.csv")],
        RerunCommand = "dotnet build build.proj -p:Request=Lists",
        Failures = [new ReportFailure("Lists[list=double]", "exit code: ended with 3",
            ["../experiments/logs/Lists/00 1/stdout.txt"])],
    };

    private ReportFigure RecordedFigure() => new()
    {
        Drawn = Draw("Log", "Appends to a log", "Table", RecordedOnly),
        Recorded = [RecordedOnly],
        RerunCommand = "dotnet build build.proj -p:Request=Log",
    };
}

#:project ../../src/Core/Core.csproj

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;

// Plans an experiment with many cells, with an empty journal and with a journal that has samples of all cells: see
// README.md for its usage.
var cells = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
var each = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var runner = FindUp(Directory.GetCurrentDirectory(), "artifacts/sdk/tools/linux-x64/artifact-runner")
    ?? throw new FileNotFoundException("The runner is missing: run 'dotnet build build.proj -t:BuildSdkTools' first.");
var spent = 0.0;
// With a folder, the project's journal stays there, so that other programs find samples of all cells.
var kept = args.Length > 2 ? Path.GetFullPath(args[2]) : null;
var folder = kept ?? Directory.CreateTempSubdirectory("bench-planning-").FullName;
try
{
    var layout = new EvaluationLayout(Path.Combine(folder, "evaluation"), folder);
    var options = new EvaluationOptions
    {
        ProjectFile = Path.Combine(folder, "bench.proj"),
        Layout = layout,
        Runner = runner,
        Policy = new SamplePolicy(each),
        SearchPath = ["/usr/bin", "/bin"],
    };
    // The steps of other programs in a folder that is kept depend on the time of this file.
    if (!File.Exists(Path.Combine(folder, "input.txt")))
        File.WriteAllText(Path.Combine(folder, "input.txt"), "input");
    IReadOnlyList<DeclarationItem> items =
    [
        Item("Experiment", "Many", ("Matrix", $"a=1..{cells / 100}; b=1..10; c=1..10"), ("MostCells", $"{cells}"),
            ("Command", "true {a} {b} {c}"), ("Inputs", "input.txt")),
    ];
    Console.WriteLine("what,cells,samples,seconds,cpu_seconds,peak_MB");
    Directory.CreateDirectory(layout.Experiments);
    var (plan, _) = await PlanAsync("plan with an empty journal", 0);
    var machine = MachineReading.Parse(Output(runner, "machine")).Id;
    WriteJournal(Journal.FileIn(layout), plan, machine);
    plan = [];
    var clock = Stopwatch.StartNew();
    var count = Journal.Read(Journal.FileIn(layout), new NoLog()).Samples.Count;
    Print("read the journal", count, clock);
    (plan, var shown) = await PlanAsync("plan with a full journal", count);
    if (plan.Any(cell => cell.Need > 0))
        throw new InvalidOperationException($"Samples are missing in the plan: {shown}");

    async Task<(IReadOnlyList<CellPlan> Cells, string Text)> PlanAsync(string what, int samples)
    {
        var clock = Stopwatch.StartNew();
        using var opened = await OpenEvaluation.OpenAsync(options, items, Purpose.Read, new NoLog(), default);
        var planned = await new PlanSamples(((ReadingEvaluation)opened).Context).RunAsync(new NoLog(), default);
        var text = PlanText.Render(planned.Cells, [], false, []);
        Print(what, samples, clock);
        return (planned.Cells, text);
    }

    void Print(string what, int samples, Stopwatch clock) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what},{cells},{samples},{clock.Elapsed.TotalSeconds:0.000},{Cpu():0.000},{Peak()}"));
}
finally
{
    if (kept is null)
        Directory.Delete(folder, recursive: true);
}

double Cpu()
{
    using var process = Process.GetCurrentProcess();
    var (now, before) = (process.TotalProcessorTime.TotalSeconds, spent);
    spent = now;
    return now - before;
}

static DeclarationItem Item(string type, string name, params (string Name, string Value)[] metadata) =>
    new(type, name, metadata.ToDictionary(pair => pair.Name, pair => pair.Value), () => new SourceLocation("bench", 1));

static long Peak() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:",
    StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
    / 1000;

static string? FindUp(string folder, string path) => Path.Exists(Path.Combine(folder, path))
    ? Path.Combine(folder, path) : Path.GetDirectoryName(folder) is { } above ? FindUp(above, path) : null;

static string Output(string program, string argument)
{
    using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true })!;
    return process.StandardOutput.ReadToEnd();
}

void WriteJournal(string path, IReadOnlyList<CellPlan> plan, string machine)
{
    using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20);
    foreach (var (cell, sample) in plan.SelectMany(cell => Enumerable.Range(1, each).Select(sample => (cell, sample))))
    {
        var id = Guid.NewGuid().ToString("N");
        var result = $"{{\"format\":2,\"id\":\"{id}\",\"outcome\":\"Exited\",\"exitCode\":0,\"measurement\":{{"
            + "\"wallSeconds\":0.0011511366967,\"userSeconds\":0.001043,\"systemSeconds\":0,"
            + "\"peakMemoryBytes\":1769472,\"memoryMethod\":\"Cgroup\"},\"disturbance\":{\"loadBefore\":1.7,"
            + "\"stealSeconds\":0,\"involuntarySwitches\":3,\"majorFaults\":0},"
            + "\"startedUtc\":\"2026-11-27T12:00:00.3515234Z\",\"leftovers\":0}";
        Write($"\"sample\":{{\"id\":\"{id}\",\"cell\":\"{cell.Cell.Name}\",\"key\":\"{cell.Resolved!.Key}\","
            + $"\"run\":\"20261127-120000-000000-{machine[..6]}\",\"machineId\":\"{machine}\",\"round\":{sample},"
            + $"\"offset\":1234,\"outcome\":\"Ok\",\"result\":{result},\"readings\":[],"
            + $"\"readBy\":\"{OutputReading.Identity(cell.Cell.Experiment)}\",\"logs\":\"logs/{id[..8]}/{id}\"}}}}");
    }

    void Write(string body) => file.Write($"{{\"format\":2,\"check\":\"{Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes("2:" + body)).AsSpan(0, 8))}\",{body}\n");
}

internal sealed class NoLog : IBuildLog
{
    public void Info(string message) { }
    public void Detail(string message) { }
    public void Progress(string message) { }
    public void Report(Diagnostic diagnostic) => Console.Error.WriteLine(diagnostic);
}

using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests that the plan of many cells, for which what cells have in common is determined once, is the plan that a simple
/// calculation of each cell alone gives.
/// </summary>
public sealed class ManyCellsSpecs : EvaluationFixture
{
    private const int Cells = 10_000, Projects = 3;
    private static readonly string[] Commands =
    [
        "true {a} {b}", "echo {args:b} {project}/f{f}.txt", "cat {project}/common.txt --n={a} --s={b}{f}",
        "true {project}/f{f}.txt {args:nested} {a}",
    ];

    private string machine = "";

    [Fact]
    public async Task A_plan_of_many_cells_is_the_plan_of_each_cell_alone()
    {
        var random = Seeds.New();
        machine = MachineReading.Parse(await new HostExecutor(Runner)
            .ReadMachineAsync(TestContext.Current.CancellationToken)).Id;
        for (var project = 0; project < Projects; project++)
        {
            Declare(random);
            var plan = await PlanAsync();
            var cells = plan.Cells;
            cells.Count.ShouldBe(Cells, string.Join("; ", plan.Gaps.Missing.SelectMany(gap => gap.Value)));
            cells.Select(plan => plan.Cell.Name).Distinct().Count().ShouldBe(Cells);
            Write(cells, random);
            Compare(await PlanAsync());
            File.WriteAllText(Path.Combine(Folder, $"f{random.Next(10)}.txt"), "changed");
            Compare(await PlanAsync());
        }
    }

    private void Compare(SamplePlan plan)
    {
        var journal = Samples().ToLookup(sample => sample.Cell);
        var resolver = new CellResolver(plan.Inputs, new ContentHashes());
        var timedOut = plan.Cells.Where(cell => cell.Cell.Experiment.EndSeriesAt is not null
            && journal[cell.Cell.Name].Where(sample => Counts(sample, cell)).ToList() is var own
            && own.TrueForAll(sample => sample.Outcome != SampleOutcome.Ok)
            && own.Exists(sample => sample.Outcome == SampleOutcome.Timeout)).Select(cell => cell.Cell).ToList();
        foreach (var cell in plan.Cells.AtLeastOne())
        {
            var resolved = cell.Resolved.ShouldNotBeNull();
            resolved.Parts.ShouldBe(Naive(cell.Cell, resolver), cell.Cell.Name);
            resolved.Key.ShouldBe(KeyPart.HashOf(resolved.Parts), cell.Cell.Name);
            var good = journal[cell.Cell.Name]
                .Where(sample => Counts(sample, cell) && sample.Outcome == SampleOutcome.Ok).ToList();
            cell.Good.Select(sample => sample.Id).ShouldBe(good.Select(sample => sample.Id), cell.Cell.Name);
            var failed = journal[cell.Cell.Name]
                .Count(sample => Counts(sample, cell) && sample.Outcome != SampleOutcome.Ok);
            var stops = (failed > 0 && failed >= cell.Cell.Experiment.MaxFailures)
                || (good.Count == 0 && timedOut.Any(other => IsBefore(other, cell.Cell)));
            cell.Need.ShouldBe(stops ? 0 : Math.Max(0, 2 - good.Count), cell.Cell.Name);
        }
    }

    private bool Counts(SampleRecord sample, CellPlan plan) =>
        sample.Key == plan.Resolved!.Key && sample.MachineId == machine;

    private static bool IsBefore(Cell other, Cell cell) =>
        int.Parse(other.Values["a"].Value, CultureInfo.InvariantCulture)
            < int.Parse(cell.Values["a"].Value, CultureInfo.InvariantCulture)
        && new[] { "b", "f", "nested" }.All(axis => other.Values[axis] == cell.Values[axis]);

    // The parts of a key as docs/experiments.md lists them, without anything that cells share.
    private List<KeyPart> Naive(Cell cell, CellResolver resolver)
    {
        var experiment = cell.Experiment;
        var words = experiment.Command.SelectMany(argument => argument.Only is { Kind: "args", Whole: { } axis }
            ? cell.Values[axis].Value.Split(' ') : [argument.Text]).ToList();
        var parts = words.Select((word, index) => new KeyPart($"argument {index}", Filled(word))).ToList();
        parts.Add(new KeyPart("working directory", "{work}"));
        var files = experiment.Inputs.Select(input => Filled(input.Text))
            .Concat(words.Where(word => word.Contains("{project}", StringComparison.Ordinal)).Select(Filled)
                .Select(path => path.Replace("{project}/", "", StringComparison.Ordinal)))
            .Where(file => File.Exists(Path.Combine(Folder, file))).ToHashSet(StringComparer.Ordinal);
        parts.AddRange(files.Order(StringComparer.Ordinal)
            .Select(file => new KeyPart($"input {file}", resolver.Hashes.OfFile(Path.Combine(Folder, file)))));
        parts.AddRange([new("executor", "host"), new("timeout", Filled(experiment.TimeoutOf?.Text ?? "none")),
            new("warm-ups", "0"), new("cpus", "all"), new("memory limit", "none")]);
        return parts;

        string Filled(string text) => cell.Values.Aggregate(text, (filled, pair) =>
            filled.Replace($"{{{pair.Key}}}", pair.Value.Value, StringComparison.Ordinal));
    }

    private void Declare(Random random)
    {
        Items.Clear();
        for (var i = 0; i < 10; i++)
            File.WriteAllText(Path.Combine(Folder, $"f{i}.txt"), $"{random.Next()}");
        File.WriteAllText(Path.Combine(Folder, "common.txt"), $"{random.Next()}");
        var ends = random.Next(2) == 0;
        Declare("Experiment", "Many" + random.Next(),
            ("Matrix", "a=1..100; b=x,y,'p q',z,w; f=0..9; nested='q r','s'"), ("MostCells", $"{Cells}"),
            ("Command", Commands[random.Next(Commands.Length)]),
            ("Inputs", random.Next(3) switch { 0 => "", 1 => "common.txt", _ => "f{f}.txt;common.txt" }),
            ("Timeout", ends || random.Next(2) == 0 ? "{a}" : ""), ("EndSeriesAt", ends ? "a" : ""),
            ("MaxFailures", $"{random.Next(1, 3)}"));
    }

    // Samples of some cells: good ones, failed ones, and such that have an older key or are of another machine.
    private void Write(IReadOnlyList<CellPlan> cells, Random random)
    {
        Directory.CreateDirectory(Layout.Experiments);
        var journal = Journal.Read(Journal.FileIn(Layout), Log);
        var lines = new List<JournalLine>();
        foreach (var plan in cells)
            for (var i = random.Next(4); i > 0; i--)
            {
                var id = Guid.NewGuid().ToString("N");
                var outcome = random.Next(40) switch
                {
                    0 => SampleOutcome.Timeout,
                    1 => SampleOutcome.ExitCode,
                    _ => SampleOutcome.Ok,
                };
                lines.Add(new JournalLine
                {
                    Sample = new SampleRecord
                    {
                        Id = id,
                        Cell = plan.Cell.Name,
                        Key = random.Next(5) == 0 ? new string('0', 64) : plan.Resolved!.Key,
                        Run = "run",
                        MachineId = random.Next(9) == 0 ? "another" : machine,
                        Outcome = outcome,
                        Why = outcome == SampleOutcome.Ok ? null : "it failed",
                        ReadBy = OutputReading.Identity(plan.Cell.Own),
                        Logs = $"logs/x/{id}",
                        Result = new Protocol.JobResult
                        {
                            Id = id,
                            Outcome = outcome == SampleOutcome.Timeout
                                ? Protocol.JobOutcome.TimedOut : Protocol.JobOutcome.Exited,
                            Measurement = new Protocol.Measurement { WallSeconds = 0.001 },
                        },
                    },
                });
            }
        journal.Append(lines);
    }
}

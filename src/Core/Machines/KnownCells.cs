using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Machines;

/// <summary>
/// Which samples of the journal count for which cells, as the evaluation that took them knows it. Another machine
/// cannot know it: the keys of cells contain the tools, and axes may depend on the machine. The file is beside the
/// journal.
/// </summary>
public sealed record KnownCells
{
    /// <summary>What is known of each experiment, by its name.</summary>
    public required IReadOnlyDictionary<string, KnownExperiment> Experiments { get; init; }

    /// <summary>The file, in the folder of a journal.</summary>
    public static string FileIn(string experiments, bool isSmoke) =>
        Path.Combine(experiments, isSmoke ? "cells-smoke.json" : "cells.json");

    /// <summary>Reads a file; a file that is missing or damaged knows nothing.</summary>
    public static KnownCells Read(string path)
    {
        try
        {
            if (File.Exists(path))
                using (var stream = RegularFile.Open(path))
                    return JsonSerializer.Deserialize(stream, KnownCellsJson.Default.KnownCells) ?? None;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            // The evaluation that wrote the file writes it again.
        }
        return None;
    }

    /// <summary>Records the cells of a call; what is known of other experiments stays.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The file cannot be written.</exception>
    public static void Save(EvaluationLayout layout, IReadOnlyList<CellPlan> plans,
        IReadOnlyDictionary<string, IReadOnlyList<string>> deviations)
    {
        if (plans.Count == 0)
            return;
        var path = FileIn(layout.Experiments, layout.IsSmoke);
        var all = new SortedDictionary<string, KnownExperiment>(Read(path).Experiments
            .ToDictionary(pair => pair.Key, pair => pair.Value), StringComparer.Ordinal);
        foreach (var group in plans.GroupBy(plan => plan.Cell.Experiment.Name, StringComparer.Ordinal))
            all[group.Key] = new KnownExperiment
            {
                Cells = [.. group.Select(KnownCell.Of)],
                Deviations = deviations.GetValueOrDefault(group.Key, []),
            };
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(new KnownCells { Experiments = all },
            KnownCellsJson.Default.KnownCells));
    }

    private static KnownCells None { get; } = new() { Experiments = new Dictionary<string, KnownExperiment>() };
}

/// <summary>What an evaluation knows of an experiment.</summary>
public sealed record KnownExperiment
{
    /// <summary>The cells, in the order of the matrix.</summary>
    public required IReadOnlyList<KnownCell> Cells { get; init; }
    /// <summary>How the measurement deviated from the declarations.</summary>
    public required IReadOnlyList<string> Deviations { get; init; }

    /// <summary>The cells as plans of another evaluation.</summary>
    /// <param name="experiment">The experiment, as it is declared there.</param>
    /// <param name="samples">The samples of the journal, by id.</param>
    /// <param name="parts">The parts of keys, by key.</param>
    /// <param name="judge">Judges and reads a sample of a cell by the present declarations.</param>
    internal IEnumerable<CellPlan> PlansFor(ExperimentDeclaration experiment,
        IReadOnlyDictionary<string, SampleRecord> samples, IReadOnlyDictionary<string, CellRecord> parts,
        Func<Cell, SampleRecord, SampleRecord> judge) =>
        Cells.Select(known => known.PlanFor(experiment, samples, parts, judge));
}

/// <summary>What an evaluation knows of a cell.</summary>
public sealed record KnownCell
{
    /// <summary>The values of the axes.</summary>
    public required IReadOnlyList<KnownValue> Values { get; init; }
    /// <summary>The key; null when it is not known.</summary>
    public string? Key { get; init; }
    /// <summary>The ids of the samples that have this key, and are from the present machine, oldest first.</summary>
    public required IReadOnlyList<string> Samples { get; init; }
    /// <summary>See <see cref="CellPlan.Need"/>.</summary>
    public int Need { get; init; }
    /// <summary>See <see cref="CellPlan.Reason"/>.</summary>
    public string Reason { get; init; } = "";
    /// <summary>See <see cref="CellPlan.IsWaiting"/>.</summary>
    public bool IsWaiting { get; init; }
    /// <summary>See <see cref="CellPlan.IsAbsent"/>.</summary>
    public bool IsAbsent { get; init; }
    /// <summary>See <see cref="CellPlan.IsLeftOut"/>.</summary>
    public bool IsLeftOut { get; init; }
    /// <summary>See <see cref="CellPlan.Capped"/>.</summary>
    public string? Capped { get; init; }

    internal static KnownCell Of(CellPlan plan) => new()
    {
        Values = [.. plan.Cell.Values.Select(pair =>
            new KnownValue(pair.Key, pair.Value.Value, pair.Value.Label, pair.Value.IsFile, pair.Value.IsDerived))],
        Key = plan.Resolved?.Key,
        Samples = [.. plan.Good.Concat(plan.Failed).Select(sample => sample.Id)],
        Need = plan.Need,
        Reason = plan.Reason,
        IsWaiting = plan.IsWaiting,
        IsAbsent = plan.IsAbsent,
        IsLeftOut = plan.IsLeftOut,
        Capped = plan.Capped,
    };

    internal CellPlan PlanFor(ExperimentDeclaration experiment, IReadOnlyDictionary<string, SampleRecord> samples,
        IReadOnlyDictionary<string, CellRecord> parts, Func<Cell, SampleRecord, SampleRecord> judge)
    {
        var cell = new Cell
        {
            Experiment = experiment,
            Values = Values.ToDictionary(value => value.Axis,
                value => new AxisValue(value.Value, value.Label) { IsFile = value.IsFile, IsDerived = value.IsDerived },
                StringComparer.Ordinal),
        };
        var judged = Samples.Select(id => samples.GetValueOrDefault(id)).OfType<SampleRecord>()
            .Where(sample => sample.Cell == cell.Name).Select(sample => judge(cell, sample)).ToList();
        return new CellPlan
        {
            Cell = cell,
            Resolved = Key is { Length: 64 } key && key.All(char.IsAsciiHexDigitLower)
                ? new ResolvedCell(cell, key, parts.GetValueOrDefault(key)?.Parts ?? []) : null,
            Good = [.. judged.Where(sample => sample.Outcome == SampleOutcome.Ok)],
            Failed = [.. judged.Where(sample => sample.Outcome != SampleOutcome.Ok)],
            Need = Need,
            Reason = Reason,
            IsWaiting = IsWaiting,
            IsAbsent = IsAbsent,
            IsLeftOut = IsLeftOut,
            Capped = Capped,
        };
    }
}

/// <summary>The value of an axis; see <see cref="AxisValue"/>.</summary>
/// <param name="Axis">Name of the axis.</param>
/// <param name="Value">The text that commands receive.</param>
/// <param name="Label">The text that tables show.</param>
/// <param name="IsFile">Whether the value is a file.</param>
/// <param name="IsDerived">Whether the value follows from others.</param>
public sealed record KnownValue(string Axis, string Value, string Label, bool IsFile, bool IsDerived);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(KnownCells))]
internal sealed partial class KnownCellsJson : JsonSerializerContext;

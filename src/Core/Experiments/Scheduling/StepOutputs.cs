using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>
/// The outputs of other experiments for a cell: all outputs that the cell uses, or why the cell has to wait or is left
/// out.
/// </summary>
/// <param name="Outputs">The outputs that the cell uses; empty when the cell waits or is left out.</param>
/// <param name="Waits">A description of what the cell waits for; null when the cell waits for nothing.</param>
/// <param name="LeftOut">Why other experiments have no output that the cell could use; null when the cell is not left
/// out.</param>
internal sealed record StepInput(IReadOnlyList<UsedOutput> Outputs, string? Waits = null, string? LeftOut = null);

/// <summary>
/// The outputs of experiments, for the experiments that use them: from each cell, the standard output and the collected
/// files of its oldest good sample. Standard error and the output of preparations and services are left out because
/// they differ each time. Commands get copies of outputs, so that no command changes a sample.
/// </summary>
internal sealed partial class StepOutputs(Steps steps, CellResolver resolver)
{
    // The lock is needed because samples that are not timed are taken side by side, and several of them may use the
    // same output.
    private static readonly Lock Gate = new();
    private static readonly StepInput Nothing = new([]);
    private readonly string experiments = resolver.CellContext.Layout.Experiments;
    private readonly Dictionary<string, CellPlan> plans = new(StringComparer.Ordinal);
    private static readonly string NoOutput = ContentHashes.OfText("no output");
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> hashes = new(StringComparer.Ordinal);

    /// <summary>Records the current plans of cells.</summary>
    public void Note(IEnumerable<CellPlan> now)
    {
        foreach (var plan in now)
            plans[plan.Cell.Name] = plan;
    }

    /// <summary>The outputs of other experiments that a cell uses.</summary>
    public StepInput For(Cell cell)
    {
        if (steps.UsesOf(cell.Experiment) is not { Count: > 0 } uses)
            return Nothing;
        var outputs = new List<UsedOutput>();
        foreach (var use in uses)
        {
            var input = For(cell, use);
            if (input.Outputs.Count == 0)
                return input;
            outputs.AddRange(input.Outputs);
        }
        return new StepInput(outputs);
    }

    private StepInput For(Cell cell, OutputUse use)
    {
        var meant = steps.Meant(cell, use).Select(one => plans.GetValueOrDefault(one.Name)).ToList();
        if (meant.Count == 0 || meant.Contains(null))
            return new StepInput([], LeftOut: $"left out: {use.Experiment}, which it uses, cannot be measured here");
        var all = meant.OfType<CellPlan>().ToList();
        if (all.FirstOrDefault(plan =>
            plan.IsLeftOut || plan.Failed.Count > 0 && plan.Good.Count == 0 && plan.Need == 0) is { } failed)
            return new StepInput([],
                LeftOut: $"left out: {failed.Cell.Name}, which it uses, has no output ({failed.Reason})");
        if (all.FirstOrDefault(plan => plan.Good.Count == 0 && plan.Need > 0) is { } unfinished)
            return new StepInput([],
                Waits: "waits for the output of "
                    + $"{(all.Count > 1 ? $"{unfinished.Cell.Name} and others" : unfinished.Cell.Name)}");
        // A cell that is not available on this machine, or whose series was ended on purpose, is neither success nor
        // failure.
        var good = all.Where(plan => plan.Good.Count > 0).ToList();
        if (good.Count == 0)
            return new StepInput([],
                LeftOut: $"left out: {all[0].Cell.Name}, which it uses, has no sample ({all[0].Reason})");
        var from = good.ConvertAll(plan => (plan.Cell, Path.Combine(experiments, plan.Good[0].Logs)));
        silent.UnionWith(good.Where(plan => plan.Good[0].Silent)
            .Select(plan => Path.Combine(experiments, plan.Good[0].Logs)));
        foreach (var (one, logs) in from)
        {
            resolver.Trace.File(logs);
            if (HashOf(logs) is null)
                return new StepInput([],
                    LeftOut: $"left out: the kept output of {one.Name}, which it uses, cannot be read: "
                        + $"{Path.GetRelativePath(experiments, logs)}");
        }
        var hash = use.IsOfAll
            ? ContentHashes.OfText(Index(from) + string.Concat(from.Select(pair => HashOf(pair.Item2) + "\n")))
            : HashOf(from[0].Item2)!;
        return new StepInput([new UsedOutput(use, hash, Path.Combine(experiments, "outputs", hash[..32]), from)]);
    }

    /// <summary>Creates the folder of a used output, or recreates it if a command has changed it.</summary>
    /// <param name="output">The output.</param>
    /// <param name="temporary">Absolute path of a folder of the sample in which the output is assembled.</param>
    /// <param name="cancellation">Cancels the copying between two files.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be created.</exception>
    public static void Provide(UsedOutput output, string temporary, CancellationToken cancellation)
    {
        lock (Gate)
            Make(output, temporary, cancellation);
    }

    private static void Make(UsedOutput output, string temporary, CancellationToken cancellation)
    {
        var mark = output.Folder + ".made";
        if (Directory.Exists(output.Folder) && File.Exists(mark) && File.ReadAllText(mark) == StampOf(output.Folder))
            return;
        FolderRemoval.Remove(output.Folder);
        foreach (var (cell, logs) in output.From)
        {
            var target = output.Use.IsOfAll ? Path.Combine(temporary, SampleTaker.FolderName(cell.Name)) : temporary;
            if (Directory.Exists(logs))
                TreeCopy.Make(logs, target, (_, _) => "", cancellation);
            else
                Silence(target);
            foreach (var file in Directory.EnumerateFiles(target).Where(file => IsTransient(Path.GetFileName(file))))
                File.Delete(file);
        }
        if (output.Use.IsOfAll)
            File.WriteAllText(Path.Combine(temporary, "cells.csv"), Index(output.From));
        Directory.CreateDirectory(Path.GetDirectoryName(output.Folder)!);
        Directory.Move(temporary, output.Folder);
        File.WriteAllText(mark, StampOf(output.Folder));
    }

    /// <summary>The text of a CSV file with the folder and the columns of each cell.</summary>
    internal static string Index(IReadOnlyList<(Cell Cell, string)> from)
    {
        var columns = from.SelectMany(pair => pair.Cell.Columns.Keys).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder().AppendJoin(',', columns.Prepend("folder").Select(Field)).Append('\n');
        foreach (var (cell, _) in from)
            text.AppendJoin(',', columns.Select(column => cell.Columns.GetValueOrDefault(column, ""))
                .Prepend(SampleTaker.FolderName(cell.Name)).Select(Field)).Append('\n');
        return text.ToString();
    }

    private static string Field(string value) => value.AsSpan().IndexOfAny(",\"\n\r") < 0
        ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Hash of the output in a sample's folder; null when a file cannot be read or no longer exists.
    private string? HashOf(string logs)
    {
        if (hashes.TryGetValue(logs, out var known))
            return known;
        try
        {
            if (!Directory.Exists(logs))
                return silent.Contains(logs) ? NoOutput : null;
            var text = new StringBuilder();
            foreach (var file in Globbing.Files(logs).Where(file => !IsTransient(Path.GetRelativePath(logs, file))))
                text.Append(Path.GetRelativePath(logs, file)).Append('\0').Append(resolver.Hashes.OfEntry(file))
                    .Append('\n');
            return hashes[logs] = ContentHashes.OfText(text.ToString());
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The output of a sample that had none.
    private static void Silence(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "stdout.txt"), "");
    }

    private static bool IsTransient(string name) => TransientName().IsMatch(name);

    // Commands may write to the copies of outputs; changes are detected by comparing the files' sizes and times.
    private static string StampOf(string folder) =>
        ContentHashes.OfText(string.Concat(
            Globbing.Files(folder).Select(file => $"{Path.GetRelativePath(folder, file)} {FileStamp.Of(file)}\n")));

    [GeneratedRegex(@"^(stderr\.txt|prepare-[0-9]+\.std(out|err)\.txt|service-[^/]*\.std(out|err)\.txt)\z")]
    private static partial Regex TransientName();
}

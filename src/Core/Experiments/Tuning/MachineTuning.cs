using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// Tunes the machine for experiments that ask for it, as a transaction: each old value is on the disk before a new one
/// is written, in one place that every evaluation on the machine looks at. The evaluation that tunes the machine holds
/// a lock that the kernel releases when its process ends; the next evaluation can thus tell that a killed one is gone,
/// and restores the old values in its place.
/// </summary>
public sealed class MachineTuning(KernelKnobs knobs, string folder)
{
    // Other paths for the kernel's files and for the record of changes, for the SDK's own tests, which have no machine
    // to tune.
    private const string RootVariable = "VERUS_ARTIFACT_MACHINE_ROOT";

    private readonly string recordFile = Path.Combine(folder, "machine.json");
    private readonly string lockFile = Path.Combine(folder, "machine.lock");
    private bool complained;

    /// <summary>The machine that this process runs on. The record of its changes is in a folder that survives a
    /// restart.</summary>
    public static MachineTuning Here() =>
        Below(Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root ? root : "/");

    /// <summary>A machine whose kernel files are below the given folder.</summary>
    public static MachineTuning Below(string root) =>
        new(new KernelKnobs(root), Path.Combine(root, "var/lib/verus-artifact"));

    /// <summary>The kernel's knobs of the machine.</summary>
    public KernelKnobs Knobs => knobs;

    /// <summary>Whether a change of the machine's settings has not been undone yet.</summary>
    public bool IsTuned => File.Exists(recordFile);

    /// <summary>The writes to files of the kernel that make settings hold, as far as the machine has the
    /// knobs.</summary>
    public IReadOnlyList<KnobWrite> WritesFor(IEnumerable<MachineSetting> settings) =>
        [.. settings.SelectMany(setting => knobs.WritesFor(setting) ?? [])];

    /// <summary>
    /// Tunes the machine, and restores it when the returned object is disposed. Waits while another evaluation has
    /// tuned the machine.
    /// </summary>
    /// <param name="who">The evaluation that asks for the tuning, as named in messages.</param>
    /// <param name="where">The declaration that asks for the tuning.</param>
    /// <param name="settings">The settings that the declaration asks for.</param>
    /// <param name="log">Log to which every change is written.</param>
    /// <param name="cancellation">Cancels the wait for another evaluation, or the tuning between two knobs.</param>
    /// <exception cref="DiagnosticException">A knob cannot be set; earlier changes have been restored.</exception>
    public async Task<TunedMachine> TuneAsync(string who, SourceLocation where, IReadOnlyList<MachineSetting> settings,
        IBuildLog log, CancellationToken cancellation)
    {
        if (WhyNotTrusted is { } why)
            throw TuningRules.UnsafePlace.Error(where, who, why, folder);
        TuningRecord.MakeFolder(folder);
        var held = await FileLock.ExclusiveAsync(lockFile, null, _ => Waiting(log), cancellation).ConfigureAwait(false);
        try
        {
            RestoreHeld(log);
            if (settings.Where(setting => knobs.WritesFor(setting) is null).ToList() is { Count: > 0 } absent)
                log.Report(TuningRules.NoKnob.At(where, who, MachineSetting.Text(absent)));
            var record = new TuningRecord
            {
                Boot = knobs.Boot,
                Owner = $"process {Environment.ProcessId} ({who})",
                Writes = []
            };
            foreach (var setting in settings)
            {
                cancellation.ThrowIfCancellationRequested();
                record = Set(who, where, setting, record);
            }
            if (record.Writes.Count > 0)
                log.Info($"The machine is tuned for {who}: {Words(record.Writes, back: false)}");
            return new TunedMachine(record.Writes, () => RestoreHeld(log), held);
        }
        catch
        {
            RestoreHeld(log);
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Restores the settings that an evaluation which is no longer running left changed, and does not touch those that
    /// a running evaluation has tuned. The call is cheap when there is nothing to restore.
    /// </summary>
    /// <returns>False when a running evaluation has tuned the machine.</returns>
    public bool RestoreLeft(IBuildLog log)
    {
        if (!IsTuned || Distrusts(log))
            return true;
        using var held = FileLock.TryExclusive(lockFile);
        if (held is not null)
            RestoreHeld(log);
        return held is not null;
    }

    /// <summary>
    /// Waits until no other evaluation has tuned the machine, and restores the settings that an evaluation which is no
    /// longer running left changed.
    /// </summary>
    public async Task UntunedAsync(IBuildLog log, CancellationToken cancellation)
    {
        if (!IsTuned || Distrusts(log))
            return;
        using var held = await FileLock.ExclusiveAsync(lockFile, null, _ => Waiting(log),
            cancellation).ConfigureAwait(false);
        RestoreHeld(log);
    }

    /// <summary>Restores the machine's settings at a user's request.</summary>
    /// <exception cref="DiagnosticException">The machine is tuned for an evaluation that is running.</exception>
    public void Restore(IBuildLog log)
    {
        if (!IsTuned)
            log.Info("The machine is not tuned.");
        else if (!RestoreLeft(log))
            throw TuningRules.InUse.Error(SourceLocation.None, Owner);
    }

    /// <summary>Reports that the machine is tuned, for callers that change nothing.</summary>
    public void ReportChanges(IBuildLog log)
    {
        if (IsTuned)
            log.Info(
                $"The machine is tuned for {Owner}; when it has ended, the next evaluation or '-t:RestoreMachine' "
                    + "restores it.");
    }

    private TuningRecord Set(string who, SourceLocation where, MachineSetting setting, TuningRecord record)
    {
        if (knobs.WritesFor(setting) is not { Count: > 0 } writes)
            return record;
        // A change that would not be trusted in the record is not made, because it could not be undone.
        if (writes.FirstOrDefault(write => !knobs.IsKnob(write)) is { } strange)
            throw TuningRules.NotSet.Error(where, who, setting, strange.File,
                $"is '{strange.Before}', which is not one of its values", Remedy(setting));
        record = record with { Writes = [.. record.Writes, .. writes] };
        record.Save(recordFile);
        foreach (var write in writes)
        {
            try
            {
                knobs.Write(write.File, write.After);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw TuningRules.NotSet.Error(where, who, setting, write.File,
                    $"does not accept '{write.After}': {problem.Message}",
                    problem is UnauthorizedAccessException ? "Run as root." : Remedy(setting));
            }
        }
        return knobs.WritesFor(setting) is [var left, ..]
            ? throw TuningRules.NotSet.Error(where, who, setting, left.File,
                $"is '{left.Before}' after '{left.After}' was written", Remedy(setting)) : record;
    }

    // Restores the old values while the caller holds the lock. This method never throws: a value that cannot be
    // restored stays in the record, and is reported once.
    private void RestoreHeld(IBuildLog log)
    {
        try
        {
            if (TuningRecord.Load(recordFile) is not { } record)
                return;
            if (record.Writes.FirstOrDefault(write => !knobs.IsKnob(write)) is { } stranger)
            {
                if (!complained)
                    log.Report(TuningRules.NotTrusted.At(SourceLocation.None, recordFile,
                        $"it says that '{stranger.File}' was '{stranger.Before}', which no setting changes"));
                complained = true;
                return;
            }
            var (done, left) = (new List<KnobWrite>(), new List<(KnobWrite Write, string Why)>());
            foreach (var write in record.Writes.Reverse().Where(write => IsOurs(record, write)))
            {
                if (Undo(write) is { } why)
                    left.Add((write, why));
                else
                    done.Add(write);
            }
            if (done.Count > 0)
                log.Info($"The machine is restored after {record.Owner}: {Words(done, back: true)}");
            if (left.Count == 0)
                File.Delete(recordFile);
            else if (!complained)
                log.Report(TuningRules.NotRestored.At(SourceLocation.None, left[0].Write.File,
                    left.Count > 1 ? $" (and {left.Count - 1} more)" : "", left[0].Write.Before,
                    record.Owner, left[0].Why));
            complained |= left.Count > 0;
            if (left.Count > 0 && done.Count > 0)
                (record with { Writes = [.. left.Select(pair => pair.Write).Reverse()] }).Save(recordFile);
        }
        catch (Exception problem) when (problem is FormatException or DiagnosticException or IOException
            or UnauthorizedAccessException)
        {
            if (!complained)
                log.Report(TuningRules.DamagedRecord.At(SourceLocation.None, recordFile, problem.Message));
            complained = true;
        }
    }

    // A restart of the machine resets most knobs by itself, possibly to values that differ from those in the record.
    // After a restart, only a knob that still has its tuned value is restored.
    private bool IsOurs(TuningRecord record, KnobWrite write) =>
        KernelKnobs.Read(write.File) is { } now && now != write.Before
            && (record.Boot == knobs.Boot || now == write.After);

    // If the record is not trusted, neither is its lock, which is in the same folder; the lock is therefore not waited
    // for.
    private bool Distrusts(IBuildLog log)
    {
        if (WhyNotTrusted is not { } why)
            return false;
        if (!complained)
            log.Report(TuningRules.NotTrusted.At(SourceLocation.None, recordFile, why));
        complained = true;
        return true;
    }

    private string? WhyNotTrusted => TuningRecord.WhyNotTrusted(recordFile, lockFile);

    private string? Undo(KnobWrite write)
    {
        try
        {
            knobs.Write(write.File, write.Before);
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }

    private string Owner
    {
        get
        {
            try
            {
                return TuningRecord.Load(recordFile)?.Owner ?? "another evaluation";
            }
            catch (FormatException)
            {
                return "another evaluation";
            }
        }
    }

    private void Waiting(IBuildLog log) => log.Info($"Waiting for {Owner}, which has the machine tuned.");

    private static string Remedy(MachineSetting setting) => setting.Knob switch
    {
        MachineKnob.HugePages =>
            "Free memory, or reserve the pages when the machine starts (the kernel's options hugepagesz and "
                + "hugepages).",
        MachineKnob.Governor => "scaling_available_governors, beside it, lists the available ones.",
        _ => "Set it in the firmware or by hand, or leave out -p:TuneMachine=true.",
    };

    // A machine with 200 CPUs gets one line of output, because files with the same change are only counted.
    private static string Words(IEnumerable<KnobWrite> writes, bool back) => string.Join("; ", writes
        .GroupBy(write => (Name: Name(write.File), From: back ? write.After : write.Before,
            To: back ? write.Before : write.After))
        .Select(group =>
            $"{group.Key.Name} {group.Key.From} -> {group.Key.To}"
                + $"{(group.Count() > 1 ? $" ({group.Count()} files)" : "")}"));

    private static string Name(string file) => Path.GetFileName(file) is var name && name is "enabled" or "control"
        ? $"{Path.GetFileName(Path.GetDirectoryName(file))}/{name}" : name;
}

/// <summary>A machine that stays tuned until this object is disposed.</summary>
public sealed class TunedMachine : IDisposable
{
    private readonly Action restore;
    private readonly FileLock held;

    internal TunedMachine(IReadOnlyList<KnobWrite> writes, Action restore, FileLock held) =>
        (Writes, this.restore, this.held) = (writes, restore, held);

    /// <summary>What was changed.</summary>
    public IReadOnlyList<KnobWrite> Writes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        restore();
        held.Dispose();
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// Tunes the machine for experiments that ask for it, as a transaction. The tuning helper, which runs as root, makes
/// the changes: it puts each old value on the disk before it writes a new one, in one place that every evaluation on
/// the machine looks at, and restores the values when the evaluation ends in any way. The tuning helper holds a lock
/// that the kernel releases when the helper ends. If the helper itself is killed, the next one can tell from the lock
/// that its predecessor is gone, and restores the values in its place.
/// </summary>
public sealed class MachineTuning : IDisposable
{
    private readonly string root;
    private readonly string runner;
    private readonly string recordFile;
    private readonly string lockFile;
    private readonly KernelKnobs knobs;
    private TuningConnection? connection;
    private bool complained;
    private bool? couldOpen;

    private MachineTuning(string root, string runner)
    {
        (this.root, this.runner, knobs) = (root, runner, new KernelKnobs(root));
        (recordFile, lockFile) = (Path.Combine(root, TuningRecord.File), Path.Combine(root, TuningRecord.Lock));
    }

    /// <summary>The machine that this process runs on. The record of the machine's changes is in a folder that survives
    /// a restart.</summary>
    /// <param name="runner">Absolute path of the runner, which is also the tuning helper.</param>
    public static MachineTuning Here(string runner) =>
        Below(Environment.GetEnvironmentVariable(TuningRecord.RootVariable) is { Length: > 0 } root ? root : "/",
            runner);

    /// <summary>A machine whose kernel files are below the given folder.</summary>
    /// <param name="root">The folder with the kernel files.</param>
    /// <param name="runner">Absolute path of the runner, which is also the tuning helper.</param>
    public static MachineTuning Below(string root, string runner) => new(root, runner);

    /// <summary>The kernel's knobs of the machine.</summary>
    public KernelKnobs Knobs => knobs;

    /// <summary>Whether a change of the machine's settings has not been undone yet.</summary>
    public bool IsTuned => File.Exists(recordFile);

    /// <summary>The writes to files of the kernel that make settings hold, as far as the machine has the
    /// knobs.</summary>
    public IReadOnlyList<KnobWrite> WritesFor(IEnumerable<MachineSetting> settings) =>
        [.. settings.SelectMany(setting => knobs.WritesFor(setting) ?? [])];

    /// <summary>
    /// Tunes the machine, and restores it when the returned object is disposed. The call waits while another evaluation
    /// has tuned the machine.
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
        var done = new List<KnobWrite>();
        try
        {
            Connect();
            var begun = await AskAsync(new TuningRequest { Owner = $"process {Environment.ProcessId} ({who})" }, log,
                cancellation).ConfigureAwait(false);
            if (begun.Answer == TuningAnswer.Unsafe)
                throw TuningRules.UnsafePlace.Error(where, who, begun.Text!, Path.GetDirectoryName(recordFile)!);
            if (settings.Where(setting => knobs.WritesFor(setting) is null).ToList() is { Count: > 0 } absent)
                log.Report(TuningRules.NoKnob.At(where, who, MachineSetting.Text(absent)));
            foreach (var setting in settings)
            {
                cancellation.ThrowIfCancellationRequested();
                await SetAsync(who, where, setting, done, log, cancellation).ConfigureAwait(false);
            }
        }
        catch (IOException problem)
        {
            Close();
            throw TuningRules.NoHelper.Error(where, who, problem.Message.TrimEnd('.'));
        }
        catch (DiagnosticException)
        {
            RestoreOwn(log);
            throw;
        }
        catch (OperationCanceledException)
        {
            // A tuning helper that waits for another evaluation notices only the end of its input.
            Close();
            throw;
        }
        if (done.Count > 0)
            log.Info($"The machine is tuned for {who}: {Words(done, back: false)}");
        return new TunedMachine(done, () => RestoreOwn(log));
    }

    /// <summary>
    /// Starts the tuning helper before it is needed, because <c>sudo</c> asks for the password again some minutes after
    /// the user gave it. A helper that cannot be started is reported when the machine has to be tuned.
    /// </summary>
    public void Prepare()
    {
        try
        {
            Connect();
        }
        catch (IOException)
        {
            Close();
        }
    }

    /// <summary>Whether this user could write a file of the kernel, directly or by the tuning helper.</summary>
    public bool CanWrite(string file) => KernelKnobs.CanWrite(file)
        || !Environment.IsPrivilegedProcess
            && (connection is { IsOpen: true } || (couldOpen ??= TuningConnection.CouldOpen(runner, root)));

    /// <summary>
    /// Restores the settings that an evaluation which is no longer running left changed, and does not touch those that
    /// a running evaluation has tuned. Restoring is cheap when no setting has to be restored.
    /// </summary>
    /// <returns>False when a running evaluation has tuned the machine.</returns>
    public bool RestoreLeft(IBuildLog log)
    {
        if (!IsTuned || Distrusts(log))
            return true;
        if (IsHeld())
            return false;
        var own = connection is { IsOpen: true };
        try
        {
            Connect();
            return Task.Run(() => AskAsync(new TuningRequest(), log, CancellationToken.None)).GetAwaiter().GetResult()
                .Answer != TuningAnswer.Busy;
        }
        catch (IOException problem)
        {
            ReportLeft(log, problem.Message.TrimEnd('.'));
            return true;
        }
        finally
        {
            if (!own)
                Close();
        }
    }

    /// <summary>
    /// Waits until no other evaluation has tuned the machine, and restores the settings that an evaluation which is no
    /// longer running left changed.
    /// </summary>
    public async Task UntunedAsync(IBuildLog log, CancellationToken cancellation)
    {
        while (IsTuned && !Distrusts(log))
        {
            if (File.Exists(lockFile))
                (await FileLock.ExclusiveAsync(lockFile, null,
                    _ => log.Info($"Waiting for {Owner}, which has the machine tuned."), cancellation)
                    .ConfigureAwait(false)).Dispose();
            if (RestoreLeft(log))
                return;
        }
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

    private async Task SetAsync(string who, SourceLocation where, MachineSetting setting, List<KnobWrite> done,
        IBuildLog log, CancellationToken cancellation)
    {
        foreach (var write in knobs.WritesFor(setting) ?? [])
        {
            var reply = await AskAsync(new TuningRequest { Write = write }, log, cancellation).ConfigureAwait(false);
            switch (reply.Answer)
            {
                case TuningAnswer.Written:
                    done.Add(reply.Write ?? write);
                    break;
                case TuningAnswer.NotASetting:
                    throw TuningRules.NotSet.Error(where, who, setting, write.File,
                        $"is '{write.Before}', which is not one of its values", Remedy(setting));
                default:
                    throw TuningRules.NotSet.Error(where, who, setting, write.File,
                        $"does not accept '{write.After}': {reply.Text}", Remedy(setting));
            }
        }
        if (knobs.WritesFor(setting) is [var left, ..])
            throw TuningRules.NotSet.Error(where, who, setting, left.File,
                $"is '{left.Before}' after '{left.After}' was written", Remedy(setting));
    }

    // Sends a request to the tuning helper, and reports its messages about earlier changes until it answers.
    private async Task<TuningReply> AskAsync(TuningRequest request, IBuildLog log, CancellationToken cancellation)
    {
        var (restored, left) = (new List<TuningReply>(), new List<TuningReply>());
        connection!.Send(request);
        while (true)
        {
            var reply = await connection.ReceiveAsync(cancellation).ConfigureAwait(false);
            switch (reply.Answer)
            {
                case TuningAnswer.Waiting:
                    log.Info($"Waiting for {PlainText.Line(reply.Text ?? "")}, which has the machine tuned.");
                    break;
                case TuningAnswer.Restored:
                    restored.Add(reply);
                    break;
                case TuningAnswer.Left:
                    left.Add(reply);
                    break;
                case TuningAnswer.NotTrusted:
                    ReportOnce(log, TuningRules.NotTrusted.At(SourceLocation.None, recordFile, reply.Text!));
                    break;
                case TuningAnswer.Damaged:
                    ReportOnce(log, TuningRules.DamagedRecord.At(SourceLocation.None, recordFile, reply.Text!));
                    break;
                default:
                    ReportRestored(log, restored, left);
                    return reply;
            }
        }
    }

    private void ReportRestored(IBuildLog log, List<TuningReply> restored, List<TuningReply> left)
    {
        if (restored.Count > 0)
            log.Info($"The machine is restored after {PlainText.Line(restored[0].Text ?? "")}: "
                + Words(restored.Select(reply => reply.Write!), back: true));
        if (left is [var first, ..])
            ReportNotRestored(log, first.Write!, left.Count, Owner, first.Text!);
    }

    private void ReportNotRestored(IBuildLog log, KnobWrite first, int count, string owner, string why) =>
        ReportOnce(log, TuningRules.NotRestored.At(SourceLocation.None, first.File,
            count > 1 ? $" (and {count - 1} more)" : "", first.Before, owner, why));

    // A running evaluation restores its own changes, whether or not it was cancelled.
    private void RestoreOwn(IBuildLog log)
    {
        try
        {
            Task.Run(() => AskAsync(new TuningRequest(), log, CancellationToken.None)).GetAwaiter().GetResult();
        }
        catch (IOException problem)
        {
            Close();
            ReportLeft(log, problem.Message);
        }
    }

    private void Connect()
    {
        if (connection is { IsOpen: true })
            return;
        Close();
        connection = TuningConnection.Open(runner, root);
    }

    private void Close()
    {
        connection?.Dispose();
        connection = null;
    }

    private void ReportLeft(IBuildLog log, string why)
    {
        try
        {
            if (TuningRecord.Load(recordFile) is { Writes: [var first, ..] writes } record)
                ReportNotRestored(log, first, writes.Count, record.Owner, why);
        }
        catch (FormatException problem)
        {
            ReportOnce(log, TuningRules.DamagedRecord.At(SourceLocation.None, recordFile, problem.Message));
        }
    }

    private void ReportOnce(IBuildLog log, Diagnostic diagnostic)
    {
        if (!complained)
            log.Report(diagnostic);
        complained = true;
    }

    // A running evaluation holds the lock. If the record is not trusted, neither is its lock, which is in the same
    // folder; the lock is therefore not waited for.
    private bool IsHeld()
    {
        if (!File.Exists(lockFile))
            return false;
        using var held = FileLock.TryExclusive(lockFile);
        return held is null;
    }

    private bool Distrusts(IBuildLog log)
    {
        if (WhyNotTrusted() is not { } why)
            return false;
        ReportOnce(log, TuningRules.NotTrusted.At(SourceLocation.None, recordFile, why));
        return true;
    }

    private string? WhyNotTrusted() => TuningTrust.WhyNot(root, FileFacts.Caller,
        path => FileFacts.Of(path, followLink: false) is { } found
            ? new TrustedFile(found.Kind == FileKind.Folder, found.Kind == FileKind.Regular, found.Owner,
                found.Permissions)
            : null);

    private string Owner => TuningRecord.OwnerIn(recordFile);

    /// <inheritdoc/>
    public void Dispose() => Close();

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

    internal TunedMachine(IReadOnlyList<KnobWrite> writes, Action restore) =>
        (Writes, this.restore) = (writes, restore);

    /// <summary>What was changed.</summary>
    public IReadOnlyList<KnobWrite> Writes { get; }

    /// <inheritdoc/>
    public void Dispose() => restore();
}

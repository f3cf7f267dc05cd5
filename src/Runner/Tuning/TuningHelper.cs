using System.Collections.Concurrent;
using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner.Tuning;

/// <summary>
/// The tuning helper, which is the only part of the SDK that needs root: it changes settings of the machine for an
/// evaluation, and restores them when the evaluation asks for it or is gone. Requests are lines on the helper's
/// standard input, whose end means that the evaluation is gone, however it ended. The helper writes only files and
/// values that are compiled in. Each change is recorded on disk before it is made, in case the helper itself is killed;
/// the next helper then restores the recorded values.
/// </summary>
internal sealed class TuningHelper(string root, TextReader requests, TextWriter replies)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly TuningPlace place = new(root);
    private readonly BlockingCollection<string> lines = [];
    private IDisposable? held;
    private TuningRecord? record;

    /// <summary>Serves an evaluation until the helper's input ends; returns false when a request cannot be
    /// read.</summary>
    public bool Run()
    {
        // Requests are read on another thread, so that the helper notices even while it waits that the evaluation is
        // gone.
        new Thread(Read) { IsBackground = true }.Start();
        try
        {
            foreach (var line in lines.GetConsumingEnumerable())
            {
                if (Parse(line) is not { } request)
                    return false;
                Serve(request);
            }
            return true;
        }
        finally
        {
            if (held is not null)
                End();
        }
    }

    private void Read()
    {
        try
        {
            while (requests.ReadLine() is { } line)
                lines.Add(line);
        }
        catch (IOException)
        {
            // An input that can no longer be read is treated as ended.
        }
        lines.CompleteAdding();
    }

    private static TuningRequest? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProtocolJson.Default.TuningRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Serve(TuningRequest request)
    {
        if (request.Owner is { } owner)
            Begin(owner);
        else if (request.Write is { } write)
            Set(write);
        else if (held is not null)
            End();
        else
            RestoreLeft();
    }

    private void Begin(string owner)
    {
        if (place.WhyNotTrusted() is { } why)
        {
            Reply(TuningAnswer.Unsafe, why);
            return;
        }
        place.Make();
        for (var first = true; (held ??= place.TryLock()) is null; first = false)
        {
            if (first)
                Reply(TuningAnswer.Waiting, TuningRecord.OwnerIn(place.File));
            if (lines.IsAddingCompleted)
                return;
            Thread.Sleep(Poll);
        }
        Restore();
        record = new TuningRecord { Boot = place.Boot, Owner = owner, Writes = [] };
        Reply(TuningAnswer.Ready);
    }

    private void Set(KnobWrite asked)
    {
        var write = asked with { Before = TuningRecord.ValueOf(asked.File) ?? "" };
        // A change that would not be trusted in the record is not made, because it could not be undone.
        if (record is null || !Knobs.Have(root, write))
        {
            Reply(TuningAnswer.NotASetting, write: write);
            return;
        }
        try
        {
            record = record with { Writes = [.. record.Writes, write] };
            place.Save(record);
            Write(write.File, write.After);
            Reply(TuningAnswer.Written, write: write);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Reply(TuningAnswer.Refused, problem.Message, write);
        }
    }

    private void End()
    {
        Restore();
        record = null;
        held!.Dispose();
        held = null;
        Reply(TuningAnswer.Done);
    }

    private void RestoreLeft()
    {
        if (place.WhyNotTrusted() is { } why)
            Reply(TuningAnswer.NotTrusted, why);
        else if (File.Exists(place.File))
        {
            held = place.TryLock();
            if (held is null)
                Reply(TuningAnswer.Busy, TuningRecord.OwnerIn(place.File));
            else
                End();
            return;
        }
        Reply(TuningAnswer.Done);
    }

    private void Restore()
    {
        try
        {
            if (TuningRecord.Load(place.File) is not { } made)
                return;
            if (made.Writes.FirstOrDefault(write => !Knobs.Have(root, write)) is { } strange)
            {
                Reply(TuningAnswer.NotTrusted,
                    $"it says that '{strange.File}' was '{strange.Before}', which no setting changes");
                return;
            }
            var left = made.Writes.Reverse().Where(write => IsOurs(made, write) && !Undo(made.Owner, write)).Reverse()
                .ToList();
            if (left.Count == 0)
                File.Delete(place.File);
            else
                place.Save(made with { Writes = left });
        }
        catch (Exception problem) when (problem is FormatException or IOException or UnauthorizedAccessException)
        {
            Reply(TuningAnswer.Damaged, problem.Message);
        }
    }

    // A restart of the machine resets most knobs by itself, possibly to values that differ from those in the record.
    // After a restart, only a knob that still has its tuned value is restored.
    private bool IsOurs(TuningRecord made, KnobWrite write) =>
        TuningRecord.ValueOf(write.File) is { } now && now != write.Before
            && (made.Boot == place.Boot || now == write.After);

    private bool Undo(string owner, KnobWrite write)
    {
        try
        {
            Write(write.File, write.Before);
            Reply(TuningAnswer.Restored, owner, write);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Reply(TuningAnswer.Left, problem.Message, write);
            return false;
        }
    }

    // The file is opened without being created or truncated, since it is an interface of the kernel and not a file on a
    // disk.
    private static void Write(string file, string value)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(value + "\n"));
    }

    private void Reply(TuningAnswer answer, string? text = null, KnobWrite? write = null)
    {
        try
        {
            replies.WriteLine(JsonSerializer.Serialize(new TuningReply(answer, text, write),
                ProtocolJson.Default.TuningReply));
            replies.Flush();
        }
        catch (IOException)
        {
            // If the evaluation is gone and cannot read answers, the machine is restored nevertheless.
        }
    }
}

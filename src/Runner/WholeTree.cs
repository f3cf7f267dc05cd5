using System.Collections;

namespace Verus.Artifact.Runner;

/// <summary>
/// Runs a command that is not a job: a step of a build, a figure's program, a reader. The command has the streams, the
/// environment and the working directory of the runner. When the command ends, when the runner is told to stop, or when
/// the process that started the runner is gone, all processes of the command end, including processes whose parent is
/// gone.
/// </summary>
internal sealed class WholeTree(string parent, string program, IReadOnlyList<string> arguments)
{
    private const int Input = 0, Output = 1, Error = 2;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Runs the command and returns how it ended, in one line: <c>exited CODE</c>, <c>signal NUMBER</c>, <c>stopped</c>
    /// or <c>failed ERROR</c> with the error number when the command could not be started.
    /// </summary>
    public string Run()
    {
        Native.BecomeSubreaper();
        using var stop = new Stop(null);
        using var ended = new ManualResetEvent(false);
        using var spawn = new Spawn(program, [program, .. arguments], Variables(), Directory.GetCurrentDirectory(),
            Input,
            Output, Error);
        var process = spawn.Start();
        if (process <= 0)
            return $"failed {-process}";
        var watch = Native.StartThread(() => EndWhenStopped(stop, ended, process));
        var status = WaitFor(process);
        ended.Set();
        watch.Join();
        End(process);
        return stop.Requested || IsAlone ? "stopped"
            : (status & 0x7f) == 0 ? $"exited {(status >> 8) & 0xff}" : $"signal {status & 0x7f}";
    }

    private bool IsAlone => $"{Native.Parent()}" != parent;

    // Orphans become children of the runner, and are reaped as they end.
    private static int WaitFor(int process)
    {
        while (true)
        {
            var child = Native.Wait(-1, 0, out var status, out _);
            if (child == process || child < 0)
                return child == process ? status : Native.SigKill;
        }
    }

    private void EndWhenStopped(Stop stop, ManualResetEvent ended, int process)
    {
        WaitHandle[] events = [ended, stop.Handle];
        int which;
        do
            which = WaitHandle.WaitAny(events, PollInterval);
        while (which == WaitHandle.WaitTimeout && !IsAlone);
        if (which != 0)
            End(process);
    }

    private static void End(int process)
    {
        // Where processes cannot be listed, only the command's own process group can be reached.
        if (!ProcessTree.CanList)
            Native.Kill(-process, Native.SigKill);
        ProcessTree.KillAll(() => ProcessTree.Below());
    }

    private static List<string> Variables() =>
    [
        .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}"),
    ];
}

using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Whether something was suspended while a command ran: the machine (its boot clock goes on then, its monotonic clock
/// does not), the runner (a thread of it is told), or a process that it measures (the kernel tells of stopped
/// children).
/// </summary>
internal sealed class Suspension(StopSensor sensor)
{
    // The two clocks are not read in one moment.
    private const double Jump = 0.005;
    // A busy machine may be slow to wake the runner.
    private const double MostLate = 1;
    private readonly double before = Native.Suspended();
    private readonly int stops = sensor.Count();

    /// <summary>What was suspended since this was made; null: nothing was.</summary>
    /// <param name="stopped">What of the job was stopped.</param>
    /// <param name="ended">Whether the command ended by itself, and not by the runner.</param>
    /// <param name="late">Seconds after the time limit that the runner noticed it.</param>
    public Suspendable? End(Suspendable? stopped, bool ended, double late)
    {
        if (Native.Suspended() - before > Jump)
            return Suspendable.Machine;
        // What the runner ends at the time limit ends in time when the runner is there in time, whatever was before.
        return stopped ?? ((ended && sensor.Count() != stops) || late > MostLate ? Suspendable.Runner : null);
    }
}

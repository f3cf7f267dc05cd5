using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Detects whether something was suspended while a command ran: the machine (its boot clock advances, its monotonic
/// clock does not), the runner (one of its threads is notified), or a process that it measures (the kernel reports
/// stopped children).
/// </summary>
internal sealed class Suspension(StopSensor sensor)
{
    // The tolerance in seconds for the difference of the two clocks, which cannot be read at the same instant.
    private const double Jump = 0.005;
    // The tolerance in seconds for a busy machine, which may be slow to wake the runner.
    private const double MostLate = 1;
    private readonly double before = Native.Suspended();
    private readonly int stops = sensor.Count();

    /// <summary>Returns what was suspended since this object was created; null when nothing was suspended.</summary>
    /// <param name="stopped">The part of the job that was stopped.</param>
    /// <param name="ended">Whether the command ended by itself rather than by the runner.</param>
    /// <param name="late">How many seconds after the time limit the runner noticed that the limit was reached.</param>
    public Suspendable? End(Suspendable? stopped, bool ended, double late)
    {
        if (Native.Suspended() - before > Jump)
            return Suspendable.Machine;
        // If the runner acts in time at the time limit, the end of the command is valid, whatever was suspended before.
        return stopped ?? ((ended && sensor.Count() != stops) || late > MostLate ? Suspendable.Runner : null);
    }
}

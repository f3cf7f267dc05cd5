using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>
/// Detects whether something was suspended while a command ran: the machine (its boot clock advances, its monotonic
/// clock does not), the runner (one of its threads is notified), or a process that it measures (the kernel reports
/// stopped children).
/// </summary>
internal sealed class Suspension(StopSensor sensor)
{
    // The two clocks cannot be read at the same instant.
    private const double Jump = 0.005;
    // A busy machine may be slow to wake the runner.
    private const double MostLate = 1;
    private readonly double before = Native.Suspended();
    private readonly int stops = sensor.Count();

    /// <summary>Returns what was suspended since this object was created; null when nothing was.</summary>
    /// <param name="stopped">The part of the job that was stopped.</param>
    /// <param name="ended">Whether the command ended by itself rather than by the runner.</param>
    /// <param name="late">How many seconds after the time limit the runner noticed it.</param>
    public Suspendable? End(Suspendable? stopped, bool ended, double late)
    {
        if (Native.Suspended() - before > Jump)
            return Suspendable.Machine;
        // A command that the runner ends at the time limit ends in time if the runner acts in time, whatever happened
        // before.
        return stopped ?? ((ended && sensor.Count() != stops) || late > MostLate ? Suspendable.Runner : null);
    }
}

namespace Verus.Artifact.Protocol;

/// <summary>
/// Checks whether the runner can have written a result for a job. The measured command runs beside the runner and may
/// be hostile, so impossible numbers in a result are never accepted.
/// </summary>
public static class ResultCheck
{
    // Tolerance, in seconds, when the times of both sides are compared: starting the runner and reading its answer
    // happen in between.
    private const double Slack = 0.05;
    private const int MostSignals = 64, LongestBoot = 36;

    /// <summary>Describes what is wrong with a result; returns null when nothing is wrong.</summary>
    /// <param name="job">The job.</param>
    /// <param name="result">The result of the job.</param>
    /// <param name="secondsHere">Seconds that passed on the engine's side between submitting the job and receiving the
    /// result; null when unknown.</param>
    public static string? Problem(JobSpec job, JobResult result, double? secondsHere)
    {
        if (result.Format != JobSpec.CurrentFormat)
            return $"it has the format {result.Format} instead of {JobSpec.CurrentFormat}";
        if (result.Id != job.Id)
            return "it is that of another job";
        if (job.Nonce is not null && result.Nonce != job.Nonce)
            return "it lacks the secret of the job";
        if (!Enum.IsDefined(result.Outcome) || (result.Suspended is { } suspended && !Enum.IsDefined(suspended)))
            return $"it has the outcome {result.Outcome}";
        if (result.Outcome == JobOutcome.MachineLacked && !(result.Lack is { } lack && ErrorNumber.IsLack(lack)))
            return "it does not name what the machine lacked";
        if (result.ExitCode is < 0 or > 255 || result.Signal is < 1 or > MostSignals || result.Leftovers < 0)
            return "an exit code, a signal or a count in it does not exist";
        if (result is { ExitCode: not null, Signal: not null })
            return "it has both an exit code and a signal";
        if (result.Outcome is JobOutcome.Exited or JobOutcome.TimedOut or JobOutcome.OutOfMemory
            && (result.Measurement is null || result.Disturbance is null || result.StartedUtc is null
                || (result.ExitCode ?? result.Signal) is null))
            return "it lacks a part";
        if (result.StartedUtc is { } started
            && !DateTime.TryParse(started, System.Globalization.CultureInfo.InvariantCulture, out _))
            return "its time of start is not a time";
        if (result.Boot is { } boot
            && (boot.Length > LongestBoot || boot.Any(one => !char.IsAsciiHexDigit(one) && one != '-')))
            return "its boot is not an id";
        return (result.Measurement is { } measurement ? Problem(measurement, secondsHere) : null)
            ?? (result.Disturbance is { } disturbance ? Problem(disturbance) : null);
    }

    private static string? Problem(Measurement measurement, double? secondsHere)
    {
        double[] times = [measurement.WallSeconds, measurement.UserSeconds, measurement.SystemSeconds,
            measurement.CpuSecondsAfter];
        if (!Array.TrueForAll(times, time => double.IsFinite(time) && time >= 0) || measurement.PeakMemoryBytes < 0)
            return "a time or its memory is negative or no number";
        if (!Enum.IsDefined(measurement.MemoryMethod))
            return $"it has the memory method {measurement.MemoryMethod}";
        return measurement.WallSeconds > secondsHere + Slack
            ? FormattableString.Invariant(
                $"its wall time is {measurement.WallSeconds:0.###} s, but only {secondsHere:0.###} s have passed")
            : null;
    }

    private static string? Problem(Disturbance disturbance) =>
        double.IsFinite(disturbance.LoadBefore) && disturbance.LoadBefore >= 0
            && double.IsFinite(disturbance.StealSeconds)
        && disturbance.StealSeconds >= 0 && disturbance is { InvoluntarySwitches: >= 0, MajorFaults: >= 0 }
            ? null
            : "what it says of disturbances is negative or no number";
}

using System.Globalization;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Measures disturbances of the machine while a command ran.</summary>
internal sealed class DisturbanceReading
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux
    private readonly double load = Number(First("/proc/loadavg"), 0);
    private readonly double steal = Steal();

    /// <summary>Reads the state of the machine before the run.</summary>
    public static DisturbanceReading Begin() => new();

    /// <summary>Returns the differences between the state after the run and the state before it.</summary>
    public Disturbance End(Native.Usage usage) => new()
    {
        LoadBefore = load,
        StealSeconds = Math.Max(0, Steal() - steal),
        InvoluntarySwitches = usage.InvoluntarySwitches,
        MajorFaults = usage.MajorFaults,
    };

    // Reads the line "cpu  user nice system idle iowait irq softirq steal ...".
    private static double Steal() => Number(First("/proc/stat"), 8) / TicksPerSecond;

    private static string First(string file) => File.Exists(file) ? File.ReadLines(file).FirstOrDefault() ?? "" : "";

    private static double Number(string line, int field)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return field < fields.Length
            && double.TryParse(fields[field], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
    }
}

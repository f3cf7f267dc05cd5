using System.Globalization;
using Docker.DotNet.Models;

namespace Verus.Artifact.Containers;

/// <summary>
/// The limit of this process on open files, which a command on the host inherits. The limit of this process on open
/// files is also set in containers: the engines' defaults differ, and a limit of a million slows down programs that
/// loop over all possible files.
/// </summary>
internal static class OwnLimits
{
    private const string Row = "Max open files ";

    /// <summary>The limit on open files in the form that a container engine accepts; empty if the system does not
    /// report it.</summary>
    public static List<Ulimit> Read() => File.Exists("/proc/self/limits")
        ? Parse(File.ReadAllLines("/proc/self/limits")) : [];

    // Each line of the kernel's table of limits contains the name, the soft limit, the hard limit, and the unit.
    private static List<Ulimit> Parse(string[] lines) =>
        Array.Find(lines, line => line.StartsWith(Row, StringComparison.Ordinal))?[Row.Length..].Split(' ',
            StringSplitOptions.RemoveEmptyEntries) is [var soft, var hard, ..]
            ? [new Ulimit { Name = "nofile", Soft = Number(soft), Hard = Number(hard) }] : [];

    private static long Number(string text) => text == "unlimited"
        ? -1 : long.Parse(text, CultureInfo.InvariantCulture);
}

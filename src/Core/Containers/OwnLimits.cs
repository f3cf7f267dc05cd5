using System.Globalization;
using Docker.DotNet.Models;

namespace Verus.Artifact.Containers;

/// <summary>
/// The limit of this process on open files, which a command on the host inherits. The same limit is set in containers:
/// the engines' defaults differ, and a limit of a million slows down programs that loop over all possible files.
/// </summary>
internal static class OwnLimits
{
    private const string Row = "Max open files ";

    /// <summary>The limit in the form that an engine accepts; empty where the system does not report it.</summary>
    public static List<Ulimit> Read() => File.Exists("/proc/self/limits")
        ? Parse(File.ReadAllLines("/proc/self/limits")) : [];

    // The kernel's table: name, soft limit, hard limit, unit.
    private static List<Ulimit> Parse(string[] lines) =>
        Array.Find(lines, line => line.StartsWith(Row, StringComparison.Ordinal))?[Row.Length..].Split(' ',
            StringSplitOptions.RemoveEmptyEntries) is [var soft, var hard, ..]
            ? [new Ulimit { Name = "nofile", Soft = Number(soft), Hard = Number(hard) }] : [];

    private static long Number(string text) => text == "unlimited"
        ? -1 : long.Parse(text, CultureInfo.InvariantCulture);
}

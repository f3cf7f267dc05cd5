using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places;

/// <summary>
/// A block device that a command overwrites (metadatum Device). It must be nobody's: one that is mounted, serves as swap or holds anything is
/// refused, whatever OnMissing says, since what is lost is lost.
/// </summary>
internal static class ScratchDevice
{
    private const string Mounts = "/proc/self/mounts", Swaps = "/proc/swaps";
    // What blkid's exit code says of a device that it probes.
    private const int FoundSomething = 0, FoundNothing = 2;

    /// <summary>What an experiment lacks of its device.</summary>
    /// <exception cref="DiagnosticException">The device is in use.</exception>
    public static async Task<IReadOnlyList<Shortfall>> LackingAsync(ExperimentDeclaration experiment, CancellationToken cancellation)
    {
        var device = experiment.Device!;
        if (!File.Exists(device))
            return [new Shortfall($"device {device}", "a block device", "no such file", "Correct the metadatum Device of the experiment.", [experiment.Name])];
        var real = File.ResolveLinkTarget(device, returnFinalTarget: true)?.FullName ?? device;
        if (UseOf([device, real, .. PartsOf(Path.GetFileName(real))], File.ReadLines(Mounts).Concat(File.ReadLines(Swaps))) is { } use)
            throw ExperimentRules.DeviceInUse.Throw(experiment.Item.Where, experiment.Name, device, use, "Unmount it, or name another one");
        if (!experiment.OverwriteDevice && await ContentOfAsync(device, cancellation).ConfigureAwait(false) is { } content)
            throw ExperimentRules.DeviceInUse.Throw(experiment.Item.Where, experiment.Name, device, content, "Name another one, or say that it may be lost with OverwriteDevice=\"true\"");
        return [];
    }

    /// <summary>Who uses one of these devices, by the first words of the lines of the kernel's tables; null when nobody does.</summary>
    internal static string? UseOf(IReadOnlyCollection<string> devices, IEnumerable<string> tables)
    {
        var used = tables.Select(line => line.Split(' ', '\t')).FirstOrDefault(words => words.Length > 1 && devices.Contains(words[0]));
        return used is null ? null : Array.Exists(used, word => word == "partition") ? $"{used[0]} serves as swap" : $"{used[0]} is mounted at {used[1]}";
    }

    /// <summary>What is on a device; null when nothing is.</summary>
    internal static async Task<string?> ContentOfAsync(string device, CancellationToken cancellation)
    {
        try
        {
            var probe = await Cli.Wrap("blkid").WithArguments(["-p", "-o", "value", "-s", "TYPE", "-s", "PTTYPE", device]).WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
            return probe.ExitCode switch
            {
                FoundNothing => null,
                FoundSomething => $"it holds {probe.StandardOutput.Trim().ReplaceLineEndings(", ")}",
                _ => $"what it holds cannot be told ({probe.StandardError.Trim()})",
            };
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return $"what it holds cannot be told, since blkid does not start ({problem.Message})";
        }
    }

    // Partitions of the device, and what is made of it, such as an encrypted volume.
    private static List<string> PartsOf(string name)
    {
        var block = Path.Combine("/sys/class/block", name);
        return !Directory.Exists(block) ? []
            : [.. Directory.EnumerateDirectories(block, name + "*").Concat(Directory.EnumerateFileSystemEntries(Path.Combine(block, "holders"))).Select(path => "/dev/" + Path.GetFileName(path))];
    }
}

using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>The files through which a Linux kernel shows and changes the state of a machine.</summary>
/// <param name="root">The root folder of the kernel's files: <c>/</c>, or a tree made for a test.</param>
public sealed class KernelKnobs(string root)
{
    private const string Cpus = "sys/devices/system/cpu";
    private const string Nodes = "sys/devices/system/node";

    /// <summary>
    /// The writes to files of the kernel, in order, that make a setting hold; empty when the setting holds already;
    /// null when the machine has no such setting.
    /// </summary>
    public IReadOnlyList<KnobWrite>? WritesFor(MachineSetting setting) => setting.Knob switch
    {
        MachineKnob.Smt => Smt(setting),
        MachineKnob.Turbo => Turbo(setting),
        MachineKnob.Governor => Differing(setting, setting.Value, OfCpus("scaling_governor")),
        MachineKnob.TransparentHugePages =>
            Differing(setting, setting.Value, [In("sys/kernel/mm/transparent_hugepage/enabled")]),
        MachineKnob.HugePages => HugePages(setting),
        _ => Differing(setting, setting.Value, [In("proc/sys/vm/swappiness")]),
    };

    /// <summary>Whether a file of the kernel could be written; this check writes nothing.</summary>
    public static bool CanWrite(string file)
    {
        try
        {
            OpenToWrite(file).Dispose();
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // In the kernel's file for SMT, "notsupported" and "notimplemented" mean that no two CPUs share a core.
    private List<KnobWrite>? Smt(MachineSetting setting)
    {
        var file = In($"{Cpus}/smt/control");
        return TuningRecord.ValueOf(file) switch
        {
            "on" or "off" => Differing(setting, setting.Value, [file]),
            "forceoff" or "notsupported" or "notimplemented" when setting.Value == "off" => [],
            _ => null,
        };
    }

    // Intel's own driver has a switch that turns turbo off; the general switch of other drivers turns it on. Since
    // Linux 6.11 each CPU also has a switch for turbo of its own. The general switch sets the switches of all CPUs,
    // which can be written only while the general switch is on: the general switch is therefore written last to turn
    // turbo off, and first to turn it on.
    private List<KnobWrite>? Turbo(MachineSetting setting)
    {
        var intel = In($"{Cpus}/intel_pstate/no_turbo");
        if (TuningRecord.ValueOf(intel) is not null)
            return Differing(setting, setting.Value == "on" ? "0" : "1", [intel]);
        var value = setting.Value == "on" ? "1" : "0";
        var each = Differing(setting, value, OfCpus("boost"));
        return Differing(setting, value, [In($"{Cpus}/cpufreq/boost")]) switch
        {
            null => each,
            [] => [],
            var all => setting.Value == "on" ? [.. all, .. each ?? []] : [.. each ?? [], .. all],
        };
    }

    private List<KnobWrite>? HugePages(MachineSetting setting)
    {
        var pool = $"hugepages/hugepages-{setting.PageBytes >> 10}kB/nr_hugepages";
        var files = Numbered(Nodes, "node").Select(node => $"{node}/{pool}").Where(File.Exists)
            .DefaultIfEmpty(In($"sys/kernel/mm/{pool}"));
        return Differing(setting, setting.Value, files)?
            .Where(write => !long.TryParse(write.Before, CultureInfo.InvariantCulture, out var pages)
                || pages < Amount.ParseWhole(setting.Value)).ToList();
    }

    private static List<KnobWrite>? Differing(MachineSetting setting, string value, IEnumerable<string> files)
    {
        var found = files.Select(file => (File: file, Now: TuningRecord.ValueOf(file)))
            .Where(pair => pair.Now is not null).ToList();
        return found.Count == 0 ? null
            : [.. found.Where(pair => pair.Now != value)
                .Select(pair => new KnobWrite(setting.ToString(), pair.File, pair.Now!, value))];
    }

    private IEnumerable<string> OfCpus(string name) => Numbered(Cpus, "cpu").Select(cpu => $"{cpu}/cpufreq/{name}");

    private IEnumerable<string> Numbered(string folder, string name) => !Directory.Exists(In(folder)) ? []
        : Directory.EnumerateDirectories(In(folder), name + "*")
            .Where(path => Path.GetFileName(path)[name.Length..] is { Length: > 0 } number
                && number.All(char.IsAsciiDigit))
            .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal);

    private string In(string path) => Path.Combine(root, path);

    // The file is opened without being created or truncated, since it is an interface of the kernel and not a file on a
    // disk.
    private static FileStream OpenToWrite(string file) =>
        new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}

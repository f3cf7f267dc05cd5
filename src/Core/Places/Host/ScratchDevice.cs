using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Places.Host;

/// <summary>
/// A block device that a command overwrites (metadata Device). No other program may use the device: a device that is
/// mounted, is used as swap or holds anything is refused, whatever OnMissing says, since lost data cannot be restored.
/// </summary>
internal static class ScratchDevice
{
    // The exit codes with which blkid describes a device that it probes.
    private const int FoundSomething = 0, FoundNothing = 2;

    /// <summary>What an experiment lacks with regard to the device that it overwrites.</summary>
    /// <exception cref="DiagnosticException">The device is in use.</exception>
    public static async Task<IReadOnlyList<Shortfall>> FindMissingAsync(ExperimentDeclaration experiment,
        CancellationToken cancellation)
    {
        if (experiment.Place is not HostPlacement { Device: { } device } place)
            return [];
        if (FileFacts.Of(device) is not { } facts)
            return [ShortfallOf("no such file")];
        if (facts.Kind is not (FileKind.BlockDevice or FileKind.Regular))
            return [ShortfallOf($"not a block device, but {facts.Kind.Words()}")];
        RequireFree(experiment);
        if (!place.OverwriteDevice && await ContentOfAsync(device, cancellation).ConfigureAwait(false) is { } content)
            throw ExperimentRules.DeviceInUse.Error(experiment.Item.Where, experiment.Name, device, content,
                "Name another device, or allow its loss with OverwriteDevice=\"true\"");
        return [];

        Shortfall ShortfallOf(string found) => new($"device {device}", "a block device", found,
            "Correct the metadata Device of the experiment.", [experiment.Name]);
    }

    /// <summary>
    /// Makes sure that the device is not in use. The device is checked before each sample, since somebody may mount it
    /// between two samples.
    /// </summary>
    /// <exception cref="DiagnosticException">The device is in use.</exception>
    public static void RequireFree(ExperimentDeclaration experiment)
    {
        if (experiment.Place is HostPlacement { Device: { } device } && FileFacts.Of(device) is { } facts
            && (new BlockDeviceUse().Of(facts)
                ?? (facts.Kind == FileKind.BlockDevice ? BlockDeviceUse.WhyNotAlone(device) : null)) is { } use)
            throw ExperimentRules.DeviceInUse.Error(experiment.Item.Where, experiment.Name, device, use,
                "Unmount it, or name another device");
    }

    /// <summary>A description of the content of a device; null when the device is empty.</summary>
    internal static async Task<string?> ContentOfAsync(string device, CancellationToken cancellation)
    {
        try
        {
            var probe = await Cli.Wrap("blkid").WithArguments(["-p", "-o", "value", "-s", "TYPE", "-s", "PTTYPE",
                device]).WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
            return probe.ExitCode switch
            {
                FoundNothing => null,
                FoundSomething => $"it contains {probe.StandardOutput.Trim().ReplaceLineEndings(", ")}",
                _ => $"its content cannot be determined ({probe.StandardError.Trim()})",
            };
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return $"its content cannot be determined, since blkid does not start ({problem.Message})";
        }
    }
}

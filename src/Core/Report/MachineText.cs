using System.Globalization;
using System.Text.Json;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Report;

/// <summary>Describes the state of a machine for people.</summary>
public static class MachineText
{
    /// <summary>The known facts about a machine, as names and values.</summary>
    public static IReadOnlyList<(string Name, string Value)> Rows(JsonElement machine)
    {
        var state = machine.Deserialize(ProtocolJson.Default.MachineState)!;
        var doubts = state.TimingConcerns();
        return
        [
            .. new (string Name, string? Value)[]
            {
                ("Processor", state.Processor),
                ("CPUs", string.Create(CultureInfo.InvariantCulture,
                    $"{state.LogicalCpus} logical, {state.Cores} cores, {state.Sockets} sockets")),
                ("SMT", OnOff(state.Smt)),
                ("Turbo", OnOff(state.Turbo)),
                ("Frequency governor", state.Governors.Count == 0 ? null : string.Join(", ", state.Governors)),
                ("NUMA nodes", state.NumaNodes.Count == 0 ? null : string.Join("; ", state.NumaNodes)),
                ("Memory", Amount.Gibibytes(state.MemoryBytes)),
                ("System", string.Join(", ", new[] { state.Distribution, state.Kernel }.OfType<string>())),
                ("Machine", state.Product),
                ("Virtual", state.Virtual ? "yes" : "no"),
                ("Transparent huge pages", state.TransparentHugePages),
                ("Huge pages", state.HugePages.Count == 0 ? null : string.Join("; ", state.HugePages)),
                ("Address randomisation", state.AddressRandomization),
                ("Swappiness", state.Swappiness?.ToString(CultureInfo.InvariantCulture)),
                ("Timing is doubtful because", doubts.Count == 0 ? null : string.Join("; ", doubts)),
            }.Where(row => !string.IsNullOrEmpty(row.Value)).Select(row => (row.Name, row.Value!)),
        ];
    }

    private static string OnOff(bool? state) => state switch { true => "on", false => "off", _ => "not known" };
}

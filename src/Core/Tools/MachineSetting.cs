using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>What of a machine's state can be set, in the order in which it is.</summary>
public enum MachineKnob
{
    /// <summary>Whether logical CPUs share cores; first, since it decides which CPUs there are.</summary>
    Smt,
    /// <summary>Whether the processor may run above its nominal frequency.</summary>
    Turbo,
    /// <summary>The frequency governor of every CPU.</summary>
    Governor,
    /// <summary>Transparent huge pages.</summary>
    TransparentHugePages,
    /// <summary>Huge pages of one size that are set aside on every NUMA node, at least.</summary>
    HugePages,
    /// <summary>Swappiness of the kernel.</summary>
    Swappiness,
}

/// <summary>
/// A knob and what it is to be, such as <c>turbo=off</c>; in the metadata Tune (asked for) and Requires (needed).
/// </summary>
/// <param name="Knob">The knob.</param>
/// <param name="Name">Its name in declarations.</param>
/// <param name="Value">What it is to be.</param>
public sealed record MachineSetting(MachineKnob Knob, string Name, string Value)
{
    private const string HugePages = "hugepages-";

    /// <summary>Names for suggestions and messages.</summary>
    public static IReadOnlyList<string> Names { get; } = ["smt", "turbo", "governor", "thp", HugePages + "2MiB",
        HugePages + "1GiB", "swappiness"];

    /// <summary>Size of a huge page in bytes; 0 for other knobs.</summary>
    public long PageBytes { get; init; }

    /// <summary>How a setting is required: huge pages are at least as many, any other is equal.</summary>
    public static string OperatorOf(string name) => name.StartsWith(HugePages, StringComparison.OrdinalIgnoreCase)
        ? ">=" : "=";

    /// <summary>
    /// Reads a pair; null when it is none, with what was expected, which is empty when no knob has the name.
    /// </summary>
    public static MachineSetting? Parse(string name, string value, out string expected)
    {
        value = value.ToLowerInvariant();
        var size = name.StartsWith(HugePages, StringComparison.OrdinalIgnoreCase)
            ? Amount.ParseBytes(name[HugePages.Length..]) : null;
        var number = Amount.ParseWhole(value);
        (MachineKnob Knob, bool Fits, string Expected)? known = name.ToLowerInvariant() switch
        {
            "smt" => (MachineKnob.Smt, value is "on" or "off", "on or off"),
            "turbo" => (MachineKnob.Turbo, value is "on" or "off", "on or off"),
            "governor" => (MachineKnob.Governor, value.Length > 0 && value.All(c => char.IsAsciiLetter(c) || c == '_'),
                "a governor such as performance"),
            "thp" => (MachineKnob.TransparentHugePages, value is "always" or "madvise" or "never",
                "always, madvise or never"),
            "swappiness" => (MachineKnob.Swappiness, number is >= 0 and <= 200, "a whole number from 0 to 200"),
            _ when size > 0 => (MachineKnob.HugePages, number > 0, "a number of pages of at least 1"),
            _ => null,
        };
        expected = known?.Expected ?? "";
        return known is { Fits: true } setting
            ? new MachineSetting(setting.Knob, name, value) { PageBytes = size ?? 0 } : null;
    }

    /// <summary>Settings in one text, in the order in which they are made.</summary>
    public static string Text(IEnumerable<MachineSetting> settings) => string.Join("; ", settings);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}

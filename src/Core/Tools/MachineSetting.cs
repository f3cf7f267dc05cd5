using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>The parts of a machine's state that can be set, in the order in which they are set.</summary>
public enum MachineKnob
{
    /// <summary>Whether logical CPUs share cores; this knob is set first, since it determines which CPUs
    /// exist.</summary>
    Smt,
    /// <summary>Whether the processor may run above its nominal frequency.</summary>
    Turbo,
    /// <summary>The frequency governor of every CPU.</summary>
    Governor,
    /// <summary>Transparent huge pages.</summary>
    TransparentHugePages,
    /// <summary>The minimum number of huge pages, of one size, to reserve on every NUMA node.</summary>
    HugePages,
    /// <summary>Swappiness of the kernel.</summary>
    Swappiness,
}

/// <summary>
/// A knob and its desired value, such as <c>turbo=off</c>; used in the metadata Tune (requested) and Requires (needed).
/// </summary>
/// <param name="Knob">The knob of the machine.</param>
/// <param name="Name">The name of the knob in declarations.</param>
/// <param name="Value">The desired value.</param>
public sealed record MachineSetting(MachineKnob Knob, string Name, string Value)
{
    private const string HugePages = "hugepages-";

    /// <summary>The names of knobs, for suggestions and messages.</summary>
    public static IReadOnlyList<string> Names { get; } = ["smt", "turbo", "governor", "thp", HugePages + "2MiB",
        HugePages + "1GiB", "swappiness"];

    /// <summary>Size of a huge page in bytes; 0 for other knobs.</summary>
    public long PageBytes { get; init; }

    /// <summary>
    /// How a setting is compared when it is required: huge pages are a minimum, any other value must be equal.
    /// </summary>
    public static string OperatorOf(string name) => name.StartsWith(HugePages, StringComparison.OrdinalIgnoreCase)
        ? ">=" : "=";

    /// <summary>
    /// Reads a pair of a knob and a value. Returns null when the pair is not a setting, together with the expected
    /// form, which is empty when no knob has the name.
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

    /// <summary>The settings as one text, in the order in which they are applied.</summary>
    public static string Text(IEnumerable<MachineSetting> settings) => string.Join("; ", settings);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Value}";
}

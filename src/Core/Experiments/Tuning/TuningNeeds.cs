using Verus.Artifact.Common;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>
/// Determines what the state of a machine lacks for an experiment, before anything starts and without changing
/// anything.
/// </summary>
public static class TuningNeeds
{
    /// <summary>
    /// The settings that an experiment requires and that neither hold nor would be made to hold, and the missing
    /// permission when the machine is to be tuned. A setting that is asked for but not required is not reported if the
    /// machine has no knob for it.
    /// </summary>
    /// <param name="needs">The requirements of the experiment, including settings.</param>
    /// <param name="asked">The settings that the experiment asks for (metadata Tune).</param>
    /// <param name="tuning">The machine.</param>
    /// <param name="permitted">Whether the machine may be tuned.</param>
    public static IEnumerable<Shortfall> Of(Requirement needs, IReadOnlyList<MachineSetting> asked,
        MachineTuning tuning, bool permitted)
    {
        foreach (var setting in needs.Settings)
        {
            var writes = tuning.Knobs.WritesFor(setting);
            var isAsked = asked.Any(tune => tune.Knob == setting.Knob && tune.PageBytes == setting.PageBytes);
            if (writes is null)
                yield return ShortfallOf(setting, "no such setting", "Use a machine that has it.");
            else if (writes.Count > 0 && !(isAsked && permitted))
                yield return ShortfallOf(setting, writes[0].Before,
                    isAsked ? "Allow it with -p:TuneMachine=true; it is restored afterwards."
                    : "As root, write "
                        + $"{setting.Value} to '{writes[0].File}'{(writes.Count > 1 ? " and its like" : "")}.");
        }
        if (permitted && tuning.WritesFor(asked).Where(write => !tuning.CanWrite(write.File))
            .ToList() is [var first, ..] denied)
            yield return new Shortfall("permission to tune the machine",
                "write access to "
                    + $"'{first.File}'"
                    + $"{(denied.Count > 1 ? $" and {Amount.Count(denied.Count - 1, "more file")}" : "")}",
                "none",
                "Run 'sudo -v' in this terminal first (./evaluate does it), run as root on the host itself, or leave "
                    + "out -p:TuneMachine=true.", [needs.NeededBy]);

        Shortfall ShortfallOf(MachineSetting setting, string found, string remedy) =>
            new($"machine setting {setting.Name}", setting.Value, found, remedy, [needs.NeededBy]);
    }
}

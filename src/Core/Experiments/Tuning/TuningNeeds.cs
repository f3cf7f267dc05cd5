using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Tuning;

/// <summary>What a machine's state lacks for an experiment: found without changing anything, before anything starts.</summary>
public static class TuningNeeds
{
    /// <summary>
    /// The settings that an experiment requires and that neither hold nor would be made to hold, and permission where the machine is to be tuned. A setting
    /// that is only asked for and has no knob here is no shortfall.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="required">Settings among its Requires.</param>
    /// <param name="tuning">The machine.</param>
    /// <param name="permitted">Whether it may be tuned.</param>
    public static IEnumerable<Shortfall> Of(ExperimentDeclaration experiment, IReadOnlyList<MachineSetting> required, MachineTuning tuning, bool permitted)
    {
        foreach (var setting in required)
        {
            var writes = tuning.Knobs.WritesFor(setting);
            var asked = experiment.Tune.Any(tune => tune.Knob == setting.Knob && tune.PageBytes == setting.PageBytes);
            if (writes is null)
                yield return Lacking(setting, "no such knob", "Use a machine that has it.");
            else if (writes.Count > 0 && !(asked && permitted))
                yield return Lacking(setting, writes[0].Before, asked ? "Allow it with -p:TuneMachine=true as root; it is undone afterwards."
                    : $"As root, write {setting.Value} to '{writes[0].File}'{(writes.Count > 1 ? " and its like" : "")}.");
        }
        if (permitted && tuning.WritesFor(experiment.Tune).Where(write => !KernelKnobs.CanWrite(write.File)).ToList() is [var first, ..] denied)
            yield return new Shortfall("permission to tune the machine", $"write access to '{first.File}'{(denied.Count > 1 ? $" and {denied.Count - 1} more files" : "")}", "none",
                "Run as root on the host itself, or leave out -p:TuneMachine=true.", [experiment.Name]);

        Shortfall Lacking(MachineSetting setting, string found, string remedy) => new($"machine setting {setting.Name}", setting.Value, found, remedy, [experiment.Name]);
    }
}

using Verus.Artifact.Common;

namespace Verus.Artifact.Data;

/// <summary>
/// The groups in which samples were taken: the boots of a machine, and the runs within a boot. Samples of one group may
/// share what samples of another group do not, and then say less than independent ones would.
/// </summary>
/// <param name="boots">The boot of each round; a virtual machine that is lost is started anew within a run.</param>
internal sealed class RunGroups(IReadOnlyDictionary<string, string> boots)
{
    /// <summary>The groups of the samples of some points.</summary>
    public static RunGroups Of(IEnumerable<DataPoint> points)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var point in points)
            for (var i = 0; i < Math.Min(point.Rounds.Count, point.Boots.Count); i++)
                known[point.Rounds[i]] = point.Boots[i];
        return new RunGroups(known);
    }

    /// <summary>The run of a round, which is the part of its name before the last slash.</summary>
    public static string RunOf(string round) =>
        round.LastIndexOf('/') is >= 0 and var end ? round[..end] : round;

    /// <summary>
    /// The largest groups that differ by more than chance, as a function from a round to its group: boots, or else
    /// runs. If neither differ, the groups are null, and the samples are as good as those of one run.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="rounds">The round of each sample.</param>
    /// <param name="byRanks">Whether the ranks of samples decide, as is right for medians.</param>
    public Func<string, string>? Unlike(IReadOnlyList<double> samples, IReadOnlyList<string> rounds, bool byRanks)
    {
        if (rounds.Count != samples.Count)
            return null;
        foreach (var groupOf in new Func<string, string>[] { BootOf, RunOf })
        {
            List<string> groups = [.. rounds.Select(groupOf)];
            if (groups.Distinct().Skip(1).Any() && BetweenRuns.Differ(samples, groups, byRanks))
                return groupOf;
        }
        return null;
    }

    private string BootOf(string round) => boots.GetValueOrDefault(round, "");
}

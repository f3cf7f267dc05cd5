using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>A claim with its number in the appendix, such as C1, and the numbers of its experiments.</summary>
/// <param name="Number">The number, from 1.</param>
/// <param name="Verdict">The claim.</param>
/// <param name="Experiments">The experiments by which the claim is judged.</param>
internal sealed record AppendixClaim(int Number, ClaimVerdict Verdict, IReadOnlyList<AppendixExperiment> Experiments);

/// <summary>An experiment with its number in the appendix, such as E1.</summary>
/// <param name="Number">The number, from 1.</param>
/// <param name="Resource">What the experiment cost.</param>
internal sealed record AppendixExperiment(int Number, ReportResource Resource)
{
    /// <summary>
    /// What evaluators spend, in the form that committees ask for: one command is a minute for a person, and the time
    /// of the samples is that of the machine.
    /// </summary>
    public string Cost => string.Create(CultureInfo.InvariantCulture,
        $"1 human-minute + {Resource.Seconds / 3600:0.##} compute-hours + {Amount.Bytes(Resource.LogBytes)} of disk");
}

/// <summary>A requirement of a badge and how far the artifact meets it, as measured or declared.</summary>
/// <param name="Badge">The badge, by ACM's names (Artifact Review and Badging, version 1.1).</param>
/// <param name="Requirement">The requirement.</param>
/// <param name="IsMet">Whether it is met; null when only people can judge it.</param>
/// <param name="Evidence">What the answer rests on.</param>
internal sealed record BadgeRow(string Badge, string Requirement, bool? IsMet, string Evidence)
{
    /// <summary>The answer in a word.</summary>
    public string Answer => IsMet switch { true => "yes", false => "no", _ => "for evaluators" };
}

/// <summary>What the appendices in all shapes have in common.</summary>
internal sealed class AppendixFacts
{
    /// <summary>Derives the facts from a report.</summary>
    public AppendixFacts(ReportModel model)
    {
        Experiments = [.. model.Resources.Select((resource, index) => new AppendixExperiment(index + 1, resource))];
        Claims = [.. model.Verdicts.Select((claim, index) => new AppendixClaim(index + 1, claim,
            [.. Experiments.Where(one => model.ClaimExperiments.GetValueOrDefault(claim.Name, [])
                .Contains(one.Resource.Experiment, StringComparer.OrdinalIgnoreCase))]))];
        Badges = [.. BadgesOf(model)];
    }

    /// <summary>The experiments, in the order of declaration.</summary>
    public IReadOnlyList<AppendixExperiment> Experiments { get; }

    /// <summary>The claims, in the order of declaration.</summary>
    public IReadOnlyList<AppendixClaim> Claims { get; }

    /// <summary>The checklist of badges.</summary>
    public IReadOnlyList<BadgeRow> Badges { get; }

    private static IEnumerable<BadgeRow> BadgesOf(ReportModel model)
    {
        const string Available = "Artifacts Available", Functional = "Artifacts Evaluated – Functional",
            Reusable = "Artifacts Evaluated – Reusable", Reproduced = "Results Reproduced";
        yield return new(Available, "in an archive with a persistent identifier", null,
            "-t:Archive writes the file to deposit");
        var commits = model.Pins.Where(pin => ResultsFile.Swhid(pin) is not null).ToList();
        yield return new(Available, "sources can be identified for ever",
            model.Pins.All(pin => pin.Pin.Length > 0), $"{Amount.Count(model.Pins.Count, "pin")}, "
                + $"{Amount.Count(commits.Count, "commit")} with a SWHID");
        var figures = model.Figures.Count + model.Missing.Count;
        yield return new(Functional, "complete: every figure can be made",
            model.Missing.Count == 0 && figures > 0, $"{model.Figures.Count} of {figures} figures were drawn");
        var measured = model.Figures.Count(figure => Wording.Mark(figure) is null);
        yield return new(Functional, "exercisable: every figure was measured", figures > 0 && measured == figures,
            $"{measured} of {figures} figures were measured here completely");
        var failed = model.Resources.Sum(resource => resource.Failed);
        yield return new(Functional, "no sample failed", failed == 0, $"{Amount.Count(failed, "failed sample")} of "
            + Amount.Count(model.Resources.Sum(resource => resource.Samples)));
        var deviations = model.Pins.Count(pin => pin.Deviation is not null)
            + model.Tools.Count(tool => tool.Deviation is not null);
        yield return new(Functional, "consistent: the pinned versions were used", deviations == 0,
            Amount.Count(deviations, "deviation"));
        yield return new(Reusable, "documented and structured so that others can build on it", null,
            "every experiment, figure and claim is declared in the project");
        var supported = model.Verdicts.Count(claim =>
            claim.Outcome == VerdictOutcome.Supported && claim.Origin == Origin.Measured);
        yield return new(Reproduced, "every claim is supported by numbers measured here",
            model.Verdicts.Count > 0 && supported == model.Verdicts.Count,
            $"{supported} of {Amount.Count(model.Verdicts.Count, "claim")}");
    }
}

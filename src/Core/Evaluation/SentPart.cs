using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Machines;

namespace Verus.Artifact.Evaluation;

/// <summary>The part of a request that another machine evaluates.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Experiments">The experiments that are measured there.</param>
/// <param name="Request">
/// The request that is evaluated there: the figures and claims that rest on these experiments alone, and the other
/// experiments.
/// </param>
public sealed record SentPart(MachineDeclaration Machine, IReadOnlyList<ExperimentDeclaration> Experiments,
    string Request)
{
    /// <summary>The parts of a request that are sent, one for each machine that has an address and gets any.</summary>
    /// <exception cref="DiagnosticException">An experiment is sent to two machines, or experiments that use each
    /// other's output are not on one machine; or a machine's Request names something that is not declared.</exception>
    public static IReadOnlyList<SentPart> Of(EvaluationModel model, Selection selection)
    {
        var places = new Dictionary<string, MachineDeclaration>(StringComparer.OrdinalIgnoreCase);
        foreach (var machine in model.OtherMachines.Where(machine => machine.Address.Length > 0))
            foreach (var experiment in Selection.Of(model, machine.Request).Experiments)
                if (!places.TryAdd(experiment.Name, machine))
                    throw MachineRules.TwoMachines.Error(machine.Item.Where, experiment.Name,
                        places[experiment.Name].Name, machine.Name);
        foreach (var experiment in selection.Experiments)
            foreach (var use in Steps.UsesOf(experiment, model.Services))
                if (places.GetValueOrDefault(use.Experiment)?.Name != places.GetValueOrDefault(experiment.Name)?.Name)
                    throw MachineRules.TornApart.Error(experiment.Item.Where, experiment.Name, use.Experiment,
                        Place(use.Experiment), Place(experiment.Name));
        return
        [
            .. selection.Experiments.Where(experiment => places.ContainsKey(experiment.Name))
                .GroupBy(experiment => places[experiment.Name].Name)
                .Select(part => new SentPart(places[part.First().Name], [.. part],
                    RequestFor(model, selection, [.. part]))),
        ];

        string Place(string experiment) => places.TryGetValue(experiment, out var machine)
            ? $"on machine '{machine.Name}'" : "on this machine";
    }

    /// <summary>A selection without the experiments that are sent to other machines.</summary>
    public static Selection Without(Selection selection, IReadOnlyList<SentPart> sent)
    {
        var elsewhere = sent.SelectMany(part => part.Experiments).Select(experiment => experiment.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return selection with
        {
            Experiments = [.. selection.Experiments.Where(experiment => !elsewhere.Contains(experiment.Name))],
        };
    }

    private static string RequestFor(EvaluationModel model, Selection selection,
        IReadOnlyList<ExperimentDeclaration> experiments)
    {
        var names = experiments.Select(experiment => experiment.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var whole = selection.Figures.Select(figure => figure.Name)
            .Concat(selection.Claims.Select(claim => claim.Name))
            .Select(name => (Name: name, Selection.Of(model, name).Experiments))
            .Where(one => one.Experiments.Count > 0 && one.Experiments.All(needed => names.Contains(needed.Name)))
            .ToList();
        var covered = whole.SelectMany(one => one.Experiments).Select(experiment => experiment.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return string.Join(';', whole.Select(one => one.Name)
            .Concat(experiments.Select(experiment => experiment.Name).Where(name => !covered.Contains(name)))
            .Distinct(StringComparer.OrdinalIgnoreCase));
    }
}

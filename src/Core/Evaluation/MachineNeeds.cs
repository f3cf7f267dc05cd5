using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// What requests need of a machine according to the declarations, in the words of <see cref="SetUpScript"/>. No machine
/// is examined: the set-up script leaves out what is already there.
/// </summary>
/// <param name="model">What is declared.</param>
public sealed class MachineNeeds(EvaluationModel model)
{
    private readonly EvaluationNeeds needs = new(model);

    /// <summary>The words for a request, in alphabetical order.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">A declaration is wrong, or the request names something that
    /// is not declared.</exception>
    public IReadOnlyList<string> Of(string request)
    {
        var selection = Selection.Of(model, request);
        var tools = needs.Tools(selection.Experiments, selection.Tools, build: true);
        var names = selection.Tools.Concat(tools.Select(tool => tool.Name)).ToList();
        return [.. Places(selection, names).Concat(tools.Where(tool => tool.Image is null).SelectMany(WordsOf))
            .Concat(selection.Experiments.SelectMany(experiment => WordsOf(Requirement.Parse(experiment.Item,
                experiment.Requires, [], [])))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private IEnumerable<string> Places(Selection selection, IReadOnlyList<string> tools)
    {
        if (needs.Images(selection.Experiments, tools).Count > 0)
            yield return SetUpScript.Engine;
        if (selection.Experiments.Any(NeedsHypervisor))
            yield return SetUpScript.VirtualMachines;
    }

    private bool NeedsHypervisor(ExperimentDeclaration experiment) => IPlacementReferences.Of(experiment)
        .Any(one => one.Type == "VirtualMachine");

    private static IEnumerable<string> WordsOf(ToolDeclaration tool) =>
        WordsOf(Requirement.Parse(tool.Item, tool.Requires, [], []))
        // A path of rustup is found on the machine that writes the needs, and says nothing of other machines.
        .Concat(tool.Path is null || tool.Command == SetUpScript.Rustup
            ? SetUpScript.Program(tool.Command, tool.DebianPackage, replaceable: true) : []);

    private static IEnumerable<string> WordsOf(Requirement requirement) =>
        requirement.Installed.SelectMany(installed => installed.SetUp);
}

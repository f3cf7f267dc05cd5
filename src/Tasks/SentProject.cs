using Microsoft.Build.Evaluation;
using Microsoft.Build.Framework;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Machines;

namespace Verus.Artifact.Tasks;

/// <summary>Finds out what of a project is sent to other machines.</summary>
internal static class SentProject
{
    /// <summary>What is sent. The project is evaluated once more, which tells all files that it imports.</summary>
    /// <param name="context">The call.</param>
    /// <param name="engine">The engine, which knows the properties of the command line.</param>
    /// <param name="tools">Path of the folder with the SDK's own programs.</param>
    public static MachineCall Of(EvaluationContext context, IBuildEngine6 engine, string tools)
    {
        var project = context.Options.ProjectFile;
        var properties = new Dictionary<string, string>(engine.GetGlobalProperties(),
            StringComparer.OrdinalIgnoreCase);
        using var collection = new ProjectCollection(properties);
        return new MachineCall
        {
            ProjectFile = project,
            Properties = properties,
            Imports = [.. collection.LoadProject(project).Imports.Select(import => import.ImportedProject.FullPath)
                .Distinct(StringComparer.Ordinal)],
            ToolsDirectory = Path.GetFullPath(tools),
            Addresses = [.. context.Model.OtherMachines.Select(machine => machine.Address)
                .Where(address => address.Length > 0)],
            Extensions = [.. context.Model.ExtensionFiles],
        };
    }
}

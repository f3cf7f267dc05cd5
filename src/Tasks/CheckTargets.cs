using System.Text.RegularExpressions;
using Microsoft.Build.Evaluation;
using Microsoft.Build.Framework;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// Reports a target on the command line that the project does not have, with the nearest name. MSBuild's own error for
/// an unknown target suggests no other target. The task CheckTargets runs as an initial target, before MSBuild looks
/// the targets up.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed partial class CheckTargets : Microsoft.Build.Utilities.Task
{
    /// <summary>Absolute path of the project.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The names of the public targets.</summary>
    [Required]
    public string[] Targets { get; set; } = [];

    /// <summary>The names of targets on the command line that are not public.</summary>
    [Required]
    public string[] Unknown { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var unknown = Unknown.Where(name => name[0] != '_').Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        // The targets are meant for another project when a solution, or a project that refers to this one, is built.
        if (unknown.Count == 0 || !IsBuilt(Environment.GetCommandLineArgs()))
            return true;
        // Only now is it worth the time to find out which targets the project and its imports define.
        using var collection = new ProjectCollection(
            new Dictionary<string, string>(BuildEngine6.GetGlobalProperties()));
        var project = collection.LoadProject(ProjectFile);
        using var log = new TaskBuildLog(Log, BuildEngine, live: false) { Project = ProjectFile };
        foreach (var name in unknown.Where(name => !project.Targets.ContainsKey(name)))
            log.Report(DeclarationRules.UnknownTarget.At(new SourceLocation(ProjectFile), name,
                Suggestion.Nearest(name, Targets, Math.Max(2, name.Length / 3)) is { } near
                    ? $" Did you mean -t:{near}?" : ""));
        return !Log.HasLoggedErrors;
    }

    private bool IsBuilt(string[] arguments)
    {
        var here = Environment.CurrentDirectory;
        // The first argument is the path of MSBuild or of the dotnet command itself.
        var project = arguments.Skip(1).FirstOrDefault(argument => ProjectArgument().IsMatch(argument)
            && File.Exists(Path.GetFullPath(argument, here)));
        return project is null ? Path.GetDirectoryName(ProjectFile) == here
            : Path.GetFullPath(project, here) == ProjectFile;
    }

    [GeneratedRegex(@"\.([a-z]*proj|slnx?|slnf)\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
        | RegexOptions.CultureInvariant)]
    private static partial Regex ProjectArgument();
}

using Microsoft.Build.Evaluation;
using Microsoft.Build.Framework;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>
/// Reports problems about which MSBuild is silent: a property on the command line whose name is a misspelt one of ours,
/// and packages that the project refers to but nothing would restore. The task also makes sure that the present user
/// can start the runner.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CheckProject : Microsoft.Build.Utilities.Task
{
    /// <summary>Absolute path of the project.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>
    /// Files whose property groups name every property that a user may set. Files that do not exist are ignored.
    /// </summary>
    [Required]
    public string[] PropertyLists { get; set; } = [];

    /// <summary>All PackageReference items.</summary>
    public ITaskItem[] PackageReference { get; set; } = [];

    /// <summary>
    /// The package references of the project itself, without those that its repository adds to all of its projects.
    /// </summary>
    public string[] OwnPackages { get; set; } = [];

    /// <summary>Absolute path of the runner; on output, the path at which the present user can start the
    /// runner.</summary>
    [Output]
    public string Runner { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        using var log = new TaskBuildLog(Log, BuildEngine, live: false) { Project = ProjectFile };
        try
        {
            Check(log);
        }
        catch (DiagnosticException problem)
        {
            foreach (var diagnostic in problem.Diagnostics)
                log.Report(diagnostic);
        }
        return !Log.HasLoggedErrors;
    }

    private void Check(TaskBuildLog log)
    {
        foreach (var package in PackageReference.Where(package =>
            OwnPackages.Contains(package.ItemSpec, StringComparer.OrdinalIgnoreCase)))
            log.Report(DeclarationRules.PackageInEvaluation.At(
                ItemLocator.Find(package.GetMetadata("DefiningProjectFullPath"), nameof(PackageReference),
                    package.ItemSpec), package.ItemSpec));
        foreach (var (said, meant) in Misspelt())
            log.Report(DeclarationRules.MisspeltProperty.At(new SourceLocation(ProjectFile), said, meant));
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        Runner = PackagedProgram.Startable(Runner, local.Length == 0 ? "" : Path.Combine(local, "verus-artifact"));
    }

    private List<(string Said, string Meant)> Misspelt()
    {
        var said = BuildEngine6.GetGlobalProperties();
        if (said.Count == 0)
            return [];
        var known = PropertyNames.Of(PropertyLists);
        var misspelt = said.Keys.Select(name => (Said: name, Meant: Suggestion.Nearest(name, known, distance: 2)))
            .Where(pair => pair.Meant is not null && !known.Contains(pair.Said) && IsFirst(pair.Said)).ToList();
        if (misspelt.Count == 0)
            return [];
        // Whether the project or its imports define a property of the name is checked last, since the check takes time.
        using var collection = new ProjectCollection(new Dictionary<string, string>(said));
        var project = collection.LoadProject(ProjectFile);
        var texts = project.Imports.Select(import => import.ImportedProject.RawXml).Append(project.Xml.RawXml).ToList();
        return [.. misspelt.Where(pair => !texts.Exists(text => PropertyNames.IsRead(pair.Said, text)))
            .Select(pair => (pair.Said, pair.Meant!))];
    }

    // Ensures that a build reports these problems only once, however many requests it has.
    private bool IsFirst(string name)
    {
        var key = $"{nameof(CheckProject)}|{ProjectFile}|{name}";
        if (BuildEngine4.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not null)
            return false;
        BuildEngine4.RegisterTaskObject(key, name, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        return true;
    }
}

using System.Runtime.CompilerServices;
using Microsoft.Build.Evaluation;
using Microsoft.Build.Execution;
using Microsoft.Build.Framework;
using Microsoft.Build.Locator;

namespace Verus.Artifact.Tests;

/// <summary>The result of a build in this process.</summary>
public sealed record InProcessResult(bool Succeeded, IReadOnlyList<string> Targets,
    IReadOnlyList<BuildErrorEventArgs> Errors, IReadOnlyList<string> Messages);

/// <summary>Evaluates and builds projects in this process with the MSBuild of the installed .NET SDK.</summary>
internal static class InProcess
{
    // MSBuild must be located before the first method that names one of its types is compiled.
    [ModuleInitializer]
    internal static void FindMSBuild() => MSBuildLocator.RegisterDefaults();

    public static ProjectInstance Evaluate(string project, params (string Name, string Value)[] properties)
    {
        using var collection = new ProjectCollection(properties.ToDictionary(property => property.Name,
            property => property.Value));
        return collection.LoadProject(project).CreateProjectInstance();
    }

    /// <summary>The absolute paths of all files that a project imports, each once.</summary>
    public static IReadOnlyList<string> Imports(string project)
    {
        using var collection = new ProjectCollection();
        return [.. collection.LoadProject(project).Imports.Select(import => import.ImportedProject.FullPath)
            .Distinct()];
    }

    public static InProcessResult Build(string project, string target,
        params (string Name, string Value)[] properties) => Build(project, [target], properties);

    public static InProcessResult Build(string project, string[] targets,
        params (string Name, string Value)[] properties)
    {
        var seen = new Recorder();
        var instance = Evaluate(project, properties);
        var succeeded = instance.Build(targets, [seen]);
        return new InProcessResult(succeeded, seen.Targets, seen.Errors, seen.Messages);
    }

    private sealed class Recorder : ILogger
    {
        public List<string> Targets { get; } = [];
        public List<BuildErrorEventArgs> Errors { get; } = [];
        public List<string> Messages { get; } = [];
        public LoggerVerbosity Verbosity { get; set; } = LoggerVerbosity.Diagnostic;
        public string? Parameters { get; set; }

        public void Initialize(IEventSource eventSource)
        {
            eventSource.TargetStarted += (_, e) => Targets.Add(e.TargetName);
            eventSource.ErrorRaised += (_, e) => Errors.Add(e);
            eventSource.MessageRaised += (_, e) => Messages.Add(e.Message ?? "");
        }

        public void Shutdown()
        {
        }
    }
}

using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Task that lists every public target, one per line, and on request how to use them.</summary>
[MSBuildMultiThreadableTask]
public sealed class ListTargets : Microsoft.Build.Utilities.Task
{
    /// <summary>The items PublicTarget, which have the metadata Description.</summary>
    [Required]
    public ITaskItem[] Targets { get; set; } = [];

    /// <summary>Name of the project's file, which asks for help beside the list; empty for the list alone.</summary>
    public string Project { get; set; } = "";

    /// <summary>The properties of every day: the property as it is typed, and its meaning.</summary>
    private static readonly IReadOnlyList<(string Typed, string Meaning)> Properties =
    [
        ("Samples=20", "20 good samples of each cell; samples that are there count"),
        ("Runs=5", "spreads the samples over five runs, each with places and machine settings made anew"),
        ("Request=Figure7", "what is evaluated: figures, suites, experiments, claims"),
        ("OnMissing=Skip", "leaves out what this machine cannot measure"),
        ("Smoke=true", "one sample of a few cells, to see whether everything works"),
        ("ArtifactMachine=user@host", "evaluates on another machine, by ssh"),
        ("From=../theirs", "with -t:Import, the folder of an evaluation that somebody sent"),
        ("Offline=true", "fetches nothing from the network"),
        ("RetryFailed=true", "takes failed samples again"),
        ("TuneMachine=true", "may change machine settings, and restores them"),
        ("Seed=7", "the seed of the random order"),
    ];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var lines = new TerminalLines(BuildEngine);
        if (Project.Length > 0)
        {
            foreach (var line in new[]
            {
                $"dotnet build {Project}               evaluates everything",
                $"dotnet build {Project} -t:Plan       shows what would run, why, and how long it would take",
                $"dotnet build {Project} -t:Preflight  lists what this machine lacks, with remedies",
                "", "Targets:",
            })
                lines.Write(line);
        }
        var width = Targets.Select(target => target.ItemSpec.Length).DefaultIfEmpty().Max();
        foreach (var target in Targets)
            lines.Write($"  -t:{target.ItemSpec.PadRight(width)}  {target.GetMetadata("Description")}");
        if (Project.Length > 0)
        {
            lines.Write("");
            lines.Write("Properties of every day (the reference lists all):");
            var typed = Properties.Max(property => property.Typed.Length);
            foreach (var property in Properties)
                lines.Write($"  -p:{property.Typed.PadRight(typed)}  {property.Meaning}");
        }
        return true;
    }
}

namespace Verus.Artifact.Declarations;

/// <summary>
/// Where each stage leaves its files, below the evaluation's folder (property ArtifactEvaluationDir).
/// </summary>
/// <param name="Root">Absolute path of the evaluation's folder.</param>
/// <param name="ProjectDirectory">Absolute path of the folder of the project; paths in declarations are relative to
/// it.</param>
public sealed record EvaluationLayout(string Root, string ProjectDirectory)
{
    /// <summary>
    /// Whether this is a smoke run: what is made of its samples stands apart, so that it takes the place of no result.
    /// </summary>
    public bool IsSmoke { get; init; }

    /// <summary>Printed ledger.</summary>
    public string Pins => Path.Combine(Root, "pins");
    /// <summary>Checkouts and downloads; can be thrown away.</summary>
    public string Sources => Path.Combine(Root, "sources");
    /// <summary>Packages of .NET tools that came with a bundle.</summary>
    public string Packages => Path.Combine(Sources, ".packages");
    /// <summary>Installed and built tools; can be thrown away.</summary>
    public string Tools => Path.Combine(Root, "tools");
    /// <summary>The journal of samples and their logs; never removed by any target.</summary>
    public string Experiments => Path.Combine(Root, "experiments");
    /// <summary>Tidy CSV files.</summary>
    public string Data => Path.Combine(Results, "data");
    /// <summary>Pictures and text tables.</summary>
    public string Figures => Path.Combine(Results, "figures");
    /// <summary>Verdicts.</summary>
    public string Claims => Path.Combine(Results, "claims");
    /// <summary>The report.</summary>
    public string Report => Path.Combine(Results, "report");

    /// <summary>Plain commands for readers.</summary>
    public string Scripts => Path.Combine(Root, "scripts");

    /// <summary>What complete evaluations left behind for the next one to compare with; can be thrown away.</summary>
    public string State => Path.Combine(Results, "state");

    /// <summary>What users saw, with times; can be thrown away.</summary>
    public string Log => Path.Combine(Root, "log.txt");

    private string Results => IsSmoke ? Path.Combine(Root, "smoke") : Root;

    /// <summary>
    /// The layout of a project: the folder is relative to the project's; an empty one is the usual folder.
    /// </summary>
    public static EvaluationLayout In(string evaluationDir, string projectFile, bool isSmoke = false)
    {
        var project = Path.GetDirectoryName(projectFile)!;
        // Never the folder of the project itself, in which Clean would remove folders.
        if (evaluationDir.Length == 0)
            evaluationDir = "evaluation";
        return new EvaluationLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(evaluationDir, project)),
            project)
        { IsSmoke = isSmoke };
    }

    /// <summary>Resolves a path of a declaration: absolute as it is, relative to the project's folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, ProjectDirectory);
}

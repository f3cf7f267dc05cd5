namespace Verus.Artifact.Declarations;

/// <summary>
/// The folders of each stage's files, below the folder of the evaluation (property ArtifactEvaluationDir).
/// </summary>
/// <param name="Root">Absolute path of the folder of the evaluation.</param>
/// <param name="ProjectDirectory">Absolute path of the folder of the project, to which paths in declarations are
/// relative.</param>
public sealed record EvaluationLayout(string Root, string ProjectDirectory)
{
    /// <summary>
    /// Whether this is a smoke run. Everything made from its samples is kept separate, so that it never replaces a
    /// result.
    /// </summary>
    public bool IsSmoke { get; init; }

    /// <summary>The printed ledger.</summary>
    public string Pins => Path.Combine(Root, "pins");
    /// <summary>Checkouts and downloads; disposable.</summary>
    public string Sources => Path.Combine(Root, "sources");
    /// <summary>Packages of .NET tools from a bundle.</summary>
    public string Packages => Path.Combine(Sources, ".packages");
    /// <summary>Installed and built tools; disposable.</summary>
    public string Tools => Path.Combine(Root, "tools");
    /// <summary>The journal of samples and their logs; no target ever removes it.</summary>
    public string Experiments => Path.Combine(Root, "experiments");
    /// <summary>Tidy CSV files.</summary>
    public string Data => Path.Combine(Results, "data");
    /// <summary>Pictures and text tables.</summary>
    public string Figures => Path.Combine(Results, "figures");
    /// <summary>Verdicts.</summary>
    public string Claims => Path.Combine(Results, "claims");
    /// <summary>The report.</summary>
    public string Report => Path.Combine(Results, "report");

    /// <summary>Plain commands for people to read.</summary>
    public string Scripts => Path.Combine(Root, "scripts");

    /// <summary>What complete evaluations recorded for the next one to compare with; disposable.</summary>
    public string State => Path.Combine(Results, "state");

    /// <summary>The messages that users saw, with times; disposable.</summary>
    public string Log => Path.Combine(Root, "log.txt");

    private string Results => IsSmoke ? Path.Combine(Root, "smoke") : Root;

    /// <summary>
    /// The layout of a project. The folder is relative to that of the project; an empty path selects the default
    /// folder.
    /// </summary>
    public static EvaluationLayout In(string evaluationDir, string projectFile, bool isSmoke = false)
    {
        var project = Path.GetDirectoryName(projectFile)!;
        // Never use the folder of the project itself, since Clean would remove folders there.
        if (evaluationDir.Length == 0)
            evaluationDir = "evaluation";
        return new EvaluationLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(evaluationDir, project)),
            project)
        { IsSmoke = isSmoke };
    }

    /// <summary>
    /// Resolves a path of a declaration: an absolute path is kept, any other is relative to the folder of the project.
    /// </summary>
    public string Resolve(string path) => Path.GetFullPath(path, ProjectDirectory);
}

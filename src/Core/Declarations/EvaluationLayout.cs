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
    /// Whether the call is a smoke run. Everything that is made from the samples of a smoke run is kept separate, so
    /// that it never replaces a result.
    /// </summary>
    public bool IsSmoke { get; init; }

    /// <summary>The printed ledger.</summary>
    public string Pins => Path.Combine(Root, "pins");
    /// <summary>Checkouts and downloads; disposable.</summary>
    public string Sources => Path.Combine(Root, "sources");
    /// <summary>The folder for packages of .NET tools from a bundle.</summary>
    public string Packages => Path.Combine(Sources, ".packages");
    /// <summary>The folder for installed and built tools, which is disposable.</summary>
    public string Tools => Path.Combine(Root, "tools");
    /// <summary>The folder for the journal of samples and their logs, which no target ever removes.</summary>
    public string Experiments => Path.Combine(Root, "experiments");
    /// <summary>Tidy CSV files.</summary>
    public string Data => Path.Combine(Results, "data");
    /// <summary>Pictures and text tables.</summary>
    public string Figures => Path.Combine(Results, "figures");
    /// <summary>Verdicts.</summary>
    public string Claims => Path.Combine(Results, "claims");
    /// <summary>The report.</summary>
    public string Report => Path.Combine(Results, "report");

    /// <summary>The folder for reproduction scripts, which are plain commands for people to read.</summary>
    public string Scripts => Path.Combine(Root, "scripts");

    /// <summary>The folder for the records of complete calls with which the next call compares its inputs; it is
    /// disposable.</summary>
    public string State => Path.Combine(Results, "state");

    /// <summary>What was fetched from other machines; disposable, since the samples are in the journal.</summary>
    public string Machines => Path.Combine(Root, "machines");

    /// <summary>The file with the messages that users saw, with times; it is disposable.</summary>
    public string Log => Path.Combine(Root, "log.txt");

    private string Results => IsSmoke ? Path.Combine(Root, "smoke") : Root;

    /// <summary>
    /// Creates the layout of a project. The folder of the evaluation is relative to that of the project; an empty path
    /// selects the default folder.
    /// </summary>
    public static EvaluationLayout In(string evaluationDir, string projectFile, bool isSmoke = false)
    {
        var project = Path.GetDirectoryName(projectFile)!;
        // The folder of the project itself is never used, since Clean would remove folders in it.
        if (evaluationDir.Length == 0)
            evaluationDir = "evaluation";
        return new EvaluationLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(evaluationDir, project)),
            project)
        { IsSmoke = isSmoke };
    }

    /// <summary>
    /// Resolves a path of a declaration: an absolute path is kept, and any other path is relative to the folder of the
    /// project.
    /// </summary>
    public string Resolve(string path) => Path.GetFullPath(path, ProjectDirectory);
}

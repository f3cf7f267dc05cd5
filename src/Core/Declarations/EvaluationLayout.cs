namespace Verus.Artifact.Declarations;

/// <summary>Where each stage leaves its files, below the evaluation's folder (property EvaluationDir).</summary>
/// <param name="Root">Absolute path of the evaluation's folder.</param>
/// <param name="ProjectDirectory">Absolute path of the folder of the project; paths in declarations are relative to it.</param>
public sealed record EvaluationLayout(string Root, string ProjectDirectory)
{
    /// <summary>Printed ledger.</summary>
    public string Pins => Path.Combine(Root, "pins");
    /// <summary>Checkouts and downloads; can be thrown away.</summary>
    public string Sources => Path.Combine(Root, "sources");
    /// <summary>Installed and built tools; can be thrown away.</summary>
    public string Tools => Path.Combine(Root, "tools");
    /// <summary>The journal of samples and their logs; never removed by any target.</summary>
    public string Experiments => Path.Combine(Root, "experiments");
    /// <summary>Tidy CSV files.</summary>
    public string Data => Path.Combine(Root, "data");
    /// <summary>Pictures and text tables.</summary>
    public string Figures => Path.Combine(Root, "figures");
    /// <summary>Verdicts.</summary>
    public string Claims => Path.Combine(Root, "claims");
    /// <summary>The report.</summary>
    public string Report => Path.Combine(Root, "report");

    /// <summary>What complete evaluations left behind for the next one to compare with; can be thrown away.</summary>
    public string State => Path.Combine(Root, "state");

    /// <summary>What users saw, with times; can be thrown away.</summary>
    public string Log => Path.Combine(Root, "log.txt");

    /// <summary>The layout of a project: the folder is relative to the project's.</summary>
    public static EvaluationLayout In(string evaluationDir, string projectFile)
    {
        var project = Path.GetDirectoryName(projectFile)!;
        return new EvaluationLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(evaluationDir, project)), project);
    }

    /// <summary>Resolves a path of a declaration: absolute as it is, relative to the project's folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, ProjectDirectory);
}

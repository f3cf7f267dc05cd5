namespace Verus.Artifact.Diagnostics;

/// <summary>Where the core says what it does. The tasks pass it on to MSBuild; tests collect it.</summary>
public interface IBuildLog
{
    /// <summary>A line that users see by default.</summary>
    void Info(string message);

    /// <summary>A line for those who ask for detail.</summary>
    void Detail(string message);

    /// <summary>A step of long work that ended: a line, where no live area shows the progress.</summary>
    void Ended(string message) => Info(message);

    /// <summary>
    /// What is going on right now, such as "12/40 Compress/Text[tool=zstd] 2.4 s, about 3 min left". Replaces the one
    /// before.
    /// </summary>
    void Progress(string message);

    /// <summary>A coded warning or error.</summary>
    void Report(Diagnostic diagnostic);
}

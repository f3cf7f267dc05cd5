namespace Verus.Artifact.Diagnostics;

/// <summary>The log that receives the messages of the core. The log of the tasks passes the messages of the core on to
/// MSBuild; the log of the tests collects them.</summary>
public interface IBuildLog
{
    /// <summary>Writes a line that users see by default.</summary>
    void Info(string message);

    /// <summary>Writes a line for users who ask for detail.</summary>
    void Detail(string message);

    /// <summary>Reports that a step of long work has ended, as a line of output if no live area shows the
    /// progress.</summary>
    void Ended(string message) => Info(message);

    /// <summary>
    /// Reports current activity, such as "12/40 Compress/Text[tool=zstd] 2.4 s, about 3 min left". A report of the
    /// current activity replaces the previous one.
    /// </summary>
    void Progress(string message);

    /// <summary>Reports a coded warning or error.</summary>
    void Report(Diagnostic diagnostic);
}

using Microsoft.Build.Framework;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>
/// Writes lines that users see by default, whatever logger they have. MSBuild's terminal logger drops messages, however
/// important; what it prints is the output of test runners, in projects where a target named _TestRunStart ran. Other
/// loggers take these for ordinary messages.
/// </summary>
internal sealed class TerminalLines(IBuildEngine engine)
{
    /// <summary>Writes a line, or several.</summary>
    public void Write(string text) =>
        engine.LogMessageEvent(new ExtendedBuildMessageEventArgs("TLTESTOUTPUT", text, null, "Verus.Artifact.Sdk",
            MessageImportance.High)
        { ExtendedMetadata = [] });
}

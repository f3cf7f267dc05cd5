using Microsoft.Build.Framework;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>
/// Writes lines that users see by default with any logger. MSBuild's terminal logger drops messages, however important,
/// but it prints the output of test runners in projects where a target named _TestRunStart ran. Loggers other than the
/// terminal logger treat the messages of test runners as ordinary ones.
/// </summary>
internal sealed class TerminalLines(IBuildEngine engine)
{
    // All loggers of MSBuild indent messages.
    private const int Indentation = 2;

    /// <summary>Writes one or more lines that users see; on a terminal, they are broken between words.</summary>
    public void Write(string text) =>
        engine.LogMessageEvent(new ExtendedBuildMessageEventArgs("TLTESTOUTPUT",
            TerminalView.Now(terminalLogger: true).Width is { } width ? WrappedLines.Of(text, width - Indentation)
                : text, null,
            "Verus.Artifact.Sdk",
            MessageImportance.High)
        { ExtendedMetadata = [] });
}

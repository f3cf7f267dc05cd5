using Microsoft.Build.Framework;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>
/// Shows a changing line in the live area of MSBuild's terminal logger, which has no interface for that
/// (dotnet/msbuild#6944, #8878). The only way to change the line is the message with which test runners report: the
/// logger shows the name of the test in the line of the project. A target named _TestRunStart must have run in the
/// project, so it is an initial target. Loggers other than the terminal logger treat progress messages as ordinary
/// ones.
/// </summary>
internal sealed class LiveProgress(IBuildEngine engine) : IDisposable
{
    // The terminal logger shows the name of the project, this text and a duration in at most 120 columns; the logger
    // omits a text that does not fit.
    private const int Widest = 120;
    private const string Around = "    (12345.6s)";

    /// <summary>Shows a text in the live line, replacing the previous one.</summary>
    public void Show(string text)
    {
        var room = Math.Min(TerminalView.Now(terminalLogger: true).Width ?? Widest, Widest)
            - Path.GetFileNameWithoutExtension(engine.ProjectFileOfTaskNode).Length - Around.Length;
        engine.LogMessageEvent(new ExtendedBuildMessageEventArgs("TLTESTPASSED", text, null, "Verus.Artifact.Sdk",
            MessageImportance.High)
        {
            ExtendedMetadata = new() { ["localizedResult"] = "", ["displayName"] = Fitted(text, room) },
        });
    }

    // A text that is too long is shortened in the middle, since its beginning says what is running, and its end how
    // long that will take.
    private static string Fitted(string text, int room) =>
        text.Length <= room ? text : room < 8
            ? "" : string.Concat(text.AsSpan(0, (room - 1) / 2), "…", text.AsSpan(text.Length - room / 2));

    public void Dispose() => Show("");
}

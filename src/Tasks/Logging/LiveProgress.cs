using Microsoft.Build.Framework;

namespace Verus.Artifact.Tasks.Logging;

/// <summary>
/// Shows a changing line in the live area of MSBuild's terminal logger, which has no interface for that
/// (dotnet/msbuild#6944, #8878). The one way in is the message by which test runners report: it shows the name of the
/// test in the project's line. A target named _TestRunStart must have run in the project; it is an initial target.
/// Other loggers take these for ordinary messages.
/// </summary>
internal sealed class LiveProgress(IBuildEngine engine) : IDisposable
{
    // The logger shows the project's name, this text and a duration, in no more than 120 columns; a text that does not
    // fit it leaves out altogether.
    private const int Widest = 120;
    private const string Around = "    (12345.6s)";

    /// <summary>Shows a text in the live line; it replaces the one before.</summary>
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

    // The beginning says what, the end how long: what is between them gives way.
    private static string Fitted(string text, int room) =>
        text.Length <= room ? text : room < 8
            ? "" : string.Concat(text.AsSpan(0, (room - 1) / 2), "…", text.AsSpan(text.Length - room / 2));

    public void Dispose() => Show("");
}

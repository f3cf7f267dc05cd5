namespace Verus.Artifact.Tasks.Logging;

/// <summary>The terminal that people read the build on.</summary>
/// <param name="Width">Its columns; null where there is none, such as in a pipe or in a file.</param>
/// <param name="HasColor">Whether colours are welcome.</param>
internal sealed record TerminalView(int? Width, bool HasColor)
{
    /// <summary>
    /// What this process writes to. Only the terminal logger is sent colours: what other loggers are sent may end in a
    /// file.
    /// </summary>
    public static TerminalView Now(bool terminalLogger)
    {
        var width = WidthOrNull();
        // https://no-color.org: any value but the empty one.
        return new TerminalView(width,
            terminalLogger && width is not null
                && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));
    }

    private static int? WidthOrNull()
    {
        try
        {
            return !Console.IsOutputRedirected && Console.WindowWidth is var width and > 0 ? width : null;
        }
        catch (IOException)
        {
            // A terminal that does not tell its size.
            return null;
        }
    }
}

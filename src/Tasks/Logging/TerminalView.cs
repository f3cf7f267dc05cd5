namespace Verus.Artifact.Tasks.Logging;

/// <summary>The terminal on which people follow the build.</summary>
/// <param name="Width">The number of columns; null when the output goes to a pipe or a file instead of a
/// terminal.</param>
/// <param name="HasColor">Whether colours should be used.</param>
internal sealed record TerminalView(int? Width, bool HasColor)
{
    /// <summary>
    /// The terminal that this process writes to. Only the terminal logger gets colours, since the output of other
    /// loggers may end up in a file.
    /// </summary>
    public static TerminalView Now(bool terminalLogger)
    {
        var width = WidthOrNull();
        // According to https://no-color.org, any value of NO_COLOR except the empty one disables colours.
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
            // If the terminal does not report its size, the width is unknown.
            return null;
        }
    }
}

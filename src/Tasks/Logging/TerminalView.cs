namespace Verus.Artifact.Tasks.Logging;

/// <summary>The terminal on which people follow the build.</summary>
/// <param name="Width">The number of columns; null when there is no terminal, such as in a pipe or a file.</param>
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
        // https://no-color.org: any value except the empty one disables colours.
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
            // The terminal does not report its size.
            return null;
        }
    }
}

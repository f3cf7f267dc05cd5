namespace Verus.Artifact.Common;

/// <summary>Determines whether a file can be started as a program.</summary>
internal static class Executable
{
    private const UnixFileMode Any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const int LongestLine = 256;

    /// <summary>
    /// Why an existing file cannot be started, as a phrase that can follow the file's name; null when the file can be
    /// started.
    /// </summary>
    public static string? Problem(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        if ((File.GetUnixFileMode(path) & Any) == 0)
            return "is not executable (chmod +x, or name its interpreter before it)";
        return Interpreter(path) is { } interpreter && !File.Exists(interpreter)
            ? $"names an interpreter in its first line that does not exist ({PlainText.Line(interpreter)})" : null;
    }

    private static string? Interpreter(string path)
    {
        try
        {
            using var file = RegularFile.Open(path);
            var bytes = new byte[LongestLine];
            var line = System.Text.Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, LongestLine, false));
            return !line.StartsWith("#!", StringComparison.Ordinal) ? null
                : line[2..].Split('\n')[0].Trim().Split(' ', '\t')[0] is { Length: > 0 } name ? name : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

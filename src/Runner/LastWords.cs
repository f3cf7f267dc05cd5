using System.Text;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Runner;

/// <summary>Reads the end of the output of a process, for the message about its failure.</summary>
internal static class LastWords
{
    private const int Lines = 5;
    private const int MostBytes = 4096;

    /// <summary>The last lines of the error output, or of the standard output when the error output is empty.</summary>
    public static string Of(CommandSpec command)
    {
        foreach (var file in new[] { command.StandardError, command.StandardOutput })
        {
            var lines = End(file).Split(['\n', '\r'],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (lines.Length > 0)
                return $"Its last output: {string.Join(" | ", lines.TakeLast(Lines))}";
        }
        return "It said nothing.";
    }

    private static string End(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(stream.Length, MostBytes), SeekOrigin.End);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return "";
        }
    }
}

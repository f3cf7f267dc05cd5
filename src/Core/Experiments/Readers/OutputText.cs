using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The text of a kept standard stream: all of it, or only its end when it is extremely long.</summary>
/// <param name="Text">The text in UTF-8; invalid bytes are replaced.</param>
/// <param name="IsWhole">Whether the text is complete.</param>
public readonly record struct OutputText(string Text, bool IsWhole)
{
    /// <summary>The number of bytes that are read from the end of an output, where success texts and summaries
    /// are.</summary>
    public const int Most = 64 << 20;

    /// <summary>Reads a file of a standard stream; the text is empty when the file does not exist.</summary>
    /// <exception cref="IOException">The file cannot be read, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read the file.</exception>
    public static OutputText Of(string file)
    {
        if (!Path.Exists(file))
            return new OutputText("", true);
        using var stream = RegularFile.Open(file);
        var from = Math.Max(0, stream.Length - Most);
        stream.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new OutputText(reader.ReadToEnd(), from == 0);
    }

    /// <summary>The last lines of the first file that is not blank, joined into one line for a message.</summary>
    /// <param name="lines">The number of lines.</param>
    /// <param name="most">The maximum number of characters of the message, which keeps the last ones.</param>
    /// <param name="files">The files.</param>
    public static string LastWords(int lines, int most, params IEnumerable<string> files)
    {
        var words = files.Select(file => LastWords(file, lines)).FirstOrDefault(words => words.Length > 0)
            ?? "(nothing)";
        return words.Length > most ? "..." + words[^most..] : words;
    }

    /// <summary>The last lines of a text that are not blank, joined into one line for a message.</summary>
    public static string LastLines(string text, int lines) => PlainText.Line(string.Join(" | ",
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines)));

    private static string LastWords(string file, int lines)
    {
        try
        {
            return LastLines(Of(file).Text, lines);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

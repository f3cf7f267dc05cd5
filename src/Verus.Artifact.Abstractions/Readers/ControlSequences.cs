using System.Text.RegularExpressions;

namespace Verus.Artifact.Extensions;

/// <summary>Removes escape sequences that programs print for terminals: colours, titles, cursor movements.</summary>
public static partial class ControlSequences
{
    /// <summary>The text without them.</summary>
    public static string Remove(string text) =>
        text.AsSpan().IndexOfAny('\u001B', '\u009B') >= 0 ? Sequence().Replace(text, "") : text;

    // The pattern follows ECMA-48: it matches operating system commands and other strings, control sequences, and
    // escapes of two characters.
    [GeneratedRegex(@"\x1B(?:[\]PX^_][^\x07\x1B]*(?:\x07|\x1B\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-Z\\`-~])"
        + @"|\u009B[0-?]*[ -/]*[@-~]?", RegexOptions.CultureInvariant)]
    private static partial Regex Sequence();
}

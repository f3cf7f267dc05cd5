namespace Verus.Artifact.Common;

/// <summary>Checks for names that become the name of a file or folder.</summary>
public static class FileNames
{
    private const int Longest = 200;

    /// <summary>The requirement of <see cref="IsPlain"/>, in words.</summary>
    public const string Plain =
        "the name of a file without a folder: no '/', no '\\', no control characters, at most 200 characters, and "
            + "neither '.' nor '..'";

    /// <summary>
    /// Whether a text is the name of a file directly in the folder that it is combined with, and cannot lead elsewhere.
    /// </summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= Longest && name is not ("." or "..")
            && !name.Any(character => char.IsControl(character) || character is '/' or '\\');

    /// <summary>
    /// Makes text from an untrusted source fit to display: without control characters, and no longer than a line.
    /// </summary>
    public static string Shown(string text)
    {
        var shown = string.Concat(text.Take(Longest)
            .Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '\uFFFD' : character));
        return text.Length > Longest ? shown + "…" : shown;
    }
}

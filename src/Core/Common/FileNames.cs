namespace Verus.Artifact.Common;

/// <summary>Checks for declared names that become the names of files or folders.</summary>
public static class FileNames
{
    private const int Longest = 200;

    /// <summary>A description of the requirement that <see cref="IsPlain"/> checks.</summary>
    public const string Plain =
        "the name of a file without a folder: no '/', no '\\', no control characters, at most 200 characters, and "
            + "neither '.' nor '..'";

    /// <summary>
    /// Whether a text, when combined with a folder, names a file directly in that folder and cannot lead elsewhere.
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

namespace Verus.Artifact.Common;

/// <summary>Names that become the name of a file or folder.</summary>
public static class FileNames
{
    private const int Longest = 200;

    /// <summary>What <see cref="IsPlain"/> asks for, in words.</summary>
    public const string Plain =
        "the name of a file without a folder: no '/', no '\\', no control characters, at most 200 characters, and "
            + "neither '.' nor '..'";

    /// <summary>Whether a text names a file of the folder that it is put in, and nothing else.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= Longest && name is not ("." or "..")
            && !name.Any(character => char.IsControl(character) || character is '/' or '\\');

    /// <summary>
    /// A text from somebody else as it can be shown: without control characters, and not longer than a line.
    /// </summary>
    public static string Shown(string text)
    {
        var shown = string.Concat(text.Take(Longest)
            .Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '\uFFFD' : character));
        return text.Length > Longest ? shown + "…" : shown;
    }
}

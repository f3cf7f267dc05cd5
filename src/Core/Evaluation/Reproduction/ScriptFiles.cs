using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using static Verus.Artifact.Evaluation.Reproduction.ShellText;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// Removes the paths of this machine from texts. Paths of the project become paths below <c>$project</c>; small files
/// from elsewhere, such as the scripts of a suite that comes as a package, accompany the script; every other path that
/// exists on this machine but is not one that every system has becomes a variable that the reader sets.
/// </summary>
/// <param name="projectDirectory">Absolute path of the project's folder.</param>
/// <param name="evaluation">Absolute path of the evaluation's folder.</param>
internal sealed partial class ScriptFiles(string projectDirectory, string evaluation)
{
    private const long MostBytes = 1 << 20;
    private static readonly string[] OfSystems = ["/usr/", "/bin/", "/sbin/", "/lib", "/etc/", "/dev/", "/proc/",
        "/sys/"];
    private readonly SortedDictionary<string, string> copies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> others = new(StringComparer.Ordinal);

    /// <summary>
    /// The files that accompany the script, each with its absolute path on this machine and its path below the script's
    /// folder of files.
    /// </summary>
    public IReadOnlyDictionary<string, string> Copies => copies;

    /// <summary>
    /// The files and folders that the reader has to supply: the variable, and the name of the file or folder.
    /// </summary>
    public IEnumerable<(string Variable, string Name)> Others =>
        others.Select(other => (other.Value, Path.GetFileName(other.Key)));

    /// <summary>Quotes one word for the shell, and removes paths of this machine from it.</summary>
    public string Word(string text) => ShellText.Word(Portable(text));

    /// <summary>Quotes several words.</summary>
    public string Words(IEnumerable<string> texts) => string.Join(' ', texts.Select(Word));

    /// <summary>
    /// Adds a file that accompanies the script although no text may name it, such as one that a script beside it reads.
    /// </summary>
    public void Take(string path)
    {
        if (File.Exists(path))
            Portable(path);
    }

    /// <summary>Returns a text for people to read, with names in place of the paths of this machine.</summary>
    public string Shown(string text) => ShellText.Shown(Portable(text));

    /// <summary>
    /// Whether a path is specific to this machine: neither in the project nor one that every system has.
    /// </summary>
    public bool IsOfMachine(string path) => Path.IsPathRooted(path) && !IsExpression(path)
        && !IsBelow(path, projectDirectory) && !IsBelow(path, evaluation)
        && !OfSystems.Any(system => path.StartsWith(system, StringComparison.Ordinal));

    /// <summary>Returns a text without the paths of this machine.</summary>
    public string Portable(string text) =>
        Map(text.Replace(projectDirectory + "/", ScriptPlaces.Project + "/", StringComparison.Ordinal),
        literal => IsRoot(literal) ? Place(literal) : AbsolutePath().Replace(literal, match => Place(match.Value)));

    // A path with spaces in it is recognized because it is a whole argument.
    private bool IsRoot(string literal) => literal.StartsWith('/')
        && (IsBelow(literal, projectDirectory) || IsBelow(literal, evaluation) || Path.Exists(literal));

    private string Place(string path)
    {
        if (IsBelow(path, projectDirectory))
            return ScriptPlaces.Project + path[projectDirectory.Length..];
        if (IsBelow(path, evaluation))
            return Expression("$evaluation") + path[evaluation.Length..];
        // Names that exist on every machine, such as /tmp, reveal nothing about this one.
        if (!IsOfMachine(path) || path.LastIndexOf('/') == 0 || !Path.Exists(path))
            return path;
        if (new FileInfo(path) is { Exists: true, Length: <= MostBytes })
        {
            var folder = Path.GetDirectoryName(path)!;
            copies[path] = $"{Path.GetFileName(folder)}-{ContentHashes.OfText(folder)[..8]}/{Path.GetFileName(path)}";
            return $"{Expression("$files")}/{copies[path]}";
        }
        if (!others.TryGetValue(path, out var variable))
            others[path] = variable = FormattableString.Invariant($"path_{others.Count + 1}");
        return Expression("$" + variable);
    }

    private static bool IsBelow(string path, string folder) => path == folder
        || path.StartsWith(folder + "/", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<=file://)/[^\s'""]+|(?<![\w./~$-])/(?!/)[^\s:;,'""=|&<>()`$\\]+")]
    private static partial Regex AbsolutePath();
}

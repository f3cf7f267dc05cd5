using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// Reads what a checkout states about itself: its HEAD, and whether somebody committed in it. The statements of a
/// checkout about itself do not decide what its files must be; the commit from which it was made is recorded outside of
/// the checkout.
/// </summary>
internal static partial class Checkout
{
    /// <summary>The commit that is checked out; null when the folder is not a checkout.</summary>
    public static string? CommitOf(string path)
    {
        try
        {
            var folder = Path.Combine(path, ".git");
            if (new DirectoryInfo(path).LinkTarget is not null
                || new DirectoryInfo(folder) is not { Exists: true, LinkTarget: null })
                return null;
            var head = File.ReadAllText(Path.Combine(folder, "HEAD")).Trim();
            if (head.StartsWith("ref: ", StringComparison.Ordinal))
                head = References(folder).FirstOrDefault(reference => reference.Name == head[5..]).Commit ?? "";
            return Id().IsMatch(head) ? head : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The commits of branches, of the stash and of the history of HEAD other than the one that was checked out: such
    /// commits are work of the user.
    /// </summary>
    public static IReadOnlyList<string> OwnCommits(string path, string made)
    {
        var folder = Path.Combine(path, ".git");
        var log = Path.Combine(folder, "logs/HEAD");
        var past = File.Exists(log) ? File.ReadLines(log).SelectMany(line => line.Split(' ').Take(2)) : [];
        return [.. References(folder)
            .Where(reference => reference.Name.StartsWith("refs/heads/", StringComparison.Ordinal)
                || reference.Name == "refs/stash")
            .Select(reference => reference.Commit).Concat(past)
            .Where(commit => Id().IsMatch(commit) && commit != made && commit.Any(digit => digit != '0')).Distinct()];
    }

    /// <summary>Creates the folder of a checkout, which other users may read whatever the caller's umask is.</summary>
    public static void Create(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute);
    }

    /// <summary>Lets a checkout borrow objects from a store.</summary>
    /// <param name="path">The checkout.</param>
    /// <param name="store">The store.</param>
    /// <param name="place">The path that the checkout will be moved to; the path to the store is then relative, so that
    /// the whole evaluation can be moved. For a checkout that is not moved, the path is null.</param>
    public static void Borrow(string path, string store, string? place = null)
    {
        var objects = Path.Combine(store, "objects");
        Directory.CreateDirectory(Path.Combine(path, ".git/objects/info"));
        File.WriteAllText(Path.Combine(path, ".git/objects/info/alternates"),
            (place is null ? objects : Path.GetRelativePath(Path.Combine(place, ".git/objects"), objects).Replace('\\',
                '/')) + "\n");
        if (File.Exists(Path.Combine(store, "shallow")))
            File.Copy(Path.Combine(store, "shallow"), Path.Combine(path, ".git/shallow"), overwrite: true);
    }

    /// <summary>
    /// The folder that holds the commit from which a checkout was made, and the index with which the checkout is
    /// compared.
    /// </summary>
    public static string NotesOn(string sources, string name) => Path.Combine(sources, ".index", name);

    /// <summary>The commit that a checkout was made from; null when no commit was recorded.</summary>
    public static string? Made(string notes) =>
        Path.Combine(notes, "commit") is var file && File.Exists(file) && File.ReadAllText(file).Trim() is var commit
            && Id().IsMatch(commit) ? commit : null;

    /// <summary>The part of the repository that a checkout was made of; null for the whole repository.</summary>
    public static SparsePaths? PathsOf(string notes) =>
        Path.Combine(notes, "paths") is var file && File.Exists(file)
            ? SparsePaths.Read(File.ReadAllText(file).Trim()) : null;

    /// <summary>Records the commit, and the part of the repository, that a checkout was made from.</summary>
    public static void Note(string notes, string commit, SparsePaths? paths)
    {
        if (paths is not null)
            AtomicFile.Write(Path.Combine(notes, "paths"), paths + "\n");
        AtomicFile.Write(Path.Combine(notes, "commit"), commit + "\n");
    }

    private static IEnumerable<(string Name, string Commit)> References(string folder)
    {
        var refs = Path.Combine(folder, "refs");
        var loose = Directory.Exists(refs)
            ? Directory.EnumerateFiles(refs, "*", SearchOption.AllDirectories)
                .Select(file => (Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText(file).Trim()))
                : [];
        var packed = Path.Combine(folder, "packed-refs");
        return loose.Concat(File.Exists(packed)
            ? File.ReadLines(packed).Select(line => line.Split(' ', 2)).Where(line => line.Length == 2)
                .Select(line => (line[1], line[0])) : []);
    }

    [GeneratedRegex("^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex Id();
}

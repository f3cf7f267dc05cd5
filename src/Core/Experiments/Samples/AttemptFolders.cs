using System.Collections.Concurrent;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// The folders in which samples are taken, each with the file that keeps its record. A folder that a command left as it
/// found it, with nothing in it, serves the next sample under that sample's id; any other folder is removed. Making and
/// removing them costs more than many commands run.
/// </summary>
/// <param name="layout">The folders of the evaluation.</param>
/// <param name="log">Log to which folders that cannot be removed are reported.</param>
internal sealed class AttemptFolders(EvaluationLayout layout, IBuildLog log)
{
    private readonly ConcurrentBag<AttemptFolder> clean = [];

    /// <summary>An empty folder for an attempt.</summary>
    /// <param name="id">The id of the attempt.</param>
    /// <exception cref="DiagnosticException">The folder cannot be created; the diagnostic code names the
    /// cause.</exception>
    public AttemptFolder Take(string id)
    {
        while (clean.TryTake(out var folder))
        {
            if (folder.TryRename(layout, id))
                return folder;
            Remove(folder);
        }
        return AttemptFolder.Make(layout, id);
    }

    /// <summary>Takes back the folder of an attempt whose record needs it no more.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isClean">Whether the command left nothing in it, except for output that has been moved.</param>
    public void Give(AttemptFolder folder, bool isClean)
    {
        if (isClean)
            clean.Add(folder);
        else
            Remove(folder);
    }

    /// <summary>Removes the folders that serve no attempt.</summary>
    public void Clear()
    {
        while (clean.TryTake(out var folder))
            Remove(folder);
    }

    private void Remove(AttemptFolder folder)
    {
        folder.Pending.Done();
        Attempts.Remove(layout, folder.Id, log);
    }
}

/// <summary>The folder of one attempt, and the file that keeps the record of its sample.</summary>
internal sealed class AttemptFolder
{
    private static readonly string[] Streams = ["stderr.txt", "stdout.txt"];
    private static readonly string[] Folders = ["output", "work"];
    private FileFacts? root, work, output;

    private AttemptFolder(string id, PendingSample pending) => (Id, Pending) = (id, pending);

    /// <summary>The id of the attempt.</summary>
    public string Id { get; private set; }

    /// <summary>The file that keeps the record of the sample.</summary>
    public PendingSample Pending { get; }

    /// <summary>Creates a folder.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be created; the diagnostic code names the
    /// cause.</exception>
    public static AttemptFolder Make(EvaluationLayout layout, string id)
    {
        var folder = new AttemptFolder(id, PendingSample.Reserve(layout, id));
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(layout), id));
        try
        {
            Attempts.Prepare(attempt);
        }
        catch
        {
            folder.Pending.Dispose();
            throw;
        }
        (folder.root, folder.work, folder.output) = (FactsOf(attempt.Directory), FactsOf(attempt.Work),
            FactsOf(attempt.Output));
        return folder;
    }

    /// <summary>Gives the folder the id of another attempt; returns false when that is not possible.</summary>
    public bool TryRename(EvaluationLayout layout, string id)
    {
        try
        {
            Directory.Move(Path.Combine(Attempts.RootIn(layout), Id), Path.Combine(Attempts.RootIn(layout), id));
            Pending.Rename(layout, id);
            Id = id;
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether the command left nothing to keep, and nothing that the next sample could see: no file, no output on a
    /// standard stream, no folder that is not as it was. None of the command's processes is running any more.
    /// </summary>
    public bool IsClean(Attempt attempt) => IsAsMade(attempt, Folders) && IsAsMade(output, attempt.Output)
        && NamesIn(attempt.Output).All(name => Streams.Contains(name)
            && FactsOf(Path.Combine(attempt.Output, name)) is { Kind: FileKind.Regular, Size: 0, Names: 1 } file
            && file.Permissions == StreamPermissions && file.Owner == FileFacts.Caller);

    /// <summary>
    /// Makes a new folder for output in place of the one that has been moved; returns false when the command left
    /// anything beside it.
    /// </summary>
    public bool TryMakeOutput(Attempt attempt)
    {
        if (!IsAsMade(attempt, Folders[1..]))
            return false;
        try
        {
            Directory.CreateDirectory(attempt.Output);
            output = FactsOf(attempt.Output);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsAsMade(Attempt attempt, IEnumerable<string> names) => Posix.IsHere
        && IsAsMade(root, attempt.Directory)
        // The change time tells of every entry that was added or removed, and no program can set it.
        && FactsOf(attempt.Work) == work && !Directory.EnumerateFileSystemEntries(attempt.Work).Any()
        && NamesIn(attempt.Directory).SequenceEqual(names);

    private const UnixFileMode StreamPermissions = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal);

    // A folder is changed when files of the runner are created in it, and when it is renamed.
    private static bool IsAsMade(FileFacts? made, string path) => made is { } then && FactsOf(path) is { } now
        && now.IsSameAs(then) && (now.Kind, now.Permissions, now.Owner) == (then.Kind, then.Permissions, then.Owner);

    private static FileFacts? FactsOf(string path) => FileFacts.Of(path, followLink: false);
}

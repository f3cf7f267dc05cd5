namespace Verus.Artifact.Protocol;

/// <summary>The facts about a file that decide whether it is trusted.</summary>
/// <param name="IsFolder">Whether the file is a folder.</param>
/// <param name="IsRegular">Whether the file is a regular file.</param>
/// <param name="Owner">The id of the user who owns the file.</param>
/// <param name="Permissions">The permissions of the file.</param>
public readonly record struct TrustedFile(bool IsFolder, bool IsRegular, uint Owner, UnixFileMode Permissions);

/// <summary>
/// Decides whether the record of a machine's changes can be trusted. Root writes to files as the record says, and
/// evaluations wait for the owner of the record's lock, so only root (or the user who runs a test) may be able to put
/// files into the record's folder.
/// </summary>
public static class TuningTrust
{
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// Why the folder is unsuitable for a record, or why a record in it is not trusted. The result is null when the
    /// folder and the record are trusted, or do not exist yet.
    /// </summary>
    /// <param name="root">Root of the file system.</param>
    /// <param name="caller">The id of the user who asks.</param>
    /// <param name="look">Function that returns the facts about a path without following a link; null when no file is
    /// at the path.</param>
    public static string? WhyNot(string root, uint caller, Func<string, TrustedFile?> look)
    {
        var folder = Path.Combine(root, TuningRecord.Folder);
        if (look(folder) is { } found && (WhyNotOwned(folder, found, caller, isFolder: true)
            ?? WhyWritable(folder, found)) is { } unsafeFolder)
            return unsafeFolder;
        if (Path.Combine(root, TuningRecord.File) is var file && look(file) is { } record
            && (WhyNotOwned(file, record, caller, isFolder: false) ?? WhyWritable(file, record)) is { } unsafeRecord)
            return unsafeRecord;
        // The lock may belong to any user, since the content of its file is not read.
        if (Path.Combine(root, TuningRecord.Lock) is var locked && look(locked) is { } held
            && WhyNotOwned(locked, held, caller, isFolder: false) is { } unsafeLock)
            return unsafeLock;
        for (var above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
            if (look(above) is { } one
                && (one.Permissions & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
                return $"anybody may replace files in '{above}'";
        return null;
    }

    private static string? WhyNotOwned(string path, TrustedFile found, uint caller, bool isFolder) =>
        !(isFolder ? found.IsFolder : found.IsRegular) ? $"'{path}' is no {(isFolder ? "folder" : "regular file")}"
        : found.Owner != 0 && found.Owner != caller ? $"'{path}' belongs to the user with the id {found.Owner}"
        : null;

    private static string? WhyWritable(string path, TrustedFile found) =>
        (found.Permissions & ByOthers) != 0 ? $"others than its owner may write '{path}'" : null;
}

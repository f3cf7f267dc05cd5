namespace Verus.Artifact.Protocol;

/// <summary>What decides whether a file is trusted.</summary>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="IsRegular">Whether it is a regular file.</param>
/// <param name="Owner">The id of the user to whom it belongs.</param>
/// <param name="Permissions">Its permissions.</param>
public readonly record struct TrustedFile(bool IsFolder, bool IsRegular, uint Owner, UnixFileMode Permissions);

/// <summary>
/// Whether the record of a machine's changes can be trusted. Root writes to files as the record says, and evaluations
/// wait for the owner of its lock, so nobody but root (or whoever runs a test) may be able to put files there.
/// </summary>
public static class TuningTrust
{
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// Why the folder is unsuitable for a record, or why a record in it is not trusted. Null when all is well, also
    /// when nothing exists yet.
    /// </summary>
    /// <param name="root">Root of the file system.</param>
    /// <param name="caller">The id of the user who asks.</param>
    /// <param name="look">Looks at a path without following a link; null when nothing is there.</param>
    public static string? WhyNot(string root, uint caller, Func<string, TrustedFile?> look)
    {
        var folder = Path.Combine(root, TuningRecord.Folder);
        if (look(folder) is { } found && (WhyNotOwned(folder, found, caller, isFolder: true)
            ?? WhyWritable(folder, found)) is { } unsafeFolder)
            return unsafeFolder;
        if (Path.Combine(root, TuningRecord.File) is var file && look(file) is { } record
            && (WhyNotOwned(file, record, caller, isFolder: false) ?? WhyWritable(file, record)) is { } unsafeRecord)
            return unsafeRecord;
        // Anybody may hold the lock, and nothing is read from its file.
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

namespace Verus.Artifact.Report;

/// <summary>The disk space that a folder uses.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint
    };

    /// <summary>
    /// Returns the total size in bytes of the files in a folder and its subfolders; links are not followed. Returns 0
    /// when the folder does not exist.
    /// </summary>
    public static long Of(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", All).Sum(SizeOf) : 0;

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            // Another program removed the file in the meantime, so it uses no disk space.
            return 0;
        }
    }
}

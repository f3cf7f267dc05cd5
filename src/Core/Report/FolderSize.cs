namespace Verus.Artifact.Report;

/// <summary>Disk that a folder uses.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint
    };

    /// <summary>
    /// Sizes in bytes of the files in a folder and below, links not followed; 0 when it is not there.
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
            // Another program removed it meanwhile: it uses no disk.
            return 0;
        }
    }
}

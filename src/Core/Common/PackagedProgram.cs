namespace Verus.Artifact.Common;

/// <summary>A program of the package, which every user of the machine can start.</summary>
public static class PackagedProgram
{
    private const UnixFileMode Everyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>
    /// The path by which this user can start the program. NuGet lets only the user who unpacked a package execute its
    /// files, so that in a folder of packages that several users share the others could not. The owner gives the
    /// permission to all; another user starts a copy of his own.
    /// </summary>
    /// <param name="path">Absolute path of the program. When nothing is there, it is returned as it is.</param>
    /// <param name="copies">Folder for copies; empty: there is none, and the path is returned as it is.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The copy cannot be written.</exception>
    public static string Startable(string path, string copies)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return path;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Everyone) == Everyone)
            return path;
        try
        {
            File.SetUnixFileMode(path, mode | Everyone);
            return path;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return copies.Length == 0 ? path : Copy(path, copies);
        }
    }

    /// <summary>A copy that its owner can start; the one that is there when it has the same content.</summary>
    public static string Copy(string path, string copies)
    {
        var copy = Path.Combine(copies, Path.GetFileName(path));
        AtomicFile.Write(copy, File.ReadAllBytes(path));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return copy;
    }
}

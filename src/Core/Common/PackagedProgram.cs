namespace Verus.Artifact.Common;

/// <summary>A program that ships in the package and that every user of the machine must be able to start.</summary>
public static class PackagedProgram
{
    private const UnixFileMode Everyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>
    /// The path at which this user can start the program. NuGet makes files executable only for the user who unpacked
    /// the package, so other users of a shared package folder could not start them. If this user owns the file of the
    /// program, it is made executable for everyone; any other user gets a copy.
    /// </summary>
    /// <param name="path">Absolute path of the program. The path is returned unchanged when no program exists at
    /// it.</param>
    /// <param name="copies">The folder for copies; when empty, the path is returned unchanged.</param>
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

    /// <summary>Makes a copy of a program that its owner can start, or reuses an existing copy with the same
    /// content.</summary>
    public static string Copy(string path, string copies)
    {
        var copy = Path.Combine(copies, Path.GetFileName(path));
        AtomicFile.Write(copy, File.ReadAllBytes(path));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return copy;
    }
}

namespace Verus.Artifact.Common;

/// <summary>Creates a copy of a checkout for a command that changes its inputs.</summary>
public static class WorkingCopy
{
    /// <summary>Copies the files of a checkout without git's own files; links stay links, and permissions are
    /// kept.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or folder cannot be accessed for lack of
    /// permission.</exception>
    public static void Make(string source, string target, CancellationToken cancellation) =>
        TreeCopy.Make(source, target, (_, _) => null, cancellation);
}

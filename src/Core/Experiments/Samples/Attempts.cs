using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// The folders of samples that are running. One that stands there when nothing runs is what a killed build left: its processes are
/// swept and it is removed.
/// </summary>
public static class Attempts
{
    /// <summary>The folder that holds them.</summary>
    public static string RootIn(EvaluationLayout layout) => Path.Combine(layout.Experiments, "attempts");

    /// <summary>Ids of the attempts that are there.</summary>
    public static IReadOnlyList<string> LeftIn(EvaluationLayout layout) =>
        Directory.Exists(RootIn(layout)) ? [.. Directory.EnumerateDirectories(RootIn(layout)).Select(folder => Path.GetFileName(folder)!)] : [];

    /// <summary>Makes the folders of an attempt.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">They cannot be made.</exception>
    public static void Prepare(Attempt attempt)
    {
        try
        {
            Directory.CreateDirectory(attempt.Work);
            Directory.CreateDirectory(attempt.Output);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(attempt.Work, problem);
        }
    }

    /// <summary>Removes a folder, also where a program left folders without write permission in it; what cannot be removed stays.</summary>
    public static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            try
            {
                foreach (var folder in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
                    if (!OperatingSystem.IsWindows())
                        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.UserRead);
                Directory.Delete(directory, recursive: true);
            }
            catch (Exception again) when (again is IOException or UnauthorizedAccessException)
            {
                // The next start tries again; nothing of a sample is in here any more.
            }
        }
    }
}

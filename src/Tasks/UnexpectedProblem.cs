using System.Globalization;

namespace Verus.Artifact.Tasks;

/// <summary>Where the trace of a defect goes: not on the console, where it helps nobody.</summary>
internal static class UnexpectedProblem
{
    /// <summary>
    /// Writes the details into a file of the system's temporary folder; its path, or the details' first line when
    /// nothing can be written.
    /// </summary>
    public static string SaveTrace(Exception problem)
    {
        try
        {
            var stamp = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
            var file = Path.Combine(Path.GetTempPath(),
                $"verus-artifact-{stamp}-{Guid.NewGuid().ToString("N")[..6]}.txt");
            File.WriteAllText(file, problem.ToString());
            return file;
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException)
        {
            return $"no file, since the temporary folder cannot be written ({again.Message})";
        }
    }
}

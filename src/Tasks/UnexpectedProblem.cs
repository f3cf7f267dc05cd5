using System.Globalization;

namespace Verus.Artifact.Tasks;

/// <summary>Saves the stack trace of a defect of the SDK to a file, since a stack trace on the console helps
/// nobody.</summary>
internal static class UnexpectedProblem
{
    /// <summary>
    /// Writes the details of a defect to a file in the system's temporary folder and returns its path, or returns the
    /// first line of the details when the file cannot be written.
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

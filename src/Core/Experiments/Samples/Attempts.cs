using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// The folders of samples that are running. A sample's folder that exists when no sample is running was left by a
/// killed build: the processes of that build are killed, and the folder is removed.
/// </summary>
public static class Attempts
{
    /// <summary>The folder that contains the folders of all attempts of an evaluation.</summary>
    public static string RootIn(EvaluationLayout layout) => Path.Combine(layout.Experiments, "attempts");

    /// <summary>
    /// Ids of the existing attempts. A file or folder with another kind of name is not an attempt, and is left alone.
    /// </summary>
    /// <exception cref="DiagnosticException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> LeftIn(EvaluationLayout layout)
    {
        try
        {
            return Directory.Exists(RootIn(layout))
                ? [.. Directory.EnumerateFileSystemEntries(RootIn(layout)).Select(entry => Path.GetFileName(entry)!)
                    .Where(IsId)] : [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(RootIn(layout), problem);
        }
    }

    /// <summary>Whether a text has the form of the id of a sample: 32 hexadecimal digits in lower case.</summary>
    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Creates the folders of an attempt.</summary>
    /// <exception cref="DiagnosticException">The folders cannot be created; the diagnostic code names the
    /// cause.</exception>
    public static void Prepare(Attempt attempt)
    {
        try
        {
            Directory.CreateDirectory(attempt.Work);
            Directory.CreateDirectory(attempt.Output);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(attempt.Work, problem);
        }
    }

    /// <summary>
    /// Removes the folder of an attempt. A folder of an attempt that cannot be removed is reported once, and moved to a
    /// place that no later call looks at.
    /// </summary>
    public static void Remove(EvaluationLayout layout, string id, IBuildLog log)
    {
        var directory = Path.Combine(RootIn(layout), id);
        if (FolderRemoval.Remove(directory) is not { } problem)
            return;
        var aside = Path.Combine(layout.Experiments, "unremovable", id);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
            Directory.Move(directory, aside);
        }
        catch (Exception moving) when (moving is IOException or UnauthorizedAccessException)
        {
            aside = directory;
        }
        log.Report(ExperimentRules.CannotRemove.At(SourceLocation.None, aside, problem));
    }
}

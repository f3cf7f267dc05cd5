using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Data;

/// <summary>Writes the files of a dataset in the formats of other programs (metadata <c>Formats</c>).</summary>
internal static class FormatFiles
{
    /// <summary>The folder for files in the formats of other programs, below the folder of the data.</summary>
    public const string Folder = "formats";

    /// <summary>The path of a file in another format.</summary>
    /// <param name="data">The folder of the data.</param>
    /// <param name="file">The name of the file.</param>
    public static string PathOf(string data, string file) => Path.Combine(data, Folder, file);

    /// <summary>Writes the observations of a dataset in each format that it names, and returns the paths.</summary>
    /// <exception cref="DiagnosticException">The observations cannot be written in a format, or the folder cannot be
    /// written.</exception>
    public static IEnumerable<string> Write(DatasetDeclaration dataset, IReadOnlyList<Observation> observations,
        string data)
    {
        foreach (var format in dataset.Formats)
        {
            foreach (var file in Make(dataset, format, observations))
            {
                var path = PathOf(data, file.FileName);
                AtomicFile.Write(path, file.Content);
                yield return path;
            }
        }
    }

    /// <summary>Returns the files in a format; none when no observation belongs into such a file.</summary>
    /// <exception cref="DiagnosticException">The observations cannot be written in the format.</exception>
    public static IReadOnlyList<FormatFile> Make(DatasetDeclaration dataset, IDatasetFormat format,
        IReadOnlyList<Observation> observations)
    {
        IReadOnlyList<FormatFile> files;
        try
        {
            files = format.Write(observations);
        }
        catch (FormatException problem)
        {
            throw Unfit(problem.Message.TrimEnd('.'));
        }
        catch (Exception problem) when (problem is not (OutOfMemoryException or OperationCanceledException))
        {
            // The exception comes from the code of an extension.
            throw ExtensionRules.Failed.Error(dataset.Item.Where, format.Name, $"it wrote dataset '{dataset.Name}'",
                PlainText.Of(problem));
        }
        if (files.FirstOrDefault(file => !IsName(file.FileName)) is { } unnamed)
            throw Unfit($"'{PlainText.Line(unnamed.FileName)}' is not a file name");
        return files.GroupBy(file => file.FileName).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Unfit($"'{twice.Key}' is the name of two files") : files;

        DiagnosticException Unfit(string why) =>
            DataRules.UnfitForFormat.Error(dataset.Item.Where, dataset.Name, format.Name, why);
    }

    private static bool IsName(string name) => name.Length > 0 && name == Path.GetFileName(name)
        && name is not ("." or "..") && !name.Any(char.IsControl);
}

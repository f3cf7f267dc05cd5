using System.IO.Compression;
using System.Text.Json;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Report;

/// <summary>The results of one evaluation in a comparison.</summary>
/// <param name="Name">The name of the evaluation in the comparison.</param>
/// <param name="Results">The results.</param>
public sealed record ComparedResults(string Name, ResultsDocument Results)
{
    private const string InArchive = "evaluation/report/results.json";

    /// <summary>
    /// Reads the results of an evaluation.
    /// </summary>
    /// <param name="name">The name of the evaluation in the comparison.</param>
    /// <param name="path">Absolute path of a <c>results.json</c>, of the folder of an evaluation, or of its
    /// archive.</param>
    /// <exception cref="DiagnosticException">There are no results at the path, or they have another
    /// version.</exception>
    public static ComparedResults Read(string name, string path)
    {
        try
        {
            using var stream = Open(path);
            var results = JsonSerializer.Deserialize(stream, ResultsJson.Default.ResultsDocument)
                ?? throw new JsonException("the file is empty");
            return results.Version == ResultsDocument.CurrentVersion ? new(name, results)
                : throw new InvalidDataException($"the results have version {results.Version}; evaluate them again");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException
            or InvalidDataException)
        {
            throw ReportRules.NothingToCompare.Error(SourceLocation.None, name, path, problem.Message.TrimEnd('.'));
        }
    }

    private static Stream Open(string path)
    {
        if (Directory.Exists(path))
            return File.OpenRead(Path.Combine(path, "report", "results.json"));
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return File.OpenRead(path);
        using var zip = ZipFile.OpenRead(path);
        var entry = zip.GetEntry(InArchive) ?? throw new InvalidDataException($"the archive has no {InArchive}");
        // The archive is closed before the results are read.
        var content = new MemoryStream();
        using (var results = entry.Open())
            results.CopyTo(content);
        content.Position = 0;
        return content;
    }
}

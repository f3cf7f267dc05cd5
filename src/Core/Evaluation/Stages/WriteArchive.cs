using System.Globalization;
using System.IO.Compression;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// Writes one archive of the results for a repository of research data: report, data, figures, verdicts, the journal
/// with the output of all samples, scripts, the ledger and its locks, and metadata for citation. The archive is a zip,
/// which such repositories show in the browser; links of the report lead to files in the archive.
/// </summary>
/// <param name="context">The call.</param>
public sealed class WriteArchive(EvaluationContext context)
{
    // Times and modes are fixed, so that the same results give the same archive.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int Mode = 0b110_100_100 << 16, FileType = 0b1000_000_000_000_000 << 16;

    /// <summary>Archives what the last evaluation left; nothing is measured.</summary>
    /// <param name="authors">The authors, each as <c>Family, Given</c>.</param>
    /// <param name="license">The identifier of the licence of the results, or an empty text.</param>
    /// <param name="log">Log that receives the path and the size of the archive.</param>
    /// <param name="cancellation">Cancels the call, which then leaves no archive.</param>
    /// <exception cref="DiagnosticException">There is no report, or the archive cannot be written.</exception>
    public void Run(IReadOnlyList<string> authors, string license, IBuildLog log, CancellationToken cancellation)
    {
        var layout = context.Options.Layout;
        if (!File.Exists(Path.Combine(layout.Report, ReportWriter.Whole + ".html")))
            throw ReportRules.NothingToArchive.Error(SourceLocation.None, layout.Report,
                Path.GetFileName(context.Options.ProjectFile));
        var target = Path.Combine(layout.Root, "archive.zip");
        var pending = target + ".partial";
        try
        {
            var files = FilesOf().ToList();
            Directory.CreateDirectory(layout.Root);
            using (var stream = File.Create(pending))
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            {
                foreach (var (name, text) in Metadata(new Citation(context.Options.Title, authors, license,
                    Newest(log)),
                    files.Count))
                    Add(zip, name, entry => entry.Write(Encoding.UTF8.GetBytes(text)));
                foreach (var (name, file) in files)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Add(zip, name, entry =>
                    {
                        using var content = RegularFile.Open(file);
                        content.CopyTo(entry);
                    });
                }
            }
            File.Move(pending, target, overwrite: true);
            log.Info($"{target}: {Amount.Count(files.Count, "file")}, {Amount.Bytes(new FileInfo(target).Length)}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw SystemProblem.Explain(target, problem);
        }
        finally
        {
            AtomicFile.Remove(pending);
        }
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        (entry.LastWriteTime, entry.ExternalAttributes) = (Time, Mode | FileType);
        using var content = entry.Open();
        write(content);
    }

    // Links are left out, since they lead out of the archive, and so is everything else that is no file.
    private IEnumerable<(string Name, string Path)> FilesOf()
    {
        var layout = context.Options.Layout;
        var journal = Journal.FileIn(layout);
        var project = Path.GetDirectoryName(context.Options.ProjectFile)!;
        var own = Directory.EnumerateFiles(project).Where(file => file == context.Options.ProjectFile
            || file.EndsWith(".lock", StringComparison.Ordinal)
            || Path.GetFileName(file) is "NuGet.config" or "global.json").Select(file => ("project", project, file));
        var results = new[] { layout.Report, layout.Data, layout.Figures, layout.Claims, layout.Scripts, layout.Pins,
            Path.Combine(layout.Experiments, "logs") }
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", Everything))
            .Append(journal).Where(File.Exists).Select(file => ("evaluation", layout.Root, file));
        return own.Concat(results)
            .Where(one => FileFacts.Of(one.file, followLink: false) is not { Kind: not FileKind.Regular })
            .Select(one => ($"{one.Item1}/{Path.GetRelativePath(one.Item2, one.file)}", one.file))
            .OrderBy(one => one.Item1, StringComparer.Ordinal);
    }

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private DateOnly? Newest(IBuildLog log) => context.ReadJournal(log).Runs.Values.Select(run => run.StartedUtc)
        .Max(StringComparer.Ordinal) is { } time
        && DateTime.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var day)
        ? DateOnly.FromDateTime(day) : null;

    private IEnumerable<(string Name, string Text)> Metadata(Citation citation, int count)
    {
        var (layout, project) = (context.Options.Layout, Path.GetDirectoryName(context.Options.ProjectFile)!);
        var own = Path.Combine(project, "CITATION.cff");
        yield return ("CITATION.cff", File.Exists(own) ? File.ReadAllText(own) : CitationFile.Cff(citation));
        yield return (".zenodo.json", CitationFile.Zenodo(citation,
            "Results of an artifact evaluation: report, figures, data with all samples, and their logs."));
        var report = Path.GetRelativePath(layout.Root, layout.Report);
        yield return ("README.md", $"""
            # {citation.Title}

            Results of an evaluation with Verus.Artifact.Sdk {SdkVersion.Text}, in {Amount.Count(count, "file")}.

            - `evaluation/{report}/index.html`: the report; it needs no other program than a browser.
            - `evaluation/{report}/results.json`: everything in the report, for programs.
            - `evaluation/{Path.GetRelativePath(layout.Root, layout.Data)}`: the data as tidy CSV tables, with all samples.
            - `evaluation/experiments`: the journal with every sample and the output of each.
            - `project`: the declarations, and the locks of what was installed.

            To measure again, run `dotnet build {Path.GetFileName(context.Options.ProjectFile)}` in the repository of the
            artifact.

            """.ReplaceLineEndings("\n"));
    }
}

using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// The record of what the last complete call of a request depended on and what it wrote, from which the next call can
/// tell quickly whether it has anything to do. The check asks exactly the questions that the stages themselves asked
/// (<see cref="InputTrace"/>): the check may send a call through the stages needlessly, but never skips stages that
/// have work to do.
/// </summary>
public sealed class QuickCheck
{
    private readonly string file;
    private readonly string declared;

    /// <summary>Creates the record for the check of a request.</summary>
    public QuickCheck(EvaluationOptions options, IEnumerable<DeclarationItem> items)
    {
        file = Path.Combine(options.Layout.State, ContentHashes.OfText(options.Request)[..16] + ".txt");
        declared = HashOf(items, options);
    }

    /// <summary>
    /// Returns the summary that was passed to <see cref="Save"/> if all questions still have the same answers;
    /// otherwise null.
    /// </summary>
    /// <param name="ask">Answers questions about machines, places and images; returns null when a question has no
    /// answer.</param>
    public string? Summary(Func<string, string, string?> ask)
    {
        string[] lines;
        try
        {
            if (!File.Exists(file))
                return null;
            lines = File.ReadAllLines(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        var end = Array.IndexOf(lines, "");
        return end < 1 || lines[0] != declared || !lines[1..end].All(line => InputTrace.StillHolds(line, ask))
            ? null : string.Join('\n', lines[(end + 1)..]);
    }

    /// <summary>Saves the questions and outputs of a complete call, with its summary.</summary>
    public void Save(InputTrace trace, IEnumerable<string> outputs, string summary)
    {
        var written = new SortedSet<string>(outputs, StringComparer.Ordinal);
        var read = trace.Lines().Where(line => !written.Contains(line.Split('\t', 3)[^1]));
        AtomicFile.Write(file, string.Join('\n', read.Concat(written.Select(InputTrace.LineOfOutput)).Prepend(declared))
            + "\n\n" + summary);
    }

    /// <summary>Discards the saved record, because the work of the stages changes outputs.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The folder cannot be written.</exception>
    public void Forget()
    {
        try
        {
            File.Delete(file);
        }
        catch (DirectoryNotFoundException)
        {
            // The record to discard did not exist.
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(file, problem);
        }
    }

    private static string HashOf(IEnumerable<DeclarationItem> items, EvaluationOptions options)
    {
        var text = new StringBuilder(typeof(QuickCheck).Assembly.ManifestModule.ModuleVersionId.ToString());
        // Who wants to know about the outcome changes nothing about it; lists have no text of their own.
        var plain = options with
        {
            SearchPath = [],
            AllowFallback = [],
            ClaimErrors = [],
            ExitCodeFile = null,
            JobSummaryFile = null,
        };
        text.Append('\n').Append(plain).Append('\n').AppendJoin(':', options.SearchPath).Append('\n')
            .AppendJoin(';', options.AllowFallback).Append('\n').AppendJoin(';', options.ClaimErrors).Append('\n');
        foreach (var item in items)
        {
            text.Append(item.Type).Append('\t').Append(item.Name).Append('\n');
            foreach (var (name, value) in item.Metadata.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
                text.Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
        }
        return ContentHashes.OfText(text.ToString());
    }
}

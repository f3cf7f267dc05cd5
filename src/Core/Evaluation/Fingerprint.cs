using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// What the outputs of a complete evaluation depend on, so that a second call can see at once that nothing has changed: a hash of all that
/// was declared and asked for, and the stat tuples of the files that were read and written. Content decides in the stages; here a
/// changed tuple only means that the stages have a look.
/// </summary>
public sealed class Fingerprint
{
    private readonly string file;
    private readonly string declared;

    /// <summary>The fingerprint of a request.</summary>
    public Fingerprint(EvaluationLayout layout, string request, string declared)
    {
        file = Path.Combine(layout.State, ContentHashes.OfText(request)[..16] + ".txt");
        this.declared = declared;
    }

    /// <summary>A hash of items and options.</summary>
    public static string OfDeclarations(IEnumerable<DeclarationItem> items, SessionOptions options)
    {
        var text = new StringBuilder(typeof(Fingerprint).Assembly.ManifestModule.ModuleVersionId.ToString());
        text.Append('\n').Append(options with { SearchPath = [], AllowFallback = [] }).Append('\n').AppendJoin(':', options.SearchPath).Append('\n')
            .AppendJoin(';', options.AllowFallback).Append('\n');
        foreach (var item in items)
        {
            text.Append(item.Type).Append('\t').Append(item.Name).Append('\n');
            foreach (var (name, value) in item.Metadata.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
                text.Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
        }
        return ContentHashes.OfText(text.ToString());
    }

    /// <summary>The text that <see cref="Save"/> was given, when nothing has changed since; null otherwise.</summary>
    public string? Check()
    {
        if (!File.Exists(file))
            return null;
        var lines = File.ReadAllLines(file);
        var end = Array.IndexOf(lines, "");
        if (end < 1 || lines[0] != declared)
            return null;
        for (var i = 1; i < end; i++)
        {
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0 || Stamp(lines[i][(tab + 1)..]) != lines[i][..tab])
                return null;
        }
        return string.Join('\n', lines[(end + 1)..]);
    }

    /// <summary>Writes down the state of files and folders (all files below count) with a text for the next call.</summary>
    public void Save(IEnumerable<string> paths, string text)
    {
        var lines = paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(path => !path.Contains('\n', StringComparison.Ordinal))
            .Select(path => $"{Stamp(path)}\t{path}");
        AtomicFile.Write(file, string.Join('\n', lines.Prepend(declared)) + "\n\n" + text);
    }

    /// <summary>Forgets: what follows changes outputs.</summary>
    public void Forget()
    {
        if (File.Exists(file))
            File.Delete(file);
    }

    private static string Stamp(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? Text(path) : "none";
        var all = new StringBuilder();
        foreach (var entry in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            all.Append(entry).Append(' ').Append(Text(entry)).Append('\n');
        return ContentHashes.OfText(all.ToString());
    }

    private static string Text(string path)
    {
        try
        {
            var stamp = FileStamp.Of(path);
            return string.Create(CultureInfo.InvariantCulture, $"{stamp.Size}.{stamp.Modified}.{stamp.Inode}");
        }
        catch (IOException)
        {
            return "none";
        }
    }
}

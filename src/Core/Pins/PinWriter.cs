using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>Writes what was found at first use into the ledger, where the author commits it. All else in the file stays as it is.</summary>
public static class PinWriter
{
    /// <summary>Adds an attribute to the element that declares an item; true when the file was changed.</summary>
    /// <exception cref="DiagnosticException">The ledger cannot be written.</exception>
    public static bool Write(DeclarationItem item, string metadata, string value, IBuildLog log)
    {
        if (item.Where is { File: { } file, Line: > 0 } where && File.Exists(file))
        {
            var lines = File.ReadAllText(file).Split('\n');
            var start = where.Line - 1;
            // The element may go over several lines; its first closing bracket ends the opening tag.
            for (var i = start; i < lines.Length; i++)
            {
                var from = i == start ? Math.Max(0, where.Column - 1) : 0;
                var close = Regex.Match(lines[i][from..], @"\s*/?>");
                if (!close.Success)
                    continue;
                var at = from + close.Index;
                lines[i] = $"{lines[i][..at]} {metadata}=\"{value}\"{lines[i][at..]}";
                AtomicFile.Write(file, string.Join('\n', lines));
                log.Info($"{item.Name}: {metadata} {value} was written to {Path.GetFileName(file)}; commit it");
                return true;
            }
        }
        log.Info($"{item.Name}: pin it with {metadata}=\"{value}\"");
        return false;
    }
}

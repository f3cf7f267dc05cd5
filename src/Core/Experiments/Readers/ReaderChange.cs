using System.Text.RegularExpressions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>A description of why samples are read again: what distinguishes the present reader from the one that read
/// the samples before.</summary>
internal static partial class ReaderChange
{
    private const int Digits = 32;

    /// <summary>The part of a reader's identity that stands for the content of a file, tool or source.</summary>
    /// <param name="name">The name of the file, tool or source.</param>
    /// <param name="content">A text that identifies the content.</param>
    public static string Part(string name, string content) =>
        $"{PlainText.Line(name).Replace(' ', '_')}={ContentHashes.OfText(content)[..Digits]}";

    /// <summary>A description of what changed between two readers.</summary>
    /// <param name="before">The identity of the reader that read the samples before.</param>
    /// <param name="now">The identity of the present reader.</param>
    public static string Between(string before, string now)
    {
        if (before.Length == 0)
            return "they have not been read yet";
        var old = Parts(before);
        var changed = Parts(now).Where(part => old.GetValueOrDefault(part.Key) is { } hash && hash != part.Value)
            .Select(part => part.Key).ToList();
        return changed.Count > 0 ? $"changed: {string.Join(", ", changed)}"
            : "another success rule, reader or pattern";
    }

    private static Dictionary<string, string> Parts(string identity) => Content().Matches(identity)
        .DistinctBy(match => match.Groups[1].Value)
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    [GeneratedRegex(@"(\S+)=([0-9a-f]{32})(?![0-9a-f])")]
    private static partial Regex Content();
}

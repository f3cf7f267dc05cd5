using System.Text.RegularExpressions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>Why samples are read again, in words: what distinguishes a reader from the one that read them.</summary>
internal static partial class ReaderChange
{
    private const int Digits = 32;

    /// <summary>The content of a file, tool or source in what distinguishes a reader.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">What identifies its content.</param>
    public static string Part(string name, string content) =>
        $"{PlainText.Line(name).Replace(' ', '_')}={ContentHashes.OfText(content)[..Digits]}";

    /// <summary>What changed between two readers.</summary>
    /// <param name="before">What distinguished the reader that read the samples.</param>
    /// <param name="now">What distinguishes the present one.</param>
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

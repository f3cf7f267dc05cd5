using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The placeholders in texts of experiments and services, beside the axes of the matrix. docs/experiments.md has them for users.</summary>
internal static class CellPlaceholders
{
    /// <summary>Those that stand alone.</summary>
    public static IReadOnlyList<string> Bare { get; } = ["project", "work", "output", "generated", "processors", "sample"];

    /// <summary>Those with a name behind a colon.</summary>
    public static IReadOnlyList<string> WithName { get; } = ["tool", "folder", "source", "file", "copy", "port", "output", "outputs"];

    /// <summary>Kind and name of a placeholder; null when it is none of these, has a name that its kind does not take, or lacks one.</summary>
    public static (string Kind, string Name)? Parse(string placeholder)
    {
        var colon = placeholder.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return Bare.Contains(placeholder) ? (placeholder, "") : null;
        var (kind, name) = (placeholder[..colon], placeholder[(colon + 1)..]);
        return WithName.Contains(kind) && name.Length > 0 ? (kind, name) : null;
    }

    /// <summary>What a placeholder that means nothing was meant to be.</summary>
    public static string Hint(string placeholder, IEnumerable<string> axes)
    {
        var kind = placeholder.Split(':', 2)[0];
        return placeholder.Contains(':', StringComparison.Ordinal) && Bare.Contains(kind) && !WithName.Contains(kind) ? $" {{{kind}}} takes no name."
            : WithName.Contains(placeholder.TrimEnd(':')) ? $" {{{placeholder.TrimEnd(':')}:NAME}} needs a name."
            : Suggestion.For(placeholder, axes.Concat(Bare).Concat(WithName.Select(known => known + ":NAME")));
    }
}

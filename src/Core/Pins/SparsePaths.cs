using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Pins;

/// <summary>
/// The part of a repository that is fetched and checked out: files, folders, and patterns, in which <c>*</c> and
/// <c>?</c> match within a name and <c>**</c> matches across folders. A folder stands for everything below it, also if
/// a pattern matches it.
/// </summary>
public sealed class SparsePaths
{
    private const string Form =
        "paths below the repository, such as src;data/*, without '..' and '.git', and with '**' only for whole folders";

    private readonly Regex whole;

    private SparsePaths(IEnumerable<string> patterns)
    {
        Patterns = [.. patterns.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        whole = Expression(Patterns);
    }

    /// <summary>The patterns, sorted, without slashes at their ends.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Reads the metadata <c>SparsePaths</c>; null when the whole repository is wanted.</summary>
    internal static SparsePaths? Parse(MetadataReader reader)
    {
        const string name = nameof(SparsePaths);
        var patterns = reader.List(name).Select(pattern => pattern.TrimEnd('/')).ToList();
        foreach (var pattern in patterns.Where(pattern => !IsBelow(pattern)))
            reader.Bad(name, pattern, Form);
        return patterns.Count == 0 || !patterns.TrueForAll(IsBelow) ? null : new(patterns);
    }

    /// <summary>The paths that <see cref="ToString"/> wrote; null when the text is empty.</summary>
    internal static SparsePaths? Read(string text) =>
        text.Length == 0 ? null : new(Notation.List(text));

    /// <summary>A pattern in the notation of git's own sparse checkouts and path specifications.</summary>
    internal static string ForGit(string pattern) => pattern.Replace("[", @"\[", StringComparison.Ordinal);

    /// <summary>Whether a file of the repository belongs to the part.</summary>
    public bool Includes(string path) => whole.IsMatch(path);

    /// <summary>The patterns that match none of the files.</summary>
    internal IReadOnlyList<string> WithoutMatch(IReadOnlyList<string> files) =>
        [.. Patterns.Where(pattern => Expression([pattern]) is var one && !files.Any(one.IsMatch))];

    /// <summary>The patterns as a list of the declaration.</summary>
    public override string ToString() => Notation.Write(Patterns);

    private static bool IsBelow(string pattern) => !pattern.Contains('\\', StringComparison.Ordinal)
        && !pattern.Any(char.IsControl)
        && pattern.Split('/').All(part => part is not ("" or "." or "..")
            && (part == "**" || !part.Contains("**", StringComparison.Ordinal))
            && !part.Equals(".git", StringComparison.OrdinalIgnoreCase));

    private static Regex Expression(IEnumerable<string> patterns) =>
        new($@"\A(?:{string.Join('|', patterns.Select(PathPattern.Expression))})(?:/.*)?\z",
            RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
}

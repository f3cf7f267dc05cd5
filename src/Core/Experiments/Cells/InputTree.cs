using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The files that an experiment declares as its inputs, as they are on the disk.</summary>
internal static class InputTree
{
    /// <summary>Absolute paths of the regular files and links that an input comprises.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="input">The input as declared.</param>
    /// <param name="pattern">Absolute path or pattern.</param>
    /// <param name="all">Absolute paths and patterns of all inputs of the experiment.</param>
    /// <exception cref="Diagnostics.DiagnosticException">The input matches no file, or comprises something that is
    /// neither a regular file nor a link.</exception>
    public static IReadOnlyList<string> Of(ExperimentDeclaration experiment, string input, string pattern,
        IReadOnlyList<string> all)
    {
        var found = Globbing.Find(pattern);
        if (found.Count == 0)
            throw ExperimentRules.MissingInput.Error(experiment.Item.Where, experiment.Name, input, pattern);
        foreach (var file in found)
            if (Problem(file, pattern, all) is { } problem)
                throw ReadingRules.UnusableInput.Error(experiment.Item.Where, experiment.Name,
                    PlainText.Line(file.Path), problem);
        return [.. found.Select(file => file.Path)];
    }

    /// <summary>The hash of an input.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The input cannot be read.</exception>
    public static string HashOf(ExperimentDeclaration experiment, string name, string path, ContentHashes hashes)
    {
        try
        {
            return hashes.OfEntry(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ReadingRules.UnusableInput.Error(experiment.Item.Where, experiment.Name, PlainText.Line(name),
                Words(problem));
        }
    }

    private static string? Problem(FoundFile file, string pattern, IReadOnlyList<string> all) => file switch
    {
        { Problem: { } problem } => problem,
        { Kind: FileKind.Regular } when !Path.Exists(file.Path) => "has a name that is not UTF-8",
        { Kind: FileKind.Regular } => null,
        { Kind: FileKind.Link } when Directory.Exists(file.Path)
            && Outside(file.Path, [pattern, .. all]) is { } target =>
            $"is a link to the folder '{target}', which is not followed; name that folder among the Inputs, too",
        { Kind: FileKind.Link } => null,
        { Kind: var kind } => $"is {kind.Words()}",
    };

    // The target of a link that lies within the inputs is hashed at its own path, and need not be hashed again through
    // the link.
    private static string? Outside(string link, IReadOnlyList<string> inputs)
    {
        var target = Real(link);
        return inputs.Select(input => input.AsSpan().IndexOfAny('*', '?') is var wild and >= 0
            ? Path.GetDirectoryName(input[..(wild + 1)])! : input)
            .Any(root => (target + '/').StartsWith(Real(root).TrimEnd('/') + '/', StringComparison.Ordinal))
            ? null : target;
    }

    private static string Real(string path)
    {
        // Each component of the path may be a link, but .NET resolves only the last one.
        var resolved = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (Directory.Exists(resolved)
                && Directory.ResolveLinkTarget(resolved, returnFinalTarget: true) is { } target)
                resolved = target.FullName;
        }
        return resolved;
    }

    private static string Words(Exception problem) =>
        problem.Message.StartsWith('\'') ? problem.Message[(problem.Message.IndexOf('\'', 1) + 1)..].Trim()
        : problem.Message.StartsWith("is ", StringComparison.Ordinal)
            || problem.Message.StartsWith("has ", StringComparison.Ordinal) ? problem.Message
        : $"cannot be read: {problem.Message}";
}

using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>Runs git for tests that make repositories and examine them.</summary>
internal static class GitCommand
{
    /// <summary>Runs git, which must succeed, and returns its output.</summary>
    public static string Run(string folder, params string[] arguments) =>
        Run(folder, arguments, new Dictionary<string, string?>());

    /// <summary>Runs git with the given environment variables and a text on its standard input.</summary>
    public static string Run(string folder, string[] arguments, IReadOnlyDictionary<string, string?> variables,
        byte[]? input = null)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Programs.Run(start, TimeSpan.FromMinutes(2), input).Succeeds().Output.Trim();
    }

    /// <summary>Makes a repository with all files of a folder, and returns its only commit.</summary>
    public static string CommitAll(string folder)
    {
        Run(folder, "init", "--quiet");
        Run(folder, "add", "--all");
        Run(folder, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message", "all");
        return Run(folder, "rev-parse", "HEAD");
    }
}

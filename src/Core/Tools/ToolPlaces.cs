using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// What surrounds a tool when it runs: for an evaluation with the paths of its machine, for a script with variables.
/// </summary>
internal static class ToolPlaces
{
    /// <summary>The variables that it needs; its own win over those of what it needs.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="needs">What it needs.</param>
    /// <param name="dotNetRoot">Folder of the .NET installation that it runs on; null when it is no .NET tool.</param>
    /// <param name="valueOf">What its placeholders become.</param>
    public static Dictionary<string, string> Environment(ToolDeclaration tool, IEnumerable<ResolvedTool> needs,
        string? dotNetRoot, Func<Placeholder, string> valueOf)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in needs.SelectMany(need => need.Environment))
            environment[name] = value;
        if (dotNetRoot is not null)
            environment["DOTNET_ROOT"] = dotNetRoot;
        foreach (var (name, value) in tool.Environment)
            environment[name] = value.Fill(valueOf);
        return environment;
    }

    /// <summary>The folders that it puts on PATH, without those of what it needs, which come after them.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="folder">The folder of its executable.</param>
    /// <param name="projectDirectory">What its paths are relative to.</param>
    /// <param name="valueOf">What its placeholders become.</param>
    public static IEnumerable<string> Folders(ToolDeclaration tool, string folder, string projectDirectory,
        Func<Placeholder, string> valueOf) =>
        tool.PathEntries.Select(entry => Path.Combine(projectDirectory, entry.Fill(valueOf))).Append(folder);
}

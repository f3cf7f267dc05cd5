using Verus.Artifact.Common;

namespace Verus.Artifact.Tools;

/// <summary>
/// The environment and the PATH of a tool, with the paths of this machine for an evaluation, and with shell variables
/// for a script.
/// </summary>
internal static class ToolPlaces
{
    /// <summary>
    /// The variables that the tool needs; the tool's own variables take precedence over those of the tools that it
    /// needs.
    /// </summary>
    /// <param name="tool">The tool.</param>
    /// <param name="needs">The tools that the tool needs.</param>
    /// <param name="dotNetRoot">Folder of the .NET installation on which the tool runs; null when it is not a .NET
    /// tool.</param>
    /// <param name="valueOf">Returns the value of a placeholder.</param>
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

    /// <summary>
    /// The folders that the tool puts on PATH, without those of the tools that it needs, which come after them.
    /// </summary>
    /// <param name="tool">The tool.</param>
    /// <param name="folder">The folder of the tool's executable.</param>
    /// <param name="projectDirectory">The folder to which the tool's paths are relative.</param>
    /// <param name="valueOf">Returns the value of a placeholder.</param>
    public static IEnumerable<string> Folders(ToolDeclaration tool, string folder, string projectDirectory,
        Func<Placeholder, string> valueOf) =>
        tool.PathEntries.Select(entry => Path.Combine(projectDirectory, entry.Fill(valueOf))).Append(folder);
}

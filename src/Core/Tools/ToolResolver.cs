using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>
/// Finds tools by explicit path, then among tools that were installed or built earlier, then on the search path,
/// without installing or building any.
/// </summary>
public static class ToolResolver
{
    /// <summary>
    /// Resolves all tools. Missing tools are part of the result instead of an exception, so that all of them can be
    /// shown at once. An unchanged tool whose output is remembered is not started.
    /// </summary>
    /// <exception cref="DiagnosticException">Tools depend on each other in a cycle, or on an undeclared
    /// tool.</exception>
    public static async Task<IReadOnlyList<ToolResult>> ResolveAsync(IReadOnlyList<ToolDeclaration> tools,
        ToolOptions options, IBuildLog log, CancellationToken cancellation)
    {
        var finder = new ToolFinder(options, new ToolMemory(options), new HostCommandRunner(options.Runner));
        foreach (var tool in Ordered(tools))
        {
            var result = await finder.FindAsync(tool, cancellation).ConfigureAwait(false);
            log.Detail(Describe(result));
        }
        finder.Memory.Save();
        return [.. tools.Select(tool => finder.Found[tool.Name])];
    }

    internal static string Describe(ToolResult result) =>
        result is ResolvedTool found
            ? $"Tool {found.Name} {found.Version}: {found.Path}" : $"Tool {result.Name}: missing";

    internal static IReadOnlyList<ToolDeclaration> Ordered(IReadOnlyList<ToolDeclaration> tools)
    {
        var diagnostics = new List<Diagnostic>();
        var ordered = ToolGraph.InOrder(tools, tools.Select(tool => tool.Name), diagnostics);
        return diagnostics.Count == 0 ? ordered : throw new DiagnosticException(diagnostics);
    }
}

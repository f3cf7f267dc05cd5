using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>Which tools need which.</summary>
public static class ToolGraph
{
    /// <summary>
    /// The named tools and all tools that they need, each after the tools that it needs. Unknown names and cycles are
    /// reported and left out.
    /// </summary>
    /// <param name="tools">All declarations.</param>
    /// <param name="wanted">Names of the tools that are requested. Names of unknown tools are skipped, since the
    /// declarations that refer to them report them.</param>
    /// <param name="diagnostics">Collector to which errors are added.</param>
    /// <param name="build">Whether to include tools that are needed only to build others.</param>
    public static IReadOnlyList<ToolDeclaration> InOrder(IEnumerable<ToolDeclaration> tools, IEnumerable<string> wanted,
        ICollection<Diagnostic> diagnostics, bool build = true)
    {
        var byName = tools.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase);
        var ordered = new List<ToolDeclaration>();
        var open = new List<ToolDeclaration>();
        var done = new HashSet<ToolDeclaration>(ReferenceEqualityComparer.Instance);
        foreach (var name in wanted)
            if (byName.TryGetValue(name, out var tool))
                Visit(tool);
        return ordered;

        void Visit(ToolDeclaration tool)
        {
            if (open.FindIndex(other => ReferenceEquals(other, tool)) is var start and >= 0)
            {
                var circle = open.Skip(start + 1).Select(other => other.Name).Append(tool.Name);
                diagnostics.Add(DeclarationRules.CircularReference.At(tool.Item.Where, "Tool", tool.Name,
                    string.Join(" -> ", circle)));
                return;
            }
            if (!done.Add(tool))
                return;
            open.Add(tool);
            foreach (var name in tool.Needs.Concat(build ? tool.Build?.Needs ?? [] : []))
            {
                if (byName.TryGetValue(name, out var needed))
                    Visit(needed);
                else
                    diagnostics.Add(DeclarationRules.UnknownReference.At(tool.Item.Where, "Tool", tool.Name, "Tool",
                        name, Suggestion.For(name, byName.Keys)));
            }
            open.RemoveAt(open.Count - 1);
            ordered.Add(tool);
        }
    }
}

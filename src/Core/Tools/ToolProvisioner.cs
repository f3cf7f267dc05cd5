using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>
/// Finds tools and provides those that are missing: installs packages from a registry, and builds tools that have a
/// recipe.
/// </summary>
public static class ToolProvisioner
{
    /// <summary>
    /// Resolves all tools, each after the tools that it needs. Tools that are already present are not provided again. A
    /// tool that could not be provided becomes a <see cref="MissingTool"/> with the reason in <see
    /// cref="MissingTool.Failure"/>; the other tools are still provided.
    /// </summary>
    /// <exception cref="DiagnosticException">Tools depend on each other in a cycle or on an undeclared tool, or the
    /// disk cannot be written.</exception>
    public static async Task<IReadOnlyList<ToolResult>> ProvideAsync(IReadOnlyList<ToolDeclaration> tools,
        ToolOptions options, IBuildLog log, CancellationToken cancellation)
    {
        var finder = new ToolFinder(options, new ToolMemory(options), new HostCommandRunner(options.Runner));
        foreach (var tool in ToolResolver.Ordered(tools))
        {
            var result = await finder.FindAsync(tool, cancellation).ConfigureAwait(false);
            if (result is MissingTool { Provision: not null, Failure: null } missing)
                result = finder.Found[tool.Name] = await ProvideAsync(tool, missing, finder, log,
                    cancellation).ConfigureAwait(false);
            if (result is ResolvedTool)
                DotNetToolInstaller.Pin(tool, finder.Rules(tool).Rule, options, log);
            log.Detail(ToolResolver.Describe(result));
        }
        finder.Memory.Save();
        return [.. tools.Select(tool => finder.Found[tool.Name])];
    }

    private static async Task<ToolResult> ProvideAsync(ToolDeclaration tool, MissingTool missing, ToolFinder finder,
        IBuildLog log, CancellationToken cancellation)
    {
        var rule = finder.Rules(tool).Rule;
        var failure = tool.Archive is not null
            ? await ToolArchive.UnpackAsync(tool, finder.Options, log, cancellation).ConfigureAwait(false)
            : DotNetToolInstaller.Describe(tool, rule, finder.Options) is not null
            ? await DotNetToolInstaller.InstallAsync(tool, rule!, finder.Options, log,
                cancellation).ConfigureAwait(false)
            : await ToolBuilder.BuildAsync(tool, finder.Found, finder.Options, finder.RunnerOf(tool), log,
                cancellation).ConfigureAwait(false);
        if (failure is not null)
            return missing with
            {
                Found = $"{missing.Found}, and providing it failed ({failure.Rule.Code})",
                Failure = failure,
                Provision = null
            };
        var again = await finder.FindAsync(tool, cancellation).ConfigureAwait(false);
        return again is MissingTool still ? still with { Provision = null } : again;
    }
}

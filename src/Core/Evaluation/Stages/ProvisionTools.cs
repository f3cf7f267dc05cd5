using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The tools that are ready for use.</summary>
public sealed record ProvidedTools
{
    /// <summary>The tools that experiments run, and the tools that these tools need.</summary>
    public required IReadOnlyList<ResolvedTool> Tools { get; init; }
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public required Gaps Gaps { get; init; }
}

/// <summary>The stage that installs and builds the tools of the experiments that can be measured.</summary>
/// <param name="context">The call.</param>
public sealed class ProvisionTools(EvaluationContext context)
{
    /// <summary>Provides the tools of the request. An experiment is left out when one of its tools cannot be
    /// provided.</summary>
    /// <exception cref="DiagnosticException">A tool could not be provided, and the options ask for an immediate
    /// error.</exception>
    public async Task<ProvidedTools> RunAsync(AcquiredInputs inputs, IBuildLog log, CancellationToken cancellation)
    {
        var (needs, gaps) = (context.Needs, inputs.Gaps);
        var (experiments, asked) = (gaps.Possible(context.Selection.Experiments),
            gaps.Possible(context.Selection.Tools));
        var needed = needs.Tools(experiments, asked).Select(tool => tool.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var results = await ToolProvisioner.ProvideAsync(needs.Tools(experiments, asked, build: true),
            context.ToolOptions(inputs), log, cancellation)
            .ConfigureAwait(false);
        List<ResolvedTool> tools = [.. results.OfType<ResolvedTool>()];
        foreach (var tool in tools)
            context.Trace.File(tool.Path);
        // A tool that is needed only for builds may be missing if nothing is built; what was missing before is known.
        var failed = results.OfType<MissingTool>().Where(tool => needed.Contains(tool.Name)
            && !gaps.MissingTools.ContainsKey(tool.Name)).ToList();
        if (failed.Count > 0 && context.Options.OnMissing == OnMissing.FailFast)
            throw new DiagnosticException([.. failed.Select(tool => Failure(tool, []))]);
        foreach (var tool in failed)
            gaps = LeaveOut(gaps, tool, log);
        return new ProvidedTools { Tools = tools, Gaps = gaps };
    }

    // An experiment without a tool that all of its cells need is left out; of the others, the cells that need the tool
    // are.
    private Gaps LeaveOut(Gaps gaps, MissingTool tool, IBuildLog log)
    {
        var users = gaps.Possible(context.Selection.Experiments)
            .Where(experiment => context.Needs.Tools([experiment], []).Any(needed => needed.Name == tool.Name))
            .ToLookup(experiment => context.Needs.IsOfEveryCell([tool.Name], experiment));
        var names = users[true].Select(experiment => experiment.Name).ToList();
        if (users[false].Any())
            names.Add($"cells that need it of {string.Join(", ", users[false].Select(experiment => experiment.Name))}");
        if (names.Count > 0)
            log.Info($"Left out: {string.Join(", ", names)}. "
                + (tool.Failure?.Message ?? $"Tool '{tool.Name}': needed {tool.Needed}, found {tool.Found}."));
        var next = gaps.Without(users[true], name => [ShortfallOf(tool, [name])]);
        if (users[false].Any())
            next = next.WithoutTool(tool.Name, ShortfallOf(tool, []));
        return context.Options.OnMissing == OnMissing.Fail ? next.With(Failure(tool, names)) : next;
    }

    private Diagnostic Failure(MissingTool tool, IReadOnlyList<string> neededBy) => tool.Failure
        ?? Preflight.Render([ShortfallOf(tool, neededBy)], context.Options.Layout.ProjectDirectory);

    private static Shortfall ShortfallOf(MissingTool tool, IReadOnlyList<string> neededBy) =>
        new($"tool {tool.Name}", tool.Needed, tool.Failure?.Message ?? tool.Found, tool.Remedy, neededBy);
}

using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// Builds tools from source, once for each combination of commit, steps, environment and build tools.
/// </summary>
public static class ToolBuilder
{
    /// <summary>
    /// Builds a tool unless it is already built. A build that was stopped or failed resumes at the step where it ended.
    /// The log of each step of a build is kept below <c>TOOLS/name/key/logs</c>.
    /// </summary>
    /// <param name="tool">The tool; it must have a recipe.</param>
    /// <param name="found">The results of looking for the tools that the build needs, by name.</param>
    /// <param name="options">The options for resolving tools, with the locations of sources and outputs.</param>
    /// <param name="runner">The runner for the steps; null while the image in which they run is not present.</param>
    /// <param name="log">Log that receives a message for each step.</param>
    /// <param name="cancellation">Cancels the build, and ends the running step with its children.</param>
    /// <returns>Null when the tool is built, otherwise a description of what went wrong.</returns>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public static async Task<Diagnostic?> BuildAsync(ToolDeclaration tool,
        IReadOnlyDictionary<string, ToolResult> found, ToolOptions options,
        ICommandRunner? runner, IBuildLog log, CancellationToken cancellation)
    {
        if (runner is null || ToolBuild.Of(tool, found, options, runner.Identity) is not { } build)
            return ToolRules.BuildNotReady.At(tool.Item.Where, tool.Name, WhatLacks(tool, found, options));
        if (build.BuiltHash() is not null && File.Exists(build.Executable))
            return null;
        using var own = await FolderLock.TakeAsync(build.Folder, log, cancellation).ConfigureAwait(false);
        try
        {
            return await BuildAsync(tool, build, options, runner, log, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(build.Folder, problem);
        }
    }

    private static async Task<Diagnostic?> BuildAsync(ToolDeclaration tool, ToolBuild build, ToolOptions options,
        ICommandRunner runner, IBuildLog log, CancellationToken cancellation)
    {
        if (build.BuiltHash() is not null && File.Exists(build.Executable))
            return null;
        if (!Directory.Exists(build.Working))
        {
            log.Info($"Building {tool.Name} from {tool.Build!.Source} in {build.Folder}");
            var checkout = options.Sources[tool.Build.Source].Path;
            if (!Directory.Exists(checkout))
                return ToolRules.BuildNotReady.At(tool.Item.Where, tool.Name,
                    $"the checkout of '{tool.Build.Source}' at '{checkout}'");
            SourceCopy.Make(checkout, build.Working, cancellation);
        }
        Directory.CreateDirectory(build.Inputs);
        foreach (var (name, path) in tool.Build!.Inputs)
            File.Copy(Path.GetFullPath(path, options.ProjectDirectory), Path.Combine(build.Inputs, name),
                overwrite: true);
        Directory.CreateDirectory(build.Output);
        Directory.CreateDirectory(build.Logs);
        var steps = build.Steps().ToList();
        var environment = build.StepEnvironment();
        for (var i = 0; i < steps.Count; i++)
        {
            var number = (i + 1).ToString("00", CultureInfo.InvariantCulture);
            var done = Path.Combine(build.Logs, number + ".done");
            if (File.Exists(done))
                continue;
            log.Info($"{tool.Name}: step {i + 1} of {steps.Count}: {CommandLine.Join(steps[i].Arguments)}");
            if (await RunStepAsync(tool, build, steps[i], $"{i + 1} of {steps.Count}",
                Path.Combine(build.Logs, number + ".log"), environment, runner, log, cancellation)
                .ConfigureAwait(false) is { } failure)
                return failure;
            AtomicFile.Write(done, "");
        }
        if (!File.Exists(build.Executable))
            return NothingBuilt(tool, build, steps.Count);
        await ListPackagesAsync(build, environment, runner, log, cancellation).ConfigureAwait(false);
        build.Complete(new ContentHashes().OfFile(build.Executable));
        return null;
    }

    // If the executable is missing after the last step, all steps run again the next time, since it is unknown which
    // step should have produced it.
    private static Diagnostic NothingBuilt(ToolDeclaration tool, ToolBuild build, int steps)
    {
        foreach (var done in Directory.EnumerateFiles(build.Logs, "*.done"))
            File.Delete(done);
        return ToolRules.NothingBuilt.At(tool.Item.Where, tool.Name, Amount.Count(steps, "step"), build.Executable,
            build.Logs);
    }

    private static async Task ListPackagesAsync(ToolBuild build, IReadOnlyDictionary<string, string> environment,
        ICommandRunner runner, IBuildLog log, CancellationToken cancellation)
    {
        if (build.OwnPackages is not { Length: > 0 } script)
            return;
        var lines = new List<string>();
        await runner.RunAsync(new BuildCommand(["/bin/sh", "-c", script], build.Output, environment,
            lines.Add)
        { Reads = build.Reads, Writes = [build.Folder] }, cancellation).ConfigureAwait(false);
        build.Packages.Settle([], PackageLock.PackagesIn(lines), log);
    }

    private static async Task<Diagnostic?> RunStepAsync(ToolDeclaration tool, ToolBuild build,
        (IReadOnlyList<string> Arguments, string Folder) step, string which, string logFile,
        IReadOnlyDictionary<string, string> environment, ICommandRunner runner, IBuildLog log,
        CancellationToken cancellation)
    {
        using var words = new StepLog(logFile);
        string outcome;
        try
        {
            var code = await runner.RunAsync(new BuildCommand(step.Arguments, step.Folder, environment, line =>
            {
                words.Write(line);
                log.Progress($"{tool.Name}: step {which}: {line}");
            })
            { Reads = build.Reads, Writes = [build.Folder] }, cancellation).ConfigureAwait(false);
            if (code == 0)
                return null;
            outcome = $"ended with exit code {code}";
        }
        catch (FileNotFoundException problem)
        {
            words.Write(problem.Message);
            outcome = "could not be started";
        }
        return ToolRules.StepFailed.At(tool.Item.Where, tool.Name, which, CommandLine.Join(step.Arguments), outcome,
            logFile, words.Tail);
    }

    /// <summary>Describes what a build needs but lacks.</summary>
    internal static string WhatLacks(ToolDeclaration tool, IReadOnlyDictionary<string, ToolResult> found,
        ToolOptions options) => string.Join(", ",
        (tool.Build?.Needs ?? []).Where(name => found.GetValueOrDefault(name) is not ResolvedTool)
            .Select(name => $"the tool {name}")
            .Concat((tool.Build?.Sources ?? []).Where(name => !options.Sources.ContainsKey(name))
                .Select(name => $"a checkout of '{name}'"))
            .Concat(tool.Image is { } image && options.InImage(image) is null
                ? [$"the image '{image}'"] : Array.Empty<string>())
            .Concat(options.ToolsDirectory is null ? ["a folder for tools"] : []));
}

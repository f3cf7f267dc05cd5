using System.Text.RegularExpressions;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>
/// Installs .NET tools from the package sources of the machine (and those of the project's NuGet.config) into
/// <c>TOOLS/name/version</c>. A folder with that name is complete: it is made under another name and renamed.
/// </summary>
internal static partial class DotNetToolInstaller
{
    /// <summary>What would be installed, in words; null when nothing can be.</summary>
    public static string? Describe(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        FolderOf(tool, rule, options) is not null && options.DotNetHost is not null && (!options.Offline || IsBundled(tool, rule!, options))
            ? $"install package {tool.DotNetTool} {rule!.Exact}" : null;

    /// <summary>The packages that an installed tool came from; empty when it is not there.</summary>
    public static IReadOnlyList<string> PackagesOf(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        FolderOf(tool, rule, options) is { } folder && Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(Path.Combine(folder, ".store"), $"*.{rule!.Exact}.nupkg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    /// <summary>The installed tool; null when it is not there.</summary>
    public static Candidate? InstalledAt(ToolDeclaration tool, VersionRule? rule, ToolOptions options)
    {
        if (FolderOf(tool, rule, options) is not { } folder || !Directory.Exists(folder))
            return null;
        var package = Path.Combine(folder, ".store", tool.DotNetTool!.ToLowerInvariant());
        var version = Directory.Exists(package) ? Path.GetFileName(Directory.EnumerateDirectories(package).FirstOrDefault()) : null;
        if (version is null)
            return null;
        var closure = Path.Combine(package, version, tool.DotNetTool.ToLowerInvariant(), version, "tools");
        var name = OperatingSystem.IsWindows() ? tool.Command + ".exe" : tool.Command;
        var kind = $".NET tool {tool.DotNetTool} {version} on {string.Join(' ', Runtimes(options))}";
        return new Candidate(Path.Combine(folder, name), closure, kind) { DotNetRoot = Root(options) };
    }

    /// <summary>Installs a tool that is not there yet; null when it is there now, else what went wrong.</summary>
    public static async Task<Diagnostic?> InstallAsync(ToolDeclaration tool, VersionRule rule, ToolOptions options, IBuildLog log, CancellationToken cancellation)
    {
        var folder = FolderOf(tool, rule, options)!;
        var parent = Path.GetDirectoryName(folder)!;
        using var own = await FolderLock.TakeAsync(parent, log, cancellation).ConfigureAwait(false);
        if (Directory.Exists(folder))
            return null;
        var version = rule.Exact!;
        var temporary = Path.Combine(parent, version + ".incomplete");
        var logFile = Path.Combine(parent, version + ".log");
        string last;
        log.Info($"Installing {tool.Name} {version} (package {tool.DotNetTool})");
        try
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            (var code, last) = await RunAsync(tool, version, temporary, logFile, options, cancellation).ConfigureAwait(false);
            if (code == 0)
            {
                Directory.Move(temporary, folder);
                return null;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(folder, problem);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return ToolRules.InstallFailed.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile, $"{options.DotNetHost}: {problem.Message}");
        }
        var words = await File.ReadAllTextAsync(logFile, cancellation).ConfigureAwait(false);
        if (Unreachable().IsMatch(words))
            return ToolRules.RegistryUnreachable.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile);
        return Absent().IsMatch(words)
            ? ToolRules.PackageMissing.At(tool.Item.Where, tool.Name, tool.DotNetTool, version)
            : ToolRules.InstallFailed.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile, last);
    }

    // The project's folder is where dotnet looks for a NuGet.config, so that an evaluation can name a source of its own.
    private static async Task<(int Code, string Last)> RunAsync(
        ToolDeclaration tool, string version, string into, string logFile, ToolOptions options, CancellationToken cancellation)
    {
        using var words = new StepLog(logFile);
        var target = PipeTarget.ToDelegate(words.Write);
        var run = await Cli.Wrap(options.DotNetHost!).WithArguments(["tool", "install", "--tool-path", into, tool.DotNetTool!, "--version", version, .. options.Offline ? ["--source", options.Packages!] : Array.Empty<string>()])
            .WithWorkingDirectory(options.ProjectDirectory).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(target).WithStandardErrorPipe(target)
            .WithEnvironmentVariables(variables => variables
                .Set("DOTNET_CLI_UI_LANGUAGE", "en").Set("DOTNET_NOLOGO", "1").Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1")
                // Set by the build that runs us, and meant for it alone.
                .Set("MSBuildSDKsPath", null).Set("MSBuildExtensionsPath", null).Set("MSBUILD_EXE_PATH", null))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        return (run.ExitCode, words.Tail);
    }

    private static string? FolderOf(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        tool.DotNetTool is not null && tool.Path is null && rule?.Exact is { } version && options.ToolsDirectory is { } tools
            ? Path.Combine(tools, tool.Name, version)
            : null;

    private static bool IsBundled(ToolDeclaration tool, VersionRule rule, ToolOptions options) =>
        options.Packages is { } folder && File.Exists(Path.Combine(folder, $"{tool.DotNetTool}.{rule.Exact}.nupkg".ToLowerInvariant()));

    // A .NET tool runs on a runtime of the machine, which decides over its speed; which ones there are is part of the identity.
    private static IEnumerable<string> Runtimes(ToolOptions options)
    {
        var folder = Root(options) is { } root ? Path.Combine(root, "shared", "Microsoft.NETCore.App") : null;
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal) : [];
    }

    private static string? Root(ToolOptions options) =>
        options.DotNetHost is { } host ? Path.GetDirectoryName(File.ResolveLinkTarget(host, returnFinalTarget: true)?.FullName ?? host) : null;

    [GeneratedRegex("NU1301|unable to load the service index|no such host|name or service not known|connection refused|network is unreachable", RegexOptions.IgnoreCase)]
    private static partial Regex Unreachable();

    [GeneratedRegex("is not found in NuGet feeds|could not be found|NU110[123]|not found in .* feed", RegexOptions.IgnoreCase)]
    private static partial Regex Absent();
}

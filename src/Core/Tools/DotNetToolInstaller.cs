using System.Text.RegularExpressions;
using CliWrap;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tools;

/// <summary>
/// Installs .NET tools from the package sources of the machine and of the project's NuGet.config into
/// <c>TOOLS/name/version</c>. A folder with the name of a version is complete, because it is made under a temporary
/// name and renamed.
/// </summary>
internal static partial class DotNetToolInstaller
{
    /// <summary>Describes what would be installed; returns null when no package can be installed.</summary>
    public static string? Describe(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        FolderOf(tool, rule, options) is not null && options.DotNetHost is not null
            && (!options.Offline || IsBundled(tool, rule!, options))
            ? $"install package {tool.DotNetTool} {rule!.Exact}" : null;

    /// <summary>
    /// The packages that an installed tool came from; empty when the tool is not installed, or no pin has its version,
    /// because then no bundle may include them.
    /// </summary>
    public static IReadOnlyList<string> PackagesOf(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        FolderOf(tool, rule, options) is { } folder && Directory.Exists(folder)
            && PinOf(tool, rule!, options) is not null
            ? [.. PackagesIn(folder)
                .Where(package => package.EndsWith($".{rule!.Exact}.nupkg", StringComparison.OrdinalIgnoreCase))] : [];

    /// <summary>
    /// Describes what is wrong with the packages of an installed tool; returns null when the packages are as pinned, or
    /// the tool is not installed.
    /// </summary>
    public static string? Refusal(ToolDeclaration tool, VersionRule? rule, ToolOptions options, ContentHashes hashes)
    {
        if (FolderOf(tool, rule, options) is not { } folder || !Directory.Exists(folder)
            || PinOf(tool, rule!, options) is not { } pin)
            return null;
        foreach (var (package, hash) in HashesIn(folder, rule!.Exact!, hashes))
            if (pin.PackageHashes.TryGetValue(package, out var pinned) && pinned != hash)
                return $"comes from another package {package} than the pinned one";
        return null;
    }

    /// <summary>Writes the hashes of an installed tool's packages into the ledger where its pin has none.</summary>
    public static void Pin(ToolDeclaration tool, VersionRule? rule, ToolOptions options, IBuildLog log)
    {
        if (FolderOf(tool, rule, options) is not { } folder || !Directory.Exists(folder)
            || PinOf(tool, rule!, options) is not { } pin)
            return;
        var found = HashesIn(folder, rule!.Exact!, options.Hashes ?? new ContentHashes());
        if (found.Exists(package => !pin.PackageHashes.ContainsKey(package.Name)))
            PinWriter.Write(pin.Item, "PackageHashes",
                string.Join(';', pin.PackageHashes.Select(pair => (Name: pair.Key, Hash: pair.Value))
                .Concat(found.Where(package => !pin.PackageHashes.ContainsKey(package.Name)))
                .Select(package => $"{package.Name}={package.Hash}")), log);
    }

    /// <summary>The tool as installed; null when it is not installed.</summary>
    public static Candidate? InstalledAt(ToolDeclaration tool, VersionRule? rule, ToolOptions options,
        ContentHashes hashes)
    {
        if (FolderOf(tool, rule, options) is not { } folder || !Directory.Exists(folder))
            return null;
        var package = Path.Combine(folder, ".store", tool.DotNetTool!.ToLowerInvariant());
        var version = Directory.Exists(package)
            ? Path.GetFileName(Directory.EnumerateDirectories(package).FirstOrDefault()) : null;
        if (version is null)
            return null;
        var closure = Path.Combine(package, version, tool.DotNetTool.ToLowerInvariant(), version, "tools");
        var name = OperatingSystem.IsWindows() ? tool.Command + ".exe" : tool.Command;
        var kind = $".NET tool {tool.DotNetTool} {version} on {string.Join(' ', Runtimes(options))}";
        return new Candidate(Path.Combine(folder, name), closure, kind)
        {
            DotNetRoot = Root(options),
            Refusal = Refusal(tool, rule, options, hashes)
        };
    }

    /// <summary>
    /// Installs a tool that is not installed yet. The result is null on success, and otherwise a description of what
    /// went wrong.
    /// </summary>
    public static async Task<Diagnostic?> InstallAsync(ToolDeclaration tool, VersionRule rule, ToolOptions options,
        IBuildLog log, CancellationToken cancellation)
    {
        var folder = FolderOf(tool, rule, options)!;
        var parent = Path.GetDirectoryName(folder)!;
        using var own = await FolderLock.TakeAsync(parent, log, cancellation).ConfigureAwait(false);
        var version = rule.Exact!;
        var temporary = Path.Combine(parent, version + ".incomplete");
        var logFile = Path.Combine(parent, version + ".log");
        string last;
        if (Directory.Exists(folder) && Refusal(tool, rule, options, options.Hashes ?? new ContentHashes()) is null)
            return null;
        log.Info($"Installing {tool.Name} {version} (package {tool.DotNetTool})");
        try
        {
            // An installation from a package that differs from the pinned one is not used.
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            (var code, last) = await RunAsync(tool, version, temporary, logFile, options,
                cancellation).ConfigureAwait(false);
            if (code == 0)
                return Keep(tool, rule, temporary, folder, options, log);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(folder, problem);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return ToolRules.InstallFailed.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile,
                $"{options.DotNetHost}: {problem.Message}");
        }
        return await FailureAsync(tool, version, logFile, last, cancellation).ConfigureAwait(false);
    }

    // Gives an installation its final name if its packages are the pinned ones. Before the packages are checked, no
    // code of a package runs.
    private static Diagnostic? Keep(ToolDeclaration tool, VersionRule rule, string temporary, string folder,
        ToolOptions options, IBuildLog log)
    {
        if (Check(tool, rule, temporary, options) is { } refused)
        {
            Directory.Delete(temporary, recursive: true);
            return refused;
        }
        Directory.Move(temporary, folder);
        Pin(tool, rule, options, log);
        return null;
    }

    private static async Task<Diagnostic> FailureAsync(ToolDeclaration tool, string version, string logFile,
        string last, CancellationToken cancellation)
    {
        var words = await File.ReadAllTextAsync(logFile, cancellation).ConfigureAwait(false);
        if (Unreachable().IsMatch(words))
            return ToolRules.RegistryUnreachable.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile);
        return Absent().IsMatch(words)
            ? ToolRules.PackageMissing.At(tool.Item.Where, tool.Name, tool.DotNetTool, version)
            : ToolRules.InstallFailed.At(tool.Item.Where, tool.Name, tool.DotNetTool, version, logFile, last);
    }

    // dotnet looks for a NuGet.config in the project's folder, so that an evaluation can name its own package source.
    private static async Task<(int Code, string Last)> RunAsync(
        ToolDeclaration tool, string version, string into, string logFile, ToolOptions options,
        CancellationToken cancellation)
    {
        using var words = new StepLog(logFile);
        var target = PipeTarget.ToDelegate(words.Write);
        var run = await Cli.Wrap(options.DotNetHost!)
            .WithArguments(["tool", "install", "--tool-path", into, tool.DotNetTool!, "--version", version,
                .. options.Offline ? ["--source", options.Packages!] : Array.Empty<string>()])
            .WithWorkingDirectory(options.ProjectDirectory).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(target).WithStandardErrorPipe(target)
            .WithEnvironmentVariables(variables => variables
                .Set("DOTNET_CLI_UI_LANGUAGE", "en").Set("DOTNET_NOLOGO", "1").Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1")
                // The variables that the build around this process has set for itself are not passed on.
                .Set("MSBuildSDKsPath", null).Set("MSBuildExtensionsPath", null).Set("MSBUILD_EXE_PATH", null))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        return (run.ExitCode, words.Tail);
    }

    private static string? FolderOf(ToolDeclaration tool, VersionRule? rule, ToolOptions options) =>
        tool.DotNetTool is not null && tool.Path is null && rule?.Exact is { } version
            && options.ToolsDirectory is { } tools
            ? Path.Combine(tools, tool.Name, version)
            : null;

    // A package in a bundle is code from somebody else: without a hash in the ledger the package is treated as missing.
    private static bool IsBundled(ToolDeclaration tool, VersionRule rule, ToolOptions options) =>
        options.Packages is { } folder && PinOf(tool, rule, options) is { } pin
            && pin.PackageHashes.TryGetValue(tool.DotNetTool!, out var hash)
        && Path.Combine(folder, pin.FileOf(tool.DotNetTool!)) is var package && File.Exists(package)
        && (options.Hashes ?? new ContentHashes()).OfFile(package) == hash;

    // Describes a package that differs from its pin; null when each package is as pinned. In offline mode each package
    // of a .NET tool must be pinned.
    private static Diagnostic? Check(ToolDeclaration tool, VersionRule rule, string folder, ToolOptions options)
    {
        var pin = PinOf(tool, rule, options);
        foreach (var (package, hash) in HashesIn(folder, rule.Exact!, new ContentHashes()))
        {
            var pinned = pin?.PackageHashes.GetValueOrDefault(package);
            if (pinned is null && options.Offline)
                return ToolRules.UnpinnedPackage.At(pin?.Item.Where ?? tool.Item.Where, tool.Name, package, rule.Exact);
            if (pinned is not null && pinned != hash)
                return ToolRules.OtherPackage.At(pin!.Item.Where, tool.Name, package, rule.Exact, hash, pinned);
        }
        return null;
    }

    // The pin that has hashes for the installed version, if any: another version, chosen by VersionOverride, has other
    // packages.
    private static ToolPin? PinOf(ToolDeclaration tool, VersionRule rule, ToolOptions options) =>
        options.ToolPins.GetValueOrDefault(tool.Name) is { } pin && pin.Version.Trim() == rule.Exact ? pin : null;

    private static List<string> PackagesIn(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder, ".store"), "*.nupkg", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)];

    // The folder of an installation holds each package under two names, with and without its version, in the spelling
    // that the package's author chose.
    private static List<(string Name, string Hash)> HashesIn(string folder, string version, ContentHashes hashes) =>
        [.. PackagesIn(folder).Select(path =>
    {
        var name = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        return (name.EndsWith("." + version, StringComparison.OrdinalIgnoreCase) ? name[..^(version.Length + 1)] : name,
            hashes.OfFile(path));
    }).Distinct()];

    // The available runtimes are part of a .NET tool's identity, because it runs on a runtime of the machine, which
    // determines its speed.
    private static IEnumerable<string> Runtimes(ToolOptions options)
    {
        var folder = Root(options) is { } root ? Path.Combine(root, "shared", "Microsoft.NETCore.App") : null;
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal) : [];
    }

    private static string? Root(ToolOptions options) =>
        options.DotNetHost is { } host
            ? Path.GetDirectoryName(File.ResolveLinkTarget(host, returnFinalTarget: true)?.FullName ?? host) : null;

    [GeneratedRegex("NU1301|unable to load the service index|no such host|name or service not known|connection "
        + "refused|network is unreachable", RegexOptions.IgnoreCase)]
    private static partial Regex Unreachable();

    [GeneratedRegex("is not found in NuGet feeds|could not be found|NU110[123]|not found in .* feed",
        RegexOptions.IgnoreCase)]
    private static partial Regex Absent();
}

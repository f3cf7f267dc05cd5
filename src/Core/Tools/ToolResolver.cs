using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>Finds tools by explicit path, then in the search path, and says which versions they are.</summary>
public static class ToolResolver
{
    /// <summary>Resolves all tools; what is missing is in the result, not an exception, so that all of it can be shown at once.</summary>
    public static async Task<IReadOnlyList<ToolResult>> ResolveAsync(IReadOnlyList<ToolDeclaration> tools, ToolOptions options, IBuildLog log, CancellationToken cancellation)
    {
        var results = new List<ToolResult>();
        foreach (var tool in tools)
        {
            var result = await ResolveAsync(tool, options, cancellation).ConfigureAwait(false);
            log.Detail(result is ResolvedTool found ? $"Tool {found.Name} {found.Version}: {found.Path}" : $"Tool {tool.Name}: missing");
            results.Add(result);
        }
        return results;
    }

    private static async Task<ToolResult> ResolveAsync(ToolDeclaration tool, ToolOptions options, CancellationToken cancellation)
    {
        var pin = tool.Version ?? options.Pins.GetValueOrDefault(tool.Name);
        var rule = tool.VersionOverride ?? pin;
        var findings = new List<string>();
        // An explicit path is the user's word: falling back to PATH would measure another program than the one named.
        var candidates = tool.Path is { } path ? [System.IO.Path.GetFullPath(path, options.ProjectDirectory)] : options.SearchPath.Select(folder => System.IO.Path.Combine(folder, tool.Command));
        foreach (var candidate in candidates)
        {
            if (Directory.Exists(candidate))
                findings.Add($"{candidate} is a folder");
            else if (!File.Exists(candidate))
                continue;
            else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(candidate) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0)
                findings.Add($"{candidate} is not executable");
            else
            {
                var (output, problem) = await PrintVersionAsync(tool, candidate, options.VersionTimeout, cancellation).ConfigureAwait(false);
                var match = Regex.Match(output, tool.VersionPattern);
                var extra = tool.Identity.Select(entry => System.IO.Path.GetFullPath(entry, options.ProjectDirectory)).ToList();
                var gone = extra.Find(entry => !System.IO.Path.Exists(entry));
                if (problem is not null)
                    findings.Add($"{candidate} {problem}");
                else if (!match.Success)
                    findings.Add($"{candidate} printed no version for '{string.Join(' ', tool.VersionArguments)}'");
                else if (rule is not null && !rule.Accepts(match.Groups[1].Value))
                    findings.Add($"{candidate} is {match.Groups[1].Value}");
                else if (gone is not null)
                    findings.Add($"{candidate} lacks '{gone}', which is part of its identity");
                else
                    return new ResolvedTool(tool.Name, candidate, match.Groups[1].Value, Identity(candidate, output, extra), Deviation(tool, pin, match.Groups[1].Value));
            }
        }
        return new MissingTool(tool.Name, rule?.Text ?? "any version", findings.Count == 0 ? "nothing" : string.Join("; ", findings),
            tool.Remedy ?? $"Install {tool.Name}, or set the metadata Path of the item to its executable.");
    }

    private static string? Deviation(ToolDeclaration tool, VersionRule? pin, string version) =>
        tool.VersionOverride is null || pin is null || pin.Accepts(version) ? null : $"{tool.Name} {version} in place of the pinned {pin.Text}";

    // Some tools print their version on stderr or leave with a code other than 0, so neither counts against them.
    private static async Task<(string Output, string? Problem)> PrintVersionAsync(ToolDeclaration tool, string path, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            var run = await Cli.Wrap(path).WithArguments(tool.VersionArguments).WithValidation(CommandResultValidation.None)
                .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C")).ExecuteBufferedAsync(limit.Token).ConfigureAwait(false);
            return (run.StandardOutput + "\n" + run.StandardError, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ("", $"did not print its version within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return ("", $"cannot be started: {problem.Message}");
        }
    }

    // Names count relative to what was declared, so that an equal installation elsewhere has an equal identity.
    private static string Identity(string path, string output, IEnumerable<string> extra)
    {
        var text = new StringBuilder().Append(Hash(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path)).Append('\n').Append(output);
        foreach (var entry in extra)
        {
            var files = Directory.Exists(entry) ? Directory.EnumerateFiles(entry, "*", SearchOption.AllDirectories) : [entry];
            foreach (var file in files.Order(StringComparer.Ordinal))
                text.Append('\n').Append(System.IO.Path.GetRelativePath(entry, file)).Append(' ').Append(Hash(file));
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

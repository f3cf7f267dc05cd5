using System.Formats.Tar;
using System.IO.Compression;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tools;

/// <summary>
/// Tools that their authors publish as an archive: a pinned download is unpacked into <c>TOOLS/name/hash</c>. A folder
/// with the name of a hash is complete, because it is made under a temporary name and renamed.
/// </summary>
internal static class ToolArchive
{
    private const int HashDigits = 16;

    private const UnixFileMode Program = UnixFileMode.UserExecute | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>The tool as unpacked; null when it does not come from an archive, or is not unpacked yet.</summary>
    public static Candidate? UnpackedAt(ToolDeclaration tool, ToolOptions options) =>
        FolderOf(tool, options) is { } folder && Directory.Exists(folder)
            ? new Candidate(Path.GetFullPath(tool.Archive!.Value.Executable, folder), folder, "archive") : null;

    /// <summary>Describes what would be unpacked; returns null when no archive can be unpacked.</summary>
    public static string? Describe(ToolDeclaration tool, ToolOptions options) =>
        tool is { Archive: { } archive, Path: null } && options.ToolsDirectory is not null
            && tool.VersionOverride is null
            && (!options.Offline || options.Files.TryGetValue(archive.File, out var file) && File.Exists(file.Path))
            ? $"unpack {archive.File}" : null;

    /// <summary>Unpacks a tool that is not unpacked yet. The result is null on success, and otherwise a description of
    /// what went wrong.</summary>
    public static async Task<Diagnostic?> UnpackAsync(ToolDeclaration tool, ToolOptions options, IBuildLog log,
        CancellationToken cancellation)
    {
        var (name, executable) = tool.Archive!.Value;
        if (FolderOf(tool, options) is not { } folder || !options.Files.TryGetValue(name, out var file)
            || !File.Exists(file.Path))
            return ToolRules.BuildNotReady.At(tool.Item.Where, tool.Name, $"the download '{name}'");
        using var own = await FolderLock.TakeAsync(Path.GetDirectoryName(folder)!, log,
            cancellation).ConfigureAwait(false);
        if (Directory.Exists(folder))
            return null;
        log.Info($"Unpacking {tool.Name} from {name}");
        var temporary = folder + ".incomplete";
        try
        {
            FolderRemoval.Remove(temporary);
            Directory.CreateDirectory(temporary);
            await UnpackAsync(file.Path, temporary, cancellation).ConfigureAwait(false);
            if (!File.Exists(Path.GetFullPath(executable, temporary)))
                return ToolRules.NotInArchive.At(tool.Item.Where, tool.Name, name, executable, Shown(temporary));
            Directory.Move(temporary, folder);
            return null;
        }
        catch (InvalidDataException problem)
        {
            return ToolRules.BadArchive.At(tool.Item.Where, tool.Name, name, problem.Message.TrimEnd('.'));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Explain(folder, problem);
        }
        finally
        {
            FolderRemoval.Remove(temporary);
        }
    }

    // The .NET class library refuses entries of an archive that would lie outside of the folder.
    private static async Task UnpackAsync(string archive, string folder, CancellationToken cancellation)
    {
        await using var content = RegularFile.Open(archive, followLink: true);
        var start = new byte[4];
        var length = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false,
            cancellation).ConfigureAwait(false);
        content.Position = 0;
        if (length == 4 && start is [(byte)'P', (byte)'K', ..])
            await ZipFile.ExtractToDirectoryAsync(content, folder, cancellation).ConfigureAwait(false);
        else if (length == 4 && start is [0x1f, 0x8b, ..])
        {
            await using var tar = new GZipStream(content, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(tar, folder, overwriteFiles: false,
                cancellation).ConfigureAwait(false);
        }
        else
            throw new InvalidDataException("it is neither a zip archive nor a gzip-compressed tar archive");
        if (!OperatingSystem.IsWindows())
            MakePrograms(folder);
    }

    // Archives that were made on other systems do not record which files are executable.
    private static void MakePrograms(string folder)
    {
        foreach (var path in FolderTree.Below(folder).Where(entry => entry.Kind == FileKind.Regular)
            .Select(entry => Path.Combine(folder, entry.Relative)))
        {
            var start = new byte[4];
            using (var content = RegularFile.Open(path))
                _ = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (!OperatingSystem.IsWindows()
                && start is [0x7f, (byte)'E', (byte)'L', (byte)'F'] or [(byte)'#', (byte)'!', ..])
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | Program);
        }
    }

    private static string Shown(string folder)
    {
        const int most = 5;
        var names = FolderTree.Below(folder).Where(entry => entry.Kind == FileKind.Regular)
            .Select(entry => PlainText.Line(entry.Relative)).ToList();
        return names.Count == 0 ? "no file" : string.Join(", ", names.Take(most))
            + (names.Count > most ? $" and {Amount.Count(names.Count - most, "more file")}" : "");
    }

    private static string? FolderOf(ToolDeclaration tool, ToolOptions options) =>
        tool is { Archive: { } archive, Path: null } && options.ToolsDirectory is { } tools
            && options.Files.TryGetValue(archive.File, out var file)
            ? Path.Combine(tools, tool.Name, file.Identity[..HashDigits]) : null;
}

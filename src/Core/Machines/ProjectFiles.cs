using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Machines;

/// <summary>What a call knows of its project, of which a part is sent to machines.</summary>
public sealed record MachineCall
{
    /// <summary>Absolute path of the project.</summary>
    public required string ProjectFile { get; init; }
    /// <summary>Absolute paths of all files that the project imports.</summary>
    public required IReadOnlyList<string> Imports { get; init; }
    /// <summary>The properties of the command line.</summary>
    public required IReadOnlyDictionary<string, string> Properties { get; init; }
    /// <summary>The addresses of all machines, which no machine has to know.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
    /// <summary>Absolute path of the folder with the SDK's own programs.</summary>
    public required string ToolsDirectory { get; init; }
    /// <summary>Absolute paths of the assemblies of extensions.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];
}

/// <summary>
/// The files of a project that a machine needs: those of its repository that git does not ignore (of its folder, if
/// there is no repository), the SDK's programs, and the packages that the project imports.
/// </summary>
/// <param name="call">The project.</param>
/// <param name="evaluation">Absolute path of the evaluation's folder, which stays here.</param>
/// <param name="searchPath">The folders in which git is looked up.</param>
internal sealed class ProjectFiles(MachineCall call, string evaluation, IReadOnlyList<string> searchPath)
{
    private static readonly string[] Outputs = ["bin", "obj", ".git", ".vs"];
    private static readonly string DotNet = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
    private readonly string project = Path.GetDirectoryName(call.ProjectFile)!;

    /// <summary>The folder on the machine that has the project's repository.</summary>
    public const string Project = "project";
    /// <summary>The folder on the machine that has the packages.</summary>
    public const string Packages = "nuget";

    /// <summary>Path of the project on the machine, relative to the part's folder; known once the files are.</summary>
    public string ProjectThere { get; private set; } = "";

    /// <summary>Finds the files.</summary>
    /// <exception cref="DiagnosticException">The project imports a file that cannot be sent.</exception>
    public async Task<IReadOnlyList<BroughtFile>> FindAsync(MachineDeclaration machine, CancellationToken cancellation)
    {
        var git = searchPath.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "git.exe" : "git"))
            .FirstOrDefault(File.Exists);
        var root = git is null ? null : await AskAsync(git, project, cancellation, "rev-parse", "--show-toplevel")
            .ConfigureAwait(false) is [var top, ..] ? top.TrimEnd('\n') : null;
        var inside = root is null ? Below(project)
            : (await AskAsync(git!, root, cancellation, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
                .ConfigureAwait(false) ?? []).Select(path => Path.Combine(root, path));
        root ??= project;
        var files = inside.Concat(Below(call.ToolsDirectory).Where(path => IsBelow(path, root)))
            .Concat(call.Extensions.Where(path => IsBelow(path, root))
                .SelectMany(path => Below(Path.GetDirectoryName(path)!)))
            .Where(path => !IsBelow(path, evaluation)).ToHashSet(StringComparer.Ordinal);
        var packages = new HashSet<string>(StringComparer.Ordinal);
        foreach (var import in call.Imports)
        {
            if (PackageOf(import) is { } package)
                packages.Add(package);
            else if (IsBelow(import, root))
                files.Add(import);
            else if (!IsBelow(import, DotNet))
                throw MachineRules.OutsideProject.Error(machine.Item.Where, import, root, machine.Name);
        }
        ProjectThere = There(root, call.ProjectFile);
        // A submodule is a folder, and a file may have been removed without git's knowledge.
        return
        [
            .. files.Where(path => !IsRestored(path, root) && IsFile(path))
                .Select(path => new BroughtFile(There(root, path), path)),
            .. packages.SelectMany(package => Below(package, []).Select(path => new BroughtFile(
                $"{Packages}/{Slashes(Path.GetRelativePath(Path.GetFullPath("../..", package), path))}", path))),
        ];
    }

    private static bool IsFile(string path) => new FileInfo(path) is { LinkTarget: not null } or { Exists: true };

    private static string There(string root, string path) => $"{Project}/{Slashes(Path.GetRelativePath(root, path))}";

    // What a restore leaves has paths of this machine.
    private static bool IsRestored(string path, string root) =>
        Slashes(Path.GetRelativePath(root, path)).Split('/').SkipLast(1).Contains("obj");

    private static string Slashes(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    // NuGet writes this file into the folder of each package that it unpacked.
    private static string? PackageOf(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, ".nupkg.metadata")))
                return folder;
        return null;
    }

    private IEnumerable<string> Below(string folder) => Below(folder, Outputs);

    private IEnumerable<string> Below(string folder, string[] without)
    {
        var folders = new Stack<string>(Directory.Exists(folder) ? [Path.TrimEndingDirectorySeparator(folder)] : []);
        while (folders.TryPop(out var current))
            foreach (var entry in new DirectoryInfo(current).EnumerateFileSystemInfos())
                if (entry is FileInfo || entry.LinkTarget is not null)
                    yield return entry.FullName;
                else if (!without.Contains(entry.Name) && entry.FullName != evaluation)
                    folders.Push(entry.FullName);
    }

    private static async Task<IReadOnlyList<string>?> AskAsync(string git, string folder,
        CancellationToken cancellation, params string[] arguments)
    {
        var answer = await Cli.Wrap(git).WithArguments(arguments).WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
        return answer.ExitCode == 0
            ? answer.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
    }
}

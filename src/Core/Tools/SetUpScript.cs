namespace Verus.Artifact.Tools;

/// <summary>
/// The script that sets a machine up, <c>eng/setup.sh</c>, and the words that it takes, which docs/set-up.md explains
/// for users.
/// </summary>
public static class SetUpScript
{
    /// <summary>The argument of the set-up script that provides a container engine, usable by this user.</summary>
    public const string Engine = "engine";

    /// <summary>The argument of the set-up script that provides QEMU and usable hardware virtualisation.</summary>
    public const string VirtualMachines = "vm";

    /// <summary>The argument of the set-up script that provides rustup, for toolchains of Rust.</summary>
    public const string Rustup = "rustup";

    /// <summary>The package of Debian and Ubuntu that a word names; null for another word.</summary>
    public static string? PackageOf(string word) =>
        word.StartsWith(Debian, StringComparison.Ordinal) ? word[Debian.Length..].Split(':')[0] : null;

    private const string Debian = "deb:", Script = "eng/setup.sh";

    // rustup's own installer, as its authors document it.
    private const string RustupInstaller =
        "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain none";

    /// <summary>The word for a package of Debian and Ubuntu.</summary>
    /// <param name="name">The name of the package.</param>
    /// <param name="program">A program that the package is installed for: the package is not installed if there is such
    /// a program. Null to look for the package itself.</param>
    public static string Package(string name, string? program = null) =>
        Debian + name + (program is null ? "" : ":" + program);

    /// <summary>
    /// The words for a program: rustup by name, because few releases of Debian and Ubuntu have a package of it, and any
    /// other program by its package.
    /// </summary>
    /// <param name="program">The name of the program.</param>
    /// <param name="package">Its package of Debian and Ubuntu; null when none is declared.</param>
    /// <param name="replaceable">Whether any program of that name replaces the package.</param>
    public static IReadOnlyList<string> Program(string program, string? package, bool replaceable) =>
        program == Rustup ? [Rustup] : package is null ? [] : [Package(package, replaceable ? program : null)];

    /// <summary>
    /// The command that provides what the words name: the set-up script of the repository, or apt-get where there is
    /// none. Null when there are no words.
    /// </summary>
    /// <param name="words">The words; repetitions are left out.</param>
    /// <param name="project">Absolute path of the project's folder. The script is looked for there and in the folders
    /// above it.</param>
    public static string? CommandFor(IReadOnlyList<string> words, string project)
    {
        var sorted = words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (sorted.Count == 0)
            return null;
        for (var folder = project; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Combine(folder, Script) is var script && File.Exists(script))
                return $"{Path.GetRelativePath(project, script)} {string.Join(' ', sorted)}";
        var packages = sorted.SelectMany(word => word switch
        {
            Engine => ["docker.io"],
            VirtualMachines => ["qemu-system-x86", "qemu-utils"],
            Rustup => [],
            _ => new[] { word[Debian.Length..] },
        }).Order(StringComparer.Ordinal).ToList();
        var groups = sorted.Where(word => word is Engine or VirtualMachines)
            .Select(word => word == Engine ? "docker" : "kvm").ToList();
        string[] steps =
        [
            packages.Count == 0 ? "" : $"sudo apt-get install --yes {string.Join(' ', packages)}",
            sorted.Contains(Rustup) ? RustupInstaller : "",
            groups.Count == 0 ? "" : $"sudo usermod -aG {string.Join(',', groups)} $USER; then log in again",
        ];
        return string.Join(" && ", steps.Where(step => step.Length > 0));
    }
}

using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>
/// The packages that package managers installed while an image, a tool or a virtual machine was made. A recipe names
/// packages, but seldom the versions of all packages that these depend on, so that the same recipe may have another
/// result next year. The list of installed packages is kept in a file beside the ledger, which the author commits, and
/// every later build is compared with it.
/// </summary>
internal sealed partial class PackageLock
{
    private const string Head =
        "# What making this installed. A later build of the same recipe is compared with it; delete the file to accept "
            + "another result.";
    private const string Recipe = "recipe ";
    private const string Archive = "archive ";
    private const int MostShown = 10;

    // The scripts that list packages, one for each package manager; they print a line for each package with the
    // manager's name, the package and the version.
    private const string Pip = """
        command -v python3 >/dev/null 2>&1 && python3 -m pip list --format=freeze --disable-pip-version-check 2>/dev/null | while IFS='=' read -r name _ version; do echo "pip $name $version"; done

        """;
    private const string Opam = """
        command -v opam >/dev/null 2>&1 && opam list --installed --columns=name,version --short --color=never 2>/dev/null | while read -r name version; do echo "opam $name $version"; done

        """;

    /// <summary>A shell script that lists the packages of all package managers of a system.</summary>
    public const string AllPackages = """
        PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/root/.cargo/bin"
        command -v dpkg-query >/dev/null 2>&1 && dpkg-query -W -f 'apt ${Package}:${Architecture} ${Version}\n'
        command -v apk >/dev/null 2>&1 && apk info -v 2>/dev/null | while read -r one; do echo "apk ${one%-*-r*} ${one#"${one%-*-r*}"-}"; done
        command -v rpm >/dev/null 2>&1 && rpm -qa --qf 'rpm %{NAME}.%{ARCH} %{VERSION}-%{RELEASE}\n' 2>/dev/null
        command -v cargo >/dev/null 2>&1 && cargo install --list 2>/dev/null | while read -r name version rest; do case $version in v*:) version=${version%:}; echo "cargo $name ${version#v}";; esac; done
        command -v rustup >/dev/null 2>&1 && rustup toolchain list 2>/dev/null | while read -r name rest; do echo "rustup $name $name"; done

        """ + Pip + Opam + "exit 0";

    /// <summary>
    /// The variables by which a package manager is told to keep its packages in a folder of their own, and the script
    /// that lists the packages in that folder.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> OwnPackages = new Dictionary<string, string>
    {
        ["OPAMROOT"] = Opam,
        ["VIRTUAL_ENV"] = "PATH=\"$VIRTUAL_ENV/bin:$PATH\"\n" + Pip,
    };

    private readonly DeclarationItem item;
    private readonly string recipe, file, own;

    /// <param name="item">The item of the image, tool or virtual machine that is made.</param>
    /// <param name="extension">The end of the file's name, which is image, tool or vm.</param>
    /// <param name="recipe">A text that identifies the recipe in the same way on every machine.</param>
    /// <param name="projectDirectory">Absolute path of the project's folder, to which the file is written when the item
    /// belongs to a package.</param>
    public PackageLock(DeclarationItem item, string extension, string recipe, string projectDirectory)
    {
        (this.item, this.recipe) = (item, recipe);
        var name = $"{item.Name}.{extension}.lock";
        own = Path.Combine(projectDirectory, name);
        // A file that came with a package is used for comparison; new files are written to the project, where they are
        // kept.
        file = item.Where.File is { } declaring && Path.IsPathRooted(declaring)
            && Path.Combine(Path.GetDirectoryName(declaring)!, name) is var beside
            && (File.Exists(beside) && !File.Exists(own) || !PinWriter.IsOfPackage(declaring)) ? beside : own;
    }

    /// <summary>Whether the file lists the packages that the present recipe installs.</summary>
    public bool IsSettled => Read(file) is { } lines && lines[0] == Recipe + recipe;

    /// <summary>
    /// SHA-256 of the image that was made by this recipe and saved for a bundle; null when the file has none.
    /// </summary>
    public string? ArchiveHash => Read(file) is { } lines && lines[0] == Recipe + recipe
        ? lines.Find(line => line.StartsWith(Archive, StringComparison.Ordinal))?[Archive.Length..] : null;

    /// <summary>Writes the hash of a saved image to the file, which must describe the outcome of this recipe.</summary>
    /// <param name="sha256">The hash.</param>
    /// <param name="log">Log that receives a message when the file changes.</param>
    /// <exception cref="DiagnosticException">The file cannot be written.</exception>
    public void WriteArchiveHash(string sha256, IBuildLog log)
    {
        if (ArchiveHash == sha256)
            return;
        var target = PinWriter.IsOfPackage(file) ? own : file;
        var packages = Read(file)!.Skip(1).Where(line => !line.StartsWith(Archive, StringComparison.Ordinal));
        AtomicFile.Write(target,
            string.Concat(packages.Prepend(Archive + sha256).Prepend(Recipe + recipe).Prepend(Head)
                .Select(line => line + "\n")));
        log.Info($"{item.Name}: the SHA-256 of the saved image was written to {Path.GetFileName(target)}; commit it");
    }

    /// <summary>The lines of a script's output that name a package.</summary>
    public static IReadOnlyList<string> PackagesIn(IEnumerable<string> output) =>
        [.. output.Select(line => line.Trim()).Where(line => LineForm().IsMatch(line))
            .Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// Compares the packages that were installed with the file, and writes the file if no file exists for the present
    /// recipe.
    /// </summary>
    /// <param name="before">The packages that were installed before.</param>
    /// <param name="after">All packages that are installed now.</param>
    /// <param name="log">Log that receives a message about the file, and a warning when packages differ.</param>
    /// <exception cref="DiagnosticException">The file cannot be written.</exception>
    public void Settle(IReadOnlyList<string> before, IReadOnlyList<string> after, IBuildLog log)
    {
        var installed = after.Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var lines = Read(file);
        if (lines is null || lines[0] != Recipe + recipe)
        {
            var target = PinWriter.IsOfPackage(file) ? own : file;
            AtomicFile.Write(target,
                string.Concat(installed.Prepend(Recipe + recipe).Prepend(Head).Select(line => line + "\n")));
            log.Info($"{item.Name}: the packages that making it installed ({installed.Count}) were written to "
                + $"{Path.GetFileName(target)}; commit it");
            return;
        }
        var differences = Differences(lines.Skip(1), installed);
        if (differences.Count > 0)
            log.Report(PinRules.OtherPackages.At(item.Where, item.Type, item.Name, file, differences.Count,
                string.Concat(differences.Take(MostShown).Select(line => "\n  " + line))
                    + (differences.Count > MostShown ? $"\n  and {differences.Count - MostShown} more" : "")));
    }

    private static List<string> Differences(IEnumerable<string> before, IEnumerable<string> now)
    {
        var (old, found) = (Versions(before), Versions(now));
        return [.. old.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
            .Where(name => old.GetValueOrDefault(name) != found.GetValueOrDefault(name))
            .Select(name =>
                $"{name}: {old.GetValueOrDefault(name) ?? "not there"} then, "
                    + $"{found.GetValueOrDefault(name) ?? "not there"} now")];
    }

    private static Dictionary<string, string> Versions(IEnumerable<string> lines)
    {
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var match in lines.Select(line => LineForm().Match(line)).Where(match => match.Success))
            versions[match.Groups[1].Value] = match.Groups[2].Value;
        return versions;
    }

    // The lines of the file: one for the recipe, followed by the packages; null when the file does not exist.
    private static List<string>? Read(string file)
    {
        if (!File.Exists(file))
            return null;
        List<string> lines = [.. File.ReadAllLines(file).Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')];
        return lines.Count > 0 ? lines : null;
    }

    [GeneratedRegex(@"^((?:apt|apk|rpm|pip|cargo|rustup|opam) \S+) (\S+)$")]
    private static partial Regex LineForm();
}

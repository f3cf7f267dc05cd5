using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Containers;

/// <summary>
/// The packages that package managers installed while an image was built. A Dockerfile names packages, but seldom their
/// versions, so that the same recipe may give a different image next year. The list is therefore kept in a file beside
/// the ledger, which the author commits, and every later build is compared with it.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="log">Receives a message about the file, and a warning when a build differs.</param>
internal sealed partial class ImageContents(DockerEngine engine, IBuildLog log)
{
    private const string Head =
        "# What building the image installed. A later build of the same recipe is compared with it; delete the file to "
            + "accept another result.";
    private const string Recipe = "recipe ";
    private const int MostShown = 10;

    // Each package manager that is present lists everything that it has installed, one line each: the manager's name,
    // the package, the version.
    private const string Question = """
        PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/root/.cargo/bin"
        command -v dpkg-query >/dev/null 2>&1 && dpkg-query -W -f 'apt ${Package}:${Architecture} ${Version}\n'
        command -v apk >/dev/null 2>&1 && apk info -v 2>/dev/null | while read -r one; do echo "apk ${one%-*-r*} ${one#"${one%-*-r*}"-}"; done
        command -v rpm >/dev/null 2>&1 && rpm -qa --qf 'rpm %{NAME}.%{ARCH} %{VERSION}-%{RELEASE}\n' 2>/dev/null
        command -v python3 >/dev/null 2>&1 && python3 -m pip list --format=freeze --disable-pip-version-check 2>/dev/null | while IFS='=' read -r name _ version; do echo "pip $name $version"; done
        command -v cargo >/dev/null 2>&1 && cargo install --list 2>/dev/null | while read -r name version rest; do case $version in v*:) version=${version%:}; echo "cargo $name ${version#v}";; esac; done
        command -v rustup >/dev/null 2>&1 && rustup toolchain list 2>/dev/null | while read -r name rest; do echo "rustup $name $name"; done
        command -v opam >/dev/null 2>&1 && opam list --installed --columns=name,version --short --color=never 2>/dev/null | while read -r name version; do echo "opam $name $version"; done
        exit 0
        """;

    /// <summary>
    /// The file of an image: beside the file that declares the image, or in the project's folder when that file belongs
    /// to a package.
    /// </summary>
    private static string FileOf(ContainerImage image, string projectDirectory)
    {
        var name = image.Name + ".image.lock";
        var beside = image.Item.Where.File is { } file ? Path.Combine(Path.GetDirectoryName(file)!, name) : null;
        var own = Path.Combine(projectDirectory, name);
        // A file that came with a package is used for comparison; new files are written to the project, where they are
        // kept.
        return beside is not null
            && (File.Exists(beside) && !File.Exists(own) || !PinWriter.IsOfPackage(image.Item.Where.File!))
            ? beside : own;
    }

    /// <summary>Whether the file describes the outcome of this recipe.</summary>
    public static bool IsSettled(ImageRecipe recipe, string projectDirectory) =>
        Read(FileOf(recipe.Image, projectDirectory)) is { } lines && lines[0] == Recipe + recipe.Key;

    /// <summary>
    /// Compares the packages that a build installed with the file, and writes the file if there is none for this
    /// recipe.
    /// </summary>
    public async Task SettleAsync(ImageRecipe recipe, AcquiredImage built, AcquiredImage? under,
        string projectDirectory, CancellationToken cancellation)
    {
        var known = under is null
            ? [] : (await AskAsync(under, cancellation).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        var installed = (await AskAsync(built, cancellation).ConfigureAwait(false)).Where(line => !known.Contains(line))
            .Order(StringComparer.Ordinal).ToList();
        var image = recipe.Image;
        var file = FileOf(image, projectDirectory);
        var before = Read(file);
        if (before is null || before[0] != Recipe + recipe.Key)
        {
            if (PinWriter.IsOfPackage(file))
                file = Path.Combine(projectDirectory, Path.GetFileName(file));
            AtomicFile.Write(file,
                string.Concat(installed.Prepend(Recipe + recipe.Key).Prepend(Head).Select(line => line + "\n")));
            log.Info(
                $"{image.Name}: the {installed.Count} packages that its build installed were written to "
                    + $"{Path.GetFileName(file)}; commit it");
            return;
        }
        var differences = Differences(before.Skip(1), installed);
        if (differences.Count > 0)
            log.Report(ImageRules.OtherPackages.At(image.Item.Where, image.Name, file, differences.Count,
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

    // The recipe's line, followed by the packages; null when the file does not exist.
    private static List<string>? Read(string file)
    {
        if (!File.Exists(file))
            return null;
        List<string> lines = [.. File.ReadAllLines(file).Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')];
        return lines.Count > 0 ? lines : null;
    }

    // An image without a shell has no package manager either.
    private async Task<IReadOnlyList<string>> AskAsync(AcquiredImage image, CancellationToken cancellation)
    {
        var lines = new List<string>();
        try
        {
            await engine.RunAsync(new ContainerRun($"verus-artifact-contents-{Guid.NewGuid():N}", image,
                ["/bin/sh", "-c", Question], "/")
            {
                IsBuild = true,
                Output = _ => { },
                StandardOutput = line => lines.Add(line.Trim()),
            }, cancellation).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        return [.. lines.Where(line => LineForm().IsMatch(line)).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^((?:apt|apk|rpm|pip|cargo|rustup|opam) \S+) (\S+)$")]
    private static partial Regex LineForm();
}

using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// Tests an image whose Dockerfile installs packages on a real Debian, whose root file system comes from Debian's
/// mirror.
/// </summary>
public sealed class DebianImageSpecs(ContainerEngine engine) : DockerFixture(engine)
{
    private const string Base = "verus-artifact-debian:1";

    [Fact]
    public async Task What_apt_installed_in_addition_to_the_base_is_written_beside_the_ledger_with_its_dependencies()
    {
        ImportDebian();
        await File.WriteAllTextAsync(Path.Combine(Folder, "Dockerfile"), """
            ARG BASE
            FROM $BASE
            RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends file python3-six
            """, Cancellation);
        var (image, pin) = (Image("built", ("Dockerfile", "Dockerfile"), ("Base", "debian")),
            Image("debian", ("Reference", Base)));
        using var docker = Docker();
        var problems = new AcquisitionProblems();
        var store = new ImageStore(docker, offline: false, Log)
        {
            Recipes = new ImageRecipes(Layout, [image, pin], new ContentHashes()),
        };
        var built = (await store.AcquireAsync([image], problems, Cancellation)).ShouldHaveSingleItem();
        problems.ThrowIfAny();

        var (before, after) = (PackagesIn(Base), PackagesIn(built.Id));
        var added = after.Except(before).Order(StringComparer.Ordinal).ToList();
        added.Count.ShouldBeGreaterThan(4, "the packages, and what they need");
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder, "built.image.lock"), Cancellation);
        lines[2..].Where(line => line.StartsWith("apt ", StringComparison.Ordinal)).ShouldBe(added);
        lines.ShouldContain(line => line.StartsWith("apt libmagic1:amd64 ", StringComparison.Ordinal));
    }

    private ContainerImage Image(string name, params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var image = ContainerImage.Parse(new DeclarationItem("ContainerImage", name,
            metadata.ToDictionary(pair => pair.Name, pair => pair.Value),
            () => new SourceLocation(Path.Combine(Folder, "pins.props"), 1)), found);
        found.ShouldBeEmpty();
        return image;
    }

    private List<string> PackagesIn(string image) =>
        [.. Containers.Docker("run", "--rm", "--network=none", image, "dpkg-query", "-W", "-f",
            "apt ${Package}:${Architecture} ${Version}\\n").Output.Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0)];

    private void ImportDebian()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/debootstrap"))
            Assert.Skip("making a Debian root file system needs root and debootstrap (apt-get install debootstrap)");
        var root = Path.Combine(Folder, "root");
        Programs.Run("/usr/sbin/debootstrap", "--variant=minbase", "bookworm", root).Succeeds();
        Programs.Run("tar", "-C", root, "-cf", root + ".tar", ".").Succeeds();
        Containers.Docker("import", root + ".tar", Base).ExitCode.ShouldBe(0);
    }
}

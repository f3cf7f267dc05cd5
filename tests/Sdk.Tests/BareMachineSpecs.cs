using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the way from a bare Debian to a report and to samples in containers: a root file system with only git and
/// sudo, an ordinary user, and the .NET of this machine as the archive that the set-up downloads from a host on
/// loopback. The container engine is Debian's, installed by the set-up.
/// </summary>
public sealed class BareMachineSpecs : IDisposable
{
    private const string Release = "10.0.100";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    private readonly string folder = Directory.CreateTempSubdirectory("bare-").FullName;
    private Process? feed;

    private string Root => Path.Combine(folder, "root");

    public void Dispose()
    {
        feed?.Kill();
        feed?.Dispose();
        StopEngine();
        // The mounts of each call have disappeared with its namespace.
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_commands_lead_to_a_report_and_a_third_to_samples_in_containers()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/debootstrap"))
            Assert.Skip("a bare Debian needs root and debootstrap (apt-get install debootstrap)");
        if (!File.Exists("/bin/busybox"))
            Assert.Skip("the image needs busybox (apt-get install busybox-static)");
        MakeRoot();
        var port = await ServeAsync();
        AsUser("git clone --quiet /srv/artifact artifact", port);
        AsUser("cd artifact && ./evaluate Report -p:OnMissing=Recorded -v:q", port);
        File.ReadAllText(Path.Combine(Root, "home/eve/artifact/evaluation/report/index.html"))
            .ShouldContain("Verus: A Practical Foundation");
        var again = AsUser("cd artifact && ./evaluate --dry-run Report -p:OnMissing=Recorded", port);
        again.Output.ShouldContain("there is nothing to do");
        MeasureInContainers(port);
        Programs.Run("find", Path.Combine(Root, "home/eve"), "-user", "root").Succeeds().Output.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(Root, "tmp")).Select(Path.GetFileName)
            .Where(name => name!.StartsWith("tmp.", StringComparison.Ordinal)).ShouldBeEmpty("the archive was removed");
    }

    // In one login: the engine is installed, started and used. What the user may do at once comes from the access list
    // on the engine's socket, since a group counts from the next login on.
    private void MeasureInContainers(int port)
    {
        WriteBox();
        AsUser("cd box && ~/.dotnet/dotnet build box.proj -t:WriteNeeds -v:q", port);
        File.ReadAllText(Path.Combine(Root, "home/eve/box/eng/needs.txt")).ShouldContain("Build: engine\n");
        var run = AsUser("cd box && ./evaluate Build -v:q && id -nG && docker import root.tar imported:1 && "
            + "docker run --rm --network=none -v /home/eve:/home/eve imported:1 "
            + "/bin/sh -c 'echo I am imported, and see; ls /home/eve/box'", port);
        run.Output.ShouldContain("- start the container engine");
        run.Output.ShouldContain("- let eve use the container engine");
        run.Output.Split('\n').ShouldContain("eve", "the login is older than the membership of the group docker");
        run.Output.ShouldContain("I am imported, and see");
        run.Output.ShouldContain("box.proj");
        var evaluation = Path.Combine(Root, "home/eve/box/evaluation");
        File.ReadLines(Path.Combine(evaluation, "data/Box.csv")).Count().ShouldBe(2, "a head and a point");
        Directory.EnumerateFiles(evaluation, "made-by-root", SearchOption.AllDirectories).Count().ShouldBe(2,
            "one of each sample, and below it all belongs to eve");
        AsUser("cd box && ./evaluate --dry-run Build", port).Output.ShouldContain("there is nothing to do");
        AsUser("docker ps --all --quiet", port).Output.Trim().ShouldBeEmpty("no container is left");
    }

    // An artifact on the SDK of the clone, whose image is made of a root file system.
    private void WriteBox()
    {
        var box = Directory.CreateDirectory(Path.Combine(Root, "home/eve/box/eng")).Parent!.FullName;
        Programs.Shell(box, $"""
            cp '{SdkProject.Repository}/evaluate' . && cp '{SdkProject.Repository}/eng/setup.sh' eng
            mkdir -p image fs/bin && cp /bin/busybox fs/bin
            for name in sh id ls touch; do ln -s busybox fs/bin/$name; done
            tar -C fs -cf root.tar bin && cp root.tar image && rm -r fs
            """).Succeeds();
        File.WriteAllText(Path.Combine(box, "Dockerfile"), "FROM scratch\nADD root.tar /\n");
        File.WriteAllText(Path.Combine(box, "box.proj"), """
            <Project DefaultTargets="Build">
              <Import Project="/home/eve/artifact/src/Verus.Artifact.Sdk/Sdk/Sdk.props" />
              <PropertyGroup>
                <ArtifactToolsDir>/home/eve/artifact/artifacts/sdk/tools/</ArtifactToolsDir>
              </PropertyGroup>
              <ItemGroup>
                <ContainerImage Include="box" Dockerfile="Dockerfile" Context="image" Size="3MB" />
                <Experiment Include="Box" Executor="Docker" Image="box" Samples="2"
                  Command="/bin/sh -c 'id -u; touch {output}/made-by-root'" SuccessPattern="^0$" />
                <Dataset Include="Box" Experiments="Box" />
              </ItemGroup>
              <Import Project="/home/eve/artifact/src/Verus.Artifact.Sdk/Sdk/Sdk.targets" />
            </Project>
            """);
        // The engine leaves the network of this machine alone.
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "etc/docker")).FullName,
            "daemon.json"), """{"bridge": "none", "iptables": false, "ip-forward": false, "ip-masq": false}""");
        Chroot("chown -R eve:eve /home/eve").Succeeds();
    }

    // The engine outlives the call that started it, as on a real machine.
    private void StopEngine()
    {
        var file = Path.Combine(Root, "run/docker.pid");
        if (!File.Exists(file))
            return;
        var id = File.ReadAllText(file).Trim();
        Programs.Run("kill", id);
        for (var i = 0; i < 300 && Directory.Exists($"/proc/{id}"); i++)
            Thread.Sleep(100);
    }

    private void MakeRoot()
    {
        Programs.Run(new ProcessStartInfo("/usr/sbin/debootstrap",
            ["--variant=minbase", "--include=sudo,git,ca-certificates", "bookworm", Root]), Limit).Succeeds();
        Chroot("useradd --create-home --shell /bin/bash eve; echo 'eve ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/eve")
            .Succeeds();
        // The bare machine has the same access to package registries as this machine.
        File.Copy("/etc/ssl/certs/ca-certificates.crt", Path.Combine(Root, "etc/ssl/certs/ca-certificates.crt"),
            overwrite: true);
        foreach (var (from, to) in new[]
        {
            (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget/NuGet/NuGet.Config"),
                "home/eve/.nuget/NuGet/NuGet.Config"),
            ("/etc/resolv.conf", "etc/resolv.conf"), ("/etc/hosts", "etc/hosts"),
        })
        {
            if (!File.Exists(from))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, to))!);
            File.Copy(from, Path.Combine(Root, to), overwrite: true);
        }
        var sources = Path.Combine(Root, "srv/artifact");
        Directory.CreateDirectory(sources);
        // The files of the working copy that git knows, changed or not.
        Programs.Shell(SdkProject.Repository, $"git ls-files -z | tar --null -T - -cf - | tar -C '{sources}' -xf -")
            .Succeeds();
        GitCommand.CommitAll(sources);
        Chroot("chown -R eve:eve /srv/artifact /home/eve").Succeeds();
    }

    private async Task<int> ServeAsync()
    {
        var port = ImageRegistry.FreePort();
        var served = Directory.CreateDirectory(Path.Combine(folder, "feed")).FullName;
        Directory.CreateDirectory(Path.Combine(served, "Sdk", Release));
        Directory.CreateDirectory(Path.Combine(served, "release-metadata/10.0"));
        var archive = Path.Combine(served, "Sdk", Release, $"dotnet-sdk-{Release}-linux-x64.tar.gz");
        // The folder of the runtime is shared/NAME/VERSION below the folder of .NET.
        var dotnet = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        Programs.Run(new ProcessStartInfo("tar", ["-C", dotnet, "-cf", archive, "--use-compress-program=gzip -1", "."]),
            Limit).Succeeds();
        await using (var stream = File.OpenRead(archive))
            await File.WriteAllTextAsync(Path.Combine(served, "release-metadata/10.0/releases.json"), $$"""
                { "files": [ { "url": "https://example.org/{{Path.GetFileName(archive)}}",
                  "hash": "{{Convert.ToHexStringLower(await SHA512.HashDataAsync(stream))}}" } ] }
                """);
        feed = Programs.Start(new ProcessStartInfo("python3",
            ["-m", "http.server", $"{port}", "--bind", "127.0.0.1", "--directory", served])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }, TimeSpan.FromHours(1));
        using var client = new HttpClient();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await client.GetAsync($"http://127.0.0.1:{port}/");
                return port;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException("the feed did not start");
    }

    private ProgramResult AsUser(string script, int port) =>
        // MSBuild's nodes and the compiler's server are not reused, since they would outlive the test.
        Chroot($"su - eve -c \"export ARTIFACT_DOTNET_FEED=http://127.0.0.1:{port} MSBUILDDISABLENODEREUSE=1 "
            + $"UseSharedCompilation=false; {script}\"").Succeeds();

    // The command runs in a separate mount namespace, so that no mount remains.
    private ProgramResult Chroot(string script) => Programs.Run(new ProcessStartInfo("unshare", ["--mount", "sh", "-ec",
        $"""
        mount --bind '{Root}' '{Root}'; cd '{Root}'
        mount -t proc none proc; mount --rbind /sys sys; mount --bind /dev dev
        exec chroot '{Root}' sh -ec "$1"
        """, "sh", script]), Limit);
}

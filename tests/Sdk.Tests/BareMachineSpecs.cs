using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the way from a bare Debian to a report: a root file system with only git and sudo, an ordinary user, and the
/// .NET of this machine as the archive that the set-up downloads from a host on loopback.
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
        // The mounts of each call have disappeared with its namespace.
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_commands_lead_to_a_report_and_a_second_call_sets_nothing_up()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/debootstrap"))
            Assert.Skip("a bare Debian needs root and debootstrap (apt-get install debootstrap)");
        MakeRoot();
        var port = await ServeAsync();
        AsUser("git clone --quiet /srv/artifact artifact", port);
        AsUser("cd artifact && ./evaluate Report -p:OnMissing=Recorded -v:q", port);
        File.ReadAllText(Path.Combine(Root, "home/eve/artifact/evaluation/report/index.html"))
            .ShouldContain("Verus: A Practical Foundation");
        var again = AsUser("cd artifact && ./evaluate --dry-run Report -p:OnMissing=Recorded", port);
        again.Output.ShouldContain("there is nothing to do");
        Programs.Run("find", Path.Combine(Root, "home/eve"), "-user", "root").Succeeds().Output.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(Root, "tmp")).Select(Path.GetFileName)
            .Where(name => name!.StartsWith("tmp.", StringComparison.Ordinal)).ShouldBeEmpty("the archive was removed");
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
        // MSBuild's nodes are not reused, since they would outlive the test.
        Chroot($"su - eve -c \"export ARTIFACT_DOTNET_FEED=http://127.0.0.1:{port} MSBUILDDISABLENODEREUSE=1; "
            + $"{script}\"").Succeeds();

    // The command runs in a separate mount namespace, so that no mount remains.
    private ProgramResult Chroot(string script) => Programs.Run(new ProcessStartInfo("unshare", ["--mount", "sh", "-ec",
        $"""
        mount --bind '{Root}' '{Root}'; cd '{Root}'
        mount -t proc none proc; mount --bind /sys sys; mount --bind /dev dev
        exec chroot '{Root}' sh -ec "$1"
        """, "sh", script]), Limit);
}

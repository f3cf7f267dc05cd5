using System.Diagnostics;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// A real engine with userns-remap. The subordinate users that it needs are written only in the engine's own view of
/// the file system.
/// </summary>
[Collection(nameof(ContainerEngine))]
public sealed class RemappedEngineSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("remapped-").FullName;
    private Process? daemon;

    private string Host => $"unix://{folder}/docker.sock";

    public void Dispose()
    {
        if (daemon is not null)
        {
            Programs.Run("kill", daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            daemon.WaitForExit(TimeSpan.FromSeconds(20));
            daemon.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Its_containers_cannot_write_into_this_users_folders_and_it_is_refused()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/dockerd") || !File.Exists("/bin/busybox"))
            Assert.Skip("an engine that maps users needs root, dockerd and busybox (apt-get install docker.io "
                + "busybox-static)");
        Start();
        var image = Directory.CreateDirectory(Path.Combine(folder, "image/bin")).FullName;
        File.Copy("/bin/busybox", Path.Combine(image, "busybox"));
        Programs.Shell(folder, $"tar -C image -cf - . | docker -H {Host} import - box:1").Succeeds();
        var mine = Directory.CreateDirectory(Path.Combine(folder, "mine")).FullName;
        var run = Programs.Run(new ProcessStartInfo("docker", ["-H", Host, "run", "--rm", "--network=none",
            "--volume", $"{mine}:/mine", "box:1", "/bin/busybox", "touch", "/mine/file"]));
        run.ExitCode.ShouldNotBe(0);
        run.Error.ShouldContain("Permission denied");

        using var engine = new DockerEngine(new DockerEndpoint(Host, "the test"));
        var refused = await Should.ThrowAsync<DiagnosticException>(
            engine.ProbeAsync(TestContext.Current.CancellationToken));
        refused.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DockerRules.UsersMapped);
    }

    private void Start()
    {
        Programs.Run("cp", "--archive", "/etc", folder).Succeeds();
        File.AppendAllText(Path.Combine(folder, "etc/passwd"), "remapped:x:64123:64123::/:/bin/false\n");
        File.AppendAllText(Path.Combine(folder, "etc/group"), "remapped:x:64123:\n");
        foreach (var file in new[] { "subuid", "subgid" })
            File.WriteAllText(Path.Combine(folder, "etc", file), "remapped:1000000:65536\n");
        // The engine's folders must be open to the users that it maps to.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        daemon = Programs.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-ec", """
            mount --bind "$1/etc" /etc
            exec dockerd --userns-remap=remapped --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
              -H "$2" --bridge=none --iptables=false --ip-forward=false --ip-masq=false >"$1/log" 2>&1
            """, "sh", folder, Host]), TimeSpan.FromMinutes(10));
        for (var i = 0; i < 300 && !daemon.HasExited && !Answers(); i++)
            Thread.Sleep(100);
        Answers().ShouldBeTrue(File.ReadAllText(Path.Combine(folder, "log")));
    }

    private bool Answers() => Programs.Run(new ProcessStartInfo("docker", ["-H", Host, "version"])).ExitCode == 0;
}

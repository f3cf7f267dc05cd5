using System.Diagnostics;
using System.Formats.Tar;

namespace Verus.Artifact.Tests;

/// <summary>
/// A container engine for tests: the engine of DOCKER_HOST; otherwise one that is started in a temporary folder, if
/// this user may start one; otherwise the engine of this machine. The image for tests consists only of busybox, a
/// static program.
/// </summary>
public sealed class ContainerEngine : IDisposable
{
    /// <summary>Name of the image.</summary>
    public const string Image = "verus-artifact-test:1";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-").FullName;
    private Process? daemon;

    public ContainerEngine()
    {
        if (!File.Exists("/bin/busybox"))
            Missing = "busybox is not installed (Debian: apt-get install busybox-static)";
        else if (Program("docker") is null)
            Missing = "there is no docker command (Debian: apt-get install docker.io)";
        else if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } said)
            Host = said;
        else if (Environment.IsPrivilegedProcess && Program("dockerd") is not null)
        {
            Host = $"unix://{folder}/docker.sock";
            Start();
        }
        else
            Host = "unix:///var/run/docker.sock";
        if (Missing is null && Docker("version").ExitCode != 0)
            Missing =
                $"no container engine answers at {Host}, and none could be started (Debian, as root: apt-get install "
                    + "docker.io)";
        if (Missing is null)
            Import(Image, "/bin/sh");
    }

    /// <summary>Why no container engine is available; null when one is available.</summary>
    public string? Missing { get; private set; }

    /// <summary>The address of the engine, in the form of DOCKER_HOST.</summary>
    public string Host { get; } = "";

    /// <summary>Whether the engine is one that the tests may kill.</summary>
    public bool IsOwn => daemon is not null;

    /// <summary>Skips the test if no container engine is available.</summary>
    public void Need()
    {
        if (Missing is not null)
            Assert.Skip(Missing);
    }

    /// <summary>Makes an image of busybox; a different note makes a different image.</summary>
    public void Import(string image, string note)
    {
        var layer = Path.Combine(folder, "layer.tar");
        using (var tar = new TarWriter(File.Create(layer)))
        {
            foreach (var directory in new[] { "bin/", "tmp/", "proc/", "etc/" })
                tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory,
                    directory)
                { Mode = (UnixFileMode)0b111_111_111 });
            tar.WriteEntry("/bin/busybox", "bin/busybox");
            foreach (var name in "sh true false sleep cat echo id tail ps nc httpd env touch mkdir cp chmod uname"
                .Split(' '))
                tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + name) { LinkName = "busybox" });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile,
                "etc/note")
            { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(note)) });
        }
        Docker("import", "--change", "ENV PATH=/bin NOTE=imported", layer, image).ExitCode.ShouldBe(0);
    }

    /// <summary>Runs the docker command with this engine.</summary>
    public (int ExitCode, string Output) Docker(params string[] arguments)
    {
        var end = Programs.Run(new ProcessStartInfo("docker", ["-H", Host, .. arguments]), TimeSpan.FromMinutes(5));
        return (end.ExitCode, end.ExitCode == 0 ? end.Output.Trim() : end.Error);
    }

    /// <summary>The ids of all containers of an evaluation in this engine, whether they run or not.</summary>
    public IReadOnlyList<string> ContainersOf(string evaluation) =>
        Docker("ps", "--all", "--quiet", "--filter", $"label=verus.artifact.evaluation={evaluation}").Output.Split('\n',
            StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts the engine, also after it was killed.</summary>
    public void Start()
    {
        File.Delete(Path.Combine(folder, "pid"));
        var start = new ProcessStartInfo("dockerd",
            ["--data-root", Path.Combine(folder, "data"), "--exec-root", Path.Combine(folder, "exec"), "--pidfile",
                Path.Combine(folder, "pid"),
            "-H", Host, "--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        daemon = Programs.Start(start, TimeSpan.FromHours(1));
        var words = new System.Collections.Concurrent.ConcurrentQueue<string>();
        daemon.OutputDataReceived += (_, line) => words.Enqueue(line.Data ?? "");
        daemon.ErrorDataReceived += (_, line) => words.Enqueue(line.Data ?? "");
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        for (var i = 0; i < 300 && !daemon.HasExited && Docker("version").ExitCode != 0; i++)
            Thread.Sleep(100);
        Docker("version").ExitCode.ShouldBe(0, string.Join('\n', words));
    }

    /// <summary>Kills the engine, as a crash would end it.</summary>
    public void Kill()
    {
        var helper = Path.Combine(folder, "exec/containerd/containerd.pid");
        var process = int.Parse(File.ReadAllText(helper), System.Globalization.CultureInfo.InvariantCulture);
        daemon!.Kill();
        daemon.WaitForExit(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        // The containerd that the killed engine had started ends a moment later; an engine that starts meanwhile would
        // use that containerd.
        for (var i = 0; i < 500 && IsAlive(process); i++)
            Thread.Sleep(20);
        File.Delete(helper);
    }

    public void Dispose()
    {
        if (daemon is not null)
        {
            foreach (var container in Docker("ps", "--all", "--quiet").Output.Split('\n',
                StringSplitOptions.RemoveEmptyEntries))
                Docker("rm", "--force", container);
            // An engine that is asked to end also ends its processes and removes its mounts.
            Programs.Run("kill", daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            daemon.WaitForExit(TimeSpan.FromSeconds(20));
            // An engine that was killed has left its mounts.
            foreach (var mount in File.ReadLines("/proc/mounts").Select(line => line.Split(' ')[1])
                .Where(mount => mount.StartsWith(folder, StringComparison.Ordinal)).Reverse().ToList())
                Programs.Run("umount", "--lazy", mount);
        }
        else if (Missing is null)
            Docker("rmi", "--force", Image);
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}

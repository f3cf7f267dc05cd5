using System.Diagnostics;
using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests.Machines;

/// <summary>
/// A machine that is reached by ssh: a root file system of its own with the programs of this machine, a name and
/// processes of its own, an ordinary user, and Debian's sshd on loopback. Its processes end with it.
/// </summary>
internal sealed class SshMachine : IDisposable
{
    private const string Sshd = "/usr/sbin/sshd", FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    private static readonly string[] Shared = ["usr", "sys", "dev", "etc/ssl", "etc/alternatives"];

    private readonly string folder = Directory.CreateTempSubdirectory("machine-").FullName;
    private readonly Process process;

    /// <summary>Starts a machine.</summary>
    /// <param name="name">Its name, which is that of its host, too.</param>
    /// <param name="keys">The folder with the user's key.</param>
    /// <param name="days">How many days its clock is off.</param>
    public SshMachine(string name, string keys, int days = 0)
    {
        (Name, Port) = (name, ImageRegistry.FreePort());
        MakeRoot(keys, days);
        process = Programs.Start(new ProcessStartInfo("unshare",
            ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "sh", "-ec", $$"""
            hostname "$1"
            cd '{{Root}}'
            for one in {{string.Join(' ', Shared)}}; do mount --rbind "/$one" "$one"; done
            mount -o remount,bind,ro usr
            mount -t proc none proc
            mount --bind etc/cpuinfo proc/cpuinfo
            exec chroot . {{Sshd}} -D -e -f /etc/ssh.conf
            """, "sh", name])
        { RedirectStandardError = true }, TimeSpan.FromMinutes(25));
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Why there can be no such machine here; null when there can be one.</summary>
    public static string? Problem => !Environment.IsPrivilegedProcess ? "machines of their own need root"
        : !File.Exists(Sshd) ? "there is no sshd (apt-get install openssh-server)"
        : !File.Exists(FakeTime) ? "there is no faketime (apt-get install faketime)" : null;

    /// <summary>Name of the machine.</summary>
    public string Name { get; }

    /// <summary>Its port on loopback.</summary>
    public int Port { get; }

    /// <summary>The user's home, as this machine sees it.</summary>
    public string Home => Path.Combine(Root, "home/eve");

    private string Root => Path.Combine(folder, "root");

    /// <summary>The command lines of all processes of the machine but sshd's own.</summary>
    public IReadOnlyList<string> Processes =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(entry => IsHere(entry)).Select(entry =>
            File.ReadAllText(Path.Combine(entry, "cmdline")).Replace('\0', ' ').Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("sshd:", StringComparison.Ordinal)
                && !line.StartsWith(Sshd, StringComparison.Ordinal)),
    ];

    /// <summary>Makes a key, and an ssh command that knows the machines and nothing else.</summary>
    public static void MakeKeys(string keys)
    {
        Directory.CreateDirectory(keys);
        Programs.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(keys, "user")).Succeeds();
        File.WriteAllText(Path.Combine(keys, "ssh"), $"#!/bin/sh\nexec /usr/bin/ssh -F '{keys}/config' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(keys, "ssh"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(keys, "config"), "");
        File.WriteAllText(Path.Combine(keys, "known"), "");
    }

    /// <summary>Lets the user's ssh command know the machine under its name.</summary>
    public SshMachine Introduce(string keys, bool hostKey = true)
    {
        File.AppendAllText(Path.Combine(keys, "config"), $"""
            Host {Name}
              HostName 127.0.0.1
              Port {Port}
              User eve
              IdentityFile {keys}/user
              IdentitiesOnly yes
              UserKnownHostsFile {keys}/known
              GlobalKnownHostsFile none

            """);
        if (hostKey)
            File.AppendAllText(Path.Combine(keys, "known"),
                $"[127.0.0.1]:{Port} {File.ReadAllText(Path.Combine(Root, "etc/host.pub"))}");
        return this;
    }

    /// <summary>Waits until sshd listens.</summary>
    public void WaitUntilReady()
    {
        for (var i = 0; i < 300 && !process.HasExited; i++)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient("127.0.0.1", Port);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                Thread.Sleep(100);
            }
        }
        Assert.Fail($"the sshd of {Name} does not listen");
    }

    /// <summary>Cuts all connections; what they started goes on if it has a session of its own.</summary>
    public void Cut()
    {
        foreach (var entry in Directory.EnumerateDirectories("/proc").Where(IsHere))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(entry, "cmdline")).StartsWith("sshd: eve", StringComparison.Ordinal))
                    Programs.Run("kill", "-KILL", Path.GetFileName(entry));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // The process has ended.
            }
        }
    }

    /// <summary>Kills the build that runs on the machine, as somebody who does not know what it is.</summary>
    public bool KillBuild()
    {
        var builds = Directory.EnumerateDirectories("/proc").Where(IsHere).Where(entry =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(entry, "cmdline")).Contains("build\0./", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }).Select(Path.GetFileName).ToList();
        foreach (var build in builds)
            Programs.Run("kill", "-KILL", build!);
        return builds.Count > 0;
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // The processes of the machine have its name space of host names.
    private bool IsHere(string entry)
    {
        try
        {
            return int.TryParse(Path.GetFileName(entry), out _) && !process.HasExited
                && new FileInfo($"{entry}/root").LinkTarget == Root;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void MakeRoot(string keys, int days)
    {
        foreach (var one in Shared.Concat(["proc", "run/sshd", "tmp", "var/tmp", "home/eve", "root"]))
            Directory.CreateDirectory(Path.Combine(Root, one));
        foreach (var link in new[] { "bin", "sbin", "lib", "lib64" })
            File.CreateSymbolicLink(Path.Combine(Root, link), "usr/" + link);
        foreach (var file in new[] { "ld.so.cache", "os-release", "nsswitch.conf" })
            File.Copy(Path.Combine("/etc", file), Path.Combine(Root, "etc", file));
        Write("etc/passwd", "root:x:0:0::/root:/bin/sh\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n"
            + "eve:x:1234:1234::/home/eve:/bin/bash\n");
        Write("etc/group", "root:x:0:\neve:x:1234:\nnogroup:x:65534:\n");
        Write("etc/shadow", "root:*:1::::::\nsshd:*:1::::::\neve:*:1::::::\n");
        // The machine has another processor than this one, so that their samples are not taken for each other's.
        Write("etc/cpuinfo", System.Text.RegularExpressions.Regex.Replace(File.ReadAllText("/proc/cpuinfo"),
            "(?m)^(model name\\s*: ).*", $"$1Processor of {Name}"));
        Write("home/eve/.bashrc", "echo Welcome\n");
        File.Copy(Path.Combine(keys, "user.pub"), Path.Combine(Root, "etc/authorized"));
        Programs.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(Root, "etc/host")).Succeeds();
        Write("etc/ssh.conf", $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey /etc/host
            AuthorizedKeysFile /etc/authorized
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            StrictModes no
            PidFile none
            MaxStartups 100
            {(days == 0 ? "" : $"SetEnv LD_PRELOAD={FakeTime} FAKETIME={days:+0;-0}d FAKETIME_DONT_FAKE_MONOTONIC=1")}

            """);
        Programs.Shell(Root, "chown -R 1234:1234 home/eve && chmod 1777 tmp var/tmp && chmod 755 . ..").Succeeds();
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(Root, path), text);
}

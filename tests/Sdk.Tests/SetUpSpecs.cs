using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests eng/setup.sh on machines of which only a folder of programs is real: apt, sudo and the engine are stand-ins
/// that record how they were called. Whether eng/setup.sh works on a real Debian is tested by <see
/// cref="BareMachineSpecs"/>.
/// </summary>
public sealed class SetUpSpecs : IDisposable
{
    private const string Ubuntu = "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\n";

    // Programs that the script itself needs.
    private static readonly string[] Basics = ["bash", "sh", "sed", "grep", "sort", "tr", "id", "cat", "mktemp", "rm",
        "mkdir", "tar", "gzip", "head", "uname", "sha512sum", "sha256sum", "chmod", "cp", "mv", "tail"];

    private readonly string folder = Directory.CreateTempSubdirectory("setup-").FullName;

    public SetUpSpecs()
    {
        Directory.CreateDirectory(Bin);
        foreach (var program in Basics)
            File.CreateSymbolicLink(Path.Combine(Bin, program),
                new[] { "/bin/", "/usr/bin/" }.Select(where => where + program).First(File.Exists));
        Give("apt-get", "echo apt-get \"$@\" >> \"$LOG\"");
        Give("apt-cache", "printf '%s\\n' libicu-dev libicu70 libicu72");
        Give("sudo", "echo sudo >> \"$LOG\"; [ \"$1\" = -- ] && shift; exec \"$@\"");
        foreach (var program in new[] { "usermod", "setfacl", "getent", "service", "sleep" })
            Give(program, $"echo {program} \"$@\" >> \"$LOG\"");
        Release(Ubuntu);
    }

    private string? hostOfEngine;

    private string Bin => Path.Combine(folder, "bin");

    private string Calls => File.Exists(Path.Combine(folder, "log"))
        ? File.ReadAllText(Path.Combine(folder, "log")) : "";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_dry_run_lists_everything_and_changes_nothing()
    {
        var run = Run("--dry-run", "engine", "vm", "sources");
        run.ExitCode.ShouldBe(10, run.Words);
        run.Output.ShouldContain("install the packages");
        foreach (var package in new[] { "curl", "docker.io", "gcc", "git", "qemu-system-x86" })
            run.Output.ShouldContain(package);
        run.Output.ShouldContain("install .NET 10.0.100");
        Calls.ShouldBeEmpty();
        Directory.Exists(Path.Combine(folder, "dotnet")).ShouldBeFalse();
    }

    [Fact]
    public void Where_all_is_there_it_does_nothing()
    {
        GiveAll();
        foreach (var dry in new[] { "--dry-run", "engine" })
        {
            var run = Run(dry, "engine", "sources");
            run.ExitCode.ShouldBe(0, run.Words);
            run.Output.Trim().ShouldBe("This machine is set up: there is nothing to do.");
        }
        Calls.ShouldBeEmpty();
    }

    [Fact]
    public void An_engine_and_a_compiler_from_elsewhere_stay()
    {
        GiveAll();
        File.Delete(Path.Combine(Bin, "setfacl"));
        Run("engine", "sources").ExitCode.ShouldBe(0);
        Calls.ShouldContain("install -y -qq --no-install-recommends acl\n");
        Calls.ShouldNotContain("docker.io");
    }

    [Fact]
    public void Root_is_asked_for_once_and_sees_one_list()
    {
        if (Environment.IsPrivilegedProcess)
            Give("id", "case \"$1 ${2:-}\" in '-u '*) echo 1000;; '-nG '*) echo people;; *) echo eve;; esac");
        GiveAll();
        foreach (var missing in new[] { "git", "gcc", "docker" })
            File.Delete(Path.Combine(Bin, missing));
        // The stand-in for the container engine answers once its package is installed.
        Give("apt-get",
            $"echo apt-get \"$@\" >> \"$LOG\"; case \"$*\" in *install*) printf '#!/bin/sh\\n' > {Bin}/docker; "
                + $"/bin/chmod +x {Bin}/docker;; esac");
        var run = Run("engine", "sources");
        run.ExitCode.ShouldBe(0, run.Words);
        Calls.Split('\n').Count(line => line == "sudo").ShouldBe(1);
        Calls.ShouldContain("install -y -qq --no-install-recommends docker.io gcc git\n");
        Calls.ShouldContain("service docker start");
        Calls.ShouldContain("usermod -aG docker eve");
        run.Output.ShouldContain("- install the packages docker.io gcc git");
        run.Output.ShouldContain("- let eve use the container engine");
    }

    [Fact]
    public void Where_sudo_is_refused_it_prints_what_an_administrator_has_to_run()
    {
        if (Environment.IsPrivilegedProcess)
            Give("id", "case \"$1 ${2:-}\" in '-u '*) echo 1000;; '-nG '*) echo people;; *) echo eve;; esac");
        GiveAll();
        File.Delete(Path.Combine(Bin, "git"));
        Give("sudo", "exit 1");
        var run = Run("sources");
        run.ExitCode.ShouldBe(3, run.Words);
        run.Error.ShouldContain("An administrator has to run this once, as root:");
        run.Error.ShouldContain(
            "  apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $packages");
        run.Error.ShouldContain("  packages='git'");
        Calls.ShouldBeEmpty();
    }

    [Fact]
    public void A_step_of_root_that_fails_is_not_a_refusal()
    {
        if (Environment.IsPrivilegedProcess)
            Give("id", "case \"$1 ${2:-}\" in '-u '*) echo 1000;; '-nG '*) echo people;; *) echo eve;; esac");
        GiveAll();
        File.Delete(Path.Combine(Bin, "git"));
        Give("apt-get", "echo 'no network' >&2; exit 100");
        var run = Run("sources");
        run.ExitCode.ShouldBe(1, run.Words);
        run.Error.ShouldContain("no network");
        run.Error.ShouldContain("a step as root failed");
        run.Error.ShouldNotContain("administrator");
    }

    [Theory]
    [InlineData("Cannot connect to the Docker daemon", true)]
    [InlineData("Got permission denied while trying to connect", false)]
    public void An_engine_that_was_killed_is_started_and_one_that_refuses_is_not(string words, bool starts)
    {
        if (Environment.IsPrivilegedProcess)
            Give("id", "case \"$1 ${2:-}\" in '-u '*) echo 1000;; '-nG '*) echo people;; *) echo eve;; esac");
        GiveAll();
        Give("docker", $"[ -e {folder}/runs ] || {{ echo '{words}' >&2; exit 1; }}");
        // The socket remains when an engine is killed.
        Directory.CreateDirectory(Path.Combine(folder, "root/var/run"));
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(folder, "root/var/run/docker.sock")));
        Give("setfacl", $"echo setfacl \"$@\" >> \"$LOG\"; : > {folder}/runs");
        var run = Run("engine");
        run.ExitCode.ShouldBe(0, run.Words);
        Calls.Contains("service docker start", StringComparison.Ordinal).ShouldBe(starts, Calls);
        Calls.ShouldContain("usermod -aG docker eve");
    }

    [Fact]
    public void It_never_says_that_nothing_is_to_do_while_the_engine_does_not_answer()
    {
        GiveAll();
        Give("docker", "exit 1");
        hostOfEngine = "unix:///no/such/docker.sock";
        var run = Run("engine", "sources");
        run.ExitCode.ShouldBe(1, run.Words);
        run.Error.ShouldContain("no container engine answers at DOCKER_HOST, which is unix:///no/such/docker.sock");
        run.Output.ShouldNotContain("nothing to do");
    }

    [Fact]
    public void The_package_of_icu_has_the_name_that_this_release_gives_it()
    {
        GiveAll();
        File.Delete(Path.Combine(Bin, "git"));
        // The script looks for the library ICU itself, so only the script's own list can report it as missing.
        var script = File.ReadAllText(Script).Replace("'libicu /usr/lib/*/libicuuc.so.*'", "'libicu /no/such/file'",
            StringComparison.Ordinal);
        script.ShouldContain("/no/such/file");
        var changed = Path.Combine(folder, "setup.sh");
        File.WriteAllText(changed, script);
        Start(changed, "sources").ExitCode.ShouldBe(0);
        Calls.ShouldContain("install -y -qq --no-install-recommends git libicu72");
    }

    [Fact]
    public void Packages_are_installed_unless_they_are_there_or_another_program_replaces_them()
    {
        GiveAll();
        Give("dpkg-query", "for last; do :; done; [ \"$last\" = installed-lib ] && printf installed || exit 1");
        Give("apt-cache", "[ \"$2\" != unknown-lib ]");
        var run = Run("deb:installed-lib", "deb:missing-lib", "deb:unknown-lib", "deb:git-suite:git", "deb:g++:g++");
        run.ExitCode.ShouldBe(0, run.Words);
        run.Output.ShouldContain("install the packages g++ missing-lib\n");
        run.Error.ShouldContain("this release has no package unknown-lib");
        Calls.ShouldContain("install -y -qq --no-install-recommends g++ missing-lib\n");
        Calls.ShouldNotContain("installed-lib");
        Calls.ShouldNotContain("git-suite");
    }

    [Fact]
    public void It_prints_the_dotnet_of_the_series_and_changes_nothing()
    {
        GiveAll();
        Run("--print-dotnet").Succeeds().Output.Trim().ShouldBe(Path.Combine(Bin, "dotnet"));
        Give("dotnet", "echo '8.0.100 [/usr]'");
        Run("--print-dotnet").ExitCode.ShouldBe(1);
        var own = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "dotnet")).FullName, "dotnet");
        File.Copy(Path.Combine(Bin, "dotnet"), own);
        File.WriteAllText(own, "#!/bin/sh\necho '10.0.100 [/home]'\n");
        Run("--print-dotnet").Succeeds().Output.Trim().ShouldBe(own);
        Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ID=fedora\n", "neither Debian nor Ubuntu")]
    [InlineData("ID=arch\n", "neither Debian nor Ubuntu")]
    public void On_another_system_it_names_what_is_missing(string release, string expected)
    {
        GiveAll();
        File.Delete(Path.Combine(Bin, "git"));
        Release(release);
        var run = Run("sources");
        run.ExitCode.ShouldBe(1, run.Words);
        run.Error.ShouldContain(expected);
        run.Error.ShouldContain("git");
        Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("engines")]
    [InlineData("--for")]
    [InlineData("deb:")]
    [InlineData("deb:-o")]
    [InlineData("deb:a;reboot")]
    [InlineData("deb:a b")]
    [InlineData("--for", "nobody-has-this-name")]
    public void A_wrong_call_is_refused(params string[] arguments)
    {
        GiveAll();
        Run(arguments).ExitCode.ShouldBeOneOf(1, 2);
        Calls.ShouldBeEmpty();
    }

    [Fact]
    public void A_dotnet_whose_hash_is_another_one_is_not_installed()
    {
        GiveAll();
        Give("dotnet", "echo '8.0.100 [/usr]'");
        var feed = Path.Combine(folder, "feed");
        Give("curl",
            "while [ $# -gt 1 ]; do [ \"$1\" = -o ] && out=$2; shift; done; cat \"${1#file://}\" > \"$out\"");
        Directory.CreateDirectory(Path.Combine(feed, "Sdk/10.0.100"));
        Directory.CreateDirectory(Path.Combine(feed, "release-metadata/10.0"));
        var inside = Path.Combine(folder, "sdk");
        foreach (var sdk in new[] { "sdk/sdk/10.0.100", "dotnet/sdk/9.0.1" })
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, sdk)).FullName, "dotnet.dll"),
                "");
        // What a killed call left.
        Directory.CreateDirectory(Path.Combine(folder, "dotnet/.unpacked.killed/sdk"));
        File.WriteAllText(Path.Combine(inside, "dotnet"), "#!/bin/sh\necho '10.0.100 [/here]'\n");
        File.SetUnixFileMode(Path.Combine(inside, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var archive = Path.Combine(feed, "Sdk/10.0.100/dotnet-sdk-10.0.100-linux-x64.tar.gz");
        Programs.Run("tar", "-C", inside, "-czf", archive, ".").Succeeds();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(File.ReadAllBytes(archive)));
        var list = Path.Combine(feed, "release-metadata/10.0/releases.json");
        File.WriteAllText(list, $$"""
            { "sdk": { "files": [ { "url": "https://example.org/{{Path.GetFileName(archive)}}",
              "hash": "{{new string('0', 128)}}" } ] } }
            """);
        var refused = Run("sources");
        refused.ExitCode.ShouldBe(1, refused.Words);
        refused.Error.ShouldContain("nothing was installed");
        File.Exists(Path.Combine(folder, "dotnet/dotnet")).ShouldBeFalse();

        File.WriteAllText(list, File.ReadAllText(list).Replace(new string('0', 128), hash, StringComparison.Ordinal));
        var installed = Run("sources");
        installed.ExitCode.ShouldBe(0, installed.Words);
        File.Exists(Path.Combine(folder, "dotnet/dotnet")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "dotnet/sdk/10.0.100/dotnet.dll")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "dotnet/sdk/9.0.1/dotnet.dll")).ShouldBeTrue("another .NET stays");
        Directory.EnumerateFileSystemEntries(Path.Combine(folder, "dotnet"), ".*").ShouldBeEmpty();
        Run("--dry-run", "sources").ExitCode.ShouldBe(0, "the second call finds it");
    }

    [Fact]
    public void The_installer_of_rustup_runs_only_if_its_hash_is_the_known_one()
    {
        GiveAll();
        var feed = Path.Combine(folder, "feed");
        Give("curl",
            "while [ $# -gt 1 ]; do [ \"$1\" = -o ] && out=$2; shift; done; cat \"${1#file://}\" > \"$out\"");
        var installer = Path.Combine(feed, "archive/1.27.1/x86_64-unknown-linux-gnu/rustup-init");
        Directory.CreateDirectory(Path.GetDirectoryName(installer)!);
        File.WriteAllText(installer, """
            #!/bin/sh
            echo rustup-init "$@" >> "$LOG"
            mkdir -p "$HOME/.cargo/bin"
            for name in rustup cargo; do
              printf '#!/bin/sh\n' > "$HOME/.cargo/bin/$name"
              chmod +x "$HOME/.cargo/bin/$name"
            done
            """);
        var dry = Run("--dry-run", "rustup");
        dry.ExitCode.ShouldBe(10, dry.Words);
        dry.Output.ShouldContain($"  - install rustup 1.27.1 in {folder}/.cargo");
        var refused = Run("rustup");
        refused.ExitCode.ShouldBe(1, refused.Words);
        refused.Error.ShouldContain("nothing was installed");
        Calls.ShouldBeEmpty();

        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(installer)));
        var script = File.ReadAllText(Script);
        var known = System.Text.RegularExpressions.Regex.Match(script, "rustup_sha256=([0-9a-f]{64})").Groups[1].Value;
        var changed = Path.Combine(folder, "setup.sh");
        File.WriteAllText(changed, script.Replace(known, hash, StringComparison.Ordinal));
        var installed = Start(changed, "rustup");
        installed.ExitCode.ShouldBe(0, installed.Words);
        Calls.ShouldBe("rustup-init -y -q --no-modify-path --default-toolchain none\n");
        Start(changed, "rustup").Output.Trim().ShouldBe("This machine is set up: there is nothing to do.");
        Directory.EnumerateFileSystemEntries(folder, "tmp.*").ShouldBeEmpty("the installer was removed");
    }

    [Fact]
    public void A_rustup_from_elsewhere_stays()
    {
        GiveAll();
        Give("rustup", "");
        Run("rustup").Output.Trim().ShouldBe("This machine is set up: there is nothing to do.");
    }

    [Fact]
    public void The_installer_of_rustup_is_the_one_that_the_papers_ledger_pins()
    {
        var pins = File.ReadAllText(Path.Combine(SdkProject.Repository, "src/Verus.Artifact.Suites.Paper/pins.props"));
        var constants = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Script),
            "^readonly rustup_(?:release|sha256)=(.+)$", System.Text.RegularExpressions.RegexOptions.Multiline);
        constants.Count.ShouldBe(2);
        foreach (var constant in constants.Select(match => match.Groups[1].Value).AtLeastOne())
            pins.ShouldContain(constant);
    }

    private static string Script => Path.Combine(SdkProject.Repository, "eng/setup.sh");

    // The programs that the script looks for by name. Files that eng/setup.sh looks for are those of this machine.
    private void GiveAll()
    {
        foreach (var program in new[] { "curl", "git", "python3", "gcc", "ld", "setfacl", "docker" })
            Give(program, $"echo {program} \"$@\" >/dev/null");
        Give("dotnet", "echo '10.0.102 [/usr/share/dotnet/sdk]'");
    }

    private void Give(string program, string body)
    {
        var path = Path.Combine(Bin, program);
        File.Delete(path);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Release(string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, "root/etc"));
        File.WriteAllText(Path.Combine(folder, "root/etc/os-release"), text);
    }

    private ProgramResult Run(params string[] arguments) => Start(Script, arguments);

    private ProgramResult Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash", [script, .. arguments]);
        start.Environment.Clear();
        foreach (var (name, value) in new[]
        {
            ("PATH", Bin), ("HOME", folder), ("LOG", Path.Combine(folder, "log")),
            ("DOTNET_INSTALL_DIR", Path.Combine(folder, "dotnet")),
            ("ARTIFACT_DOTNET_FEED", "file://" + Path.Combine(folder, "feed")),
            ("RUSTUP_UPDATE_ROOT", "file://" + Path.Combine(folder, "feed")), ("TMPDIR", folder),
            ("ARTIFACT_SETUP_ROOT", Path.Combine(folder, "root")),
        })
            start.Environment[name] = value;
        if (hostOfEngine is not null)
            start.Environment["DOCKER_HOST"] = hostOfEngine;
        return Programs.Run(start);
    }
}

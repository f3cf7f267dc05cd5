using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Build.Execution;

namespace Verus.Artifact.Tests;

/// <summary>Tests the files of the suites: every POSIX shell can run their scripts, and they contain no values that
/// belong into the ledger.</summary>
public sealed partial class SuiteFilesSpecs : SdkProject
{
    private const int LongestInline = 100;

    private static readonly string[] Read = [".props", ".targets", ".sh", ".py", ".conf", ".proj"];

    // Patterns of values that belong into the ledger.
    private static readonly (string Kind, Regex Pattern)[] Kinds =
    [
        ("an address", new(@"\b(?:https?|ftp|git|ssh)://[^\s""'<>)]+")),
        ("a version", new(@"(?<![\d.])\d+\.\d+\.\d+[\w.~+-]*")),
        ("a version of a tool", new(@"<Version(?:Override)?\b[^>]*>\s*[\d\[(]|\bVersion(?:Override)?=""[\d\[(]")),
        ("a version of an option", new(@"--(?:version|channel|tag|toolchain|default-toolchain)[ =]v?\d\S*")),
        ("a toolchain",
            new(
                @"(?:\+|\brust-)(?:stable|beta|nightly|\d+\.\d+)\S*|\b(?:stable|beta|nightly)-(?:\d{4}|x86_64"
                    + @"|aarch64)\S*")),
        ("a branch", new(@"--branch\b\s*\S*|(?<=[\s/@#:])(?:master|main)(?=[""'/;,\s]|$)")),
        ("a clone", new(@"\bgit\s+(?:-\S+\s+(?:[^-\s]\S*\s+)?)*?(?:clone|fetch|pull)\b")),
        ("a version of a Debian package", new(@"\bapt(?:-get)?\s+(?:-\S+\s+)*install\s[^)<""']*?[\w.+-]+=\S+")),
        ("a package that is installed without a version", new(@"\b(?:pip3?|npm|gem)\s+install\b|\bcargo\s+install\b")),
        ("a commit or hash",
            new(@"(?<![0-9a-fA-F])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![0-9a-fA-F])|\bsha256:[0-9a-f]{8,}")),
        ("an image",
            new(
                @"\b(?:docker|ghcr|quay)\.io/\S+|\b(?:ubuntu|debian|alpine|fedora|rust|python|ocaml):[\w.-]+"
                    + @"|(?m)^FROM\s+(?!\$BASE$)\S+")),
    ];

    // Values that look like a pin but are none, each with the reason.
    private static readonly (string File, string Text, string Reason)[] Exceptions =
    [
        .. from file in new[] { "Sdk.props", "Sdk.targets" }
           from text in new[] { "0.1.0", "Version=\"0" }
           select (file, text, "packages of one release name each other; a test of the packages holds the version"),
        ("IronKv.props", "127.0.0.1", "the address of this machine"),
        ("Tools.props", "https://dotnet.microsoft.com.",
            "where a reader of a remedy finds the installer; nothing fetches it"),
        ("Verus.props", "https://rustup.rs;", "where a reader of a remedy finds the installer; nothing fetches it"),
    ];

    private static IReadOnlyList<string> Files { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository, "src"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(Repository, file).Contains("Suites", StringComparison.Ordinal)
                && Path.GetFileName(file) != "pins.props"
                && (Read.Contains(Path.GetExtension(file))
                    || Path.GetFileName(file).StartsWith("Dockerfile", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    private static ProjectInstance Paper { get; } = InProcess.Evaluate(Path.Combine(Repository, "build.proj"));

    [Fact]
    public void Versions_addresses_and_branches_stand_in_the_ledger_only()
    {
        Files.Count.ShouldBeGreaterThan(15);
        var found = Files.SelectMany(file =>
            Pins(File.ReadAllText(file)).Select(pin => (File: Path.GetFileName(file), pin.Kind, pin.Text))).ToList();
        found.Where(pin => !Exceptions.Any(one => one.File == pin.File && one.Text == pin.Text)).ShouldBeEmpty();
        foreach (var (file, text, reason) in Exceptions.AtLeastOne())
            found.ShouldContain(pin => pin.File == file && pin.Text == text,
                $"the exception for '{reason}' is needed no more");
    }

    [Theory]
    [InlineData("wget https://example.org/a.tar.gz", "an address")]
    [InlineData("opam install z3.4.8.5-1", "a version")]
    [InlineData("cargo +1.76.0 build", "a version")]
    [InlineData("<Version>4.3</Version>", "a version of a tool")]
    [InlineData("bash install.sh --channel 5.0", "a version of an option")]
    [InlineData("cargo +nightly-2023-09-14 build", "a toolchain")]
    [InlineData("git checkout master", "a branch")]
    [InlineData("fetch --branch=v1", "a branch")]
    [InlineData("git -C there clone that", "a clone")]
    [InlineData("apt-get install -y z3=4.8.12-1", "a version of a Debian package")]
    [InlineData("pip3 install maturin", "a package that is installed without a version")]
    [InlineData("x 0123456789abcdef0123456789abcdef01234567", "a commit or hash")]
    [InlineData("docker run ubuntu:22.04", "an image")]
    [InlineData("pull ghcr.io/someone/something", "an image")]
    public void What_belongs_into_the_ledger_is_recognised(string text, string kind) =>
        Pins(text).Select(pin => pin.Kind).ShouldContain(kind);

    [Theory]
    [InlineData("{tool:verus} --verify-module=main --crate-type=lib {source:a}/src/main.rs")]
    [InlineData("opam install z3.{version:opam-z3}")]
    [InlineData("YScale=\"Log\" Format=\"0.00\" Rows=\"smt_size|MB|1e-6\"")]
    [InlineData("Install z3 (Debian: apt-get install z3)")]
    [InlineData("def main(dafny):")]
    public void What_does_not_is_left_alone(string text) => Pins(text).ShouldBeEmpty();

    [Fact]
    public void Scripts_say_what_they_do_stop_at_the_first_error_and_are_read_by_a_plain_shell()
    {
        var scripts = Files.Where(file => Path.GetExtension(file) == ".sh").ToList();
        foreach (var script in scripts.AtLeastOne())
        {
            var lines = File.ReadAllLines(script);
            lines[0].ShouldBe("#!/bin/sh", script);
            lines[1].ShouldStartWith("# ", customMessage: script);
            lines.First(line => line.Length > 0 && line[0] != '#').ShouldBe("set -eu", script);
            Run("sh", "-n", script).Succeeds();
        }
        if (File.Exists("/usr/bin/shellcheck"))
            Run(["shellcheck", "--shell=sh", .. scripts]).Succeeds();
    }

    [Fact]
    public void No_command_has_a_long_script_in_it()
    {
        foreach (var type in new[] { "Tool", "Experiment", "Service", "VirtualMachine" })
            foreach (var item in Paper.GetItems(type).AtLeastOne())
                item.Metadata.SelectMany(metadata =>
                    Inline().Matches(metadata.EvaluatedValue).Select(match => match.Groups[1].Value))
                    .Where(script => script.Length > LongestInline).ShouldBeEmpty($"{type} {item.EvaluatedInclude}");
    }

    [Fact]
    public void What_a_suite_brings_for_its_commands_decides_over_their_keys_by_content()
    {
        var named = 0;
        foreach (var item in Paper.GetItems("Experiment"))
            foreach (var file in new[] { "Command",
                "Prepare" }.SelectMany(name =>
                    SuiteFile().Matches(item.GetMetadataValue(name)).Select(match => match.Value)))
            {
                named++;
                File.Exists(file).ShouldBeTrue(file);
                item.GetMetadataValue("Inputs").Split(';', StringSplitOptions.TrimEntries).ShouldContain(file,
                    item.EvaluatedInclude);
            }
        named.ShouldBeGreaterThan(5);
        // A build can use a file that it does not list only by naming the file's path.
        Paper.GetItems("Tool").AtLeastOne().ShouldAllBe(item => !SuiteFile().IsMatch(item.GetMetadataValue("Build")));
        Paper.GetItems("Tool").SelectMany(item =>
            item.GetMetadataValue("BuildInputs").Split(';',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).AtLeastOne()
                .ShouldAllBe(file => File.Exists(file));
    }

    [Theory]
    [InlineData("right", "new\n", 0)]
    [InlineData("none", "new\n", 0)]
    [InlineData("wrong", null, 1)]
    [InlineData("gone", null, 0)]
    public void A_benchmark_whose_sources_are_gone_is_left_out_and_another_content_than_the_pinned_one_stops(
        string hash, string? patched, int code)
    {
        if (!File.Exists("/usr/bin/patch") || !File.Exists("/usr/bin/unzip"))
            Assert.Skip("patch or unzip is not installed; eng/test.sh installs them.");
        var bench = Directory.CreateDirectory(Path.Combine(Folder, "bench/shbench")).FullName;
        File.WriteAllText(Path.Combine(Folder, "bench/CMakeLists.txt"),
            "add_executable(sh6bench)\nadd_executable(sh8bench)\n");
        File.WriteAllText(Path.Combine(bench, "sh6bench.patch"),
            "--- a/sh6bench.c\r\n+++ b/sh6bench.c\r\n@@ -1 +1 @@\r\n-old\r\n+new\r\n");
        var archive = Path.Combine(Folder, "archive.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry("sh6bench.c").Open()))
            writer.Write("old\r\n");
        var sha256 = hash switch
        {
            "right" => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))),
            "wrong" => new string('0', 64),
            _ => ""
        };
        StandIn("wget", hash == "gone" ? "exit 4" : "[ $# = 5 ] && cp \"${5#file://}\" \"$4\"");
        Script("shbench.sh", bench, "sh6bench", "sh6bench.c", $"file://{archive}", sha256).ExitCode.ShouldBe(code);
        var made = Path.Combine(bench, "sh6bench-new.c");
        (File.Exists(made) ? File.ReadAllText(made) : null).ShouldBe(patched);
        File.ReadAllLines(Path.Combine(Folder, "bench/CMakeLists.txt")).Length.ShouldBe(hash == "gone" ? 1 : 2);
    }

    [Theory]
    [InlineData("dafny-scons.sh", "tool/Dafny.dll", "--dafny-path=FOLDER/tool -j2 target")]
    [InlineData("dafny-scons.sh", "tool/.store/dafny/3.4.0/dafny/3.4.0/tools/net6.0/any/Dafny.dll",
        "--dafny-path=FOLDER/tool/.store/dafny/3.4.0/dafny/3.4.0/tools/net6.0/any -j2 target")]
    [InlineData("dafny-scons.sh", "elsewhere/Dafny.dll", "there is no Dafny.dll below FOLDER/tool")]
    [InlineData("verus-scons.sh", "tool/other", "--verus-path=FOLDER/tool/../../.. -j2 target")]
    public void Scons_is_told_the_folder_that_it_wants(string script, string file, string expected)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, file))!);
        File.WriteAllText(Path.Combine(Folder, file), "");
        Directory.CreateDirectory(Path.Combine(Folder, "tool"));
        File.WriteAllText(Path.Combine(Folder, "tool/program"), "");
        File.CreateSymbolicLink(Path.Combine(Folder, "link"), Path.Combine(Folder, "tool/program"));
        StandIn("scons", "echo \"$@\"");
        Script(script, Folder, Path.Combine(Folder, "link"), "-j2",
            "target").Output.ShouldBe(expected.Replace("FOLDER", Folder, StringComparison.Ordinal) + "\n");
    }

    private BuildResult Script(string name, string folder, params string[] arguments) =>
        Run(new Dictionary<string, string>
        {
            ["PATH"] = Path.Combine(Folder, "bin") + ":"
            + Environment.GetEnvironmentVariable("PATH")
        },
        folder, ["sh", Files.Single(file => Path.GetFileName(file) == name), .. arguments]);

    private void StandIn(string name, string body)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static IEnumerable<(string Kind, string Text)> Pins(string text) =>
        Kinds.SelectMany(kind => kind.Pattern.Matches(text).Select(match => (kind.Kind, match.Value)));

    [GeneratedRegex(@"\b(?:sh|bash|python3?) -c '([^']*)'")]
    private static partial Regex Inline();

    [GeneratedRegex(@"/\S*/[^\s/]*Suites[^\s/]*/\S+\.(?:sh|py|conf)")]
    private static partial Regex SuiteFile();
}

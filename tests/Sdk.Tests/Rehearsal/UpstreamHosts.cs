using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>
/// The hosts of upstream on loopback: repositories with the structure that the suites use, served by git's own server;
/// archives; and a registry. The content of the local repositories differs from upstream's, and so do their commits and
/// hashes.
/// </summary>
internal sealed class UpstreamHosts : IDisposable
{
    private readonly ImageRegistry registry = new();
    private readonly string repositories;
    private readonly string[] user;
    private readonly Dictionary<string, string> commits = new(StringComparer.Ordinal);
    private readonly int port = ImageRegistry.FreePort();
    private Process? daemon;

    /// <param name="folder">An empty folder.</param>
    /// <param name="user">The command that starts another command as the user who runs the build.</param>
    public UpstreamHosts(string folder, string[] user)
    {
        (repositories, this.user) = (Directory.CreateDirectory(Path.Combine(folder, "hosts")).FullName, user);
        MakeRepositories();
        MakeImages();
    }

    /// <summary>Starts git's server after all files have been given to the user.</summary>
    public void Start() => daemon = Programs.Start(new ProcessStartInfo(user[0], [.. user[1..], "git", "daemon",
        "--export-all", "--reuseaddr", "--listen=127.0.0.1", $"--port={port}", $"--base-path={repositories}",
        repositories]));

    /// <summary>The user's configuration of git, by which the names of the hosts lead to loopback.</summary>
    public string GitConfiguration => string.Concat(new[] { "github.com", "gitlab.inria.fr" }
        .Select(host => $"[url \"git://127.0.0.1:{port}/{host}/\"]\n\tinsteadOf = https://{host}/\n"));

    /// <summary>The ledger with the commits, hashes and addresses of the local hosts.</summary>
    public string Ledger(string ledger)
    {
        ledger = Regex.Replace(ledger, @"<ExternalRepo Include=""([^""]+)""(.*?)Commit=""[0-9a-f]{40}""",
            match => commits.TryGetValue(match.Groups[1].Value, out var commit)
                ? $"<ExternalRepo Include=\"{match.Groups[1].Value}\"{match.Groups[2].Value}Commit=\"{commit}\""
                : match.Value, RegexOptions.Singleline);
        ledger = ledger.Replace("\"ubuntu:22.04\"", $"\"{registry.Host}/ubuntu:22.04\"", StringComparison.Ordinal)
            .Replace("ghcr.io/", registry.Host + "/", StringComparison.Ordinal);
        // The only hash that a build step checks itself is that of the program that installs Rust.
        ledger = Regex.Replace(ledger, @"\s+Sha256=""[^""]*""",
            $" Sha256=\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RustupInit)))}\"");
        return Regex.Replace(ledger, @"(<ExternalFile Include=""([^""]+)""[^>]*?Url="")[^""]+""", match =>
            $"{match.Groups[1].Value}{Download(match.Groups[2].Value)}\"");
    }

    /// <summary>Serves a file, and returns its address.</summary>
    public string Serve(string name, byte[] content) => registry.Serve(name, content);

    public void Dispose()
    {
        daemon?.Kill(entireProcessTree: true);
        daemon?.Dispose();
        registry.Dispose();
    }

    private string Download(string name) => Serve("downloads/" + name, name switch
    {
        "rustup-init" => Encoding.UTF8.GetBytes(RustupInit),
        "dafny-archive" => Zip(("dafny/.origin", "dafny"), ("dafny/dafny", GuideImages.StandIn("dafny")),
            ("dafny/z3/bin/z3", "")),
        "dafny-ironkv-archive" => Zip(("dafny/.origin", "dafny-ironkv"),
            ("dafny/dafny", GuideImages.StandIn("dafny")), ("dafny/z3/bin/z3", "")),
        "shbench6" => Zip(("sh6bench.c", "int main;\n")),
        "shbench8" => Zip(("SH8BENCH.C", "int main;\n")),
        "ubuntu-cloud" => Disk(),
        _ => [],
    });

    // In the image and in the guest, a stand-in decides by the table whether its call is one that upstream makes.
    private const string RustupInit = """
        #!/bin/sh
        exec /usr/lib/rehearsal/run rustup-init "$0" "$@"

        """;

    // Like upstream's plot scripts, this one reads a file with a fixed name beside it, and leaves a PDF and a PNG
    // there.
    private const string PlotScript = """
        import csv
        rows = [(int(n), tool, float(time)) for n, tool, time in csv.reader(open('linked-list-repeat.csv'))]
        assert {tool for _, tool, _ in rows} <= {'Fstarlowstar', 'Prusti', 'Dafny', 'Creusot', 'Verus'}, rows
        with open('linked-list-memory-reasoning.pdf', 'w') as file:
            file.write('%PDF-1.4\n% ' + ' '.join(str(time) for _, _, time in rows) + '\n')

        """;

    private byte[] Disk()
    {
        var disk = Path.Combine(repositories, "disk.qcow2");
        Programs.Run("qemu-img", "create", "-q", "-f", "qcow2", disk, "64M").Succeeds();
        return File.ReadAllBytes(disk);
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = 0b1_000_000_111_101_101 << 16;
                entry.LastWriteTime = new DateTimeOffset(2024, 8, 21, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }
        return stream.ToArray();
    }

    private void MakeImages()
    {
        string[] rust = ["/usr/bin/curl", "/usr/bin/git", "/usr/bin/cc", "/usr/bin/g++", "/usr/bin/make",
            "/usr/bin/unzip", "/usr/bin/wget", "/usr/bin/apt-get", "/root/.cargo/bin/cargo", "/root/.cargo/bin/rustup"];
        registry.Push("ubuntu", "22.04", GuideImages.Layer(["/usr/bin/apt-get"]), []);
        registry.Push("utaal/ubuntu-essentials-rust-1.76.0", "latest",
            GuideImages.Layer(rust, ("root/.cargo/env", "PATH=/root/.cargo/bin:$PATH\n")), []);
        registry.Push("utaal/ironsync-osdi2023-artifact", "latest",
            GuideImages.Layer(["/usr/bin/make"], ("root/ironsync/", ""), ("root/ironsync/build/", ""),
                ("root/ironsync/build/left", "by an earlier make\n")), []);
    }

    private void MakeRepositories()
    {
        foreach (var revision in new[] { "verus", "verus-line-count", "verus-milli" })
            Commit(revision, "github.com/verus-lang/verus", ("tools/vargo/Cargo.toml", ""),
                ("source/tools/get-z3.sh", "exec /usr/lib/rehearsal/run get-z3.sh \"$0\"\n"),
                ("source/tools/line_count/Cargo.toml", ""));
        Commit("artifact", "github.com/verus-lang/paper-sosp24-artifact", [.. Lists(),
            ("milli/plot/linked_list_repeat.py", PlotScript),
            ("macro-stats/ironsht_files.txt", "ironfleet/src/One.i.dfy\nironfleet/src/Protocol/Two.i.dfy\n"),
            ("macro-stats/ironsht_files_nonlinear.txt", "ironfleet/src/Nonlinear.i.dfy\r\n"),
            ("macro-perf/page-table-single-threaded/rust-toolchain.toml", "")]);
        Commit("verified-node-replication", "github.com/verus-lang/verified-node-replication",
            ("verified-node-replication/src/lib.rs", ""));
        Commit("verified-ironkv", "github.com/verus-lang/verified-ironkv", ("ironsht/src/lib.rs", ""));
        Commit("verified-nrkernel", "github.com/utaal/verified-nrkernel", ("page-table/main.rs", ""));
        Commit("verified-storage", "github.com/microsoft/verified-storage", ("deps_hack/Cargo.toml", ""),
            ("storage_node/Cargo.lock", ""), ("storage_node/src/lib.rs", ""),
            ("artifact_eval/experiment/verif-storage-eval/Cargo.toml", ""));
        Commit("verified-memory-allocator", "github.com/verus-lang/verified-memory-allocator",
            ("setup-libc-dependency.sh", "set -e\nmkdir -p build\n(cd test_libc && cargo +1.76.0 build --release)\n"
                + "cp test_libc/target/release/deps/liblibc-*.rlib build/liblibc.rlib\n"),
            ("test_libc/Cargo.toml", ""), ("verus-mimalloc/lib.rs", ""), ("verus-mimalloc/overrides.cpp", ""),
            ("mimalloc-bench/bench/CMakeLists.txt", "sh6bench\nsh8bench\n"),
            ("mimalloc-bench/bench/espresso/largest.espresso", ""), ("mimalloc-bench/bench/barnes/input", ""),
            ("mimalloc-bench/bench/shbench/sh6bench.patch", ""), ("mimalloc-bench/bench/shbench/sh8bench.patch", ""));
        Commit("mimalloc", "github.com/microsoft/mimalloc", ("CMakeLists.txt", ""));
        Commit("lua", "github.com/lua/lua", ("makefile", ""));
        Commit("redis", "github.com/redis/redis", ("src/Makefile", ""));
        Commit("large-pdf", "github.com/geekaaron/Resources",
            ("resources/Writing_a_Simple_Operating_System--from_Scratch.pdf", ""));
        Commit("ironclad", "github.com/microsoft/Ironclad", ("ironfleet/src/One.i.dfy", ""),
            ("ironfleet/src/Protocol/Two.i.dfy", ""), ("ironfleet/src/Nonlinear.i.dfy", ""));
        Commit("creusot", "github.com/creusot-rs/creusot", ("prelude/prelude.mlw", ""));
        Commit("why3", "gitlab.inria.fr/why3/why3", ("why3.opam", ""));
        Commit("prusti", "github.com/viperproject/prusti-dev",
            ("x.py", "import os, sys\nos.execv('/usr/lib/rehearsal/run', ['run', 'x.py', *sys.argv])\n"));
        Commit("fstar", "github.com/FStarLang/FStar", ("fstar.opam", ""));
        Commit("karamel", "github.com/FStarLang/karamel", ("karamel.opam", ""));
    }

    // The repository of the linked lists has inputs with a marked part and a hidden line, generators of pushes,
    // sessions of Why3.
    private static IEnumerable<(string, string)> Lists()
    {
        const string Input = "list\n// !!MAIN!!PRE_BEGIN!!\n// !!SCRIPT!!TRUSTED!! uncovered line\n"
            + "// !!MAIN!!PRE_END!!\n";
        const string Generator = "def main_code(n):\n    return 'push\\n' * n\n";
        foreach (var list in new[] { "linked-list", "doubly-linked-list" })
        {
            foreach (var input in new[] { "verus.rs", "dafny.dfy", "prusti.rs" })
            {
                yield return ($"milli/{list}/{input}", Input);
                yield return ($"milli/{list}/repeat.{input}.py", Generator);
            }
            yield return ($"milli/{list}/repeat.FstarlowstarMain.fst.py", Generator);
            foreach (var module in new[] { "Fstarlowstar.fst", "FstarlowstarIface.fst", "FstarlowstarIface.fsti" })
                yield return ($"milli/{list}/{module}", "module\n");
            yield return ($"milli/{list}/creusot-sessions/{list}-oneshot/why3session.xml", "");
            for (var pushes = 1; pushes <= 16; pushes++)
                yield return ($"milli/{list}/creusot-sessions/linked-list-repeat-{pushes:00}/why3session.xml", "");
        }
        for (var function = 1; function <= 2; function++)
            foreach (var input in new[] { "verus{0}.rs", "dafny{0}.dfy", "prusti{0}.rs", "prustibase{0}.rs",
                "Fstarlowstar{0}.fst", "creusot-base-{0}/why3session.xml", "creusot-requires-{0}/why3session.xml" })
                yield return ("milli/linked-list/errors/"
                    + string.Format(System.Globalization.CultureInfo.InvariantCulture, input, function), "");
    }

    // Each revision of a repository is a separate commit, with a file that says which revision it is.
    private void Commit(string name, string repository, params (string Path, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(repositories, repository)).FullName;
        foreach (var (path, text) in files.Append((".origin", name)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }
        commits[name] = GitCommand.CommitAll(folder);
        GitCommand.Run(folder, "config", "uploadpack.allowAnySHA1InWant", "true");
    }
}

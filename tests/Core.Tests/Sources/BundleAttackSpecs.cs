using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>Tests bundles that an attacker has made.</summary>
public sealed class BundleAttackSpecs : GitFolder
{
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData("content"u8));

    private string Archive => Path.Combine(Folder, "bundle.tar.gz");

    private string Victim => Path.Combine(Folder, "victim");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--output=$victim")]
    [InlineData("--upload-pack=touch $victim")]
    [InlineData("HEAD")]
    [InlineData("refs/heads/main")]
    [InlineData("")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD")]
    [InlineData("0123456789012345678901234567890123456789\n")]
    [InlineData("012345678901234567890123456789012345678")]
    [InlineData(null)]
    public async Task What_is_no_commit_never_reaches_git(string? commit)
    {
        File.WriteAllText(Victim, "precious");
        var (pin, pack) = Pack("a");
        Write(Entry("objects/0123456789abcdef.pack", "Objects", pack, pin.Commit,
            commit?.Replace("$victim", Victim, StringComparison.Ordinal)));
        (await RefusedAsync(new PinLedger { Repos = [pin] })).Rule.ShouldBe(BundleRules.Damaged);
        File.ReadAllText(Victim).ShouldBe("precious");
        NothingIsTaken();
    }

    [Theory]
    [InlineData("../../f")]
    [InlineData("files/../f")]
    [InlineData("files/a/../../../../f")]
    [InlineData("files/a/..")]
    [InlineData("/tmp/f")]
    [InlineData("files//f")]
    [InlineData("files/a/f\0g")]
    [InlineData("files/a/f\u001b[31m")]
    [InlineData(@"files/a\..\..\f")]
    [InlineData("packages/a/b.nupkg")]
    [InlineData("f")]
    [InlineData("")]
    public async Task A_path_that_leads_elsewhere_or_means_nothing_is_refused(string path)
    {
        Write(Entry(path, "File", "content"u8.ToArray()));
        var problem = await RefusedAsync(Ledger());
        problem.Rule.ShouldBe(BundleRules.Damaged);
        problem.Message.Any(character => char.IsControl(character)).ShouldBeFalse();
        NothingIsTaken();
    }

    [Theory]
    [InlineData("an entry is null", "VART2032")]
    [InlineData("a path is null", "VART2031")]
    [InlineData("the commits are null", "VART2031")]
    [InlineData("a kind that there is not", "VART2031")]
    [InlineData("a kind by its number", "VART2032")]
    [InlineData("a negative size", "VART2032")]
    [InlineData("a hash that is none", "VART2032")]
    [InlineData("twice", "VART2032")]
    [InlineData("another format", "VART2033")]
    [InlineData("no manifest", "VART2031")]
    [InlineData("more than the manifest says", "VART2032")]
    [InlineData("less than the manifest says", "VART2032")]
    [InlineData("other content", "VART2032")]
    [InlineData("a link", "VART2032")]
    [InlineData("a folder", "VART2032")]
    public async Task A_manifest_or_an_archive_that_lies_is_one_coded_error(string what, string code)
    {
        var entry = Entry("files/a/f", "File", "content"u8.ToArray());
        switch (what)
        {
            case "twice":
                Write(entry, entry);
                break;
            case "more than the manifest says":
                Write(manifest => manifest, [entry],
                    tar => tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile,
                        "files/b/f")
                    { DataStream = new MemoryStream([1]) }));
                break;
            case "less than the manifest says":
                Write(manifest => manifest, [entry with { Content = null }]);
                break;
            case "other content":
                Write(manifest => manifest, [entry with { Content = "CONTENT"u8.ToArray() }]);
                break;
            case "a link" or "a folder":
                Write(manifest => manifest, [entry with { Content = null }],
                    tar => tar.WriteEntry(what == "a folder" ? new GnuTarEntry(TarEntryType.Directory, "files/a/f")
                    : new GnuTarEntry(TarEntryType.SymbolicLink, "files/a/f") { LinkName = Victim }));
                break;
            default:
                Write(manifest => what switch
                {
                    "an entry is null" => manifest.Replace("\"entries\":[", "\"entries\":[null,",
                        StringComparison.Ordinal),
                    "a path is null" => manifest.Replace("\"files/a/f\"", "null", StringComparison.Ordinal),
                    "the commits are null" => manifest.Replace("\"commits\":[]", "\"commits\":null",
                        StringComparison.Ordinal),
                    "a kind that there is not" => manifest.Replace("\"File\"", "\"Program\"", StringComparison.Ordinal),
                    "a kind by its number" => manifest.Replace("\"File\"", "7", StringComparison.Ordinal),
                    "a negative size" => manifest.Replace("\"size\":7", "\"size\":-7", StringComparison.Ordinal),
                    "a hash that is none" => manifest.Replace(Hash, "--help", StringComparison.Ordinal),
                    "another format" => manifest.Replace("\"format\":1", "\"format\":9", StringComparison.Ordinal),
                    _ => "{}",
                }, [entry]);
                break;
        }
        (await RefusedAsync(Ledger())).Rule.Code.ShouldBe(code);
        NothingIsTaken();
    }

    [Fact]
    public async Task A_download_or_a_package_with_another_content_than_is_pinned_is_refused_with_all_the_rest()
    {
        var good = Entry("files/a/f", "File", "content"u8.ToArray());
        foreach (var bad in new[] { Entry("files/b/f", "File", "evil"u8.ToArray()),
            Entry("packages/p.1.0.0.nupkg", "Package", "evil"u8.ToArray()) })
        {
            Write(good, bad);
            (await RefusedAsync(Ledger())).Rule.ShouldBe(BundleRules.NotAsPinned);
            NothingIsTaken();
        }
    }

    [Fact]
    public async Task What_the_ledger_does_not_name_or_has_no_hash_for_is_left_out_and_told()
    {
        var ledgerFile = Path.Combine(Folder, "pins.props");
        File.WriteAllText(ledgerFile,
            "<Project><ItemGroup><ExternalFile Include=\"unpinned\" Url=\"u\" /></ItemGroup></Project>");
        var before = File.ReadAllBytes(ledgerFile);
        Write(Entry("files/a/f", "File", "content"u8.ToArray()), Entry("files/stranger/f", "File", "evil"u8.ToArray()),
            Entry("files/unpinned/f", "File", "evil"u8.ToArray()),
            Entry("packages/stranger.1.0.0.nupkg", "Package", "evil"u8.ToArray()),
            Entry("packages/q.1.0.0.nupkg", "Package", "evil"u8.ToArray()),
            Entry("packages/p.1.0.1.nupkg", "Package", "evil"u8.ToArray()),
            Entry("packages/p.1.0.0.nupkg", "Package", "content"u8.ToArray()));
        await UnpackAsync(Ledger());
        Directory.EnumerateFiles(Layout.Sources, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Layout.Sources, file)).Order(StringComparer.Ordinal)
            .ShouldBe([".bundle", ".files/a/f", ".packages/p.1.0.0.nupkg"]);
        var told = Log.Reported.ShouldHaveSingleItem();
        told.Rule.ShouldBe(BundleRules.LeftOut);
        foreach (var name in new[] { "files/stranger/f", "files/unpinned/f", "stranger.1.0.0", "q.1.0.0", "p.1.0.1" })
            told.Message.ShouldContain(name);
        File.ReadAllBytes(ledgerFile).ShouldBe(before);
    }

    [Fact]
    public async Task A_download_that_is_here_as_pinned_is_not_touched()
    {
        var place = Path.Combine(Layout.Sources, ".files/a/f");
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.WriteAllText(place, "content");
        var stamp = FileStamp.Of(place);
        Write(Entry("files/a/f", "File", "content"u8.ToArray()));
        await UnpackAsync(Ledger());
        FileStamp.Of(place).ShouldBe(stamp);
        // A file that differs from its pin is replaced by one that matches it.
        File.WriteAllText(place, "other");
        File.Delete(Path.Combine(Layout.Sources, ".bundle"));
        await UnpackAsync(Ledger());
        File.ReadAllText(place).ShouldBe("content");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_expands_without_measure_is_refused(bool isSaid)
    {
        var zeros = new byte[200 << 20];
        if (isSaid)
            Write(Entry("files/a/f", "File", zeros));
        else
            Write(manifest => manifest, [Entry("files/a/f", "File", "content"u8.ToArray())],
                tar => tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile,
                    "files/b/f")
                { DataStream = new MemoryStream(zeros) }));
        new FileInfo(Archive).Length.ShouldBeLessThan(300_000);
        (await RefusedAsync(Ledger())).Rule.ShouldBe(isSaid ? BundleRules.TooFar : BundleRules.Damaged);
        NothingIsTaken();
    }

    // The id of a commit that does not exist would be added to the store's list of commits without history, and each
    // later fetch would fail because of it.
    [Theory]
    [InlineData("a commit that is not there")]
    [InlineData("the id of a tree")]
    [InlineData("the id of a tag")]
    [InlineData("a pack that is none")]
    [InlineData("a pack that lacks a file")]
    public async Task Objects_that_do_not_make_up_their_commits_leave_the_store_as_it_is(string what)
    {
        var (pin, pack) = Pack("a");
        var commit = what switch
        {
            "a commit that is not there" => new string('1', 40),
            "the id of a tree" => Git(Url("a"), "rev-parse", "HEAD^{tree}"),
            "the id of a tag" => Tag(),
            _ => pin.Commit,
        };
        if (what == "a pack that is none")
            pack = "PACK"u8.ToArray();
        else if (what == "a pack that lacks a file")
            pack = PackOf(Url("a"), pin.Commit, Git(Url("a"), "rev-parse", "HEAD^{tree}"));
        else if (what == "the id of a tag")
            pack = PackOf(Url("a"), [.. Git(Url("a"), "rev-list", "--objects", "--all").Split('\n')
                .Select(line => line.Split(' ')[0]), commit]);
        var store = Store(pin);
        Write(Entry($"objects/{store}.pack", "Objects", pack, commit));
        (await RefusedAsync(new PinLedger { Repos = [pin with { Commit = commit }] })).Rule.ShouldBe(
            BundleRules.Damaged);
        NothingIsTaken();
        // The next fetch works as it did before the attack.
        Read((await AcquireAsync(pin))[0]).ShouldBe("one");

        string Tag()
        {
            Git(Url("a"), "tag", "--annotate", "--message", "t", "v1");
            return Git(Url("a"), "rev-parse", "v1");
        }
    }

    [Fact]
    public async Task Commits_that_no_pin_has_are_not_taken_and_later_fetches_go_on()
    {
        var (foreign, pack) = Pack("a");
        var next = Remote("a", "two")[0];
        var pin = Pin("a", "file://" + Url("a"), next);
        Write(Entry($"objects/{Store(pin)}.pack", "Objects", pack, foreign.Commit));
        await UnpackAsync(new PinLedger { Repos = [pin] });
        Log.Reported.ShouldHaveSingleItem().Message.ShouldContain(foreign.Commit);
        Directory.Exists(Path.Combine(Layout.Sources, ".objects")).ShouldBeFalse();
        Read((await AcquireAsync(pin))[0]).ShouldBe("two");
    }

    [Fact]
    public async Task Of_a_pack_only_what_belongs_to_the_pins_is_taken()
    {
        var (pin, _) = Pack("a");
        var secret = Path.Combine(Folder, "secret");
        File.WriteAllText(secret, "planted");
        var planted = Git(Url("a"), "hash-object", "-w", secret);
        var pack = PackOf(Url("a"),
            [.. Git(Url("a"), "rev-list", "--objects", pin.Commit).Split('\n').Select(line => line.Split(' ')[0]),
                planted]);
        Write(Entry($"objects/{Store(pin)}.pack", "Objects", pack, pin.Commit));
        await UnpackAsync(new PinLedger { Repos = [pin] });
        var store = Path.Combine(Layout.Sources, ".objects", Store(pin) + ".git");
        Git(store, "cat-file", "--batch-all-objects", "--batch-check").Split('\n').Select(line => line.Split(' ')[0])
            .ShouldNotContain(planted);
        Read((await AcquireAsync(Options(offline: true), pin))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task A_tree_with_the_modes_of_old_versions_of_git_is_taken()
    {
        Remote("a", "one");
        var blob = Git(Url("a"), "rev-parse", "HEAD:file.txt");
        File.WriteAllBytes(Path.Combine(Folder, "tree"), [.. "100664 file.txt\0"u8, .. Convert.FromHexString(blob)]);
        var tree = Git(Url("a"), "hash-object", "-t", "tree", "-w", "--literally", Path.Combine(Folder, "tree"));
        var pin = Pin("a", "file://" + Url("a"), Git(Url("a"), "commit-tree", "-m", "old", tree));
        Write(Entry($"objects/{Store(pin)}.pack", "Objects", PackOf(Url("a"), pin.Commit, tree, blob), pin.Commit));
        await UnpackAsync(new PinLedger { Repos = [pin] });
        Git(Path.Combine(Layout.Sources, ".objects", Store(pin) + ".git"), "cat-file", "-t",
            pin.Commit).ShouldBe("commit");
    }

    // Any manifest leads to a bundle or to one coded error, and no file is written outside of the folder.
    [Fact]
    public async Task Any_manifest_is_taken_or_is_one_coded_error()
    {
        var random = Seeds.New();
        string[] values =
        [
            "null", "{}", "[]", "-1", "1e99", "9223372036854775807", "true", "\"\"", "\"--output=/tmp/x\"",
            "\"\\u0000\"", "\"\\ud800\"", "\"../../x\"", "[null]", "\"files/a/f\"", "\"Objects\"", "\"Package\"", "0",
            "\"" + new string('0', 40) + "\"", "\"" + new string('0', 64) + "\"", "[\"" + new string('0', 40) + "\"]",
            "[[[[[[]]]]]]", "\"\\u001b]0;x\\u0007\"",
        ];
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var good = Manifest([Entry("files/a/f", "File", "content"u8.ToArray()),
                Entry("packages/p.1.0.0.nupkg", "Package", "content"u8.ToArray())]);
            var text = random.Next(4) switch
            {
                0 => good[..random.Next(good.Length)] + good[random.Next(good.Length)..],
                1 => good.Remove(random.Next(good.Length), 1),
                2 => good.Insert(random.Next(good.Length), ((char)random.Next(1, 0x2FF)).ToString()),
                _ => Changed(JsonNode.Parse(good)!.AsObject()),
            };
            Write(_ => text, [Entry("files/a/f", "File", "content"u8.ToArray()),
                Entry("packages/p.1.0.0.nupkg", "Package", "content"u8.ToArray())]);
            try
            {
                await UnpackAsync(Ledger());
            }
            catch (DiagnosticException problem)
            {
                problem.Diagnostics.AtLeastOne()
                    .ShouldAllBe(found => found.Rule.Code.StartsWith("VART20", StringComparison.Ordinal), text);
                problem.Message.Any(character => char.IsControl(character) && character is not ('\n' or '\r'))
                    .ShouldBeFalse(text);
                refused++;
            }
            string.Join(' ', Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)).ShouldBe("bundle.tar.gz evaluation gitconfig", text);
            Directory.Delete(Layout.Sources, recursive: true);
        }
        refused.ShouldBeGreaterThan(50);

        string Changed(JsonObject manifest)
        {
            var target = random.Next(3) == 0 ? manifest : manifest["entries"]!.AsArray()[random.Next(2)]!.AsObject();
            var key = target.Select(pair => pair.Key).ToList() is var keys ? keys[random.Next(keys.Count)] : "";
            target[key] = "@";
            return manifest.ToJsonString().Replace("\"@\"", values[random.Next(values.Length)],
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Any_archive_is_taken_or_is_one_coded_error()
    {
        var random = Seeds.New();
        Write(Entry("files/a/f", "File", "content"u8.ToArray()),
            Entry("packages/p.1.0.0.nupkg", "Package", "content"u8.ToArray()));
        using var unpacked = new MemoryStream();
        await using (var gzip = new GZipStream(File.OpenRead(Archive), CompressionMode.Decompress))
            await gzip.CopyToAsync(unpacked, Cancellation);
        var good = unpacked.ToArray();
        var (refused, taken) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await using (var gzip = new GZipStream(File.Create(Archive), CompressionLevel.Fastest))
                gzip.Write(bytes.AsSpan(0, random.Next(5) == 0 ? random.Next(bytes.Length) : bytes.Length));
            try
            {
                await UnpackAsync(Ledger());
            }
            catch (DiagnosticException problem)
            {
                problem.Diagnostics.AtLeastOne()
                    .ShouldAllBe(found => found.Rule.Code.StartsWith("VART20", StringComparison.Ordinal));
                refused++;
            }
            var files = Path.Combine(Layout.Sources, ".files");
            foreach (var file in Directory.Exists(files)
                ? Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories) : [])
            {
                File.ReadAllText(file).ShouldBe("content");
                taken++;
            }
            Directory.Delete(Layout.Sources, recursive: true);
        }
        refused.ShouldBeGreaterThan(100);
        taken.ShouldBeGreaterThan(0);
    }

    private static PinLedger Ledger()
    {
        static DeclarationItem Item(string type, string name) =>
            new(type, name, new Dictionary<string, string>(), () => new SourceLocation("pins.props", 3));
        static ExternalFile File(string name, string? hash) =>
            new() { Name = name, Item = Item("ExternalFile", name), Url = "u", Sha256 = hash, LocalName = "f" };
        return new PinLedger
        {
            Files = [File("a", Hash), File("b", Hash), File("unpinned", null)],
            Tools =
            [
                new ToolPin { Name = "p", Item = Item("ToolPin", "p"), Version = "1.0.0",
                    PackageHashes = new Dictionary<string, string> { ["p"] = Hash } },
                new ToolPin { Name = "q", Item = Item("ToolPin", "q"), Version = "1.0.0" },
            ],
        };
    }

    private Task UnpackAsync(PinLedger ledger) =>
        new BundleUnpacker(Layout, ledger, new SourceStore(Options(offline: true), Log), new ContentHashes(),
            Log).UnpackAsync(Archive, Cancellation);

    private async Task<Diagnostic> RefusedAsync(PinLedger ledger) =>
        (await Should.ThrowAsync<DiagnosticException>(() => UnpackAsync(ledger))).Diagnostics.ShouldHaveSingleItem();

    private void NothingIsTaken()
    {
        Directory.EnumerateFiles(Layout.Sources, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        File.Exists(Path.Combine(Folder, "f")).ShouldBeFalse();
    }

    // A repository with one commit, and a pack of it.
    private (ExternalRepo Pin, byte[] Pack) Pack(string name)
    {
        var commit = Remote(name, "one")[0];
        return (Pin(name, "file://" + Url(name), commit),
            PackOf(Url(name),
                [.. Git(Url(name), "rev-list", "--objects", commit).Split('\n').Select(line => line.Split(' ')[0])]));
    }

    private byte[] PackOf(string repository, params string[] objects)
    {
        var list = Path.Combine(Folder, "objects.txt");
        File.WriteAllLines(list, objects);
        var name = Git(repository, "-c", "core.pager=cat", "-c",
            $"alias.p=!git pack-objects --quiet {Folder}/made < {list}", "p");
        var bytes = File.ReadAllBytes(Path.Combine(Folder, $"made-{name}.pack"));
        foreach (var made in Directory.EnumerateFiles(Folder, "made-*").Append(list))
            File.Delete(made);
        return bytes;
    }

    private static string Store(ExternalRepo pin) => ContentHashes.OfText(PinLedger.Normalised(pin.Url))[..16];

    private sealed record Made(string Path, string Kind, long Size, string Sha256, IReadOnlyList<string?> Commits,
        byte[]? Content);

    private static Made Entry(string path, string kind, byte[] content, params string?[] commits) =>
        new(path, kind, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), commits, content);

    private static string Manifest(IReadOnlyList<Made> entries) => JsonSerializer.Serialize(new
    {
        format = 1,
        sdk = "1",
        entries = entries.Select(entry => new
        {
            path = entry.Path,
            kind = entry.Kind,
            of = "x",
            commits = entry.Commits,
            size = entry.Size,
            sha256 = entry.Sha256
        }),
    });

    private void Write(params Made[] entries) => Write(manifest => manifest, entries);

    private void Write(Func<string, string> change, IReadOnlyList<Made> entries, Action<TarWriter>? more = null)
    {
        using var gzip = new GZipStream(File.Create(Archive), CompressionLevel.SmallestSize);
        using var tar = new TarWriter(gzip);
        tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile,
            "manifest.json")
        { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(change(Manifest(entries)))) });
        foreach (var entry in entries.Where(entry => entry.Content is not null && entry.Path.Length > 0))
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile,
                entry.Path.Replace('\0', '0'))
            { DataStream = new MemoryStream(entry.Content!) });
        more?.Invoke(tar);
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

public sealed class BundleSpecs : GitFolder
{
    private string Archive => Path.Combine(Folder, "bundle.tar.gz");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_commits_of_a_bundle_are_checked_out_without_their_remote_and_nothing_else_is()
    {
        var commits = Remote("a", "one", "two", "three");
        var (first, second) = (Pin("first", "file://" + Url("a"), commits[0]),
            Pin("second", "file://" + Url("a"), commits[1]));
        await WriteAsync(first, second);
        Forget("a");
        await UnpackAsync(first, second);
        (await AcquireAsync(Options(offline: true), first, second)).Select(source => Read(source))
            .ShouldBe(["one", "two"]);
        (await FailAsync(Options(offline: true), Pin("third", "file://" + Url("a"), commits[2]))).Rule.ShouldBe(
            SourceRules.Offline);
    }

    [Fact]
    public async Task Submodules_are_in_it()
    {
        Remote("inner", "inner");
        Remote("outer", "outer");
        Git(Url("outer"), "submodule", "--quiet", "add", "../inner", "inner");
        Git(Url("outer"), "commit", "--quiet", "--all", "--message", "with inner");
        var pin = Pin("outer", "file://" + Url("outer"), Git(Url("outer"), "rev-parse", "HEAD"));
        (await WriteAsync(pin)).Entries.Select(entry => entry.Commits.Count).ShouldBe([1, 1]);
        Forget("inner", "outer");
        await UnpackAsync(pin);
        Read((await AcquireAsync(Options(offline: true), pin))[0], "inner/file.txt").ShouldBe("inner");
    }

    [Fact]
    public async Task A_part_of_a_repository_is_in_it_without_the_rest()
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]) with { SparsePaths = SparsePaths.Read("sub") };
        await WriteAsync(pin);
        var first = await File.ReadAllBytesAsync(Archive, Cancellation);
        Forget();
        Git(Url("a"), "config", "uploadpack.allowFilter", "true");
        await WriteAsync(pin);
        (await File.ReadAllBytesAsync(Archive, Cancellation)).ShouldBe(first,
            "what the server sent besides is not in the bundle");
        Forget("a");
        await UnpackAsync(pin);
        var source = (await AcquireAsync(Options(offline: true), pin))[0];
        Read(source, "sub/other.txt").ShouldBe("same");
        File.Exists(Path.Combine(source.Path, "file.txt")).ShouldBeFalse();
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        (await FailAsync(Options(offline: true), pin with { Name = "whole", SparsePaths = null })).Rule.ShouldBe(
            SourceRules.Offline);
    }

    [Fact]
    public async Task It_adds_to_what_is_here()
    {
        var commits = Remote("a", "one", "two");
        var (first, second) = (Pin("first", "file://" + Url("a"), commits[0]),
            Pin("second", "file://" + Url("a"), commits[1]));
        await WriteAsync(second);
        Forget();
        await AcquireAsync(first);
        Directory.Delete(Url("a"), recursive: true);
        await UnpackAsync(first, second);
        (await AcquireAsync(Options(offline: true), first, second)).Select(source => Read(source))
            .ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Equal_inputs_give_equal_bytes()
    {
        var commits = Remote("a", "one", "two");
        var pin = Pin("a", "file://" + Url("a"), commits[1]);
        await WriteAsync(pin);
        var first = await File.ReadAllBytesAsync(Archive, Cancellation);
        Forget();
        // Fetching in another order leaves different packs in the store.
        await AcquireAsync(Pin("a", "file://" + Url("a"), commits[0]));
        await WriteAsync(pin);
        (await File.ReadAllBytesAsync(Archive, Cancellation)).ShouldBe(first);
    }

    [Fact]
    public async Task The_pack_of_an_earlier_bundle_is_used_again_unless_it_is_damaged_or_of_other_commits()
    {
        var commits = Remote("a", "one", "two");
        var pin = Pin("a", "file://" + Url("a"), commits[1]);
        await WriteAsync(pin);
        var first = await File.ReadAllBytesAsync(Archive, Cancellation);
        var pack = Kept().ShouldHaveSingleItem();
        var made = File.GetLastWriteTimeUtc(pack);
        await WriteAsync(pin);
        (await File.ReadAllBytesAsync(Archive, Cancellation)).ShouldBe(first);
        File.GetLastWriteTimeUtc(pack).ShouldBe(made, "the pack is used again");
        await File.WriteAllBytesAsync(pack, [.. (await File.ReadAllBytesAsync(pack, Cancellation)).Reverse()],
            Cancellation);
        await WriteAsync(pin);
        (await File.ReadAllBytesAsync(Archive, Cancellation)).ShouldBe(first, "the damaged pack is made again");
        await WriteAsync(pin with { Commit = commits[0] });
        Kept().ShouldHaveSingleItem().ShouldNotBe(pack);
        (await File.ReadAllBytesAsync(Archive, Cancellation)).ShouldNotBe(first);

        string[] Kept() => Directory.GetFiles(Path.Combine(Layout.Sources, ".packs"), "*.pack",
            SearchOption.AllDirectories);
    }

    [Fact]
    public async Task Any_tar_reads_it_and_the_manifest_is_first()
    {
        await WriteAsync(Pin("a", "file://" + Url("a"), Remote("a", "one")[0]));
        await using var gzip = new GZipStream(File.OpenRead(Archive), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        (await tar.GetNextEntryAsync(cancellationToken: Cancellation))!.Name.ShouldBe("manifest.json");
        var pack = (await tar.GetNextEntryAsync(cancellationToken: Cancellation))!;
        (pack.Name, pack.ModificationTime, pack.Uid).ShouldBe((pack.Name, DateTimeOffset.UnixEpoch, 0));
        pack.Name.ShouldMatch(@"^objects/[0-9a-f]{16}\.pack$");
    }

    [Fact]
    public async Task What_is_compressed_already_is_stored_and_what_is_not_is_compressed()
    {
        var folder = Directory.CreateTempSubdirectory("bundle-");
        try
        {
            var (dense, text) = (Path.Combine(folder.FullName, "a.bin"), Path.Combine(folder.FullName, "b.txt"));
            var noise = new byte[3 << 20];
            new Random(7).NextBytes(noise);
            await File.WriteAllBytesAsync(dense, noise, Cancellation);
            await File.WriteAllTextAsync(text, string.Concat(Enumerable.Repeat("the same line\n", 300_000)),
                Cancellation);
            var archive = Path.Combine(folder.FullName, "bundle.tar.gz");
            await BundleArchive.WriteAsync(archive, [new("files/a/a.bin", BundleKind.File, "a", dense),
                new("files/b/b.txt", BundleKind.File, "b", text)], "test", Cancellation);
            var bytes = await File.ReadAllBytesAsync(archive, Cancellation);
            bytes.Length.ShouldBeInRange(noise.Length, noise.Length + (200 << 10));
            bytes.AsSpan().IndexOf(noise.AsSpan(1 << 20, 1000)).ShouldBePositive("it is stored as it is");
            var unpacked = Directory.CreateDirectory(Path.Combine(folder.FullName, "unpacked")).FullName;
            await BundleArchive.ReadAsync(archive, unpacked, manifest => manifest.Entries, Cancellation);
            (await File.ReadAllBytesAsync(Path.Combine(unpacked, "files/a/a.bin"), Cancellation)).ShouldBe(noise);
            Programs.Run("tar", "-xzf", archive, "-C", folder.FullName).Succeeds();
            (await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "files/b/b.txt"), Cancellation))
                .ShouldBe(await File.ReadAllBytesAsync(text, Cancellation));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("cut in the middle", "VART2032")]
    [InlineData("cut at the end", "VART2032")]
    [InlineData("a bit is flipped", "VART2032")]
    [InlineData("no archive", "VART2031")]
    [InlineData("empty", "VART2031")]
    [InlineData("not there", "VART2030")]
    public async Task What_is_not_whole_is_a_coded_error_and_nothing_of_it_is_used(string what, string code)
    {
        // The file is so long that the middle of the archive comes after the manifest.
        var pin = Pin("a", "file://" + Url("a"), Remote("a", RandomNumberGenerator.GetHexString(100_000))[0]);
        await WriteAsync(pin);
        Forget("a");
        var bytes = await File.ReadAllBytesAsync(Archive, Cancellation);
        if (what == "not there")
            File.Delete(Archive);
        else
            await File.WriteAllBytesAsync(Archive, what switch
            {
                "cut in the middle" => bytes[..(bytes.Length / 2)],
                "cut at the end" => bytes[..^2000],
                "a bit is flipped" => [.. bytes[..^3000], (byte)(bytes[^3000] ^ 16), .. bytes[^2999..]],
                "empty" => [],
                _ => RandomNumberGenerator.GetBytes(10_000),
            }, Cancellation);
        var problem = await Should.ThrowAsync<DiagnosticException>(() => UnpackAsync(pin));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.Code.ShouldBe(code);
        Directory.Exists(Path.Combine(Layout.Sources, ".objects")).ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_cannot_be_written_leaves_nothing()
    {
        var stopped = new CancellationToken(canceled: true);
        var file = Path.Combine(Folder, "some.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(1 << 20), Cancellation);
        await Should.ThrowAsync<OperationCanceledException>(() =>
            BundleArchive.WriteAsync(Archive, [new BundleInput("files/f", BundleKind.File, "f", file)], "1", stopped));
        Directory.EnumerateFiles(Folder, "bundle*").ShouldBeEmpty();
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            BundleArchive.WriteAsync("/proc/none/bundle.tar.gz", [], "1", Cancellation));
        problem.Diagnostics[0].Rule.Code.ShouldBe("VART0009");
    }

    [Fact]
    public async Task Without_git_there_is_no_bundle_of_repositories()
    {
        var pin = Pin("a", Url("a"), Remote("a", "one")[0]);
        var store = new SourceStore(Options(searchPath: []), Log);
        var acquired = await AcquireAsync(Options(searchPath: []), pin);
        (await Should.ThrowAsync<DiagnosticException>(() =>
            store.PackAsync([pin], acquired, Folder, Cancellation))).Diagnostics[0].Rule.ShouldBe(BundleRules.NeedsGit);
    }

    [Fact]
    public async Task A_checkout_that_the_library_made_can_be_bundled_where_git_is()
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        await AcquireAsync(Options(searchPath: []), pin);
        await WriteAsync(pin);
        Forget("a");
        await UnpackAsync(pin);
        Read((await AcquireAsync(Options(offline: true), pin))[0]).ShouldBe("one");
    }

    private async Task<BundleManifest> WriteAsync(params ExternalRepo[] pins)
    {
        var store = new SourceStore(Options(), Log);
        var staging = Directory.CreateDirectory(Path.Combine(Folder, "staging")).FullName;
        var inputs = await store.PackAsync(pins, await AcquireAsync(pins), staging, Cancellation);
        var manifest = await BundleArchive.WriteAsync(Archive, inputs, "1.2.3", Cancellation);
        Directory.Delete(staging, recursive: true);
        return manifest;
    }

    private Task UnpackAsync(params ExternalRepo[] pins) =>
        new BundleUnpacker(Layout, new PinLedger { Repos = pins }, new SourceStore(Options(offline: true), Log),
            new ContentHashes(), Log).UnpackAsync(Archive, Cancellation);

    // Removes the files of this evaluation and the remotes.
    private void Forget(params string[] remotes)
    {
        Directory.Delete(Layout.Sources, recursive: true);
        foreach (var remote in remotes)
            Directory.Delete(Url(remote), recursive: true);
    }
}

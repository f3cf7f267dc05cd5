using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>Tests files in Git LFS: they are fetched or reported as missing, and a pointer is never mistaken for the
/// file.</summary>
public sealed class LfsSpecs : GitFolder
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_in_LFS_are_fetched_clean_and_compared_by_content()
    {
        var pin = await RemoteWithLfsAsync();
        var path = (await AcquireAsync(pin))[0].Path;
        (await File.ReadAllTextAsync(Path.Combine(path, "big/data.bin"), Stop)).ShouldBe("content");
        (await File.ReadAllTextAsync(Path.Combine(path, "raw.bin"), Stop)).ShouldBe("no pointer");
        File.GetUnixFileMode(Path.Combine(path, "big/run.bin")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        Git(path, "status", "--porcelain", "big").ShouldBe("");
        // Offline and without git-lfs, a file that is present still matches its pin.
        Directory.Delete(Path.Combine(Url("a"), ".git/lfs"), recursive: true);
        (await AcquireAsync(Options(offline: true), pin))[0].Path.ShouldBe(path);
        (await AcquireAsync(Options(git: false), pin))[0].Path.ShouldBe(path);
        await File.WriteAllTextAsync(Path.Combine(path, "big/data.bin"), "CONTENT", Stop);
        foreach (var git in (bool[])[true, false])
        {
            var problem = await FailAsync(Options(git), pin);
            problem.Rule.ShouldBe(SourceRules.Edited);
            problem.Message.ShouldContain("big/data.bin (changed)");
        }
    }

    [Fact]
    public async Task A_pointer_that_was_put_back_becomes_the_file_again()
    {
        var pin = await RemoteWithLfsAsync();
        var path = (await AcquireAsync(pin))[0].Path;
        await File.WriteAllTextAsync(Path.Combine(path, "big/data.bin"),
            Git(Url("a"), "cat-file", "blob", "HEAD:big/data.bin") + "\n", Stop);
        await AcquireAsync(Options(offline: true), pin);
        (await File.ReadAllTextAsync(Path.Combine(path, "big/data.bin"), Stop)).ShouldBe("content");
    }

    [Fact]
    public async Task What_the_server_does_not_have_is_an_error_unless_pointers_are_asked_for()
    {
        var pin = await RemoteWithLfsAsync();
        Directory.Delete(Path.Combine(Url("a"), ".git/lfs"), recursive: true);
        foreach (var git in (bool[])[true, false])
        {
            var problem = await FailAsync(Options(git), pin);
            problem.Rule.ShouldBe(SourceRules.LfsNotFetched, problem.Message);
            problem.Message.ShouldContain("big/data.bin");
        }
        Directory.Exists(Path.Combine(Layout.Sources, "a")).ShouldBeFalse();
        foreach (var git in (bool[])[true, false])
            Read((await AcquireAsync(Options(git), pin with { Lfs = false }))[0], "big/data.bin")
                .ShouldStartWith("version https://git-lfs");
        (await FailAsync(Options(), pin)).Rule.ShouldBe(SourceRules.LfsNotFetched);
    }

    [Fact]
    public async Task Without_the_program_that_is_said()
    {
        var pin = await RemoteWithLfsAsync();
        var bin = Path.Combine(Folder, "bin");
        Directory.CreateDirectory(bin);
        File.CreateSymbolicLink(Path.Combine(bin, "git"),
            new[] { "/usr/local/bin/git", "/usr/bin/git" }.First(File.Exists));
        var variables = Variables;
        variables["PATH"] = bin;
        var problem = await FailAsync(Options() with { Environment = variables }, pin);
        problem.Rule.ShouldBe(SourceRules.LfsNotFetched, problem.Message);
        problem.Message.ShouldContain("git-lfs is not installed");
    }

    [Fact]
    public async Task In_submodules_too()
    {
        await RemoteWithLfsAsync();
        Remote("outer", "outer");
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"),
            "[filter \"lfs\"]\nsmudge = git-lfs smudge -- %f\nclean = git-lfs clean -- %f\nrequired = true\n", Stop);
        Git(Url("outer"), "submodule", "--quiet", "add", "../a", "m");
        var pin = Pin("outer", "file://" + Url("outer"), Commit("outer"));
        foreach (var _ in Enumerable.Range(0, 2))
            Read((await AcquireAsync(pin))[0], "m/big/data.bin").ShouldBe("content");
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid "
        + "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n", true)]
    [InlineData("version https://git-lfs.github.com/spec/v1\next-0-foo sha256:x\noid "
        + "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 0\n", true)]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", false)]
    [InlineData("oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n", false)]
    [InlineData("", false)]
    public void A_pointer_is_told_from_a_text(string text, bool isOne) =>
        (LfsPointer.Parse("x", System.Text.Encoding.UTF8.GetBytes(text)) is not null).ShouldBe(isOne);

    private async Task<ExternalRepo> RemoteWithLfsAsync()
    {
        if (!File.Exists("/usr/bin/git-lfs") && !File.Exists("/usr/local/bin/git-lfs"))
            Assert.Skip("git-lfs is not installed (Debian package git-lfs)");
        Remote("a", "one");
        // A file that was committed without the filter is not a pointer, although its attribute says so.
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "raw.bin"), "no pointer", Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitattributes"),
            "*.bin filter=lfs diff=lfs merge=lfs -text\n", Stop);
        Commit("a");
        Git(Url("a"), "lfs", "install", "--local", "--force");
        Directory.CreateDirectory(Path.Combine(Url("a"), "big"));
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "big/data.bin"), "content", Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "big/run.bin"), "program", Stop);
        File.SetUnixFileMode(Path.Combine(Url("a"), "big/run.bin"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        Git(Url("a"), "add", "big");
        Git(Url("a"), "commit", "--quiet", "--message", "big");
        Git(Url("a"), "cat-file", "blob", "HEAD:big/data.bin").ShouldStartWith("version https://git-lfs");
        return Pin("a", "file://" + Url("a"), Git(Url("a"), "rev-parse", "HEAD"));
    }
}

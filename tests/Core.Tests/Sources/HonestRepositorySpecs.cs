using System.Runtime.InteropServices;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>
/// Tests repositories and configurations that occur in practice: they are fetched, clean, and clean again on the next
/// call, or a message says why not.
/// </summary>
public sealed class HonestRepositorySpecs : GitFolder
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("100664", false)]
    [InlineData("100775", true)]
    [InlineData("0100644", false)]
    public async Task Unusual_modes_of_old_repositories_are_fetched(string mode, bool isProgram)
    {
        var pin = OddMode(mode);
        foreach (var _ in Enumerable.Range(0, 2))
            Read((await AcquireAsync(pin))[0]).ShouldBe("odd");
        File.GetUnixFileMode(Path.Combine(Layout.Sources, "a/file.txt")).HasFlag(UnixFileMode.UserExecute)
            .ShouldBe(isProgram);
    }

    [Theory]
    [InlineData("100664")]
    [InlineData("100775")]
    public async Task Some_unusual_modes_need_git(string mode) =>
        (await FailAsync(Options(git: false), OddMode(mode))).Rule.ShouldBe(SourceRules.NotWithoutGit);

    [Fact]
    public async Task A_commit_with_an_odd_author_and_date_is_fetched()
    {
        Remote("a", "one");
        var text =
            $"tree {Git(Url("a"), "rev-parse", "HEAD^{tree}")}\nauthor nobody<> 1 +051800\ncommitter x <x@x> "
                + "0123456789 -7000\n\nodd\n";
        var commit = GitReading(Encoding.UTF8.GetBytes(text), Url("a"), "hash-object", "-t", "commit", "-w", "--stdin",
            "--literally");
        Git(Url("a"), "update-ref", "refs/heads/odd", commit);
        Read((await AcquireAsync(Pin("a", "file://" + Url("a"), commit)))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task What_git_converts_is_clean_by_git_and_not_judged_without_it()
    {
        Remote("a", "one");
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitattributes"),
            "u16.txt text working-tree-encoding=UTF-16LE-BOM\ncrlf.txt text eol=crlf\nid.txt ident\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "u16.txt"), "äöü\n", new UnicodeEncoding(false, true),
            Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "crlf.txt"), "a\r\nb\r\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "id.txt"), "$Id$\n", Stop);
        var pin = Pin("a", "file://" + Url("a"), Commit("a"));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var source = (await AcquireAsync(pin))[0];
            (await File.ReadAllTextAsync(Path.Combine(source.Path, "u16.txt"), Stop)).ShouldBe("äöü\n");
            Read(source, "crlf.txt").ShouldBe("a\r\nb\r\n");
            Read(source, "id.txt").ShouldStartWith("$Id: ");
            Git(source.Path, "status", "--porcelain").ShouldBe("");
        }
        (await FailAsync(Options(git: false), pin)).Rule.ShouldBe(SourceRules.NotWithoutGit);
        (await FailAsync(Options(git: false), Pin("b", pin.Url, pin.Commit))).Rule.ShouldBe(SourceRules.NotWithoutGit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_configuration_and_the_variables_of_the_user_change_no_file(bool git)
    {
        Remote("a", "one\n");
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitattributes"), "file.txt filter=shout\n*.x text\n",
            Stop);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "b.x"), "1\n2\n", Stop);
        var pin = Pin("a", "https://host.invalid/a", Commit("a"));
        var hooks = Path.Combine(Folder, "hooks");
        Directory.CreateDirectory(Path.Combine(hooks, "template/hooks"));
        foreach (var hook in (string[])["post-checkout", "reference-transaction", "post-index-change",
            "template/hooks/post-checkout"])
        {
            await File.WriteAllTextAsync(Path.Combine(hooks, hook), $"#!/bin/sh\ntouch {Folder}/hook-ran\nexit 1\n",
                Stop);
            File.SetUnixFileMode(Path.Combine(hooks, hook), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        await File.WriteAllTextAsync(Path.Combine(Folder, "attributes"), "* eol=crlf text\n", Stop);
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"), $"""
            [core]
            hooksPath = {hooks}
            autocrlf = true
            fsmonitor = touch {Folder}/hook-ran
            attributesFile = {Folder}/attributes
            [init]
            templateDir = {hooks}/template
            [filter "shout"]
            smudge = tr a-z A-Z
            clean = tr A-Z a-z
            required = true
            [status]
            showUntrackedFiles = no
            [fetch]
            prune = true
            recurseSubmodules = true
            [safe]
            bareRepository = explicit
            [submodule]
            recurse = true
            [checkout]
            defaultRemote = x
            [url "file://{Folder}/remotes/"]
            insteadOf = https://host.invalid/
            """, Stop);
        var variables = Variables;
        foreach (var (name, value) in new[]
        {
            ("GIT_DIR", "/nowhere"), ("GIT_WORK_TREE", "/nowhere"), ("GIT_INDEX_FILE", "/nowhere"),
            ("GIT_OBJECT_DIRECTORY", "/nowhere"), ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nowhere"),
            ("GIT_TEMPLATE_DIR", hooks + "/template"), ("GIT_CONFIG", "/nowhere"), ("GIT_NAMESPACE", "x"),
            ("GIT_CEILING_DIRECTORIES", "/"), ("GIT_DEFAULT_HASH", "sha256"), ("GIT_TRACE", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"), ("GIT_EXTERNAL_DIFF", "false"), ("GIT_SHALLOW_FILE", "/nowhere"),
            ("GIT_COMMON_DIR", "/nowhere"), ("GIT_EXEC_PATH", "/nowhere"), ("LC_ALL", "de_DE.UTF-8"),
            ("LANGUAGE", "de"),
        })
            variables[name] = value;
        var options = Options(git) with { Environment = variables };
        if (!git)
            pin = pin with { Url = "file://" + Url("a") };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var source = (await AcquireAsync(options, pin))[0];
            Read(source).ShouldBe("one\n");
            Read(source, "b.x").ShouldBe("1\n2\n");
        }
        File.Exists(Path.Combine(Folder, "hook-ran")).ShouldBeFalse();
        File.Exists(Path.Combine(Layout.Sources, "a/.git/hooks/post-checkout")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_users_configuration_by_variables_leads_to_the_mirror()
    {
        var variables = Variables;
        variables["GIT_CONFIG_COUNT"] = "1";
        variables["GIT_CONFIG_KEY_0"] = $"url.file://{Folder}/remotes/.insteadOf";
        variables["GIT_CONFIG_VALUE_0"] = "https://host.invalid/";
        Read((await AcquireAsync(Options() with { Environment = variables },
            Pin("a", "https://host.invalid/a", Remote("a", "one")[0])))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task The_umask_of_the_caller_does_not_decide_who_reads_sources()
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        var before = Umask(Convert.ToInt32("077", 8));
        try
        {
            await AcquireAsync(pin);
        }
        finally
        {
            _ = Umask(before);
        }
        File.GetUnixFileMode(Path.Combine(Layout.Sources, "a/file.txt")).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
        foreach (var folder in (string[])["a", "a/sub"])
            File.GetUnixFileMode(Path.Combine(Layout.Sources, folder))
                .HasFlag(UnixFileMode.OtherRead | UnixFileMode.OtherExecute).ShouldBeTrue(folder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tag_a_tree_and_a_file_are_told_from_a_commit(bool git)
    {
        var commit = Remote("a", "one")[0];
        Git(Url("a"), "tag", "--annotate", "--message", "v1", "v1");
        Git(Url("a"), "tag", "--annotate", "--message", "v2", "v2", "v1");
        foreach (var tag in (string[])["v1", "v2"])
        {
            var problem = await FailAsync(Options(git),
                Pin(tag, "file://" + Url("a"), Git(Url("a"), "rev-parse", tag)));
            problem.Rule.ShouldBe(SourceRules.NoCommit);
            problem.Message.ShouldContain($"an annotated tag. Its commit is {commit}");
        }
        var tree = await FailAsync(Options(git),
            Pin("tree", "file://" + Url("a"), Git(Url("a"), "rev-parse", "HEAD^{tree}")));
        tree.Rule.ShouldBe(SourceRules.NoCommit);
        tree.Message.ShouldContain("a tree");
        Read((await AcquireAsync(Options(git), Pin("good", "file://" + Url("a"), commit)))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task A_SHA256_repository_is_fetched_by_git_and_every_mismatch_is_told()
    {
        Directory.CreateDirectory(Url("new"));
        Git(Url("new"), "init", "--quiet", "--object-format=sha256");
        var commit = Remote("new", "one")[0];
        commit.Length.ShouldBe(64);
        var pin = Pin("new", "file://" + Url("new"), commit);
        new PinLedger { Repos = [pin] }.Lint().ShouldBeEmpty();
        (await FailAsync(Options(git: false), pin)).Rule.ShouldBe(SourceRules.NotWithoutGit);
        foreach (var _ in Enumerable.Range(0, 2))
            Read((await AcquireAsync(pin))[0]).ShouldBe("one");
        (await FailAsync(Options(), Pin("short", "file://" + Url("new"), commit[..40]))).Rule.ShouldBe(
            SourceRules.OtherFormat);
        Remote("old", "one");
        (await FailAsync(Options(), Pin("long", "file://" + Url("old"), commit))).Rule.ShouldBe(
            SourceRules.OtherFormat);
    }

    [Theory]
    [InlineData(true, "dubious ownership")]
    [InlineData(false, "owner")]
    public async Task Sources_of_another_owner_are_told_with_gits_words_whole(bool git, string words)
    {
        if (Environment.UserName != "root")
            Assert.Skip("only root can give files away");
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        await AcquireAsync(Options(git), pin);
        Programs.Run("chown", "-R", "1234", Layout.Root).Succeeds();
        var problem = await FailAsync(Options(git), pin);
        problem.Rule.ShouldBe(SourceRules.OtherOwner, problem.Message);
        problem.Message.ShouldContain(words);
    }

    [Fact]
    public async Task Sources_of_another_owner_are_used_when_git_is_told_that_they_are_safe()
    {
        if (Environment.UserName != "root")
            Assert.Skip("only root can give files away");
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        await AcquireAsync(pin);
        Programs.Run("chown", "-R", "1234", Layout.Root).Succeeds();
        (await FailAsync(Options(), pin)).Message.ShouldContain("git config --global --add safe.directory");
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"), "[safe]\ndirectory = *\n", Stop);
        Read((await AcquireAsync(pin))[0]).ShouldBe("one");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_evaluation_that_was_moved_is_as_it_was(bool git)
    {
        Remote("m", "inner");
        Remote("a", "one");
        Git(Url("a"), "submodule", "--quiet", "add", "../m", "deep/m");
        var pin = Pin("a", "file://" + Url("a"), Commit("a"));
        await AcquireAsync(Options(git), pin);
        Directory.CreateDirectory(Path.Combine(Folder, "some/where"));
        var moved = new Declarations.EvaluationLayout(Path.Combine(Folder, "some/where/else"), Folder);
        Directory.Move(Layout.Root, moved.Root);
        Directory.Delete(Url("a"), recursive: true);
        var source = (await AcquireAsync(Options(git) with { Layout = moved, Offline = true }, pin))[0];
        Read(source, "deep/m/file.txt").ShouldBe("inner");
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        Git(Path.Combine(source.Path, "deep/m"), "log", "--format=%H").ShouldNotBeEmpty();
        var copy = Path.Combine(Folder, "a/copy/elsewhere");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        SourceCopy.Make(source.Path, copy, Stop);
        Git(copy, "log", "-1", "--format=%H").ShouldBe(pin.Commit);
        Git(copy, "fsck", "--connectivity-only", "--no-progress");
    }

    [Fact]
    public async Task Names_that_are_not_UTF8_are_fetched_compared_and_copied()
    {
        Remote("a", "one");
        byte[] odd = [(byte)'n', 0xff, 0xe4];
        var tree = Tree("a", ("100755", odd, Blob("a", "inside")));
        var pin = Pin("a", "file://" + Url("a"),
            CommitOf("a", ("100644", odd, Blob("a", "odd")), ("40000", [0xc3], tree),
                ("120000", [0xfe], Blob("a", "file.txt"))));
        foreach (var _ in Enumerable.Range(0, 2))
            (await AcquireAsync(pin)).ShouldHaveSingleItem();
        var path = Path.Combine(Layout.Sources, "a");
        (await FailAsync(Options(git: false), Pin("b", pin.Url, pin.Commit))).Rule.ShouldBe(SourceRules.NotWithoutGit);
        Programs.Run("mkfifo", Path.Combine(path, "pipe")).Succeeds();
        var copy = Path.Combine(Folder, "copy");
        WorkingCopy.Make(path, copy, Stop);
        Programs.Run("diff", "-r", "--no-dereference", "--exclude=.git", "--exclude=pipe", path, copy).Succeeds();
        Directory.Exists(Path.Combine(copy, ".git")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("with space/ünï çödé")]
    [InlineData("quote\"'")]
    public async Task Submodules_lie_in_odd_places(string place)
    {
        var inner = Remote("inner", "inner")[0];
        Remote("a", "one");
        Git(Url("a"), "update-index", "--add", "--cacheinfo", $"160000,{inner},{place}");
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitmodules"),
            "[submodule \"odd [name]\"]\npath = "
                + $"\"{place.Replace("\"", "\\\"", StringComparison.Ordinal)}/\"\nurl = ../inner\n", Stop);
        Git(Url("a"), "add", ".gitmodules");
        Git(Url("a"), "commit", "--quiet", "--message", "module");
        foreach (var git in (bool[])[true, false])
        {
            var pin = Pin(git ? "a" : "b", "file://" + Url("a"), Git(Url("a"), "rev-parse", "HEAD"));
            foreach (var _ in Enumerable.Range(0, 2))
                Read((await AcquireAsync(Options(git), pin))[0], place + "/file.txt").ShouldBe("inner");
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    private static extern int Umask(int mask);

    private ExternalRepo OddMode(string mode)
    {
        Remote("a", "one");
        return Pin("a", "file://" + Url("a"), CommitOf("a", (mode, "file.txt"u8.ToArray(), Blob("a", "odd"))));
    }
}

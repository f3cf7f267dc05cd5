using System.Net;
using System.Net.Sockets;
using Verus.Artifact.Common;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

public sealed class SourceStoreSpecs : GitFolder
{
    [Fact]
    public async Task A_repository_is_brought_to_its_commit_without_its_history()
    {
        var commits = Remote("a", "one", "two", "three");
        var source = (await AcquireAsync(Pin("a", "file://" + Url("a"), commits[1])))[0];
        Read(source).ShouldBe("two");
        source.Deviation.ShouldBeNull();
        Git(source.Path, "rev-parse", "HEAD").ShouldBe(commits[1]);
        Git(source.Path, "log", "--format=%H").ShouldBe(commits[1]);
        Git(source.Path, "status", "--porcelain").ShouldBe("");
    }

    [Fact]
    public async Task Two_commits_of_one_repository_share_their_objects()
    {
        var commits = Remote("a", "one", "two");
        var sources = await AcquireAsync(Pin("first", "file://" + Url("a"), commits[0]),
            Pin("second", "file://" + Url("a") + "/", commits[1]));
        sources.Select(source => Read(source)).ShouldBe(["one", "two"]);
        Directory.EnumerateDirectories(Path.Combine(Layout.Sources, ".objects")).ShouldHaveSingleItem();
        foreach (var source in sources.AtLeastOne())
            Directory.EnumerateFiles(Path.Combine(source.Path, ".git/objects"), "*.pack", SearchOption.AllDirectories)
                .ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_call_starts_no_git()
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        await AcquireAsync(pin);
        Directory.Delete(Url("a"), recursive: true);
        Read((await AcquireAsync(Options(searchPath: []), pin))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task Submodules_come_at_their_commits_with_relative_urls_and_inside_each_other()
    {
        var inner = Remote("inner", "inner one", "inner two");
        Remote("middle", "middle");
        Git(Url("middle"), "submodule", "--quiet", "add", "../inner", "deep/inner");
        Git(Path.Combine(Url("middle"), "deep/inner"), "checkout", "--quiet", inner[0]);
        Git(Url("middle"), "commit", "--quiet", "--all", "--message", "with inner");
        Remote("outer", "outer");
        Git(Url("outer"), "submodule", "--quiet", "add", "../middle", "middle");
        Git(Url("outer"), "commit", "--quiet", "--all", "--message", "with middle");
        var pin = Pin("outer", "file://" + Url("outer"), Git(Url("outer"), "rev-parse", "HEAD"));
        var source = (await AcquireAsync(pin))[0];
        Read(source, "middle/deep/inner/file.txt").ShouldBe("inner one");
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        await File.WriteAllTextAsync(Path.Combine(source.Path, "middle/deep/inner/file.txt"), "edited",
            TestContext.Current.CancellationToken);
        (await FailAsync(Options(), pin)).Message.ShouldContain("middle/deep/inner/file.txt (changed)");
    }

    [Fact]
    public async Task A_mirror_by_insteadOf_is_used_for_submodules_too()
    {
        Remote("inner", "inner");
        Remote("outer", "outer");
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"),
            $"[url \"file://{Folder}/remotes/\"]\ninsteadOf = https://host.invalid/\n",
            TestContext.Current.CancellationToken);
        Git(Url("outer"), "submodule", "--quiet", "add", "https://host.invalid/inner", "inner");
        Git(Url("outer"), "commit", "--quiet", "--all", "--message", "with inner");
        var source = (await AcquireAsync(Pin("outer", "https://host.invalid/outer",
            Git(Url("outer"), "rev-parse", "HEAD"))))[0];
        Read(source, "inner/file.txt").ShouldBe("inner");
    }

    [Fact]
    public async Task An_empty_list_of_submodules_is_none()
    {
        Remote("a", "one");
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitmodules"), "", TestContext.Current.CancellationToken);
        Git(Url("a"), "add", "--all");
        Git(Url("a"), "commit", "--quiet", "--message", "empty list");
        Read((await AcquireAsync(Pin("a", "file://" + Url("a"), Git(Url("a"), "rev-parse", "HEAD"))))[0])
            .ShouldBe("one");
    }

    [Fact]
    public async Task A_remote_that_lost_an_object_is_told_from_a_broken_connection()
    {
        var commit = Remote("a", "one")[0];
        var blob = Git(Url("a"), "rev-parse", commit + ":file.txt");
        File.Delete(Path.Combine(Url("a"), ".git/objects", blob[..2], blob[2..]));
        var problem = await FailAsync(Options(), Pin("a", "file://" + Url("a"), commit));
        problem.Rule.ShouldBe(SourceRules.Damaged);
        problem.Message.ShouldContain(blob);
    }

    [Fact]
    public async Task An_edited_checkout_keeps_no_other_from_being_brought()
    {
        var a = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        var b = Pin("b", "file://" + Url("b"), Remote("b", "two")[0]);
        await File.WriteAllTextAsync(Path.Combine((await AcquireAsync(a))[0].Path, "file.txt"), "mine",
            TestContext.Current.CancellationToken);
        (await FailAsync(Options(), a, b)).Rule.ShouldBe(SourceRules.Edited);
        Read((await AcquireAsync(Options(searchPath: []), b))[0]).ShouldBe("two");
    }

    [Fact]
    public async Task A_server_that_gives_away_tips_only_is_fetched_whole()
    {
        var commits = Remote("a", "one", "two");
        Git(Url("a"), "config", "uploadpack.allowAnySHA1InWant", "false");
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"), "[protocol]\nversion=0\n",
            TestContext.Current.CancellationToken);
        Read((await AcquireAsync(Pin("a", "file://" + Url("a"), commits[0])))[0]).ShouldBe("one");
        (await FailAsync(Options(), Pin("b", "file://" + Url("a"), new string('1', 40)))).Rule.ShouldBe(
            SourceRules.MissingCommit);
    }

    [Fact]
    public async Task A_commit_that_is_gone_is_an_error_and_its_fallback_only_for_those_who_say_so()
    {
        var commits = Remote("a", "one");
        var pin = Pin("a", "file://" + Url("a"), new string('2', 40), commits[0]);
        var problem = await FailAsync(Options(), pin);
        problem.Rule.ShouldBe(SourceRules.MissingCommit);
        problem.Where.Line.ShouldBe(7);
        problem.Message.ShouldContain("ArtifactAllowFallback=a");
        var source = (await AcquireAsync(Options(fallbacks: "a"), pin))[0];
        source.Commit.ShouldBe(commits[0]);
        source.Deviation!.ShouldContain("instead of the pinned 222222222222");
        Log.Reported.ShouldContain(diagnostic => diagnostic.Rule == SourceRules.FallbackUsed);
        (await FailAsync(Options(), pin)).Rule.ShouldBe(SourceRules.MissingCommit);
    }

    [Theory]
    [InlineData("changed", "printf mine > file.txt", "file.txt")]
    [InlineData("deleted", "rm file.txt; printf mine > .git/mine", ".git/mine")]
    [InlineData("new", "printf mine > more.txt", "more.txt")]
    public async Task An_edited_checkout_is_reported_and_never_overwritten(string how, string edit, string file)
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        var path = (await AcquireAsync(pin))[0].Path;
        Programs.Shell(path, edit).Succeeds();
        var problem = await FailAsync(Options(), pin);
        problem.Rule.ShouldBe(SourceRules.Edited);
        problem.Message.ShouldContain($"({how})");
        (await File.ReadAllTextAsync(Path.Combine(path, file), TestContext.Current.CancellationToken)).ShouldBe("mine");
    }

    [Fact]
    public async Task A_pin_that_moved_brings_the_new_commit()
    {
        var commits = Remote("a", "one", "two");
        await AcquireAsync(Pin("a", "file://" + Url("a"), commits[0]));
        Read((await AcquireAsync(Pin("a", "file://" + Url("a"), commits[1])))[0]).ShouldBe("two");
    }

    [Fact]
    public async Task What_a_killed_fetch_left_is_cleared_away_and_never_passes_for_whole()
    {
        var left = Path.Combine(Layout.Sources, ".partial/a-12345678");
        Directory.CreateDirectory(left);
        var source = (await AcquireAsync(Pin("a", "file://" + Url("a"), Remote("a", "one")[0])))[0];
        Read(source).ShouldBe("one");
        Directory.Exists(left).ShouldBeFalse();
    }

    [Fact]
    public async Task A_repository_that_is_not_there_an_unreachable_host_and_one_that_hangs_up_are_told_apart()
    {
        (await FailAsync(Options(), Pin("a", "file://" + Url("none"), new string('1', 40)))).Rule.ShouldBe(
            SourceRules.Refused);
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        (await FailAsync(Options(), Pin("a", $"git://127.0.0.1:{port}/a", new string('1', 40)))).Rule.ShouldBe(
            SourceRules.Unreachable);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var hangUp = Task.Run(async () => (await server.AcceptTcpClientAsync()).Close(),
            TestContext.Current.CancellationToken);
        var broken = await FailAsync(Options(),
            Pin("a", $"git://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/a", new string('1', 40)));
        broken.Rule.ShouldBe(SourceRules.Broken, broken.Message);
        await hangUp;
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full()
    {
        var bin = Path.Combine(Folder, "bin");
        Directory.CreateDirectory(bin);
        var stub = Path.Combine(bin, "git");
        await File.WriteAllTextAsync(stub,
            "#!/bin/sh\ncase \"$*\" in *fetch*) echo 'error: file write error: No space left on device' >&2; exit "
                + "128;; *rev-parse*) exit 1;; esac\nmkdir -p refs\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await FailAsync(Options(searchPath: [bin]), Pin("a", "file://" + Url("a"), new string('1', 40)))).Rule
            .ShouldBe(SourceRules.DiskFull);
    }

    [Fact]
    public async Task Where_no_git_is_installed_the_library_fetches()
    {
        var commits = Remote("a", "one", "two");
        Read((await AcquireAsync(Options(searchPath: []), Pin("a", Url("a"), commits[0])))[0]).ShouldBe("one");
        (await FailAsync(Options(searchPath: []), Pin("b", Url("a"), new string('1', 40)))).Rule.ShouldBe(
            SourceRules.MissingCommit);
    }

    [Fact]
    public async Task Offline_only_what_is_here_is_used()
    {
        var pin = Pin("a", "file://" + Url("a"), Remote("a", "one")[0]);
        (await FailAsync(Options(offline: true), pin)).Rule.ShouldBe(SourceRules.Offline);
        await AcquireAsync(pin);
        Read((await AcquireAsync(Options(offline: true), pin))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task One_pin_that_fails_does_not_keep_the_others_away()
    {
        var good = Pin("good", "file://" + Url("a"), Remote("a", "one")[0]);
        await FailAsync(Options(), Pin("bad", "file://" + Url("none"), new string('1', 40)), good);
        Read((await AcquireAsync(Options(offline: true), good))[0]).ShouldBe("one");
    }

    [Fact]
    public async Task Stopped_it_leaves_no_checkout()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var stop = new CancellationTokenSource();
        var running = new SourceStore(Options(),
            Log).AcquireAsync([Pin("a", $"git://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/a",
                new string('1', 40))], new AcquisitionProblems(), stop.Token);
        using var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        Directory.Exists(Path.Combine(Layout.Sources, "a")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_working_copy_has_the_files_and_not_gits_own()
    {
        var source = (await AcquireAsync(Pin("a", "file://" + Url("a"), Remote("a", "one")[0])))[0];
        File.CreateSymbolicLink(Path.Combine(source.Path, "link"), "file.txt");
        var copy = Path.Combine(Folder, "copy");
        WorkingCopy.Make(source.Path, copy, TestContext.Current.CancellationToken);
        File.ReadAllText(Path.Combine(copy, "sub/other.txt")).ShouldBe("same");
        new FileInfo(Path.Combine(copy, "link")).LinkTarget.ShouldBe("file.txt");
        Directory.Exists(Path.Combine(copy, ".git")).ShouldBeFalse();
    }
}

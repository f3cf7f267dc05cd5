using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>Tests ways to change a checkout so that it looks unchanged: each change is found, with git and without
/// it.</summary>
public sealed class TamperingSpecs : GitFolder
{
    private static readonly DateTime Long = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    public static TheoryData<string, string, bool> Ways()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var git in (bool[])[true, false])
            foreach (var (way, word) in new[]
            {
                ("ignored file", "made.o (ignored)"), ("ignored folder", "out/ (ignored)"),
                ("info/exclude", "planted.txt (new)"), ("excludes of the user", "planted.txt (new)"),
                ("assume-unchanged", "file.txt (changed)"), ("skip-worktree", "file.txt (changed)"),
                ("skip-worktree and gone", "file.txt (deleted)"),
                ("submodule changed without .git", "m"), ("submodule emptied", "m"), ("submodule removed", "m"),
                ("submodule is a link", "m"), ("file in submodule", "m/file.txt (changed)"),
                ("ignored file in submodule", "m/made.o"), ("core.worktree", "file.txt (changed)"),
                ("trustctime", "file.txt (changed)"), ("forged index", "file.txt (changed)"),
                ("core.filemode", "run.sh (changed)"), ("replaced HEAD tree", "file.txt (changed)"),
                ("own filter", "file.txt (changed)"), ("new .gitattributes", ".gitattributes (new)"),
                ("link in place of a file", "file.txt (changed)"), ("link in place of a folder", "sub/other.txt"),
                ("index gone", "file.txt (changed)"), ("new folder", "planted/ (new)"),
            })
                data.Add(way, word, git);
        return data;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_manipulated_checkout_does_not_pass_for_the_pinned_one(string way, string word, bool git)
    {
        Remote("m", "inner");
        await File.WriteAllTextAsync(Path.Combine(Url("m"), ".gitignore"), "*.o\n",
            TestContext.Current.CancellationToken);
        Commit("m");
        Remote("a", "one");
        await File.WriteAllTextAsync(Path.Combine(Url("a"), ".gitignore"), "*.o\nout/\n",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Url("a"), "run.sh"), "#!/bin/sh\n",
            TestContext.Current.CancellationToken);
        Git(Url("a"), "submodule", "--quiet", "add", "../m", "m");
        var pin = Pin("a", "file://" + Url("a"), Commit("a"));
        var path = (await AcquireAsync(Options(git), pin))[0].Path;
        (await AcquireAsync(Options(git), pin))[0].Path.ShouldBe(path);
        Manipulate(way, path);
        var problem = await FailAsync(Options(git), pin);
        problem.Rule.ShouldBe(SourceRules.Edited);
        problem.Message.ShouldContain(word);
        // A checkout with changes is not removed either when its pin has changed, so that no work is lost.
        (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), Remote("a", "two")[0]))).Rule.ShouldBe(
            SourceRules.Edited);
    }

    private void Manipulate(string way, string path)
    {
        var file = Path.Combine(path, "file.txt");
        var module = Path.Combine(path, "m");
        switch (way)
        {
            case "ignored file":
                File.WriteAllText(Path.Combine(path, "made.o"), "x");
                break;
            case "ignored folder":
                Directory.CreateDirectory(Path.Combine(path, "out"));
                File.WriteAllText(Path.Combine(path, "out/x"), "x");
                break;
            case "info/exclude":
                Directory.CreateDirectory(Path.Combine(path, ".git/info"));
                File.WriteAllText(Path.Combine(path, ".git/info/exclude"), "planted.txt\n");
                File.WriteAllText(Path.Combine(path, "planted.txt"), "x");
                break;
            case "excludes of the user":
                File.WriteAllText(Path.Combine(Folder, "excludes"), "planted.txt\n");
                File.AppendAllText(Path.Combine(Folder, "gitconfig"), $"[core]\nexcludesFile = {Folder}/excludes\n");
                File.WriteAllText(Path.Combine(path, "planted.txt"), "x");
                break;
            case "assume-unchanged":
                Git(path, "update-index", "--assume-unchanged", "file.txt");
                File.WriteAllText(file, "mine");
                break;
            case "skip-worktree":
                Git(path, "update-index", "--skip-worktree", "file.txt");
                File.WriteAllText(file, "mine");
                break;
            case "skip-worktree and gone":
                Git(path, "update-index", "--skip-worktree", "file.txt");
                File.Delete(file);
                break;
            case "submodule changed without .git":
                Directory.Delete(Path.Combine(module, ".git"), recursive: true);
                File.WriteAllText(Path.Combine(module, "file.txt"), "mine!");
                break;
            case "submodule emptied":
                Directory.Delete(module, recursive: true);
                Directory.CreateDirectory(module);
                break;
            case "submodule removed":
                Directory.Delete(module, recursive: true);
                break;
            case "submodule is a link":
                Directory.Move(module, Path.Combine(Folder, "elsewhere"));
                File.CreateSymbolicLink(module, Path.Combine(Folder, "elsewhere"));
                break;
            case "file in submodule":
                File.WriteAllText(Path.Combine(module, "file.txt"), "mine!");
                break;
            case "ignored file in submodule":
                File.WriteAllText(Path.Combine(module, "made.o"), "x");
                break;
            case "core.worktree":
                var other = Path.Combine(Folder, "other");
                Directory.CreateDirectory(other);
                foreach (var name in (string[])["file.txt", "run.sh", ".gitignore", ".gitmodules", "sub/other.txt"])
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(other, name))!);
                    File.Copy(Path.Combine(path, name), Path.Combine(other, name));
                }
                Git(path, "config", "core.worktree", other);
                File.WriteAllText(file, "mine");
                break;
            case "trustctime":
                Git(path, "config", "core.trustctime", "false");
                Git(path, "config", "core.checkStat", "minimal");
                Rewrite(file, "two");
                break;
            case "forged index":
                File.SetLastWriteTimeUtc(file, Long);
                Git(path, "update-index", "--refresh", "-q");
                Git(path, "config", "core.trustctime", "false");
                Rewrite(file, "two");
                break;
            case "core.filemode":
                Git(path, "config", "core.fileMode", "false");
                File.SetUnixFileMode(Path.Combine(path, "run.sh"),
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                break;
            case "replaced HEAD tree":
                File.WriteAllText(file, "mine");
                Git(path, "add", "file.txt");
                Git(path, "replace", "-f", "HEAD^{tree}", Git(path, "write-tree"));
                break;
            case "own filter":
                Git(path, "config", "filter.same.clean", "printf one");
                Directory.CreateDirectory(Path.Combine(path, ".git/info"));
                File.WriteAllText(Path.Combine(path, ".git/info/attributes"), "file.txt filter=same\n");
                File.WriteAllText(file, "mine");
                break;
            case "new .gitattributes":
                File.WriteAllText(Path.Combine(path, ".gitattributes"), "* -text\n");
                break;
            case "link in place of a file":
                File.Move(file, Path.Combine(Folder, "file.txt"));
                File.CreateSymbolicLink(file, Path.Combine(Folder, "file.txt"));
                break;
            case "link in place of a folder":
                Directory.Move(Path.Combine(path, "sub"), Path.Combine(Folder, "sub"));
                File.CreateSymbolicLink(Path.Combine(path, "sub"), Path.Combine(Folder, "sub"));
                break;
            case "index gone":
                File.Delete(Path.Combine(path, ".git/index"));
                File.WriteAllText(file, "mine");
                break;
            case "new folder":
                Directory.CreateDirectory(Path.Combine(path, "planted"));
                File.WriteAllText(Path.Combine(path, "planted/x"), "x");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(way), way, null);
        }
    }

    // The file gets another text of the same length and the same modification time.
    private static void Rewrite(string file, string text)
    {
        var then = File.GetLastWriteTimeUtc(file);
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, then);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_in_a_checkout_is_told_and_never_thrown_away(bool git)
    {
        var commits = Remote("a", "one", "two");
        var pin = Pin("a", "file://" + Url("a"), commits[0]);
        var path = (await AcquireAsync(Options(git), pin))[0].Path;
        await File.WriteAllTextAsync(Path.Combine(path, "file.txt"), "mine", TestContext.Current.CancellationToken);
        Git(path, "commit", "--quiet", "--all", "--message", "mine");
        var mine = Git(path, "rev-parse", "HEAD");
        foreach (var commit in commits.AtLeastOne())
        {
            var problem = await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commit));
            problem.Rule.ShouldBe(SourceRules.OwnCommits);
            problem.Message.ShouldContain(mine);
        }
        // The change is found even if the commit from which the checkout was made is not recorded.
        Directory.Delete(Path.Combine(Layout.Sources, ".index"), recursive: true);
        (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commits[1]))).Rule.ShouldBe(
            SourceRules.OwnCommits);
        Git(path, "cat-file", "-t", mine).ShouldBe("commit");
    }

    [Theory]
    [InlineData("branch")]
    [InlineData("stash")]
    [InlineData("past")]
    [InlineData("submodule")]
    public async Task Work_that_is_not_checked_out_is_not_thrown_away_with_the_checkout(string where)
    {
        Remote("m", "inner");
        var commits = Remote("a", "one", "two");
        Git(Url("a"), "submodule", "--quiet", "add", "../m", "m");
        var pin = Pin("a", "file://" + Url("a"), Commit("a"));
        var path = (await AcquireAsync(pin))[0].Path;
        var at = where == "submodule" ? Path.Combine(path, "m") : path;
        var head = Git(at, "rev-parse", "HEAD");
        await File.WriteAllTextAsync(Path.Combine(at, "file.txt"), "mine", TestContext.Current.CancellationToken);
        if (where == "stash")
            Git(at, "stash", "--quiet");
        else
        {
            if (where == "branch")
                Git(at, "checkout", "--quiet", "-b", "mine");
            Git(at, "commit", "--quiet", "--all", "--message", "mine");
            Git(at, "checkout", "--quiet", "--detach", head);
        }
        (await AcquireAsync(pin))[0].Path.ShouldBe(path);
        (await FailAsync(Options(), Pin("a", "file://" + Url("a"), commits[0]))).Rule.ShouldBe(SourceRules.OwnCommits);
        Directory.Exists(at).ShouldBeTrue();
    }

    [Fact]
    public async Task A_repository_of_the_user_that_lies_where_a_checkout_would_be_stays()
    {
        var commits = Remote("a", "one", "two");
        Directory.CreateDirectory(Layout.Sources);
        Git(Folder, "clone", "--quiet", Url("a"), Path.Combine(Layout.Sources, "a"));
        await File.WriteAllTextAsync(Path.Combine(Layout.Sources, "a/file.txt"), "mine",
            TestContext.Current.CancellationToken);
        Git(Path.Combine(Layout.Sources, "a"), "commit", "--quiet", "--all", "--message", "mine");
        (await Should.ThrowAsync<Diagnostics.DiagnosticException>(() =>
            AcquireAsync(Pin("a", "file://" + Url("a"), commits[0])))).Message.ShouldNotBeEmpty();
        var own = Path.Combine(Folder, "own");
        Git(Folder, "clone", "--quiet", Url("a"), own);
        File.CreateSymbolicLink(Path.Combine(Layout.Sources, "b"), own);
        (await FailAsync(Options(), Pin("b", "file://" + Url("a"), commits[0]))).Rule.ShouldBe(SourceRules.Edited);
        File.ReadAllText(Path.Combine(Layout.Sources, "a/file.txt")).ShouldBe("mine");
        File.ReadAllText(Path.Combine(own, "file.txt")).ShouldBe("two");
    }

    [Fact]
    public void A_link_on_the_way_is_an_obstacle_and_a_folder_is_none()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "root/real/deep"));
        File.CreateSymbolicLink(Path.Combine(Folder, "root/link"), Folder);
        File.CreateSymbolicLink(Path.Combine(Folder, "root/real/dangling"), "/nowhere");
        File.WriteAllText(Path.Combine(Folder, "root/file"), "");
        var root = Path.Combine(Folder, "root");
        SubmodulePlace.Obstacle(root, "real/deep/new/x").ShouldBeNull();
        SubmodulePlace.Obstacle(root, "link/x").ShouldBe("link");
        SubmodulePlace.Obstacle(root, "real/dangling").ShouldBe("real/dangling");
        SubmodulePlace.Obstacle(root, "file/x").ShouldBe("file");
    }
}

using System.Text;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

/// <summary>
/// Tests repositories of attackers, fetched with git and without it.
/// </summary>
public sealed class HostileRepositorySpecs : GitFolder
{
    private static readonly byte[] Modules = Encoding.ASCII.GetBytes(".gitmodules");

    private string Outside => Path.Combine(Folder, "outside");

    [Theory]
    [InlineData(true, "VART2048")]
    [InlineData(false, "VART2048")]
    public async Task A_link_in_place_of_a_folder_on_the_way_to_a_submodule_leads_nowhere(bool git, string code)
    {
        Directory.CreateDirectory(Outside);
        var payload = Remote("payload", "payload")[0];
        Remote("a", "one");
        var commit = CommitOf("a", ("100644", Modules, Blob("a", Section("way/x", "file://" + Url("payload")))),
            ("120000", "way"u8.ToArray(), Blob("a", Outside)),
            ("40000", "way"u8.ToArray(), Tree("a", ("160000", "x"u8.ToArray(), payload))));
        (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commit))).Rule.Code.ShouldBe(code);
        Directory.EnumerateFileSystemEntries(Outside).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, "VART2048")]
    [InlineData(false, "VART2048")]
    public async Task A_submodule_brings_no_link_for_the_next_one(bool git, string code)
    {
        Directory.CreateDirectory(Outside);
        var payload = Remote("payload", "payload")[0];
        Remote("first", "one");
        File.CreateSymbolicLink(Path.Combine(Url("first"), "way"), Outside);
        var first = Commit("first");
        Remote("a", "one");
        var commit = CommitOf("a",
            ("100644", Modules, Blob("a",
                Section("s", "file://" + Url("first")) + Section("s/way/x", "file://" + Url("payload")))),
            ("160000", "s"u8.ToArray(), first),
            ("40000", "s"u8.ToArray(),
                Tree("a", ("40000", "way"u8.ToArray(), Tree("a", ("160000", "x"u8.ToArray(), payload))))));
        (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commit))).Rule.Code.ShouldBe(code);
        Directory.EnumerateFileSystemEntries(Outside).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_inside_of_a_submodule(bool git)
    {
        Directory.CreateDirectory(Outside);
        var payload = Remote("payload", "payload")[0];
        Remote("inner", "one");
        var inner = CommitOf("inner", ("100644", Modules, Blob("inner", Section("way/x", "file://" + Url("payload")))),
            ("120000", "way"u8.ToArray(), Blob("inner", Outside)),
            ("40000", "way"u8.ToArray(), Tree("inner", ("160000", "x"u8.ToArray(), payload))));
        Remote("a", "one");
        var commit = CommitOf("a", ("100644", Modules, Blob("a", Section("m", "file://" + Url("inner")))),
            ("160000", "m"u8.ToArray(), inner));
        (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commit))).Rule.ShouldBe(SourceRules.Rejected);
        Directory.EnumerateFileSystemEntries(Outside).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData(".")]
    public async Task Names_that_no_tree_may_have_are_refused_with_git_and_without(string name)
    {
        var payload = Remote("payload", "payload")[0];
        Remote("a", "one");
        var commit = CommitOf("a", ("100644", Modules, Blob("a", Section(name + "/x", "file://" + Url("payload")))),
            ("40000", Encoding.ASCII.GetBytes(name), Tree("a", ("160000", "x"u8.ToArray(), payload))));
        foreach (var git in (bool[])[true, false])
            (await FailAsync(Options(git), Pin("a", "file://" + Url("a"), commit))).Rule.Code.ShouldBeOneOf("VART2048",
                "VART2044", "VART2008");
        Directory.Exists(Path.Combine(Layout.Sources, "a")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("..", "it would be outside of the checkout")]
    [InlineData("a/../../b", "it would be outside of the checkout")]
    [InlineData("/etc", "it would be outside of the checkout")]
    [InlineData("a//b", "it would be outside of the checkout")]
    [InlineData("", "it would be outside of the checkout")]
    [InlineData(".git/hooks", "it would be in git's own folder")]
    [InlineData("a/.GIT/x", "it would be in git's own folder")]
    [InlineData("a/.git. /x", "it would be in git's own folder")]
    [InlineData("a\nb", "its name has control characters")]
    [InlineData("a\uFFFDb", "its name is not UTF-8")]
    [InlineData("vendor/lib with space/ünï", null)]
    [InlineData("-x/--upload-pack=y", null)]
    public void A_submodule_lies_below_its_repository(string path, string? problem) =>
        SubmodulePlace.Problem(path).ShouldBe(problem);

    [Theory]
    [InlineData("https://host/a", "https://host/b", true)]
    [InlineData("http://user@host:8080/a", "https://host/b", true)]
    [InlineData("ssh://git@host:22/a", "https://host/b", true)]
    [InlineData("git://host/a", "https://host/b", true)]
    [InlineData("git@host.org:a/b.git", "https://host/b", true)]
    [InlineData("https://[::1]:80/a", "https://host/b", true)]
    [InlineData("file:///srv/a", "file:///srv/b", true)]
    [InlineData("/srv/a", "/srv/b", true)]
    [InlineData("/srv/a", "file:///srv/b", true)]
    [InlineData("file:///home/me/private", "https://host/b", false)]
    [InlineData("FILE:///home/me/private", "https://host/b", false)]
    [InlineData("/home/me/private", "https://host/b", false)]
    [InlineData("/home/me/private", "git@host:b", false)]
    [InlineData("home/me/private", "file:///srv/b", false)]
    [InlineData("fd::17", "https://host/b", false)]
    [InlineData("fd::17", "/srv/b", false)]
    [InlineData("ext::sh -c id", "https://host/b", false)]
    [InlineData("file::/srv/a", "/srv/b", false)]
    [InlineData("https::https://host/a", "https://host/b", false)]
    [InlineData("--upload-pack=touch x", "https://host/b", false)]
    [InlineData("-x:y", "https://host/b", false)]
    [InlineData("ssh://-oProxyCommand=id/a", "https://host/b", false)]
    [InlineData("-oProxyCommand=id@host:a", "https://host/b", false)]
    [InlineData("host:-x", "https://host/b", false)]
    [InlineData("https://host/a\n--upload-pack=x", "https://host/b", false)]
    [InlineData("ftp://host/a", "https://host/b", false)]
    [InlineData("", "https://host/b", false)]
    public void A_repository_from_elsewhere_names_nothing_of_this_machine(string url, string parent, bool allowed) =>
        SubmoduleUrl.IsAllowed(SubmoduleUrl.Absolute(url, parent), parent).ShouldBe(allowed);

    [Theory]
    [InlineData("../../../../../home/me/private", "https://host/b")]
    [InlineData("../../../../home/me/private", "git@host:b")]
    [InlineData("./../../../../../../../x", "https://host/b")]
    public void A_relative_url_climbs_to_no_private_repository(string url, string parent) =>
        SubmoduleUrl.IsAllowed(SubmoduleUrl.Absolute(url, parent),
            parent).ShouldBeFalse(SubmoduleUrl.Absolute(url, parent));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_private_repository_of_this_machine_is_not_fetched_for_one_from_elsewhere(bool git)
    {
        using var server = new GitDaemon(Path.Combine(Folder, "remotes"));
        var secret = Remote("private", "secret")[0];
        Remote("a", "one");
        foreach (var url in (string[])["file://" + Url("private"), Url("private"),
            "../../../../../../../../" + Url("private").TrimStart('/'), "--upload-pack=touch " + Outside, "fd::17"])
        {
            var commit = CommitOf("a", ("100644", Modules, Blob("a", Section("m", url))),
                ("160000", "m"u8.ToArray(), secret));
            (await FailAsync(Options(git), Pin("a", server.Url("a"), commit))).Rule.Code.ShouldBeOneOf("VART2045",
                url.StartsWith('-') && git ? "VART2048" : "VART2045");
        }
        File.Exists(Outside).ShouldBeFalse();
        Directory.Exists(Path.Combine(Layout.Sources, "a")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_list_of_submodules_that_contradicts_itself_is_an_error_and_one_that_repeats_itself_is_none(
        bool git)
    {
        var inner = Remote("inner", "inner")[0];
        Remote("a", "one");
        var twice = Section("m", "file://" + Url("inner")) + "path = m\nurl = file://" + Url("inner") + "\n";
        var good = CommitOf("a", ("100644", Modules, Blob("a", twice)), ("160000", "m"u8.ToArray(), inner));
        Read((await AcquireAsync(Options(git), Pin("good", "file://" + Url("a"), good)))[0],
            "m/file.txt").ShouldBe("inner");
        var bad = CommitOf("a", ("100644", Modules,
            Blob("a", Section("m", "file://" + Url("inner"))
                + "[submodule \"other\"]\npath = m\nurl = file:///elsewhere\n")), ("160000", "m"u8.ToArray(), inner));
        (await FailAsync(Options(git), Pin("bad", "file://" + Url("a"), bad))).Rule.ShouldBe(
            SourceRules.SubmodulesContradict);
        var links = CommitOf("a", ("100644", Modules, Blob("a", Section("m", "file://" + Url("inner")))),
            ("160000", "m"u8.ToArray(), inner), ("160000", "m"u8.ToArray(), inner));
        (await FailAsync(Options(git), Pin("links", "file://" + Url("a"), links))).Rule.ShouldBe(SourceRules.Rejected);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "[submodule \"m\"]\npath = m\n")]
    [InlineData(false, "[submodule \"m\"]\npath = m\n")]
    [InlineData(true, "[submodule \"m\"]\nurl = https://host/x\n")]
    [InlineData(false, "[submodule \"m\"]\nurl = https://host/x\n")]
    [InlineData(true, "[[[ no configuration")]
    public async Task A_submodule_without_a_url_stays_empty_and_is_told(bool git, string list)
    {
        var inner = Remote("inner", "inner")[0];
        Remote("a", "one");
        var commit = CommitOf("a", ("100644", Modules, Blob("a", list)), ("160000", "m"u8.ToArray(), inner));
        var pin = Pin("a", "file://" + Url("a"), commit);
        var path = (await AcquireAsync(Options(git), pin))[0].Path;
        Log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(SourceRules.SubmoduleWithoutUrl);
        await File.WriteAllTextAsync(Path.Combine(path, "m/planted"), "x", TestContext.Current.CancellationToken);
        (await FailAsync(Options(git), pin)).Message.ShouldContain("m/ (new)");
    }

    [Fact]
    public async Task Submodules_without_end_are_refused()
    {
        var commit = Remote("a", "one")[0];
        for (var i = 0; i < 25; i++)
            commit = CommitOf("a", ("100644", Modules, Blob("a", Section("m", "./"))),
                ("160000", "m"u8.ToArray(), commit));
        (await FailAsync(Options(), Pin("a", "file://" + Url("a"), commit))).Rule.ShouldBe(
            SourceRules.TooManySubmodules);
    }

    private static string Section(string path, string url) => $"[submodule \"{path}\"]\npath = {path}\nurl = {url}\n";
}

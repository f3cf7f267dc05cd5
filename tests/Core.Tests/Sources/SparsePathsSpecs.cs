using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation.Reproduction;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

public sealed class SparsePathsSpecs : GitFolder
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("src", "src/a.c src/deep/b.c")]
    [InlineData("src/", "src/a.c src/deep/b.c")]
    [InlineData("src/*.c;top.txt", "src/a.c top.txt")]
    [InlineData("data/*", "data/small.csv data/years/1.csv")]
    [InlineData("**/*.csv", "data/small.csv data/years/1.csv")]
    [InlineData("'odd [x]; ü'", "odd [x]; ü/file")]
    public async Task Only_the_paths_are_fetched_and_checked_out(string paths, string files)
    {
        var commit = Large();
        var pin = Part(paths, commit);
        var source = (await AcquireAsync(pin))[0];
        Files(source).ShouldBe(string.Join('|', files.Replace("odd [x]; ü/file", "odd_[x];_ü/file",
            StringComparison.Ordinal).Split(' ')).Replace('_', ' '));
        source.Commit.ShouldBe(commit);
        Git(source.Path, "rev-parse", "HEAD").ShouldBe(commit);
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        Has(pin, "big.bin").ShouldBeFalse("the server leaves out what is not wanted");
    }

    [Fact]
    public async Task Paths_come_over_http_and_a_second_call_needs_no_network()
    {
        var commit = Large();
        ExternalRepo pin;
        using (var server = new GitOverHttp(Path.Combine(Folder, "remotes")))
        {
            pin = Part("src", commit) with { Url = server.Root + "large/.git" };
            Files((await AcquireAsync(pin))[0]).ShouldBe("src/a.c|src/deep/b.c");
            Has(pin, "big.bin").ShouldBeFalse();
        }
        Files((await AcquireAsync(Options(offline: true), pin))[0]).ShouldBe("src/a.c|src/deep/b.c");
        Directory.Delete(Path.Combine(Layout.Sources, "large"), recursive: true);
        Files((await AcquireAsync(Options(offline: true), pin))[0]).ShouldBe("src/a.c|src/deep/b.c");
    }

    [Theory]
    [InlineData("false", "2")]
    [InlineData("true", "0")]
    [InlineData("false", "0")]
    public async Task A_server_that_cannot_leave_out_files_or_give_single_ones_is_fetched_whole(string filters,
        string protocol)
    {
        var commit = Large();
        Git(Url("large"), "config", "uploadpack.allowFilter", filters);
        await File.AppendAllTextAsync(Path.Combine(Folder, "gitconfig"), $"[protocol]\nversion={protocol}\n",
            Cancellation);
        var source = (await AcquireAsync(Part("src", commit)))[0];
        Files(source).ShouldBe("src/a.c|src/deep/b.c");
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        Files((await AcquireAsync(Options(offline: true), Part("src", commit)))[0]).ShouldBe("src/a.c|src/deep/b.c");
    }

    [Theory]
    [InlineData("printf mine > src/a.c", "src/a.c (changed)")]
    [InlineData("rm src/deep/b.c", "src/deep/b.c (deleted)")]
    [InlineData("printf mine > big.bin", "big.bin (new)")]
    [InlineData("mkdir data; printf mine > data/small.csv", "data/ (new)")]
    public async Task An_edited_part_is_reported_and_a_file_beside_the_part_is_an_edit(string edit, string told)
    {
        var pin = Part("src", Large());
        Programs.Shell((await AcquireAsync(pin))[0].Path, edit).Succeeds();
        var problem = await FailAsync(Options(), pin);
        problem.Rule.ShouldBe(SourceRules.Edited);
        problem.Message.ShouldContain(told);
    }

    [Fact]
    public async Task Other_paths_give_another_checkout_and_are_part_of_its_identity()
    {
        var commit = Large();
        var first = (await AcquireAsync(Part("src", commit)))[0];
        first.Identity.ShouldBe($"{commit} (src)");
        var second = (await AcquireAsync(Part("top.txt; src/*.c", commit)))[0];
        Files(second).ShouldBe("src/a.c|top.txt");
        second.Identity.ShouldBe($"{commit} (src/*.c; top.txt)");
        var whole = (await AcquireAsync(Part("", commit)))[0];
        whole.Identity.ShouldBe(commit);
        File.Exists(Path.Combine(whole.Path, "big.bin")).ShouldBeTrue();
        Files((await AcquireAsync(Part("src", commit)))[0]).ShouldBe("src/a.c|src/deep/b.c");
        await File.WriteAllTextAsync(Path.Combine(first.Path, "src/a.c"), "mine", Cancellation);
        (await FailAsync(Options(), Part("top.txt", commit))).Rule.ShouldBe(SourceRules.Edited);
    }

    [Fact]
    public async Task A_path_without_a_file_is_told_with_the_entry()
    {
        var problem = await FailAsync(Options(), Part("src; sorce; data/*.xml", Large()));
        problem.Rule.ShouldBe(SourceRules.NoSparsePath);
        problem.Message.ShouldContain("'data/*.xml', 'sorce'");
        problem.Where.Line.ShouldBe(7);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/src")]
    [InlineData("src/../x")]
    [InlineData("src;.git/config")]
    [InlineData(@"src\a")]
    [InlineData("a**b")]
    public void A_path_that_is_not_below_the_repository_is_told(string paths)
    {
        var told = new List<Diagnostic>();
        Parsed(paths, told).SparsePaths.ShouldBeNull();
        told.ShouldHaveSingleItem().Message.ShouldContain("SparsePaths");
    }

    [Fact]
    public async Task Line_ends_follow_the_attributes_above_the_part()
    {
        Large();
        await File.WriteAllTextAsync(Path.Combine(Url("large"), ".gitattributes"), "*.c text eol=crlf\n",
            Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Url("large"), "data/.gitattributes"), "*.c -text\n", Cancellation);
        var pin = Part("src", Commit("large"));
        var source = (await AcquireAsync(pin))[0];
        Files(source).ShouldBe(".gitattributes|src/a.c|src/deep/b.c");
        Read(source, "src/a.c").ShouldBe("int a;\r\n");
        await AcquireAsync(pin);
    }

    [Fact]
    public async Task A_submodule_in_the_part_comes_whole_and_others_do_not()
    {
        Remote("inner", "inner");
        Large();
        Git(Url("large"), "submodule", "--quiet", "add", "../inner", "src/inner");
        Git(Url("large"), "submodule", "--quiet", "add", "../inner", "other/inner");
        var pin = Part("src", Commit("large"));
        var source = (await AcquireAsync(pin))[0];
        Files(source).ShouldBe("src/a.c|src/deep/b.c|src/inner/file.txt|src/inner/sub/other.txt");
        Git(source.Path, "status", "--porcelain").ShouldBe("");
        await File.WriteAllTextAsync(Path.Combine(source.Path, "src/inner/file.txt"), "mine", Cancellation);
        (await FailAsync(Options(), pin)).Message.ShouldContain("src/inner/file.txt (changed)");
        (await FailAsync(Options(), Part("src/inner/sub", pin.Commit) with { Name = "inside" })).Rule.ShouldBe(
            SourceRules.NoSparsePath);
    }

    [Fact]
    public async Task A_fetch_that_was_killed_between_folders_and_files_is_completed()
    {
        var pin = Part("src", Large());
        await AcquireAsync(pin);
        var store = Store();
        foreach (var reference in new[] { "pins", "parts" })
            Git(store, "update-ref", "-d", $"refs/{reference}/{pin.Commit}");
        Git(store, "config", $"remote.{pin.Url}.promisor", "true");
        Directory.Delete(Path.Combine(Layout.Sources, "large"), recursive: true);
        Files((await AcquireAsync(pin))[0]).ShouldBe("src/a.c|src/deep/b.c");
        Git(store, "config", "--list").ShouldNotContain("promisor");
    }

    [Fact]
    public async Task Without_git_a_part_is_an_error()
    {
        var pin = Part("src", Large());
        (await FailAsync(Options(searchPath: []), pin)).Rule.ShouldBe(SourceRules.NotWithoutGit);
    }

    [Theory]
    [InlineData("src")]
    [InlineData("src/*.c;'odd [x]; ü'")]
    [InlineData("data/*;**/*.c")]
    [InlineData("s*c")]
    public async Task The_reproduction_script_checks_the_same_files_out(string paths)
    {
        Remote("inner", "inner");
        Large();
        Git(Url("large"), "submodule", "--quiet", "add", "../inner", "src/inner");
        Git(Url("large"), "submodule", "--quiet", "add", "../inner", "other/inner");
        var pin = Part(paths, Commit("large"));
        var source = (await AcquireAsync(pin))[0];
        await using (var head = typeof(ReproductionScript).Assembly
            .GetManifestResourceStream("reproduction-head.sh")!)
        await using (var script = File.Create(Path.Combine(Folder, "head.sh")))
            await head.CopyToAsync(script, Cancellation);
        var arguments = pin.SparsePaths!.Patterns.Select(SparsePaths.ForGit)
            .Select(path => $"'{path}'");
        var words = string.Join(' ', arguments);
        Programs.Shell(Folder, $"export GIT_CONFIG_GLOBAL={Folder}/gitconfig; root={Folder}/script; "
            + $". ./head.sh && checkout large {pin.Url} {pin.Commit} submodules {words}").Succeeds();
        Files(source with { Path = Path.Combine(Folder, "script/sources/large") }).ShouldBe(Files(source));
    }

    [Fact]
    public void The_ledger_names_the_paths() =>
        new PinLedger { Repos = [Part("src; data/*", new string('1', 40))] }.Print()
            .ShouldContain("(only data/*; src)");

    // A repository of which most is not wanted.
    private string Large()
    {
        var path = Url("large");
        Directory.CreateDirectory(path);
        Git(path, "init", "--quiet");
        Git(path, "config", "uploadpack.allowFilter", "true");
        foreach (var (file, text) in new[]
        {
            ("src/a.c", "int a;\n"), ("src/deep/b.c", "int b;\n"), ("data/small.csv", "1\n"),
            ("data/years/1.csv", "2\n"), ("top.txt", "top\n"), ("odd [x]; ü/file", "odd\n"), ("big.bin", "big\n"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, file))!);
            File.WriteAllText(Path.Combine(path, file), text);
        }
        return Commit("large");
    }

    private ExternalRepo Part(string paths, string commit) =>
        Pin("large", "file://" + Url("large"), commit) with { SparsePaths = Parsed(paths, []).SparsePaths };

    private static ExternalRepo Parsed(string paths, ICollection<Diagnostic> told) => ExternalRepo.Parse(
        new DeclarationItem("ExternalRepo", "large", new Dictionary<string, string>
        {
            ["Url"] = "https://host.invalid/large",
            ["Commit"] = new string('1', 40),
            ["SparsePaths"] = paths,
        }, () => new SourceLocation("pins.props", 7)), told);

    private static string Files(AcquiredSource source) => string.Join('|',
        Directory.EnumerateFiles(source.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(source.Path, file)).Where(file => !file.Split('/').Contains(".git"))
            .Order(StringComparer.Ordinal));

    private string Store() => Directory.EnumerateDirectories(Path.Combine(Layout.Sources, ".objects")).Single();

    private bool Has(ExternalRepo pin, string file) =>
        Git(Store(), "rev-list", "--objects", "--missing=print", pin.Commit).Contains(
            Git(Url("large"), "rev-parse", $"{pin.Commit}:{file}"), StringComparison.Ordinal)
        && !Git(Store(), "rev-list", "--objects", "--missing=print", pin.Commit).Contains(
            "?" + Git(Url("large"), "rev-parse", $"{pin.Commit}:{file}"), StringComparison.Ordinal);
}

using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tests.Pins;

public sealed class PinLedgerSpecs
{
    private static readonly string One = new('1', 40);

    [Theory]
    [InlineData("main", "VART1001")]
    [InlineData("v1.0", "VART1001")]
    [InlineData("abc1234", "VART1002")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD", "VART1002")]
    public void A_pin_that_floats_is_an_error(string commit, string code) =>
        new PinLedger { Repos = [Repo("a", "https://x/a", commit)] }.Lint()
            .ShouldHaveSingleItem().Rule.Code.ShouldBe(code);

    [Fact]
    public void Two_commits_of_one_repository_need_a_reason()
    {
        var other = new string('2', 40);
        new PinLedger { Repos = [Repo("a", "https://x/a", One), Repo("b", "git@x:a.git", other)] }.Lint()
            .ShouldHaveSingleItem().Rule.ShouldBe(PinRules.TwoCommits);
        new PinLedger
        {
            Repos = [Repo("a", "https://x/a", One),
            Repo("b", "https://x/a.git", other) with { Reason = "builds with the old compiler" }]
        }.Lint()
            .ShouldBeEmpty();
        new PinLedger { Repos = [Repo("a", "https://x/a", One), Repo("b", "https://x/a", One)] }.Lint().ShouldBeEmpty();
    }

    [Fact]
    public void An_image_and_a_file_without_a_hash_are_warnings_and_malformed_hashes_errors()
    {
        var item = Item("ContainerImage", "i");
        var found = new PinLedger
        {
            Images = [new ContainerImage { Name = "i", Item = item, Reference = "ubuntu:22.04" },
                new ContainerImage { Name = "j", Item = item, Reference = "x", Digest = "sha256:12" }],
            Files = [new ExternalFile { Name = "f", Item = item, Url = "http://x/f" },
                new ExternalFile { Name = "g", Item = item, Url = "http://x/f", Sha256 = "zz" }],
        }.Lint();
        found.Select(diagnostic => (diagnostic.Rule.Code, diagnostic.Rule.Severity)).ShouldBe(
            [("VART1004", Severity.Warning), ("VART1005", Severity.Error), ("VART1006", Severity.Warning),
                ("VART1005", Severity.Error)]);
    }

    [Fact]
    public void The_line_of_an_item_is_found_in_its_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file,
            "<Project>\n  <ItemGroup>\n    <Other Include=\"a\" />\n    <Thing Include=\"x;\n a\" />\n  "
                + "</ItemGroup>\n</Project>");
        ItemLocator.Find(file, "Thing", "a").ShouldBe(new SourceLocation(file, 4, 6));
        ItemLocator.Find(file, "Thing", "gone").ShouldBe(new SourceLocation(file));
        ItemLocator.Find("/no/such/file", "Thing", "a").Line.ShouldBe(0);
        File.Delete(file);
    }

    [Theory]
    [InlineData("100%25 sure")]
    [InlineData("a;b $(c) @(d) #e?f")]
    public void The_line_of_an_item_is_found_in_a_folder_of_any_name(string name)
    {
        var folder = Directory.CreateTempSubdirectory("lines");
        var file = Path.Combine(folder.CreateSubdirectory(name).FullName, "build.proj");
        File.WriteAllText(file, "<Project>\n  <ItemGroup>\n    <Thing Include=\"a\" />\n  </ItemGroup>\n</Project>");
        ItemLocator.Find(file, "Thing", "a").ShouldBe(new SourceLocation(file, 3, 6));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_tool_that_comes_from_a_package_without_a_hash_is_a_warning_and_a_malformed_hash_an_error()
    {
        var item = Item("ToolPin", "p");
        var ledger = new PinLedger { Packaged = [(new ToolPin { Name = "p", Item = item }, "made-up")], Tools = [] };
        ledger.Lint().ShouldHaveSingleItem().Rule.ShouldBe(PinRules.PackageWithoutHash);
        (ledger with { Tools = [new ToolPin { Name = "p", Item = item, Version = "1.0.0" }] }).Lint()
            .ShouldHaveSingleItem().Rule.ShouldBe(PinRules.PackageWithoutHash);
        PinLedger With(string hash) =>
            ledger with
            {
                Tools = [new ToolPin { Name = "p", Item = item, Version = "1.0.0",
                PackageHashes = new Dictionary<string, string> { ["made-up"] = hash } }]
            };
        With("12").Lint().ShouldHaveSingleItem().Rule.ShouldBe(PinRules.BadHash);
        With(new string('0', 64)).Lint().ShouldBeEmpty();
        var diagnostics = new List<Diagnostic>();
        ToolPin.Parse(new DeclarationItem("ToolPin", "p",
            new Dictionary<string, string> { ["Version"] = "1.0.0", ["PackageHashes"] = "a=1;b" },
            () => SourceLocation.None), diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.BadMetadata);
    }

    [Theory]
    [InlineData("http://x/a/b.csv?download=1", null, "b.csv")]
    [InlineData("http://x/a/b%20c.csv", null, "b c.csv")]
    [InlineData("http://x/a/", null, "f")]
    [InlineData("http://x/a/..%2F..%2Fb", null, "f")]
    [InlineData("http://x/a/b.csv", "other.csv", "other.csv")]
    public void A_download_has_the_name_that_is_given_or_the_last_part_of_its_url(string url, string? given,
        string name)
    {
        var metadata = new Dictionary<string, string> { ["Url"] = url };
        if (given is not null)
            metadata["LocalName"] = given;
        var diagnostics = new List<Diagnostic>();
        ExternalFile.Parse(new DeclarationItem("ExternalFile", "f", metadata, () => SourceLocation.None),
            diagnostics).LocalName.ShouldBe(name);
        diagnostics.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../x", "data")]
    [InlineData("..", "data")]
    [InlineData("x", "../data")]
    [InlineData("x", "a/b")]
    [InlineData("x", "a\u0000b")]
    public void The_name_of_a_download_leads_nowhere_else(string name, string file)
    {
        var diagnostics = new List<Diagnostic>();
        ExternalFile.Parse(new DeclarationItem("ExternalFile", name,
            new Dictionary<string, string> { ["Url"] = "http://x/y", ["LocalName"] = file }, () => SourceLocation.None),
            diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.BadMetadata);
    }

    private static ExternalRepo Repo(string name, string url, string commit) =>
        new() { Name = name, Item = Item("ExternalRepo", name), Url = url, Commit = commit };

    private static DeclarationItem Item(string type, string name) =>
        new(type, name, new Dictionary<string, string>(), () => new SourceLocation("pins.props", 2));
}

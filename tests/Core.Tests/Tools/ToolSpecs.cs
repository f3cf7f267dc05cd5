using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

public sealed class ToolSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tools").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("4.3.0", "4.3.0", true)]
    [InlineData("4.3.0", "4.11.0", false)]
    [InlineData("4.3.0", "4.3.0+fcb2042d", true)]
    [InlineData("[4.3,5.0)", "4.11.0", true)]
    [InlineData("[4.3,5.0)", "5.0.0", false)]
    [InlineData("4.3.0", "4.3.0-nightly", false)]
    [InlineData("0.2024.08.21.abc1234", "0.2024.08.21.abc1234", true)]
    [InlineData("0.2024.08.21.abc1234", "0.2024.08.22.abc1234", false)]
    public void A_version_rule_accepts_what_it_says(string rule, string version, bool accepted) =>
        VersionRule.Parse(rule)!.Accepts(version).ShouldBe(accepted);

    [Theory]
    [InlineData("latest")]
    [InlineData("[4.3")]
    public void A_garbled_version_rule_is_reported(string rule)
    {
        var diagnostics = new List<Diagnostic>();
        ToolDeclaration.Parse(Item(("Version", rule)), diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ToolRules.BadVersionRule);
    }

    [Theory]
    [InlineData("echo 'Version Z3 4.8.12 - 64 bit'", "4.8.12")]
    [InlineData("echo 'fake 1.2.3' >&2", "1.2.3")]
    [InlineData("echo 4.11.0+fcb2042d6d043a2634f0854338c08feeaaaf4ae2", "4.11.0")]
    [InlineData("printf 'Hallo\\nWerkzeug, Fassung 2.0.1-rc1\\n'; exit 3", "2.0.1-rc1")]
    public async Task A_version_is_read_from_what_the_tool_prints(string script, string version) =>
        (await ResolveAsync(Script(script))).ShouldBeOfType<ResolvedTool>().Version.ShouldBe(version);

    [Theory]
    [InlineData("echo nothing here")]
    [InlineData("echo \"$0: 0: Illegal option --\" >&2; exit 2")]
    [InlineData("echo $$; exit 1")]
    [InlineData("cat; exit 1")]
    [InlineData("sleep 1000")]
    public async Task A_tool_that_tells_no_version_is_known_by_its_content_unless_one_is_asked_for(string script)
    {
        var limit = TimeSpan.FromSeconds(script.StartsWith("sleep", StringComparison.Ordinal) ? 1 : 60);
        var first = (await ResolveAsync(Script(script), limit)).ShouldBeOfType<ResolvedTool>();
        first.Version.ShouldBe("unversioned");
        (await ResolveAsync(Script(script), limit)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(first.Identity);
        (await ResolveAsync(Script(script + " # changed"), limit)).ShouldBeOfType<ResolvedTool>().Identity.ShouldNotBe(
            first.Identity);
        (await ResolveAsync(Script(script), limit, ("Version", "1.0.0"))).ShouldBeOfType<MissingTool>().Found
            .ShouldContain(limit.TotalSeconds > 1 ? "printed no version" : "within 1 s");
        (await ResolveAsync(Script(script), limit, ("VersionPattern", "release (.*)"))).ShouldBeOfType<MissingTool>();
    }

    [Theory]
    [InlineData("fake version fake1.22.5 linux/amd64", "1.22.5", "1.22.5")]
    [InlineData("Fake2023", "2023", "2023")]
    [InlineData("fakev7 of today", "7", "7")]
    public async Task A_version_right_behind_the_name_of_the_tool_is_one(string printed, string version, string rule) =>
        (await ResolveAsync(Script($"echo {printed}"), ("Version", rule))).ShouldBeOfType<ResolvedTool>().Version
            .ShouldBe(version);

    [Theory]
    [InlineData("dash")]
    [InlineData("mawk")]
    [InlineData("time")]
    public async Task Programs_of_this_machine_that_tell_no_version_are_there(string name)
    {
        var path = "/usr/bin/" + name;
        Assert.SkipUnless(File.Exists(path), $"{name} is not installed");
        (await ResolveAsync(path)).ShouldBeOfType<ResolvedTool>();
    }

    // A program that is asked for its version gets no variable that a sample does not get.
    [Fact]
    public async Task A_tool_that_is_asked_for_its_version_sees_nothing_of_the_callers_environment()
    {
        var seen = Path.Combine(folder, "seen.txt");
        Environment.SetEnvironmentVariable("VERUS_ARTIFACT_SECRET_TOKEN", "hidden");
        try
        {
            await ResolveAsync(Script($"/usr/bin/env > '{seen}'; echo fake 1.0.0"), ("Environment", "OWN=1"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("VERUS_ARTIFACT_SECRET_TOKEN", null);
        }
        var names = File.ReadAllLines(seen).Where(line => line.Contains('=', StringComparison.Ordinal))
            .Select(line => line.Split('=')[0]).ToList();
        // The last variables in the list are added by the shell itself.
        names.Except(["RUSTUP_HOME", "PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal)
            .ShouldBe(["HOME", "LC_ALL", "OWN", "PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TZ"]);
        File.ReadAllLines(seen).ShouldNotContain(
            $"HOME={Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}");
    }

    [Fact]
    public async Task Another_version_than_the_pin_is_missing_unless_overridden_and_then_a_deviation()
    {
        var path = Script("echo fake 4.11.0");
        (await ResolveAsync(path, ("Version", "4.3.0"))).ShouldBeOfType<MissingTool>().Found.ShouldContain("4.11.0");
        (await ResolveAsync(path, ("Version", "4.3.0"), ("VersionOverride", "4.11.0"))).ShouldBeOfType<ResolvedTool>()
            .Deviation.ShouldBe("fake 4.11.0 instead of the pinned 4.3.0");
        (await ResolveAsync(path, ("Version", "4.11.0"), ("VersionOverride", "4.11.0")))
            .ShouldBeOfType<ResolvedTool>().Deviation.ShouldBeNull();
    }

    [Fact]
    public async Task Identity_follows_links_and_changes_with_content()
    {
        var first = Assert.IsType<ResolvedTool>(await ResolveAsync(Script("echo fake 1.0.0")));
        var link = Path.Combine(folder, "link");
        File.CreateSymbolicLink(link, first.Path);
        (await ResolveAsync(link)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(first.Identity);
        (await ResolveAsync(Script("echo fake 1.0.0 # changed"))).ShouldBeOfType<ResolvedTool>().Identity.ShouldNotBe(
            first.Identity);
    }

    [Fact]
    public async Task Declared_files_are_part_of_the_identity()
    {
        var path = Script("echo fake 1.0.0");
        var library = Directory.CreateDirectory(Path.Combine(folder, "library")).FullName;
        File.WriteAllText(Path.Combine(library, "a.dll"), "one");
        var before = Assert.IsType<ResolvedTool>(await ResolveAsync(path, ("IdentityFiles", library))).Identity;
        File.WriteAllText(Path.Combine(library, "a.dll"), "two");
        (await ResolveAsync(path, ("IdentityFiles", library))).ShouldBeOfType<ResolvedTool>().Identity.ShouldNotBe(
            before);
        (await ResolveAsync(path, ("IdentityFiles", library + "/gone"))).ShouldBeOfType<MissingTool>().Found
            .ShouldContain("part of its identity");
    }

    [Fact]
    public async Task A_folder_and_a_file_that_is_not_executable_are_named()
    {
        (await ResolveAsync(folder)).ShouldBeOfType<MissingTool>().Found.ShouldContain("is a folder");
        var plain = Path.Combine(folder, "plain");
        File.WriteAllText(plain, "");
        (await ResolveAsync(plain)).ShouldBeOfType<MissingTool>().Found.ShouldContain("is not executable");
    }

    [Fact]
    public async Task A_tool_is_looked_up_in_the_search_path_and_a_ledger_pin_decides()
    {
        Script("echo fake 1.2.3");
        var tool = ToolDeclaration.Parse(Item(), []);
        (await Resolve("1.2.3")).ShouldBeOfType<ResolvedTool>().Path.ShouldBe(Path.Combine(folder, "fake"));
        (await Resolve("1.2.4")).ShouldBeOfType<MissingTool>().Needed.ShouldBe("1.2.4");

        async Task<ToolResult> Resolve(string pin) => (await ToolResolver.ResolveAsync([tool],
            new ToolOptions("/", [Path.Combine(folder, "empty"), folder],
                new Dictionary<string, VersionRule> { ["fake"] = VersionRule.Parse(pin)! }, TimeSpan.FromMinutes(1)),
            new Quiet(), TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Tools_of_this_machine_tell_their_version()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/z3"), "z3 is not installed");
        (await ResolveAsync("/usr/bin/z3")).ShouldBeOfType<ResolvedTool>().Version.ShouldStartWith("4.");
    }

    [Fact]
    public void A_version_pattern_without_a_group_is_reported()
    {
        var diagnostics = new List<Diagnostic>();
        ToolDeclaration.Parse(Item(("VersionPattern", "[0-9]+")), diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ToolRules.BadVersionPattern);
    }

    [Fact]
    public void Preflight_lists_everything_at_once()
    {
        var missing = new MissingTool("z3", "4.8.5", "nothing", "Install it.");
        var shortfalls = Preflight.Check([new("A", 8, 1L << 40, 1L << 50, ["z3"]), new("B", 1, 0, 0, ["z3"])],
            new(2, 1L << 30, 1L << 30), [missing]);
        shortfalls.Select(s => s.What).ShouldBe(["cores", "memory", "free disk", "tool z3"]);
        shortfalls[3].NeededBy.ShouldBe(["A", "B"]);
        Preflight.Render(shortfalls, "/").Message.ShouldContain(
            "tool z3: needed 4.8.5, found nothing (for A, B). Install it.");
    }

    private string Script(string body)
    {
        var path = Path.Combine(folder, "fake");
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static DeclarationItem Item(params (string Name, string Value)[] metadata) =>
        new("Tool", "fake", metadata.ToDictionary(m => m.Name, m => m.Value), () => SourceLocation.None);

    private static Task<ToolResult> ResolveAsync(string path, params (string, string)[] metadata) =>
        ResolveAsync(path, TimeSpan.FromMinutes(1), metadata);

    private static async Task<ToolResult> ResolveAsync(string path, TimeSpan timeout,
        params (string, string)[] metadata)
    {
        var diagnostics = new List<Diagnostic>();
        var tool = ToolDeclaration.Parse(Item([("Path", path), .. metadata]), diagnostics);
        diagnostics.ShouldBeEmpty();
        var options = new ToolOptions("/", [], new Dictionary<string, VersionRule>(), timeout);
        return (await ToolResolver.ResolveAsync([tool], options, new Quiet(), TestContext.Current.CancellationToken))
            .ShouldHaveSingleItem();
    }

    private sealed class Quiet : IBuildLog
    {
        public void Info(string message) { }
        public void Detail(string message) { }
        public void Progress(string message) { }
        public void Report(Diagnostic diagnostic) { }
    }
}

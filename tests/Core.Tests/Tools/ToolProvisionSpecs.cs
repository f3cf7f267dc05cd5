using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Tools;
using static Verus.Artifact.Tests.Tools.ToolFolder;

namespace Verus.Artifact.Tests.Tools;

public sealed class ToolProvisionSpecs : IDisposable
{
    private readonly ToolFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task A_dotnet_tool_is_installed_once_and_found_without_starting_it_again()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("Version", "1.2.3"),
            ("VersionArguments", "echo made-up 1.2.3"));

        (await folder.ResolveAsync(tool)).ShouldBeOfType<MissingTool>().Provision.ShouldBe(
            "install package made-up-tool 1.2.3");
        var installed = (await ProvideAsync(tool)).ShouldBeOfType<ResolvedTool>();
        installed.Path.ShouldStartWith(Path.Combine(folder.Tools, "made-up", "1.2.3"));
        Directory.EnumerateFileSystemEntries(Path.Combine(folder.Tools, "made-up"))
            .Select(path => Path.GetFileName(path)!).Order()
            .ShouldBe([".lock", "1.2.3", "1.2.3.log"]);

        // A dotnet program that does not exist cannot be started, so a result shows that the tool was remembered.
        var again = (await ToolProvisioner.ProvideAsync([tool], folder.Options, folder.Log,
            TestContext.Current.CancellationToken))[0];
        again.ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(installed.Identity);
        (await folder.ResolveAsync(tool)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(installed.Identity);
        folder.Log.Lines.Count(line => line.StartsWith("Installing", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_network_only_packages_of_a_bundle_are_installed()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("Version", "1.2.3"),
            ("VersionArguments", "echo made-up 1.2.3"));
        var online = folder.Options with { ToolPins = Pins("1.2.3", null) };
        var offline = folder.Options with
        {
            Offline = true,
            Packages = Directory.CreateDirectory(Path.Combine(folder.Root, "packages")).FullName
        };
        (await ToolResolver.ResolveAsync([tool], offline, folder.Log, TestContext.Current.CancellationToken))[0]
            .ShouldBeOfType<MissingTool>().Provision.ShouldBeNull();

        var installed = (await ToolProvisioner.ProvideAsync([tool], online, folder.Log,
            TestContext.Current.CancellationToken))[0].ShouldBeOfType<ResolvedTool>();
        // A package without a pin is not added to a bundle.
        DotNetToolInstaller.PackagesOf(tool, tool.Version, folder.Options).ShouldBeEmpty();
        var package = DotNetToolInstaller.PackagesOf(tool, tool.Version, online).ShouldHaveSingleItem();
        File.Copy(package, Path.Combine(offline.Packages, Path.GetFileName(package)));
        Directory.Delete(folder.Tools, recursive: true);
        // A package without a hash in the ledger is not installed from a bundle.
        var missing = (await ToolProvisioner.ProvideAsync([tool], offline, folder.Log,
            TestContext.Current.CancellationToken))[0].ShouldBeOfType<MissingTool>();
        missing.Found.ShouldContain("with a hash from the ledger");
        offline = offline with
        {
            ToolPins = Pins("1.2.3",
            new ContentHashes().OfFile(Path.Combine(offline.Packages, Path.GetFileName(package))))
        };
        Directory.Delete(Path.Combine(folder.Root, "feed"), recursive: true);
        (await ToolProvisioner.ProvideAsync([tool], offline, folder.Log, TestContext.Current.CancellationToken))[0]
            .ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(installed.Identity);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_installation_writes_the_hash_into_the_ledger_and_another_package_is_refused()
    {
        folder.Feed("made-up-tool", "1.2.3");
        File.WriteAllText(Ledger,
            "<Project><ItemGroup><ToolPin Include=\"made-up\" Version=\"1.2.3\" /></ItemGroup></Project>");
        var started = Path.Combine(folder.Root, "started");
        // The dummy tool writes a file when it is started with these arguments.
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("VersionArguments", $"count '{started}'"));
        await ProvideAsync(folder.Options with { ToolPins = Pins("1.2.3", null), Pins = Rules("1.2.3") }, tool);
        var hash = new ContentHashes().OfFile(Directory.EnumerateFiles(Path.Combine(folder.Root, "feed"),
            "*.nupkg").Single());
        File.ReadAllText(Ledger)
            .ShouldBe(
                "<Project><ItemGroup><ToolPin Include=\"made-up\" Version=\"1.2.3\" "
                    + $"PackageHashes=\"made-up-tool={hash}\" /></ItemGroup></Project>");

        Directory.Delete(folder.Tools, recursive: true);
        File.Delete(started);
        var options = folder.Options with { ToolPins = Pins("1.2.3", new string('0', 64)), Pins = Rules("1.2.3") };
        var missing = (await ProvideAsync(options, tool)).ShouldBeOfType<MissingTool>();
        missing.Failure!.Rule.ShouldBe(ToolRules.OtherPackage);
        File.Exists(started).ShouldBeFalse();
        Directory.EnumerateDirectories(Path.Combine(folder.Tools, "made-up")).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tool_that_was_installed_from_another_package_than_is_pinned_now_is_not_started()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("Version", "1.2.3"),
            ("VersionArguments", "echo made-up 1.2.3"));
        (await ProvideAsync(tool)).ShouldBeOfType<ResolvedTool>();
        var options = folder.Options with { ToolPins = Pins("1.2.3", new string('0', 64)) };
        (await ToolResolver.ResolveAsync([tool], options, folder.Log, TestContext.Current.CancellationToken))[0]
            .ShouldBeOfType<MissingTool>().Found.ShouldContain("another package");
    }

    // An attacker who can write to the folder with a bundle's packages cannot make the SDK run his code.
    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_that_was_planted_beside_those_of_a_bundle_is_not_run(bool isPinned)
    {
        folder.Feed("made-up-tool", "1.2.3");
        var packages = Directory.CreateDirectory(Path.Combine(folder.Root, "packages")).FullName;
        File.Move(Directory.EnumerateFiles(Path.Combine(folder.Root, "feed")).Single(),
            Path.Combine(packages, "made-up-tool.1.2.3.nupkg"));
        var started = Path.Combine(folder.Root, "started");
        var options = folder.Options with
        {
            Offline = true,
            Packages = packages,
            ToolPins = Pins("1.2.3", isPinned ? new string('0', 64) : null)
        };
        var missing = (await ProvideAsync(options,
            Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"), ("Version", "1.2.3"),
                ("VersionArguments", $"count '{started}'")))).ShouldBeOfType<MissingTool>();
        missing.Provision.ShouldBeNull();
        File.Exists(started).ShouldBeFalse();
        Directory.Exists(Path.Combine(folder.Tools, "made-up", "1.2.3")).ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_of_the_package_that_changes_changes_the_identity()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("Version", "1.2.3"),
            ("VersionArguments", "echo made-up 1.2.3"));
        var installed = (await ProvideAsync(tool)).ShouldBeOfType<ResolvedTool>();
        File.AppendAllText(Directory.EnumerateFiles(folder.Tools, "dummy-tool.deps.json", SearchOption.AllDirectories)
            .Single(), " ");
        (await folder.ResolveAsync(tool)).ShouldBeOfType<ResolvedTool>().Identity.ShouldNotBe(installed.Identity);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_version_that_no_source_has_is_named_with_its_remedy()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var missing = (await ProvideAsync(Tool("made-up", ("DotNetTool", "made-up-tool"), ("Version", "9.9.9"))))
            .ShouldBeOfType<MissingTool>();
        missing.Failure!.Rule.ShouldBe(ToolRules.PackageMissing);
        missing.Failure.Where.Line.ShouldBe(7);
        missing.Failure.Message.ShouldContain("'made-up-tool' in version 9.9.9");
        missing.Provision.ShouldBeNull();
        Directory.Exists(Path.Combine(folder.Tools, "made-up", "9.9.9")).ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_registry_that_does_not_answer_is_told_from_a_missing_package()
    {
        File.WriteAllText(Path.Combine(folder.Project, "NuGet.config"),
            "<configuration><packageSources><clear/><add key=\"gone\" value=\"http://127.0.0.1:9/index.json\" "
                + "allowInsecureConnections=\"true\"/></packageSources></configuration>");
        var missing = (await ProvideAsync(Tool("made-up", ("DotNetTool", "made-up-tool"), ("Version", "1.2.3"))))
            .ShouldBeOfType<MissingTool>();
        missing.Failure!.Rule.ShouldBe(ToolRules.RegistryUnreachable);
        File.ReadAllText(Path.Combine(folder.Tools, "made-up", "1.2.3.log")).ShouldNotBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_installation_that_was_killed_is_made_anew()
    {
        folder.Feed("made-up-tool", "1.2.3");
        var torn = Path.Combine(folder.Tools, "made-up", "1.2.3.incomplete", "half");
        Directory.CreateDirectory(torn);
        var tool = Tool("made-up", ("ProgramName", "made-up-tool"), ("DotNetTool", "made-up-tool"),
            ("Version", "1.2.3"),
            ("VersionArguments", "echo made-up 1.2.3"));
        (await ProvideAsync(tool)).ShouldBeOfType<ResolvedTool>();
        Directory.Exists(torn).ShouldBeFalse();
    }

    [Fact]
    public async Task An_installation_can_be_cancelled_and_leaves_nothing_that_looks_whole()
    {
        folder.Script("bin/slow-dotnet", "sleep 1000");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var options = folder.Options with { DotNetHost = Path.Combine(folder.Bin, "slow-dotnet") };
        await Should.ThrowAsync<OperationCanceledException>(() => ToolProvisioner.ProvideAsync(
            [Tool("made-up", ("DotNetTool", "made-up-tool"), ("Version", "1.2.3"))], options, folder.Log,
            cancellation.Token));
        Directory.Exists(Path.Combine(folder.Tools, "made-up", "1.2.3")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_range_of_versions_is_looked_up_but_not_installed() =>
        (await ProvideAsync(Tool("made-up", ("DotNetTool", "made-up-tool"), ("Version", "[1.0,2.0)"))))
            .ShouldBeOfType<MissingTool>().Provision.ShouldBeNull();

    [Fact(Timeout = 300_000)]
    public async Task Dafny_comes_from_the_registry_and_starts_the_z3_it_depends_on()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/z3"), "z3 is not installed");
        var z3 = Tool("z3");
        var dafny = Tool("dafny", ("DotNetTool", "dafny"), ("Version", "4.3.0"), ("VersionOverride", "4.11.0"),
            ("Depends", "z3"));
        var result = await ProvideAsync(z3, dafny);
        if (result is MissingTool { Failure: { } failure } && failure.Rule != ToolRules.InstallFailed)
            Assert.Skip($"Dafny 4.11.0 cannot be had here: {failure.Message}");
        var found = result.ShouldBeOfType<ResolvedTool>();
        found.Version.ShouldBe("4.11.0");
        File.Exists(Path.Combine(found.Environment["DOTNET_ROOT"], "dotnet")).ShouldBeTrue();
        found.Deviation.ShouldBe("dafny 4.11.0 instead of the pinned 4.3.0");
        found.PathEntries.ShouldBe([Path.GetDirectoryName(found.Path)!, "/usr/bin"]);
    }

    private string Ledger => Path.Combine(folder.Project, "pins.props");

    private Dictionary<string, ToolPin> Pins(string version, string? hash) => new()
    {
        ["made-up"] = new ToolPin
        {
            Name = "made-up",
            Item = new DeclarationItem("ToolPin", "made-up", new Dictionary<string, string>(),
                () => new SourceLocation(Ledger, 1)),
            Version = version,
            PackageHashes = hash is null ? new Dictionary<string, string>() : new() { ["made-up-tool"] = hash },
        },
    };

    private static Dictionary<string, VersionRule> Rules(string version) =>
        new() { ["made-up"] = VersionRule.Parse(version)! };

    private Task<ToolResult> ProvideAsync(params ToolDeclaration[] tools) => ProvideAsync(folder.Options, tools);

    private async Task<ToolResult> ProvideAsync(ToolOptions options, params ToolDeclaration[] tools) =>
        (await ToolProvisioner.ProvideAsync(tools, options, folder.Log, TestContext.Current.CancellationToken))[^1];
}

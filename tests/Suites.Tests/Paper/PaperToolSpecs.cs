using System.Text.RegularExpressions;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Tests.Tools;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Paper;

/// <summary>
/// Tests the paper's tools as items, with properties read from the same file; tests of the SDK evaluate these items
/// with MSBuild.
/// </summary>
public sealed class PaperToolSpecs
{
    private static readonly string[] Files = [Path.Combine(ItemsOfFile.Paper, "Defaults.props"),
        Path.Combine(ItemsOfFile.Paper, "Tools.props"),
        Path.Combine(ItemsOfFile.Paper, "../Verus.Artifact.Suites.Verifiers/Verifiers.props"),
        Path.Combine(ItemsOfFile.Paper, "../Verus.Artifact.Suites.Verus/Verus.props")];
    private static readonly PinLedger Ledger = new()
    {
        Tools = ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "pins.props"), "ToolPin", ToolPin.Parse),
        Files = ItemsOfFile.Read(Path.Combine(ItemsOfFile.Paper, "pins.props"), "ExternalFile", ExternalFile.Parse),
    };

    private static readonly List<ToolDeclaration> Tools = Read();

    [Fact]
    public void All_tools_have_a_remedy_and_refer_to_tools_that_are_there()
    {
        Tools.AtLeastOne().ShouldAllBe(tool => tool.Remedy != null || tool.DebianPackage != null);
        var diagnostics = new List<Diagnostic>();
        ToolGraph.InOrder(Tools, Tools.Select(tool => tool.Name), diagnostics).Count.ShouldBe(Tools.Count);
        diagnostics.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_built_is_built_from_a_pinned_repository() =>
        Tools.Where(tool => tool.Build is not null).SelectMany(tool => tool.Build!.Sources).Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(["artifact", "fstar", "karamel", "prusti", "verified-memory-allocator",
                "verified-node-replication", "verified-storage", "verus", "verus-line-count",
                "verus-milli", "why3"]);

    [Fact]
    public void Verus_is_built_with_its_own_z3_and_with_singular_where_the_macro_statistics_need_it()
    {
        Steps("verus").ShouldBe([
            ["cd", "{source}/tools/vargo"], ["cargo", "build", "--release"], ["cd", "{source}/source"],
            ["sh", "-c", "rm -rf z3-*; exec bash ./tools/get-z3.sh"],
            ["{source}/tools/vargo/target/release/vargo", "build", "--release", "--features", "singular"]]);
        Steps("verus-milli")[^1].ShouldBe(["{source}/tools/vargo/target/release/vargo", "build", "--release"]);
    }

    [Fact]
    public void Every_step_of_a_build_starts_with_a_program_and_none_is_the_rest_of_the_line_before()
    {
        string[] programs = ["bash", "cargo", "cd", "cmake", "cp", "g++", "make", "mkdir", "opam", "python3", "rustup",
            "sed", "sh"];
        Directory.EnumerateFiles(Path.Combine(ItemsOfFile.Paper, ".."), "*.props", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).SelectMany(file =>
                XDocument.Load(file).Descendants("Build").SelectMany(build => build.Value.Split('\n'))
                .Select(line => line.Trim()).Where(line => line.Length > 0)).AtLeastOne()
            .ShouldAllBe(line => line.StartsWith('{') || line.StartsWith("$(", StringComparison.Ordinal)
                || programs.Contains(line.Split(' ', StringSplitOptions.None)[0]));
    }

    [Theory]
    [InlineData("verus",
        "Verus\n  Version: 0.2024.08.19.097ac7e\n  Profile: release\n  Platform: linux_x86_64\n  Toolchain: "
            + "1.76.0-x86_64-unknown-linux-gnu\n", "0.2024.08.19.097ac7e")]
    [InlineData("dafny", "4.3.0+fcb2042d6d043a2634f0854338c08feeaaaf4ae2\n", "4.3.0")]
    [InlineData("dafny-ironkv", "Dafny 3.4.0.30405\n", "3.4.0")]
    [InlineData("fstar",
        "F* 2024.01.13~dev\nplatform=Linux_x86_64\ncompiler=OCaml 4.14.1\ndate=2024-01-11 19:51:05 "
            + "-0800\ncommit=1d823c247b\n", "2024.01.13~dev")]
    [InlineData("prusti",
        "Prusti version: 0.2.2, commit a5c29c9 2023-10-27 14:21:27 UTC, built on 2023-10-27 14:32:23 UTC\nrustc "
            + "1.74.0-nightly (ca2b74f1a 2023-09-14)\n", "0.2.2")]
    [InlineData("why3", "Why3 platform, version 1.5.1\n", "1.5.1")]
    [InlineData("z3", "Z3 version 4.12.1 - 64 bit\n", "4.12.1")]
    [InlineData("cvc4", "This is CVC4 version 1.8\ncompiled with GCC version 12.2.0\n", "1.8")]
    [InlineData("rustup", "rustup 1.29.0 (28d1352db 2026-03-05)\n", "1.29.0")]
    [InlineData("cc", "cc (Debian 12.2.0-14+deb12u1) 12.2.0\n", "12.2.0-14")]
    [InlineData("git", "git version 2.39.5\n", "2.39.5")]
    [InlineData("unzip", "UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n", "6.00")]
    [InlineData("java", "openjdk version \"17.0.15\" 2025-04-15\n", "17.0.15")]
    [InlineData("opam", "2.1.2\n", "2.1.2")]
    [InlineData("cargo", "cargo 1.76.0 (c84b36747 2024-01-18)\n", "1.76.0")]
    [InlineData("cmake",
        "cmake version 3.25.1\n\nCMake suite maintained and supported by Kitware (kitware.com/cmake).\n", "3.25.1")]
    [InlineData("gs", "10.00.0\n", "10.00.0")]
    [InlineData("wget", "GNU Wget 1.21.3 built on linux-gnu.\n", "1.21.3")]
    public void Versions_are_read_from_what_the_tools_print(string name, string output, string version)
    {
        var tool = Named(name);
        Regex.Match(output, tool.VersionPattern).Groups[1].Value.ShouldBe(version);
        var rule = tool.Version ?? Ledger.Tools.Where(pin => pin.Name == name)
            .Select(pin => VersionRule.Parse(pin.Version)).FirstOrDefault();
        (rule?.Accepts(version) ?? true).ShouldBeTrue();
    }

    [Fact]
    public async Task The_small_tools_of_this_machine_are_recognised()
    {
        using var folder = new ToolFolder();
        var found = await ToolResolver.ResolveAsync(
            [.. Tools.Where(tool => tool.Name is "cc" or "git" or "bash" or "curl" or "wget" or "unzip" or "python3"
                or "java" or "z3")],
            folder.Options with { SearchPath = ["/usr/local/bin", "/usr/bin", "/bin"] }, folder.Log,
            TestContext.Current.CancellationToken);
        // A tool that is not installed is no error; an installed tool must print its version.
        found.Count.ShouldBe(9);
        found.OfType<MissingTool>().Where(missing => missing.Found != "nothing").ShouldBeEmpty();
    }

    // Items that are declared only if no package before them declares them (such as python3), or only with a pin that
    // the paper does not have, are left out.
    private static bool IsOfThePaper(XElement tool) => tool.Attribute("Condition")?.Value is not { } condition
        || !((condition.Contains("@(_Have", StringComparison.Ordinal) && tool.Attribute("Include")!.Value != "python3")
            || condition == "'@(_PinBoogie)' != ''");

    private static ToolDeclaration Named(string name) => Tools.First(tool => tool.Name == name);

    private static IReadOnlyList<IReadOnlyList<string>> Steps(string name) =>
        [.. Named(name).Build!.Steps.Select(step => step.Select(word => word.Text).ToList())];

    private static List<ToolDeclaration> Read()
    {
        var projects = Files.Select(file => XDocument.Load(file).Root!).ToList();
        var properties = new Dictionary<string, string>();
        // The properties of the first file win: the file sets them before it imports the second.
        foreach (var property in projects.Elements("PropertyGroup").Elements()
            .Where(e => e.Attribute("Condition") is null || e.Value[0] is '{' or '-'))
            properties.TryAdd(property.Name.LocalName, Expand(property.Value));
        var diagnostics = new List<Diagnostic>();
        var items = projects.Elements("ItemGroup").Elements("Tool").Where(IsOfThePaper)
            .Select(item => new DeclarationItem("Tool", item.Attribute("Include")!.Value,
            item.Elements().ToDictionary(e => e.Name.LocalName, e => Expand(e.Value)),
            () => new SourceLocation(Files[0]))).ToList();
        var tools = LedgerText.Expand(items, Ledger,
            diagnostics).Select(item => ToolDeclaration.Parse(item, diagnostics)).ToList();
        diagnostics.ShouldBeEmpty();
        return tools;

        string Expand(string text) =>
            Regex.Replace(text, @"\$\((\w+)\)", match => properties.GetValueOrDefault(match.Groups[1].Value, ""));
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

public sealed class PreflightSpecs
{
    private static readonly MachineFacts Small = new(2, 4L << 30, 10L << 30)
    {
        NumaNodes = 1,
        OperatingSystem = "linux",
        Architecture = "x64"
    };

    [Fact]
    public void Requirements_are_read_from_metadata()
    {
        var needs = Parse("memory>=6GiB; disk>=20GB; cores>=8; numa>=2; os=linux,macos; arch=x64");
        needs.MemoryBytes.ShouldBe(6L << 30);
        needs.DiskBytes.ShouldBe(20_000_000_000);
        (needs.Cores, needs.NumaNodes).ShouldBe((8, 2));
        needs.OperatingSystems.ShouldBe(["linux", "macos"]);
        needs.Architectures.ShouldBe(["x64"]);
    }

    [Theory]
    [InlineData("memory=six", "a size such as")]
    [InlineData("cores>=0", "at least 1")]
    [InlineData("cores>=-3", "at least 1")]
    [InlineData("numa>=1.5", "at least 1")]
    [InlineData("memory=6GiB", "memory>= and a size")]
    [InlineData("physical-cores<8", "physical-cores>= and a whole number")]
    [InlineData("cores<8", "cores>= and a whole number")]
    [InlineData("os!=linux", "os= and linux")]
    [InlineData("smt>=1", "smt= and on or off")]
    [InlineData("hugepages-1GiB=4", "hugepages-1GiB>= and a number of pages")]
    [InlineData("os=solaris", "linux, macos or windows")]
    [InlineData("arch=none", "an architecture")]
    [InlineData("python=--help", "python= and a name")]
    [InlineData("gpu=big", "any, nvidia or amd")]
    [InlineData("perf=cycles", "perf=hardware")]
    [InlineData("memroy>=6GiB", "Did you mean 'memory'?")]
    public void What_cannot_be_read_is_reported_with_its_place(string condition, string expected)
    {
        var diagnostics = new List<Diagnostic>();
        Requirement.Parse(Item(), Condition.Parse(condition, out _)!, [], diagnostics);
        var diagnostic = diagnostics.ShouldHaveSingleItem();
        diagnostic.Rule.ShouldBe(DeclarationRules.BadMetadata);
        diagnostic.Where.Line.ShouldBe(3);
        diagnostic.Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("deb=dpkg", "deb=no-such-package", "Ubuntu that has the package")]
    [InlineData("python=json", "python=no_such_module", "python3 in PATH, with pip")]
    [InlineData("deb=no-such-package,dpkg", "pkg-config=no-such-library", "pkg-config --exists no-such-library")]
    [InlineData("os=linux", "kernel=CONFIG_NO_SUCH", "kernel has it")]
    public async Task What_is_not_installed_is_found_with_its_remedy(string has, string lacks, string remedy)
    {
        NeedDebian();
        var cancellation = TestContext.Current.CancellationToken;
        foreach (var installed in Parse(has).Installed.Concat(Parse("deb=dpkg").Installed).AtLeastOne())
            (await installed.ProblemAsync(cancellation)).ShouldBeNull();
        var missing = Parse(lacks).Installed.ShouldHaveSingleItem();
        var problem = (await missing.ProblemAsync(cancellation)).ShouldNotBeNull();
        var lack = missing.ShortfallOf(problem, "E", "Ask them.");
        lack.Remedy.ShouldContain(remedy);
        lack.Remedy.ShouldEndWith("Ask them.");
        lack.NeededBy.ShouldBe(["E"]);
        lack.SetUp.ShouldBeEmpty("no script can install it");
    }

    [Fact]
    public async Task The_package_that_this_release_has_is_the_remedy()
    {
        NeedDebian();
        var missing = Parse("deb=no-such-package,kodi").Installed.ShouldHaveSingleItem();
        var problem = (await missing.ProblemAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
        problem.ShouldBe(new InstallationProblem("it is not installed", "kodi"));
        var lack = missing.ShortfallOf(problem, "E", null);
        (lack.Needed, lack.Remedy).ShouldBe(("no-such-package or kodi", "Install it: sudo apt-get install kodi."));
        lack.SetUp.ShouldBe(["deb:kodi"]);
        missing = Parse("python=no_such_module").Installed.ShouldHaveSingleItem();
        missing.ShortfallOf(new InstallationProblem("none", "python3-no-such-module"), "E", null).SetUp
            .ShouldBe(["deb:python3-no-such-module"]);
    }

    private static void NeedDebian()
    {
        foreach (var program in new[] { "dpkg-query", "python3", "apt-cache" })
            if (!File.Exists("/usr/bin/" + program))
                Assert.Skip($"{program} is not installed");
        if (Programs.Run("apt-cache", "show", "git", "kodi").ExitCode != 0)
            Assert.Skip("the lists of the archive are not here (apt-get update)");
    }

    [Fact]
    public void Every_kind_of_shortfall_is_found()
    {
        var shortfalls = Preflight.Check(
            [Parse("memory>=6GiB; disk>=20GiB; cores>=8; physical-cores>=4; numa>=2; os=windows; arch=arm64")], Small,
            []);
        shortfalls.Select(s => $"{s.What}: {s.Needed}, {s.Found}").ShouldBe([
            "operating system: windows, linux", "processor architecture: arm64, x64", "cores: 8, 2",
            "physical cores: 4, 2", "NUMA nodes: 2, 1",
            "memory: 6.0 GiB, 4.0 GiB", "free disk: 20.0 GiB, 10.0 GiB"]);
        shortfalls.AtLeastOne().ShouldAllBe(s => s.Remedy.Length > 0 && s.NeededBy.Contains("E"));
    }

    [Fact]
    public void What_is_just_enough_is_enough() =>
        Preflight.Check([Parse("memory>=4GiB; disk>=10GiB; cores>=2; numa>=1; os=macos,linux; arch=x64")], Small,
            []).ShouldBeEmpty();

    [Fact]
    public void A_tool_that_can_be_provided_is_no_shortfall()
    {
        var missing = new MissingTool("dafny", "4.11.0", "nothing",
            "Get it.")
        { Provision = "install package dafny 4.11.0" };
        var requirement = new Requirement("E", 0, 0, 0, ["Dafny"]);
        Preflight.Check([requirement], Small, [missing]).ShouldBeEmpty();
        Preflight.Check([requirement], Small, [missing with { Provision = null }])
            .ShouldHaveSingleItem().What.ShouldBe("tool dafny");
    }

    [Fact]
    public void A_tool_that_several_need_is_said_once_with_all_who_need_it()
    {
        var opam = new MissingTool("opam", "any version", "nothing", "Install opam.");
        MissingTool[] missing =
        [
            opam,
            new("why3", "any version", "nothing; building it needs opam", "Get why3.") { Roots = [opam] },
            new("fstar", "2024", "nothing; building it needs opam", "Get fstar.") { Roots = [opam] },
            new("z3", "4.8.5", "nothing", "Install z3."),
        ];
        Requirement[] requirements = [new("A", 0, 0, 0, ["why3"]), new("B", 0, 0, 0, ["fstar", "z3"]),
            new("C", 0, 0, 0, ["other"])];
        var shortfalls = Preflight.Check(requirements, Small, missing);
        shortfalls.Select(s => $"{s.What}: {s.Needed}, {s.Found}, {s.Remedy} {string.Join('+', s.NeededBy)}").ShouldBe([
            "tool opam: any version (by why3, fstar), nothing, Install opam. A+B",
            "tool z3: 4.8.5, nothing, Install z3. B"]);
        Preflight.Render(shortfalls, "/").Message.ShouldStartWith("This machine lacks 2 things that");
    }

    // Random tools need each other, to run or to be built, and some are missing or have another version: when
    // everything that one list of shortfalls names is provided, nothing is missing any more.
    [Fact]
    public async Task All_obstacles_are_in_one_list()
    {
        var random = Seeds.New();
        var listed = 0;
        for (var round = 0; round < 25; round++)
        {
            using var folder = new ToolFolder();
            var options = folder.Options with
            {
                SearchPath = [folder.Bin],
                Sources = new Dictionary<string, SourceBinding> { ["code"] = new(folder.Project, "1") },
                Offline = random.Next(2) == 0
            };
            var tools = new List<ToolDeclaration>();
            for (var i = 0; i < random.Next(2, 9); i++)
            {
                var metadata = new List<(string, string)>();
                List<string> Some() => [.. tools.Select(tool => tool.Name).Where(_ => random.Next(3) == 0)];
                if (Some() is { Count: > 0 } needs)
                    metadata.Add(("Depends", string.Join(';', needs)));
                if (random.Next(2) == 0)
                    metadata.Add(("Version", "1.0.0"));
                if (random.Next(5) == 0)
                    metadata.Add(("DotNetTool", "made-up"));
                if (random.Next(3) == 0 && metadata.Exists(pair => pair.Item1 == "Version"))
                    metadata.AddRange([("Source", "code"), ("Executable", "x"), ("Build", "true"),
                        ("BuildTools", string.Join(';', Some())), ("BuildHelpers", string.Join(';', Some()))]);
                var name = $"t{i}";
                tools.Add(ToolFolder.Tool(name, [.. metadata]));
                if (random.Next(3) is var state and < 2)
                    folder.Script($"bin/{name}", $"echo {name} {(state == 0 ? "1.0.0" : "2.0.0")}");
            }
            Requirement[] requirements = [.. tools.Where(_ => random.Next(2) == 0).Append(tools[^1]).Distinct()
                .Select(tool => new Requirement("needs " + tool.Name, 0, 0, 0, [tool.Name]))];
            // A tool that users name is provided together with the tools that it needs.
            var wanted = ToolGraph.InOrder(tools, requirements.SelectMany(requirement => requirement.Tools), []);
            async Task<IReadOnlyList<Shortfall>> FindMissingAsync() =>
                Preflight.Check(requirements, Small,
                    await ToolResolver.ResolveAsync(wanted, options, folder.Log,
                        TestContext.Current.CancellationToken));
            var shortfalls = await FindMissingAsync();
            listed += shortfalls.Count;
            shortfalls.Where(shortfall => shortfall.Remedy.Length == 0 || shortfall.NeededBy.Count == 0)
                .ShouldBeEmpty();
            foreach (var shortfall in shortfalls)
                folder.Script($"bin/{shortfall.What["tool ".Length..]}",
                    $"echo {shortfall.What["tool ".Length..]} 1.0.0");
            (await FindMissingAsync()).Select(shortfall => $"{shortfall.What}: {shortfall.Found}")
                .ShouldBeEmpty(
                    $"round {round}: the first list was "
                        + $"{string.Join(", ", shortfalls.Select(shortfall => shortfall.What))}");
        }
        listed.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_tool_that_lacks_several_names_each_of_them_and_itself()
    {
        using var folder = new ToolFolder();
        var options = folder.Options with { SearchPath = [folder.Bin] };
        ToolDeclaration[] tools = [ToolFolder.Tool("a"), ToolFolder.Tool("b"),
            ToolFolder.Tool("c", ("Depends", "a;b"), ("Version", "1.0.0"))];
        folder.Script("bin/c", "echo c 2.0.0");
        var results = await ToolResolver.ResolveAsync(tools, options, folder.Log,
            TestContext.Current.CancellationToken);
        Preflight.Check([new Requirement("E", 0, 0, 0, ["c"])], Small, results).Select(shortfall => shortfall.What)
            .Order().ShouldBe(["tool a", "tool b", "tool c"]);
        folder.Script("bin/c", "echo c 1.0.0");
        results = await ToolResolver.ResolveAsync(tools, options, folder.Log, TestContext.Current.CancellationToken);
        Preflight.Check([new Requirement("E", 0, 0, 0, ["c"])], Small, results).Select(shortfall => shortfall.What)
            .Order().ShouldBe(["tool a", "tool b"]);
    }

    [Fact]
    public async Task Why_a_tool_cannot_be_provided_here_is_said()
    {
        using var folder = new ToolFolder();
        var options = folder.Options with
        {
            SearchPath = [folder.Bin],
            Offline = true,
            Sources = new Dictionary<string, SourceBinding> { ["code"] = new(folder.Project, "1") }
        };
        folder.Script("bin/loader", "echo loader 1.0.0");
        ToolDeclaration[] tools =
        [
            ToolFolder.Tool("a", ("DotNetTool", "a"), ("Version", "1.0.0")),
            ToolFolder.Tool("b", ("DotNetTool", "b"), ("Version", "[1.0,2.0)")), ToolFolder.Tool("loader"),
            ToolFolder.Tool("c", ("Source", "code"), ("Executable", "x"), ("BuildHelpers", "loader")),
        ];
        var results = await ToolResolver.ResolveAsync(tools, options, folder.Log,
            TestContext.Current.CancellationToken);
        results.OfType<MissingTool>().Select(missing => missing.Found).ShouldBe(
        [
            "nothing; offline mode is on, and no bundle contains its package a 1.0.0 with a hash from the ledger",
            "nothing; its package b is installed in one version only, and the rule names none",
            "nothing; offline mode is on, and building it downloads with loader",
        ]);
    }

    [Fact]
    public void What_the_experiments_advise_stands_with_what_is_lacking()
    {
        var needs = new Requirement("A", 8, 0, 0, []);
        Preflight.Check([needs with { Remedy = "Pass -p:Few=true." },
            needs with { NeededBy = "B", Remedy = "Pass -p:Few=true." }, needs with { NeededBy = "C" }], Small, [])
            .ShouldHaveSingleItem().Remedy.ShouldEndWith("fewer targets. Pass -p:Few=true.");
    }

    [Fact]
    public void Shortfalls_can_be_had_by_user()
    {
        var missing = new MissingTool("z3", "4.8.5", "nothing", "Install it.");
        var users = Preflight.ByUser(
            Preflight.Check([new("A", 8, 0, 0, ["z3"]), new("B", 1, 0, 0, ["z3"]), new("C", 1, 0, 0, [])], Small,
                [missing]));
        users.Keys.Order().ShouldBe(["A", "B"]);
        users["A"].Select(s => s.What).ShouldBe(["cores", "tool z3"]);
        users["B"].Select(s => s.What).ShouldBe(["tool z3"]);
    }

    [Fact]
    public void The_facts_of_this_machine_are_read_also_for_a_folder_that_is_not_there_yet()
    {
        var facts = MachineFacts.Read(Path.Combine(Path.GetTempPath(), "not", "there", "yet"));
        facts.Cores.ShouldBeGreaterThan(0);
        facts.MemoryBytes.ShouldBeGreaterThan(0);
        facts.DiskBytes.ShouldBeGreaterThan(0);
        facts.NumaNodes.ShouldBeGreaterThan(0);
    }

    // Two sockets of two cores, each of which two logical processors share. The kernel numbers cores of each socket
    // anew.
    [Theory]
    [InlineData("0-7", 4)]
    [InlineData("0,4", 1)]
    [InlineData("0,2", 2)]
    [InlineData("0-8", null)]
    public void Logical_processors_that_share_a_core_count_once(string processors, int? expected)
    {
        using var folder = new ToolFolder();
        for (var number = 0; number < 8; number++)
        {
            var topology = Directory.CreateDirectory(Path.Combine(folder.Root, $"cpu{number}/topology")).FullName;
            File.WriteAllText(Path.Combine(topology, "core_id"), $"{number % 4 % 2}\n");
            File.WriteAllText(Path.Combine(topology, "physical_package_id"), $"{number % 4 / 2}\n");
        }
        MachineFacts.CountCores(folder.Root, CpuList.Parse(processors)).ShouldBe(expected);
        MachineFacts.CountCores(folder.Root, []).ShouldBeNull();
    }

    [Fact]
    public void One_command_provides_what_a_script_can()
    {
        using var folder = new ToolFolder();
        Shortfall[] shortfalls =
        [
            new("tool make", "any version", "nothing", "Install it.", ["E"]) { SetUp = ["deb:make"] },
            new("container engine", "one", "none", "", ["E"]) { SetUp = ["engine"] },
            new("tool g++", "any version", "nothing", "Install it.", ["F"]) { SetUp = ["deb:g++", "deb:make"] },
        ];
        Shortfall rustup = new("tool rustup", "any version", "nothing", "Install it.", ["E"]) { SetUp = ["rustup"] };
        Preflight.Render([rustup], folder.Project).Message.ShouldEndWith("\n  One command provides all of it: curl "
            + "--proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain none");
        Preflight.Render([.. shortfalls, rustup], folder.Project).Message.ShouldContain(
            "apt-get install --yes docker.io g++ make && curl --proto");
        Preflight.Render(shortfalls, folder.Project).Message.ShouldEndWith("\n  One command provides all of it: "
            + "sudo apt-get install --yes docker.io g++ make && sudo usermod -aG docker $USER; then log in again");
        File.WriteAllText(Directory.CreateDirectory(Path.Combine(folder.Root, "eng")).FullName + "/setup.sh", "");
        Preflight.Render(shortfalls, folder.Root).Message.ShouldEndWith(
            "\n  One command provides all of it: eng/setup.sh deb:g++ deb:make engine");
        var nested = Directory.CreateDirectory(Path.Combine(folder.Root, "a")).FullName;
        Preflight.Render([.. shortfalls, new("memory", "6", "4", "Buy some.", ["E"])], nested).Message.ShouldEndWith(
            "\n  One command provides a part of it: ../eng/setup.sh deb:g++ deb:make engine");
        Preflight.Render([new("memory", "6", "4", "Buy some.", ["E"])], nested).Message.ShouldNotContain("command");
    }

    [Fact]
    public async Task The_set_up_script_provides_only_a_tool_that_is_not_there_at_all()
    {
        using var folder = new ToolFolder();
        var options = folder.Options with { SearchPath = [folder.Bin] };
        ToolDeclaration[] tools =
        [
            ToolFolder.Tool("absent", ("DebianPackage", "absent-dev")),
            ToolFolder.Tool("old", ("DebianPackage", "old"), ("Version", "2.0.0")),
            ToolFolder.Tool("given", ("DebianPackage", "given"), ("Path", "no/such/file")),
            ToolFolder.Tool("rustup", ("ProgramName", "rustup")),
        ];
        folder.Script("bin/old", "echo old 1.0.0");
        var results = await ToolResolver.ResolveAsync(tools, options, folder.Log,
            TestContext.Current.CancellationToken);
        var shortfalls = Preflight.Check([new("E", 0, 0, 0, ["absent", "old", "given", "rustup"])], Small, results);
        shortfalls.Select(one => $"{one.What} {string.Join(',', one.SetUp)}").ShouldBe(
            ["tool absent deb:absent-dev", "tool old ", "tool given ", "tool rustup rustup"]);
        shortfalls[0].Remedy.ShouldContain("apt-get install absent-dev");
    }

    [Fact]
    public void Numa_nodes_are_counted_by_their_folders()
    {
        using var folder = new ToolFolder();
        foreach (var name in new[] { "node0", "node1", "power", "nodes" })
            Directory.CreateDirectory(Path.Combine(folder.Root, "node", name));
        MachineFacts.CountNumaNodes(Path.Combine(folder.Root, "node")).ShouldBe(2);
        MachineFacts.CountNumaNodes(Path.Combine(folder.Root, "absent")).ShouldBe(1);
    }

    private static DeclarationItem Item() =>
        new("Experiment", "E", new Dictionary<string, string>(), () => new SourceLocation("/build.proj", 3));

    private static Requirement Parse(string conditions)
    {
        var diagnostics = new List<Diagnostic>();
        var needs = Requirement.Parse(Item(), Condition.Parse(conditions, out _)!, [], diagnostics);
        diagnostics.ShouldBeEmpty();
        return needs;
    }
}

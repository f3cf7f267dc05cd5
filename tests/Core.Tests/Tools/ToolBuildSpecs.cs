using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;
using static Verus.Artifact.Tests.Tools.ToolFolder;

namespace Verus.Artifact.Tests.Tools;

public sealed class ToolBuildSpecs : IDisposable
{
    private const string Recipe = """
        sh -c 'echo one >> {project}/ran; echo first; cat input.txt'
        cd sub
        maker '{output}/prover' "{project}/ran"
        """;

    private readonly ToolFolder folder = new();
    private string commit = "0123456789abcdef0123456789abcdef01234567";

    public ToolBuildSpecs()
    {
        Directory.CreateDirectory(Path.Combine(Checkout, "sub"));
        File.WriteAllText(Path.Combine(Checkout, "input.txt"), "pinned text");
        folder.Script("bin/maker",
            "if [ \"$1\" = --version ]; then echo maker 1.0; exit; fi; echo two >> \"$2\"; printf '#!/bin/sh\\necho "
                + "prover 5.0\\n' > \"$1\"; chmod +x \"$1\"; pwd");
    }

    public void Dispose() => folder.Dispose();

    private string Checkout => Path.Combine(folder.Root, "checkout");

    private ToolOptions Options =>
        folder.Options with
        {
            Sources = new Dictionary<string, SourceBinding>
            {
                ["prover-source"] = new(Checkout,
            commit)
            }
        };

    private IEnumerable<string> Ran => File.Exists(Path.Combine(folder.Project, "ran"))
        ? File.ReadAllLines(Path.Combine(folder.Project, "ran")) : [];

    [Fact]
    public async Task A_tool_is_built_from_a_copy_of_its_source_once()
    {
        var tools = Tools(Recipe);
        (await ToolResolver.ResolveAsync(tools, Options, folder.Log, Cancellation))[1]
            .ShouldBeOfType<MissingTool>().Provision.ShouldBe("build prover from source");

        var built = (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();

        built.Version.ShouldBe(commit);
        built.Deviation.ShouldBeNull();
        built.Path.ShouldStartWith(Path.Combine(folder.Tools, "prover"));
        File.Exists(built.Path).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(Checkout).Count().ShouldBe(2);
        Ran.ShouldBe(["one", "two"]);
        var logs = Path.Combine(Path.GetDirectoryName(built.Path)!, "..", "logs");
        File.ReadAllText(Path.Combine(logs, "01.log")).ShouldBe("first\npinned text\n");
        File.ReadAllText(Path.Combine(logs, "02.log")).ShouldEndWith("/source/sub\n");

        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(built.Identity);
        (await ToolResolver.ResolveAsync(tools, Options, folder.Log, Cancellation))[1]
            .ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(built.Identity);
        Ran.ShouldBe(["one", "two"]);
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("build tool")]
    [InlineData("steps")]
    [InlineData("environment")]
    public async Task What_decides_over_the_outcome_makes_another_build(string what)
    {
        var before = (await ProvideAsync(Tools(Recipe))).ShouldBeOfType<ResolvedTool>();
        if (what == "commit")
            commit = "fedcba9876543210fedcba9876543210fedcba98";
        if (what == "build tool")
            File.AppendAllText(Path.Combine(folder.Bin, "maker"), "# another compiler\n");
        var after = (await ProvideAsync(Tools(what == "steps" ? Recipe + "\ntrue" : Recipe,
            what == "environment" ? "LEVEL=3" : "LEVEL=2"))).ShouldBeOfType<ResolvedTool>();
        after.Identity.ShouldNotBe(before.Identity);
        after.Path.ShouldNotBe(before.Path);
        File.Exists(before.Path).ShouldBeTrue();
        Ran.ShouldBe(["one", "two", "one", "two"]);
    }

    [Fact]
    public async Task A_script_of_the_project_is_given_as_a_copy_and_another_content_of_it_makes_another_build()
    {
        var script = Path.Combine(folder.Project, "scripts", "make it.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        ToolDeclaration[] tools =
            [Tool("prover", ("Source", "prover-source"), ("Build", "sh '{input:make it.sh}' {output}/prover"),
                ("BuildInputs", "scripts/make it.sh"), ("Executable", "{output}/prover"))];
        var paths = new List<string>();
        foreach (var version in new[] { "5.0", "5.1", "5.0" })
        {
            File.WriteAllText(script,
                $"printf '#!/bin/sh\\necho prover {version}\\n' > \"$1\"\nchmod +x \"$1\"\necho \"$0\"\n");
            var built = (await ToolProvisioner.ProvideAsync(tools, Options, folder.Log, Cancellation))[^1]
                .ShouldBeOfType<ResolvedTool>();
            File.ReadAllText(built.Path).ShouldContain(version);
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(built.Path)!, "../logs/01.log"))
                .ShouldEndWith("/inputs/make it.sh\n");
            paths.Add(built.Path);
        }
        paths[2].ShouldBe(paths[0]);
        paths[1].ShouldNotBe(paths[0]);
        // The location of the project makes no difference to the key of a build.
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(paths[0])!, "../built.json"))
            .ShouldNotContain(folder.Project);
    }

    [Fact]
    public async Task Packages_that_opam_puts_into_the_build_are_written_beside_the_ledger_and_compared()
    {
        folder.Script("bin/opam", "[ \"$1 $2\" = 'list --installed' ] && cat \"$OPAMROOT/packages\"");
        ToolDeclaration Prover(string steps, string environment) =>
            ToolDeclaration.Parse(new DeclarationItem("Tool", "prover", new Dictionary<string, string>
            {
                ["Source"] = "prover-source",
                ["Build"] = steps,
                ["BuildEnvironment"] = environment,
                ["Executable"] = "{output}/prover",
            }, () => new SourceLocation(Path.Combine(folder.Project, "tools.props"), 7)), []);
        async Task BuildAsync(string zarith, string environment = "OPAMROOT={output}/opam")
        {
            if (Directory.Exists(folder.Tools))
                Directory.Delete(folder.Tools, recursive: true);
            await File.WriteAllTextAsync(Path.Combine(folder.Project, "packages"), $"ocaml 4.14.1\nzarith {zarith}\n");
            (await ProvideAsync([Prover("""
                sh -c 'mkdir {output}/opam; cp {project}/packages {output}/opam'
                sh -c 'printf "#!/bin/sh\necho 1.0\n" > {output}/prover; chmod +x {output}/prover'
                """, environment)])).ShouldBeOfType<ResolvedTool>();
        }
        var lockFile = Path.Combine(folder.Project, "prover.tool.lock");

        await BuildAsync("1.12", "OPAMROOT={project}");
        File.Exists(lockFile).ShouldBeFalse("packages elsewhere are not the build's");
        await BuildAsync("1.12");
        File.ReadAllLines(lockFile)[2..].ShouldBe(["opam ocaml 4.14.1", "opam zarith 1.12"]);
        await BuildAsync("1.12");
        folder.Log.Diagnostics.ShouldBeEmpty();
        await BuildAsync("1.13");
        folder.Log.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(PinRules.OtherPackages);
        folder.Log.Diagnostics[0].Message.ShouldContain("opam zarith: 1.12 then, 1.13 now");
        File.ReadAllText(lockFile).ShouldContain("zarith 1.12", customMessage: "the file is the author's");
    }

    [Theory]
    [InlineData("{input:other.sh}", "scripts/make.sh", "VART4002")]
    [InlineData("{input:make.sh}", "scripts/make.sh;other/make.sh", "VART0002")]
    public void An_input_that_no_list_has_and_two_of_one_name_are_told(string word, string inputs, string code)
    {
        var found = new List<Diagnostic>();
        ToolDeclaration.Parse(new DeclarationItem("Tool", "prover", new Dictionary<string, string>
        {
            ["Source"] = "prover-source",
            ["Build"] = "sh " + word,
            ["BuildInputs"] = inputs,
            ["Executable"] = "prover",
        }, () => new SourceLocation("artifact.proj", 1)), found);
        found.Select(problem => problem.Rule.Code).ShouldBe([code]);
    }

    [Fact]
    public async Task A_helper_must_be_there_but_another_one_makes_no_other_build()
    {
        ToolDeclaration[] tools = [.. Tools(Recipe)[..1], Tool("loader"),
            Tool("prover", ("Source", "prover-source"), ("Build", Recipe),
            ("BuildTools", "maker"), ("BuildHelpers", "loader"), ("Executable", "{output}/prover"))];
        (await ProvideAsync(tools)).ShouldBeOfType<MissingTool>().Found.ShouldContain("building it needs loader");
        folder.Script("bin/loader", "echo loader 1.0");
        var before = (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();
        folder.Script("bin/loader", "echo loader 2.0");
        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(before.Identity);
    }

    [Fact]
    public async Task A_failed_step_is_told_by_its_last_words_and_the_build_goes_on_there()
    {
        var flag = Path.Combine(folder.Project, "flag");
        var tools = Tools("""
            sh -c 'echo one >> {project}/ran'
            sh -c 'test -e {project}/flag || {{ echo the linker found no libfoo >&2; exit 3; }}'
            maker {output}/prover {project}/ran
            """);

        var failure = (await ProvideAsync(tools)).ShouldBeOfType<MissingTool>().Failure.ShouldNotBeNull();
        failure.Rule.ShouldBe(ToolRules.StepFailed);
        failure.Message.ShouldContain("step 2 of 3");
        failure.Message.ShouldContain("exit code 3");
        failure.Message.ShouldContain("the linker found no libfoo");
        Ran.ShouldBe(["one"]);

        File.WriteAllText(flag, "");
        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();
        Ran.ShouldBe(["one", "two"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stopped_build_ends_with_all_its_children_and_goes_on_at_the_step_where_it_stopped()
    {
        var tools = Tools("""
            sh -c 'echo one >> {project}/ran'
            sh -c 'test -e {project}/again || {{ touch {project}/again; sh -c "echo \$\$ > {project}/child; exec sleep 1000"; true; }}'
            maker {output}/prover {project}/ran
            """);
        using var stop = new CancellationTokenSource();
        var building = ToolProvisioner.ProvideAsync(tools, Options, folder.Log, stop.Token);
        var child = Path.Combine(folder.Project, "child");
        while (!File.Exists(child) || File.ReadAllText(child).Length == 0)
            await Task.Delay(20, Cancellation);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => building);
        var pid = File.ReadAllText(child).Trim();
        // The child has received the signal, and may take as long to end as the test's time limit allows.
        while (Lives(pid))
            await Task.Delay(20, Cancellation);

        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();
        Ran.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var failure = (await ProvideAsync(Tools("no-such-compiler --fast"))).ShouldBeOfType<MissingTool>().Failure
            .ShouldNotBeNull();
        failure.Rule.ShouldBe(ToolRules.StepFailed);
        failure.Message.ShouldContain("there is no program 'no-such-compiler' in PATH");
    }

    [Fact]
    public async Task A_build_without_an_executable_says_so()
    {
        var failure = (await ProvideAsync(Tools("true"))).ShouldBeOfType<MissingTool>().Failure.ShouldNotBeNull();
        failure.Rule.ShouldBe(ToolRules.NothingBuilt);
        failure.Message.ShouldContain("/output/prover'");
    }

    [Fact]
    public async Task A_missing_build_tool_is_known_before_anything_is_built()
    {
        File.Delete(Path.Combine(folder.Bin, "maker"));
        var missing = (await ToolResolver.ResolveAsync(Tools(Recipe), Options, folder.Log, Cancellation))[1]
            .ShouldBeOfType<MissingTool>();
        missing.Found.ShouldBe("nothing; building it needs maker any version, but found nothing");
        missing.Remedy.ShouldBe("Install maker.");
        missing.Provision.ShouldBeNull();
    }

    [Fact]
    public async Task A_missing_checkout_is_named()
    {
        var results = await ToolProvisioner.ProvideAsync(Tools(Recipe), folder.Options, folder.Log, Cancellation);
        var failure = results[1].ShouldBeOfType<MissingTool>().Failure.ShouldNotBeNull();
        failure.Rule.ShouldBe(ToolRules.BuildNotReady);
        failure.Message.ShouldContain("a checkout of 'prover-source'");
    }

    [Fact]
    public async Task A_program_of_the_same_name_in_PATH_is_not_taken_for_the_pinned_commit()
    {
        folder.Script("bin/prover", "echo prover 4.0");
        (await ToolResolver.ResolveAsync(Tools(Recipe), Options, folder.Log, Cancellation))[1]
            .ShouldBeOfType<MissingTool>();
        var given = Tool("prover", ("Source", "prover-source"), ("Executable", "x"),
            ("Path", Path.Combine(folder.Bin, "prover")));
        (await ToolResolver.ResolveAsync([given], Options, folder.Log, Cancellation))[0].ShouldBeOfType<ResolvedTool>()
            .Deviation.ShouldBe($"prover 4.0 instead of a build of prover-source {commit}");
        folder.Script("bin/prover", "echo usage: prover FILE; exit 2");
        (await ToolResolver.ResolveAsync([given], Options, folder.Log, Cancellation))[0].ShouldBeOfType<ResolvedTool>()
            .Deviation.ShouldBe($"prover unversioned instead of a build of prover-source {commit}");
    }

    [Fact]
    public async Task What_is_built_with_another_tool_than_the_pinned_one_is_a_deviation_itself()
    {
        var tools = Tools(Recipe);
        tools[0] = Tool("maker", ("Version", "2.0"), ("VersionOverride", "1.0"));
        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>().Deviation.ShouldBe(
            "prover built with maker 1.0 instead of the pinned 2.0");
    }

    [Fact]
    public async Task An_executable_that_was_changed_after_its_build_is_not_used()
    {
        var tools = Tools(Recipe);
        var built = (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();
        File.AppendAllText(built.Path, "# patched\n");
        var found = (await ToolResolver.ResolveAsync(tools, Options, folder.Log, Cancellation))[1]
            .ShouldBeOfType<MissingTool>().Found;
        // Following the advice of the message solves the problem.
        var advised = System.Text.RegularExpressions.Regex.Match(found,
            "is not what was built there; delete (.*) to build it again").Groups[1].Value;
        Directory.Delete(advised, recursive: true);
        (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(built.Identity);
    }

    [Fact]
    public async Task Variables_of_the_caller_do_not_reach_a_build()
    {
        Environment.SetEnvironmentVariable("VART_TEST_FLAGS", "-O0");
        var tools = Tools("sh -c 'echo \"flags:$VART_TEST_FLAGS level:$LEVEL\"; maker {output}/prover {project}/ran'");
        var built = (await ProvideAsync(tools)).ShouldBeOfType<ResolvedTool>();
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(built.Path)!, "..", "logs", "01.log"))
            .ShouldStartWith("flags: level:2\n");
    }

    [Fact]
    public async Task Links_permissions_and_pointers_to_repositories_survive_the_copy()
    {
        File.CreateSymbolicLink(Path.Combine(Checkout, "link"), "input.txt");
        folder.Script("checkout/tool.sh", "echo ran the script");
        File.WriteAllText(Path.Combine(Checkout, ".git"), "gitdir: ../store/worktrees/x\n");
        var built = (await ProvideAsync(Tools("""
            ./tool.sh
            cat link .git
            maker {output}/prover {project}/ran
            """))).ShouldBeOfType<ResolvedTool>();
        var logs = Path.Combine(Path.GetDirectoryName(built.Path)!, "..", "logs");
        File.ReadAllText(Path.Combine(logs, "01.log")).ShouldBe("ran the script\n");
        File.ReadAllText(Path.Combine(logs, "02.log"))
            .ShouldBe($"pinned textgitdir: {folder.Root}/store/worktrees/x\n");
    }

    [Theory]
    [InlineData("Build", "make 'open")]
    [InlineData("Build", "make {sauce}")]
    [InlineData("Build", "cd a b")]
    [InlineData("BuildEnvironment", "A={folder}")]
    public void A_recipe_that_makes_no_sense_is_reported_when_it_is_read(string name, string value)
    {
        var diagnostics = new List<Diagnostic>();
        ToolDeclaration.Parse(Item("prover", ("Source", "prover-source"), ("Executable", "x"), (name, value)),
            diagnostics);
        diagnostics.ShouldHaveSingleItem().Where.Line.ShouldBe(7);
    }

    [Fact]
    public void A_recipe_without_a_source_is_reported()
    {
        var diagnostics = new List<Diagnostic>();
        ToolDeclaration.Parse(Item("prover", ("Build", "make")), diagnostics);
        diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DeclarationRules.MissingMetadata);
    }

    private static bool Lives(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ToolDeclaration[] Tools(string build, string environment = "LEVEL=2") =>
    [
        Tool("maker", ("Remedy", "Install maker.")),
        Tool("prover", ("Source", "prover-source"), ("Build", build), ("BuildEnvironment", environment),
            ("BuildTools", "maker"), ("Executable", "{output}/prover")),
    ];

    private async Task<ToolResult> ProvideAsync(ToolDeclaration[] tools) =>
        (await ToolProvisioner.ProvideAsync(tools, Options, folder.Log, Cancellation))[^1];
}

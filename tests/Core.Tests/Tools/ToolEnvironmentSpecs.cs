using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;
using static Verus.Artifact.Tests.Tools.ToolFolder;

namespace Verus.Artifact.Tests.Tools;

public sealed class ToolEnvironmentSpecs : IDisposable
{
    private readonly ToolFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_tool_gets_its_environment_and_the_folders_of_what_it_depends_on()
    {
        folder.Script("elsewhere/solver", "echo solver 4.8.5");
        folder.Script("bin/prover", "echo prover $(solver) in $MODE");
        var solver = Tool("solver", ("Path", Path.Combine(folder.Root, "elsewhere", "solver")),
            ("Environment", "MODE=fast; SOLVER_HOME={folder}"));
        var prover = Tool("prover", ("Depends", "solver"), ("VersionPattern", @"solver (\S+) in fast"),
            ("PathEntries", "extra; {source:proofs}/bin"),
            ("Environment", "SOLVER={tool:solver}"));
        var options = folder.Options with
        {
            Sources = new Dictionary<string, SourceBinding> { ["proofs"] = new("/proofs", "c0ffee") }
        };

        var found = (await ToolResolver.ResolveAsync([prover, solver], options, folder.Log,
            TestContext.Current.CancellationToken))[0].ShouldBeOfType<ResolvedTool>();

        found.Version.ShouldBe("4.8.5");
        found.PathEntries.ShouldBe([Path.Combine(folder.Project, "extra"), "/proofs/bin", folder.Bin,
            Path.Combine(folder.Root, "elsewhere")]);
        found.Environment.ShouldBe(new Dictionary<string, string>
        {
            ["MODE"] = "fast",
            ["SOLVER_HOME"] = Path.Combine(folder.Root, "elsewhere"),
            ["SOLVER"] = Path.Combine(folder.Root, "elsewhere", "solver"),
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_identity_covers_what_a_tool_depends_on_and_its_environment()
    {
        folder.Script("bin/solver", "echo solver 1.0");
        folder.Script("bin/prover", "echo prover 2.0");
        var first = await Identity("A=1");
        (await Identity("A=1")).ShouldBe(first);
        (await Identity("A=2")).ShouldNotBe(first);
        folder.Script("bin/solver", "echo solver 1.0 # rebuilt");
        (await Identity("A=1")).ShouldNotBe(first);

        async Task<string> Identity(string environment) =>
            (await folder.ResolveAsync(Tool("solver"),
                Tool("prover", ("Depends", "solver"), ("Environment", environment))))
            .ShouldBeOfType<ResolvedTool>().Identity;
    }

    [Fact]
    public async Task A_tool_whose_dependency_is_missing_is_missing_with_the_remedy_of_that_one()
    {
        folder.Script("bin/prover", "echo prover 2.0");
        var missing = (await folder.ResolveAsync(Tool("solver", ("Remedy", "Install the solver.")),
            Tool("prover", ("Depends", "solver")))).ShouldBeOfType<MissingTool>();
        missing.Found.ShouldBe("it needs solver any version, but found nothing");
        missing.Remedy.ShouldBe("Install the solver.");
    }

    [Fact]
    public async Task A_dependency_that_another_folder_hides_is_not_taken_for_found()
    {
        folder.Script("elsewhere/solver", "echo solver 1.0");
        folder.Script("bin/solver", "echo solver 9.0");
        folder.Script("bin/prover", "echo prover 2.0");
        var missing = (await folder.ResolveAsync(Tool("solver",
            ("Path", Path.Combine(folder.Root, "elsewhere", "solver"))), Tool("prover", ("Depends", "solver"))))
            .ShouldBeOfType<MissingTool>();
        missing.Found.ShouldContain($"would start {folder.Bin}/solver instead of");
    }

    [Fact]
    public async Task A_circle_is_reported_with_its_members()
    {
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            folder.ResolveAsync(Tool("a", ("Depends", "b")), Tool("b", ("Depends", "c")), Tool("c", ("Depends", "a"))));
        var diagnostic = problem.Diagnostics.ShouldHaveSingleItem();
        diagnostic.Rule.ShouldBe(DeclarationRules.CircularReference);
        diagnostic.Message.ShouldContain("Tool 'a' refers to itself by way of b -> c -> a");
        diagnostic.Where.Line.ShouldBe(7);
    }

    [Fact]
    public async Task A_dependency_that_is_not_declared_is_reported_with_the_nearest_name()
    {
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            folder.ResolveAsync(Tool("solver"), Tool("prover", ("Depends", "solvr"))));
        problem.Diagnostics.ShouldHaveSingleItem().Message.ShouldContain("Did you mean 'solver'?");
    }

    [Fact]
    public async Task An_unchanged_tool_is_started_once_and_a_changed_one_again()
    {
        folder.CountingScript("bin/solver", "1.0.0");
        await folder.ResolveAsync(Tool("solver"));
        (await folder.ResolveAsync(Tool("solver"))).ShouldBeOfType<ResolvedTool>().Version.ShouldBe("1.0.0");
        folder.Starts("bin/solver").ShouldBe(1);
        folder.CountingScript("bin/solver", "1.0.1");
        (await folder.ResolveAsync(Tool("solver"))).ShouldBeOfType<ResolvedTool>().Version.ShouldBe("1.0.1");
        folder.Starts("bin/solver").ShouldBe(2);
    }

    [Fact]
    public async Task A_damaged_memory_costs_a_start_and_nothing_else()
    {
        folder.CountingScript("bin/solver", "1.0.0");
        await folder.ResolveAsync(Tool("solver"));
        File.WriteAllText(Path.Combine(folder.Tools, "versions.json"), "{ torn");
        (await folder.ResolveAsync(Tool("solver"))).ShouldBeOfType<ResolvedTool>();
        folder.Starts("bin/solver").ShouldBe(2);
    }

    [Fact]
    public void Only_the_tools_that_are_needed_are_looked_at()
    {
        var tools = new[] { Tool("a", ("Depends", "b")), Tool("b"), Tool("unused"),
            Tool("c", ("Environment", "X={tool:b}")) };
        ToolGraph.InOrder(tools, ["c", "a", "not declared"], []).Select(tool => tool.Name).ShouldBe(["b", "c", "a"]);
    }
}

using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests tools that are built in an image, and that run in it from then on.</summary>
public sealed class ImageToolSpecs : DockerFixture
{
    private const string Slow = "sh -c 'echo two >> {output}/ran; test -e {project}/go || sleep 4995'";

    public ImageToolSpecs(ContainerEngine engine) : base(engine)
    {
        Directory.CreateDirectory(Checkout);
        File.WriteAllText(Path.Combine(Checkout, "prover.sh"), "#!/bin/sh\necho prover 5.0-$NOTE\n");
    }

    private string Checkout => Path.Combine(Layout.Sources, "prover-source");

    [Fact]
    public async Task It_is_built_asked_for_its_version_and_used_inside()
    {
        var built = (await ProvideAsync("sh -c 'cat /etc/note; echo $NOTE; id -u > {output}/user'",
            "cp prover.sh {output}/prover", "chmod +x {output}/prover")).ShouldBeOfType<ResolvedTool>();
        built.Version.ShouldBe("5.0-imported");
        built.Path.ShouldStartWith(Layout.Tools);
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(built.Path))!;
        (await File.ReadAllTextAsync(Path.Combine(folder, "logs/01.log"), Cancellation)).ShouldBe("/bin/shimported\n");
        (await File.ReadAllTextAsync(Path.Combine(folder, "built.json"), Cancellation)).ShouldContain("docker sha256:");
        Directory.EnumerateFileSystemEntries(Checkout).Count().ShouldBe(1);

        Tools["prover"] = built;
        await RunInBoxAsync(InBox("Prove", ("Command", "{tool:prover}"), ("SuccessText", "prover 5.0-imported")));
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok, Read().Samples[0].Why);
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failed_step_and_a_program_that_the_image_lacks_say_so()
    {
        var failed = (await ProvideAsync("sh -c 'echo what went wrong; exit 7'"))
            .ShouldBeOfType<MissingTool>().Failure!;
        failed.Rule.ShouldBe(ToolRules.StepFailed);
        failed.Message.ShouldContain("ended with exit code 7");
        failed.Message.ShouldContain("\n  what went wrong");
        var absent = (await ProvideAsync("cargo build")).ShouldBeOfType<MissingTool>().Failure!;
        absent.Rule.ShouldBe(ToolRules.StepFailed);
        absent.Message.ShouldContain("could not be started");
        absent.Message.ShouldContain("the image 'box' has no program 'cargo'");
    }

    [Fact]
    public async Task A_build_that_was_stopped_leaves_nothing_running_and_goes_on_at_its_step()
    {
        string[] steps = ["sh -c 'echo one >> {output}/ran'", Slow, "cp prover.sh {output}/prover",
            "chmod +x {output}/prover"];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = ProvideAsync(stop.Token, steps);
        await Until(() => Marked("sleep 4995"));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        Marked("sleep 4995").ShouldBeFalse();
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(Folder, "go"), "", Cancellation);
        var built = (await ProvideAsync(steps)).ShouldBeOfType<ResolvedTool>();
        (await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(built.Path)!, "ran"), Cancellation)).ShouldBe(
            ["one", "two", "two"]);
    }

    [Fact]
    public async Task Root_builds_in_folders_of_its_own_which_another_user_gets_back()
    {
        Caller = (4321, 4322);
        var built = (await ProvideAsync(
            "sh -c 'id -u > {output}/user; ls -ldn {output} > {output}/owner; echo $HOME > {output}/home'",
            "cp prover.sh {output}/prover", "chmod +x {output}/prover"))
            .ShouldBeOfType<ResolvedTool>();
        var output = Path.GetDirectoryName(built.Path)!;
        (await File.ReadAllTextAsync(Path.Combine(output, "user"), Cancellation)).ShouldBe("0\n");
        (await File.ReadAllTextAsync(Path.Combine(output, "owner"), Cancellation)).ShouldMatch(@"^\S+ +\d+ 0 +0 ");
        (await File.ReadAllTextAsync(Path.Combine(output, "home"), Cancellation)).ShouldBe("/root\n");
        foreach (var path in new[] { output, built.Path, Path.Combine(output, "user") })
            Programs.Run("stat", "--format=%u:%g", path).Output.Trim().ShouldBe("4321:4322", path);
    }

    [Fact]
    public async Task A_program_of_the_image_is_found_there_and_is_what_the_image_is()
    {
        var found = new List<Diagnostic>();
        var tool = ToolDeclaration.Parse(Item("Tool", "box-shell", ("Image", "box"), ("ProgramName", "uname"),
            ("VersionArguments", "-r"), ("VersionPattern", @"^(\d+\.\d+)")), found);
        var absent = ToolDeclaration.Parse(Item("Tool", "solver", ("Image", "box")), found);
        found.ShouldBeEmpty();
        using var docker = Docker();
        var image = (await new ImageStore(docker, offline: true, Log).AcquireAsync([Pin(ContainerEngine.Image)],
            new AcquisitionProblems(), Cancellation)).ShouldHaveSingleItem();
        var options = new ToolOptions(Folder, ["/usr/bin", "/bin"], new Dictionary<string, VersionRule>(),
            TimeSpan.FromMinutes(1))
        { ToolsDirectory = Layout.Tools };
        (await ToolResolver.ResolveAsync([tool], options, Log, Cancellation))[0].ShouldBeOfType<MissingTool>().Provision
            .ShouldBe("pull the image box");

        options = options with { InImage = _ => new ContainerCommandRunner(docker, image, Layout.Root, Runner) };
        var results = await ToolResolver.ResolveAsync([tool, absent], options, Log, Cancellation);
        var here = results[0].ShouldBeOfType<ResolvedTool>();
        here.Path.ShouldBe("/bin/uname");
        here.PathEntries.ShouldBe(["/bin"]);
        results[1].ShouldBeOfType<MissingTool>().Found.ShouldContain("no program 'solver' in the image 'box'");

        Tools["box-shell"] = here;
        await RunInBoxAsync(InBox("Uname", ("Command", "{tool:box-shell}")));
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok, Read().Samples[0].Why);
    }

    private Task<ToolResult> ProvideAsync(params string[] steps) => ProvideAsync(Cancellation, steps);

    private async Task<ToolResult> ProvideAsync(CancellationToken cancellation, params string[] steps)
    {
        using var docker = Docker();
        var problems = new AcquisitionProblems();
        var image = (await new ImageStore(docker, offline: true, Log).AcquireAsync([Pin(ContainerEngine.Image)],
            problems, Cancellation)).ShouldHaveSingleItem();
        var found = new List<Diagnostic>();
        var tool = ToolDeclaration.Parse(Item("Tool", "prover", ("Source", "prover-source"), ("Image", "box"),
            ("Build", string.Join('\n', steps)), ("BuildTools", "a-compiler-that-is-not-here"),
            ("Executable", "{output}/prover"), ("VersionPattern", @"prover (\S+)")), found);
        found.ShouldBeEmpty();
        var options = new ToolOptions(Folder, ["/usr/bin", "/bin"], new Dictionary<string, VersionRule>(),
            TimeSpan.FromMinutes(1))
        {
            ToolsDirectory = Layout.Tools,
            Sources = new Dictionary<string, SourceBinding> { ["prover-source"] = new(Checkout, new string('1', 40)) },
            InImage = name => name == "box" ? new ContainerCommandRunner(docker, image, Layout.Root, Runner) : null,
        };
        return (await ToolProvisioner.ProvideAsync([tool], options, Log, cancellation)).ShouldHaveSingleItem();
    }
}

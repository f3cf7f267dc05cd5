using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Tests.Experiments;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// Whose the files are that containers write: engines that map users, rootless engines, and images with users of their
/// own. The engines are made up.
/// </summary>
public sealed class EngineUsersSpecs : EngineFixture
{
    [Theory]
    [InlineData("name=userns", 0, "VART2080")]
    [InlineData("name=rootless", 4321, "VART2081")]
    [InlineData("rootless", 4321, "VART2081")]
    public async Task An_engine_whose_containers_cannot_write_for_this_user_is_in_the_list(string option, int away,
        string code)
    {
        using var fake = Made(option);
        using var engine = For(fake, away);
        var lacks = await Missing(engine);
        var lack = lacks.ShouldHaveSingleItem();
        lack.Found.ShouldEndWith($"({code})");
        lack.NeededBy.ShouldBe(["E"]);
        lack.SetUp.ShouldBeEmpty("no script changes the configuration of an engine");
        Preflight.Render(lacks, Folder).Message.ShouldContain("DOCKER_HOST");
        // Nothing else is asked of such an engine.
        var refused = await Should.ThrowAsync<DiagnosticException>(engine.RunAsync(new ContainerRun("one",
            Image(""), ["/bin/true"], "/"), TestContext.Current.CancellationToken));
        refused.Diagnostics[0].Rule.Code.ShouldBe(code);
        fake.Asked.Select(one => one.Call).AtLeastOne().ShouldAllBe(call => call == "GET /info");
    }

    [Theory]
    [InlineData("name=cgroupns", 0)]
    [InlineData("name=seccomp,profile=userns", 0)]
    [InlineData("name=rootless", 0)]
    [InlineData("name=seccomp,profile=builtin", 4321)]
    public async Task An_engine_whose_containers_can_write_for_this_user_is_used(string option, int away)
    {
        using var fake = Made(option);
        using var engine = For(fake, away);
        (await Missing(engine)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1001", "1000:1001")]
    [InlineData("prover:users", "1000:1001")]
    [InlineData("10000", "1000:1001")]
    public async Task An_image_with_a_user_of_its_own_is_advised_on(string user, string runsAs)
    {
        using var fake = Made("name=seccomp");
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test")) { Caller = (1000, 1001) };
        var where = new SourceLocation("pins.props", 7);
        var advice = await engine.AdviceOnUserAsync(Image(user), where, TestContext.Current.CancellationToken);
        advice.ShouldNotBeNull().Rule.ShouldBe(DockerRules.OtherUser);
        advice.Where.ShouldBe(where);
        advice.Message.ShouldContain($"'{user}', but its commands run as {runsAs}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("root")]
    [InlineData("0:0")]
    [InlineData("1000")]
    [InlineData("1000:50")]
    public async Task An_image_of_root_or_of_the_caller_needs_no_advice(string user)
    {
        using var fake = Made("name=seccomp");
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test")) { Caller = (1000, 1001) };
        (await engine.AdviceOnUserAsync(Image(user), SourceLocation.None, TestContext.Current.CancellationToken))
            .ShouldBeNull();
    }

    [Fact]
    public async Task In_a_rootless_engine_every_image_is_of_the_caller()
    {
        using var fake = Made("name=rootless");
        using var engine = For(fake, 0);
        (await engine.AdviceOnUserAsync(Image("prover"), SourceLocation.None, TestContext.Current.CancellationToken))
            .ShouldBeNull();
    }

    private Task<IReadOnlyList<Shortfall>> Missing(DockerEngine engine) =>
        new DockerExecutor(Runner, Layout.Root, engine, new Dictionary<string, AcquiredImage>())
            .FindMissingAsync("box", "E", TestContext.Current.CancellationToken);

    // The socket of a rootless engine belongs to the user who runs the engine, here the one who runs the tests.
    private static DockerEngine For(FakeEngine fake, int away) => new(new DockerEndpoint(fake.Host, "the test"))
    {
        Caller = ((uint)(Posix.User() + away), Posix.Group()),
    };

    private static AcquiredImage Image(string user) =>
        new("box", "sha256:" + new string('0', 64), "linux/amd64", "sha256:" + new string('0', 64)) { User = user };

    private static FakeEngine Made(string option) => new FakeEngine(call => call == "GET /info" ? $$"""
        {"ServerVersion": "29.0.0", "OSType": "linux", "Architecture": "x86_64",
         "KernelVersion": "{{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}}",
         "SecurityOptions": ["{{option}}"]}
        """ : null, new Version(1, 41), new Version(1, 50)).Start();
}

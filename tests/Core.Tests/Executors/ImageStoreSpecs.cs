using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Executors;

public sealed class ImageStoreSpecs(ContainerEngine engine) : DockerFixture(engine)
{
    [Fact]
    public async Task The_first_pull_writes_the_digest_to_the_ledger_and_the_second_call_pulls_nothing()
    {
        using var registry = new ImageRegistry();
        var digest = registry.Push("1", "first");
        var ledger = Path.Combine(Folder, "pins.props");
        await File.WriteAllTextAsync(ledger,
            "<Project>\n  <ItemGroup>\n    <ContainerImage Include=\"box\" "
                + $"Reference=\"{registry.Repository}:1\" />\n  </ItemGroup>\n</Project>\n", Cancellation);
        var item = new DeclarationItem("ContainerImage", "box",
            new Dictionary<string, string> { ["Reference"] = registry.Repository + ":1" },
            () => ItemLocator.Find(ledger, "ContainerImage", "box"));

        var first = await AcquireAsync(ContainerImage.Parse(item, []));

        first.Digest.ShouldBe(digest);
        first.Environment["PATH"].ShouldBe("/bin");
        (await File.ReadAllTextAsync(ledger, Cancellation)).ShouldContain(
            $"Reference=\"{registry.Repository}:1\" Digest=\"{digest}\" />");
        var pulls = registry.Pulls;
        pulls.ShouldBeGreaterThan(0);
        (await AcquireAsync(Pin(registry.Repository + ":1", ("Digest", digest)))).Id.ShouldBe(first.Id);
        registry.Pulls.ShouldBe(pulls);
        Log.Lines.ShouldContain(line => line.StartsWith("Pulling box", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pinned_digest_is_brought_whatever_its_tag_stands_for_now()
    {
        using var registry = new ImageRegistry();
        var pinned = registry.Push("1", "pinned");
        var other = registry.Push("1", "pushed later");
        (await AcquireAsync(Pin(registry.Repository + ":1"))).Digest.ShouldBe(other);
        (await AcquireAsync(Pin(registry.Repository + ":1", ("Digest", pinned)))).Digest.ShouldBe(pinned);
    }

    [Fact]
    public async Task Another_digest_is_refused_and_the_message_has_both()
    {
        using var registry = new ImageRegistry();
        var pinned = registry.Push("1", "pinned");
        var other = registry.Push("1", "pushed later");
        registry.Forget(pinned);
        await AcquireAsync(Pin(registry.Repository + ":1"));
        var problem = await RefusedAsync(Pin(registry.Repository + ":1", ("Digest", pinned)));
        problem.Rule.ShouldBe(ImageRules.DigestChanged);
        problem.Message.ShouldContain(pinned);
        problem.Message.ShouldContain(other);
        problem.Message.ShouldContain("'box'");
    }

    [Fact]
    public async Task An_image_that_was_made_here_has_its_id_as_its_digest_and_another_one_is_refused()
    {
        const string Made = "verus-artifact-made:1";
        try
        {
            Containers.Import(Made, "first");
            var first = await AcquireAsync(Pin(Made));
            first.Digest.ShouldBe(first.Id);
            (await AcquireAsync(Pin(Made, ("Digest", first.Digest)))).Id.ShouldBe(first.Id);
            Containers.Docker("rmi", "--force", first.Id);
            Containers.Import(Made, "second");
            (await RefusedAsync(Pin(Made, ("Digest", first.Digest)))).Rule.ShouldBe(ImageRules.DigestChanged);
        }
        finally
        {
            Containers.Docker("rmi", "--force", Made);
        }
    }

    [Fact]
    public async Task What_cannot_be_had_is_told_apart()
    {
        using var registry = new ImageRegistry();
        registry.Push("arm", "other processor", "linux/arm64");
        (await RefusedAsync(Pin(registry.Repository + ":gone"))).Rule.ShouldBe(ImageRules.Absent);
        (await RefusedAsync(Pin(registry.Repository + ":arm"))).Rule.ShouldBe(ImageRules.PlatformMissing);
        (await RefusedAsync(Pin("127.0.0.1:1/box:1"))).Rule.ShouldBe(ImageRules.Unreachable);
        (await RefusedAsync(Pin(registry.Repository + ":new"), offline: true)).Rule.ShouldBe(SourceRules.Offline);
    }

    private async Task<AcquiredImage> AcquireAsync(ContainerImage pin)
    {
        using var docker = Docker();
        var problems = new AcquisitionProblems();
        var acquired = await new ImageStore(docker, offline: false, Log).AcquireAsync([pin], problems, Cancellation);
        problems.ThrowIfAny();
        return acquired.ShouldHaveSingleItem();
    }

    private async Task<Diagnostic> RefusedAsync(ContainerImage pin, bool offline = false)
    {
        using var docker = Docker();
        var problems = new AcquisitionProblems();
        (await new ImageStore(docker, offline, Log).AcquireAsync([pin], problems, Cancellation)).ShouldBeEmpty();
        return problems.All.ShouldHaveSingleItem().Problem.Diagnostics.ShouldHaveSingleItem();
    }
}

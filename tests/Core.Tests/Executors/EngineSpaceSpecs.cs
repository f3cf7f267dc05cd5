using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Executors;

/// <summary>The disk of a container engine that is made up, which has one image.</summary>
public sealed class EngineSpaceSpecs : EngineFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("here:1", "1000TiB")]
    [InlineData("absent:1", "1KiB")]
    [InlineData("absent:1", "")]
    public async Task An_image_that_is_there_is_small_or_of_unknown_size_lacks_nothing(string reference, string size) =>
        (await LackAsync([Image("box", ("Reference", reference), ("Size", size))])).ShouldBeNull();

    [Fact]
    public async Task An_image_that_is_not_there_needs_its_size()
    {
        var lack = (await LackAsync([Image("box", ("Reference", "absent:1"), ("Size", "1000TiB"))])).ShouldNotBeNull();
        lack.Lack.Rule.ShouldBe(DockerRules.TooLittleSpace);
        lack.Lack.Message.ShouldContain($"free at '{Folder}'");
        lack.Lack.Message.ShouldContain("1024000.0 GiB are needed: 'box' 1024000 GiB");
        lack.Images.ShouldHaveSingleItem().Name.ShouldBe("box");
    }

    [Fact]
    public async Task An_image_that_is_built_needs_its_own_size_and_that_of_a_base_which_is_not_there()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "Dockerfile"), "ARG BASE\nFROM $BASE\n", Cancellation);
        var built = Image("built", ("Dockerfile", "Dockerfile"), ("Base", "under"), ("Size", "1TiB"));
        var absent = Image("under", ("Reference", "absent:1"), ("Size", "1000TiB"));
        (await LackAsync([built], [built, absent])).ShouldNotBeNull().Needed.ShouldBe(1001L << 40);
        (await LackAsync([built, absent], [built, absent])).ShouldNotBeNull().Needed.ShouldBe(1001L << 40);
        var here = Image("under", ("Reference", "here:1"), ("Size", "1000TiB"));
        (await LackAsync([built], [built, here])).ShouldNotBeNull().Needed.ShouldBe(1L << 40);
    }

    [Fact]
    public async Task A_saved_image_needs_at_least_the_size_of_its_file_and_no_base()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "Dockerfile"), "ARG BASE\nFROM $BASE\n", Cancellation);
        var built = Image("built", ("Dockerfile", "Dockerfile"), ("Base", "under"));
        var under = Image("under", ("Reference", "absent:1"), ("Size", "1000TiB"));
        var file = Path.Combine(Folder, "built.tar");
        await using (var saved = File.Create(file))
            saved.SetLength(4L << 40); // A file of zeros occupies no space.
        (await LackAsync([built], [built, under], saved: [new BundledImage("built", null, file)])).ShouldNotBeNull()
            .Needed.ShouldBe(4L << 40);
    }

    [Fact]
    public async Task What_the_evaluation_needs_counts_only_on_the_same_disk()
    {
        var box = Image("box", ("Reference", "absent:1"), ("Size", "1KiB"));
        (await LackAsync([box])).ShouldBeNull();
        (await LackAsync([box], workBytes: 1L << 50)).ShouldNotBeNull().Lack.Message
            .ShouldContain("the evaluation's folder, on the same disk, 1048576 GiB");
        (await LackAsync([box], workBytes: 1L << 50, work: "/proc/self")).ShouldBeNull();
    }

    [Fact]
    public async Task A_folder_that_is_not_here_is_not_examined() =>
        (await LackAsync([Image("box", ("Reference", "absent:1"), ("Size", "1000TiB"))], folder: "/no/such/folder"))
            .ShouldBeNull();

    private async Task<(Diagnostic Lack, long Needed, IReadOnlyList<ContainerImage> Images)?> LackAsync(
        IReadOnlyList<ContainerImage> images, IReadOnlyList<ContainerImage>? pins = null, long workBytes = 0,
        string? work = null, string? folder = null, IReadOnlyList<BundledImage>? saved = null)
    {
        using var fake = new FakeEngine(call => call switch
        {
            "GET /info" => $$"""
                {"ServerVersion": "29.0.0", "OSType": "linux", "Architecture": "x86_64", "SecurityOptions": [],
                 "KernelVersion": "{{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}}",
                 "DockerRootDir": "{{folder ?? Folder}}"}
                """,
            "GET /images/here:1/json" => """
                {"Id": "sha256:1", "RepoTags": ["here:1"], "RepoDigests": [], "Os": "linux", "Architecture": "amd64",
                 "Size": 1000, "Config": {"Env": [], "User": ""} }
                """,
            _ => null,
        }, new Version(1, 41), new Version(1, 50)).Start();
        using var engine = new DockerEngine(new DockerEndpoint(fake.Host, "the test"));
        var store = new ImageStore(engine, offline: saved is not null, Log)
        {
            Recipes = new ImageRecipes(Layout, pins ?? images, new ContentHashes()),
        };
        return await new EngineSpace(engine, store, saved ?? []).LackAsync(images, work ?? Layout.Root, workBytes,
            Cancellation);
    }

    private static ContainerImage Image(string name, params (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var image = ContainerImage.Parse(Item("ContainerImage", name,
            [.. metadata.Where(pair => pair.Value.Length > 0)]), found);
        found.ShouldBeEmpty();
        return image;
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests images that a suite builds from a Dockerfile on a pinned base.</summary>
public sealed class ImageBuildSpecs : DockerFixture
{
    // A made-up package manager that reports the packages listed in the folder that the build sees.
    private readonly string recipe =
        $"ARG BASE\nFROM $BASE\n# another recipe for each test: {Guid.NewGuid()}\nARG GREETING\nENV "
            + "GREETING=$GREETING\nCOPY tools/ /usr/bin/\nRUN echo one && \\\n    # in between\n\n    touch /made\n";

    public ImageBuildSpecs(ContainerEngine engine) : base(engine)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "box/tools"));
        Write("box/tools/dpkg-query", "#!/bin/sh\ncat /usr/bin/packages\n");
        Write("box/tools/packages", "apt z3:amd64 4.8.12\napt gcc:amd64 11.4\n");
        File.SetUnixFileMode(Path.Combine(Folder, "box/tools/dpkg-query"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("Dockerfile", recipe);
    }

    private string LockFile => Path.Combine(Folder, "built.image.lock");

    [Fact]
    public async Task It_is_built_once_by_what_decides_over_it_and_its_packages_are_written_beside_the_ledger()
    {
        var first = await AcquireAsync();
        first.Digest.ShouldStartWith("recipe:");
        first.Environment["GREETING"].ShouldBe("hello");
        var written = await File.ReadAllLinesAsync(LockFile, Cancellation);
        written[1].ShouldBe("recipe " + first.Digest["recipe:".Length..]);
        written[2..].ShouldBe(["apt gcc:amd64 11.4", "apt z3:amd64 4.8.12"]);
        Log.Lines.Count(line => line.StartsWith("Building the image built", StringComparison.Ordinal)).ShouldBe(1);

        (await AcquireAsync()).Id.ShouldBe(first.Id, "nothing changed");
        Log.Lines.Count(line => line.StartsWith("Building the image built", StringComparison.Ordinal)).ShouldBe(1);

        // Each part of the recipe makes another image when it changes: a file of the folder, its permission to be
        // executed, an argument, the Dockerfile, the base.
        var digests = new HashSet<string> { first.Digest };
        Write("box/tools/more", "");
        digests.Add((await AcquireAsync()).Digest).ShouldBeTrue();
        File.SetUnixFileMode(Path.Combine(Folder, "box/tools/more"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        digests.Add((await AcquireAsync()).Digest).ShouldBeTrue();
        digests.Add((await AcquireAsync(arguments: "GREETING=bye")).Digest).ShouldBeTrue();
        Write("Dockerfile", recipe + "RUN true\n");
        digests.Add((await AcquireAsync()).Digest).ShouldBeTrue();
        Containers.Import("verus-artifact-other:1", "another base");
        digests.Add((await AcquireAsync(under: "verus-artifact-other:1")).Digest).ShouldBeTrue();
    }

    [Fact]
    public async Task What_another_build_of_the_recipe_installs_is_compared()
    {
        var built = await AcquireAsync();
        var text = await File.ReadAllTextAsync(LockFile, Cancellation);
        Containers.Docker("rmi", "--force", built.Id).ExitCode.ShouldBe(0);
        await File.WriteAllTextAsync(LockFile,
            text.Replace("4.8.12", "4.8.5", StringComparison.Ordinal).Replace("apt gcc:amd64 11.4\n", "",
                StringComparison.Ordinal), Cancellation);
        await AcquireAsync();
        var warning = Log.Reported.Where(one => one.Rule != PinRules.NotWritten).ShouldHaveSingleItem();
        warning.Rule.ShouldBe(PinRules.OtherPackages);
        warning.Message.ShouldContain("apt z3:amd64: 4.8.5 then, 4.8.12 now");
        warning.Message.ShouldContain("apt gcc:amd64: not there then, 11.4 now");
        (await File.ReadAllTextAsync(LockFile, Cancellation)).ShouldContain("4.8.5",
            customMessage: "the file is the author's");
    }

    [Fact]
    public async Task A_failed_step_is_told_with_its_line_and_its_last_words()
    {
        Write("Dockerfile", recipe + "RUN echo what went wrong && \\\n    exit 7\n");
        var problem = await RefusedAsync();
        problem.Rule.ShouldBe(ImageRules.BuildFailed);
        problem.Where.ShouldBe(new SourceLocation(Path.Combine(Folder, "Dockerfile"), 11));
        problem.Message.ShouldContain("RUN echo what went wrong");
        problem.Message.ShouldContain("returned a non-zero code: 7");
        problem.Message.ShouldContain("\n  what went wrong");
        (await File.ReadAllTextAsync(Path.Combine(Layout.Sources, ".images/built.log"), Cancellation)).ShouldContain(
            "what went wrong");

        Write("Dockerfile", recipe + "INSTALL z3\n");
        problem = await RefusedAsync();
        problem.Where.Line.ShouldBe(11);
        problem.Message.ShouldContain("unknown instruction");
    }

    [Fact]
    public async Task Offline_nothing_is_built_and_what_is_here_is_used()
    {
        Write("Dockerfile", recipe + $"RUN echo {Guid.NewGuid()}\n");
        (await RefusedAsync(offline: true)).Rule.ShouldBe(SourceRules.Offline);
        var built = await AcquireAsync();
        (await AcquireAsync(offline: true)).Id.ShouldBe(built.Id);
    }

    [Fact]
    public async Task Samples_run_in_it_and_the_key_has_the_recipe_not_the_id()
    {
        var built = await AcquireAsync();
        built.Identity.ShouldBe($"docker {built.Digest} linux/amd64");
        built.Identity.ShouldNotContain(built.Id);
        var pins = Pins();
        new ImageRecipes(Layout, [pins.Built, pins.Base with { Digest = (await BaseAsync()).Digest }],
            new ContentHashes()).DigestOf(pins.Built)
            .ShouldBe(built.Digest, "it is known without an engine");
    }

    [Fact]
    public async Task What_was_built_is_removed_and_nothing_else()
    {
        var built = await AcquireAsync();
        using var docker = Docker();
        var own = new OwnImages(Layout);
        await own.RemoveAsync(docker, Log, Cancellation);
        Containers.Docker("image", "inspect", built.Id).ExitCode.ShouldBe(1);
        Containers.Docker("image", "inspect", ContainerEngine.Image).ExitCode.ShouldBe(0, "it was there before");
        Log.Lines.ShouldContain(line => line.StartsWith("Removed verus-artifact/built:", StringComparison.Ordinal)
            && line.Contains("iB)", StringComparison.Ordinal));
        var said = Log.Lines.Count;
        await own.RemoveAsync(docker, Log, Cancellation);
        Log.Lines.Skip(said).ShouldHaveSingleItem().ShouldStartWith("No image");
        // An image whose name now refers to other content does not belong to this evaluation.
        var second = await AcquireAsync();
        Containers.Docker("tag", ContainerEngine.Image,
            new ImageRecipes(Layout, [Pins().Built, Pins().Base], new ContentHashes()).Of(Pins().Built,
                (await BaseAsync()).Digest).Tag).ExitCode.ShouldBe(0);
        await own.RemoveAsync(docker, Log, Cancellation);
        Containers.Docker("image", "inspect", second.Id).ExitCode.ShouldBe(0);
        Containers.Docker("image", "inspect", ContainerEngine.Image).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task One_that_is_in_use_stays_and_is_named()
    {
        await AcquireAsync();
        var tag = new ImageRecipes(Layout, [Pins().Built, Pins().Base], new ContentHashes()).Of(Pins().Built,
            (await BaseAsync()).Digest).Tag;
        var container = Containers.Docker("create", "--network=none", tag, "/bin/true").Output;
        using var docker = Docker();
        var own = new OwnImages(Layout);
        var problem = await Should.ThrowAsync<DiagnosticException>(own.RemoveAsync(docker, Log, Cancellation));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(ImageRules.NotRemoved);
        Containers.Docker("rm", container).ExitCode.ShouldBe(0);
        await own.RemoveAsync(docker, Log, Cancellation);
        Containers.Docker("image", "inspect", tag).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_bundle_brings_it_to_a_machine_that_builds_nothing_and_its_identity_stays()
    {
        var built = await AcquireAsync();
        var bundle = Path.Combine(Folder, "bundle.tar.gz");
        var saved = await SaveAsync();
        File.ReadAllLines(LockFile)[2].ShouldBe("archive " + saved.Sha256);
        await BundleArchive.WriteAsync(bundle,
            [new BundleInput(saved.Path, BundleKind.Image, saved.Name, saved.Place)], "test", Cancellation);
        (await SaveAsync()).Sha256.ShouldBe(saved.Sha256, "the file that is here is kept");

        Forget(built);
        (await RefusedAsync(offline: true)).Rule.ShouldBe(SourceRules.Offline);
        await UnpackAsync(bundle);
        var loaded = await AcquireAsync(offline: true);
        loaded.Identity.ShouldBe(built.Identity);
        loaded.Environment["GREETING"].ShouldBe("hello");
        Log.Lines.Count(line => line.StartsWith("Building the image", StringComparison.Ordinal)).ShouldBe(1);
        using (var docker = Docker())
            await new OwnImages(Layout).RemoveAsync(docker, Log, Cancellation);
        Containers.Docker("image", "inspect", loaded.Id).ExitCode.ShouldBe(1, "what was loaded is this evaluation's");

        // A file that somebody changed after it was unpacked is not given to the engine.
        await File.AppendAllTextAsync(saved.Place, "more", Cancellation);
        var refused = await RefusedAsync(offline: true);
        refused.Rule.ShouldBe(ImageRules.NotLoaded);
        refused.Message.ShouldContain(saved.Sha256!);
    }

    [Fact]
    public async Task A_bundle_with_another_image_is_refused_and_one_without_a_hash_in_the_project_is_left_out()
    {
        var built = await AcquireAsync();
        var saved = await SaveAsync();
        var bundle = Path.Combine(Folder, "bundle.tar.gz");
        var other = Path.Combine(Folder, "other.tar");
        Containers.Docker("save", "--output", other, ContainerEngine.Image).ExitCode.ShouldBe(0);
        await BundleArchive.WriteAsync(bundle, [new BundleInput(saved.Path, BundleKind.Image, saved.Name, other)],
            "test", Cancellation);
        Forget(built);
        (await Should.ThrowAsync<DiagnosticException>(UnpackAsync(bundle))).Diagnostics.ShouldHaveSingleItem().Rule
            .ShouldBe(BundleRules.NotAsPinned);
        File.Exists(saved.Place).ShouldBeFalse();

        File.Delete(LockFile);
        await UnpackAsync(bundle);
        Log.Reported.ShouldContain(one => one.Rule == BundleRules.LeftOut);
        File.Exists(saved.Place).ShouldBeFalse();

        // The project itself says that the other image is right: the engine loads it, but it is not the recipe's.
        await File.WriteAllTextAsync(LockFile, $"recipe {built.Digest["recipe:".Length..]}\narchive "
            + new ContentHashes().OfFile(other), Cancellation);
        await UnpackAsync(bundle);
        var refused = await RefusedAsync(offline: true);
        refused.Rule.ShouldBe(ImageRules.NotLoaded);
        refused.Message.ShouldContain("it holds another image");
    }

    private async Task<BundledImage> SaveAsync()
    {
        using var docker = Docker();
        return (await Store(docker, Pins(), offline: false).SaveAsync([Pins().Built], Cancellation))
            .ShouldHaveSingleItem();
    }

    private void Forget(AcquiredImage built)
    {
        Containers.Docker("rmi", "--force", built.Id).ExitCode.ShouldBe(0);
        Directory.Delete(Layout.Sources, recursive: true);
    }

    private async Task UnpackAsync(string bundle)
    {
        var pins = Pins();
        var under = pins.Base with { Digest = (await BaseAsync()).Digest };
        var recipe = new ImageRecipes(Layout, [pins.Built, under], new ContentHashes()).Known(pins.Built);
        await new BundleUnpacker(Layout, new PinLedger { Images = [pins.Built, under] },
            new SourceStore(new SourceOptions(Layout, true, []), Log), new ContentHashes(), Log)
        {
            Images = [SavedImages.Of(recipe!, Layout)],
        }.UnpackAsync(bundle, Cancellation);
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(Folder, path), text);

    private (ContainerImage Built, ContainerImage Base) Pins(string arguments = "GREETING=hello",
        string under = ContainerEngine.Image)
    {
        var found = new List<Diagnostic>();
        var metadata = new Dictionary<string, string>
        {
            ["Dockerfile"] = "Dockerfile",
            ["Context"] = "box",
            ["Base"] = "box",
            ["BuildArguments"] = arguments
        };
        var built = ContainerImage.Parse(new DeclarationItem("ContainerImage", "built", metadata,
            () => new SourceLocation(Path.Combine(Folder, "pins.props"), 1)), found);
        found.ShouldBeEmpty();
        return (built, Pin(under));
    }

    private async Task<AcquiredImage> BaseAsync()
    {
        using var docker = Docker();
        return (await new ImageStore(docker, offline: true, Log).FindAsync([Pin(ContainerEngine.Image)], Cancellation))
            .ShouldHaveSingleItem();
    }

    private async Task<AcquiredImage> AcquireAsync(string arguments = "GREETING=hello",
        string under = ContainerEngine.Image, bool offline = false)
    {
        var (acquired, problems) = await TryAsync(arguments, under, offline);
        problems.ThrowIfAny();
        return acquired.ShouldHaveSingleItem();
    }

    private async Task<Diagnostic> RefusedAsync(bool offline = false)
    {
        var (acquired, problems) = await TryAsync("GREETING=hello", ContainerEngine.Image, offline);
        acquired.ShouldBeEmpty();
        return problems.All.ShouldHaveSingleItem().Problem.Diagnostics.ShouldHaveSingleItem();
    }

    private async Task<(IReadOnlyList<AcquiredImage> Acquired, AcquisitionProblems Problems)> TryAsync(string arguments,
        string under, bool offline)
    {
        using var docker = Docker();
        var pins = Pins(arguments, under);
        var problems = new AcquisitionProblems();
        return (await Store(docker, pins, offline).AcquireAsync([pins.Built], problems, Cancellation), problems);
    }

    private ImageStore Store(DockerEngine docker, (ContainerImage Built, ContainerImage Base) pins, bool offline) =>
        new(docker, offline, Log)
        {
            Recipes = new ImageRecipes(Layout, [pins.Built, pins.Base], new ContentHashes()),
            Own = new OwnImages(Layout)
        };
}

namespace Verus.Artifact.Tests;

/// <summary>Tests projects whose images are built from a Dockerfile, moved with their bundle to another machine:
/// another folder, and an engine that has no image.</summary>
public sealed class BundledImageSpecs : SdkProject
{
    private string Elsewhere => Path.Combine(Folder, "elsewhere");

    [Fact]
    public void A_bundle_brings_built_images_to_an_empty_engine_which_builds_nothing()
    {
        if (!HasNamespaces)
            Assert.Skip("This system allows no network namespaces ('unshare --map-root-user --net').");
        using var here = new ContainerEngine();
        using var there = new ContainerEngine();
        here.Need();
        there.Need();
        if (!here.IsOwn || !there.IsOwn)
            Assert.Skip("only root can start two engines of its own");
        there.Docker("rmi", "--force", ContainerEngine.Image).ExitCode.ShouldBe(0);
        there.Docker("images", "--all", "--quiet").Output.ShouldBeEmpty();
        Declare();
        Variables["DOCKER_HOST"] = here.Host;
        Build("-t:Bundle").Succeeds().Output.ShouldContain("Building the image tools");
        File.ReadAllText(Path.Combine(Folder, "tools.image.lock")).ShouldContain("archive ");

        Directory.CreateDirectory(Path.Combine(Elsewhere, "box"));
        foreach (var file in new[] { "artifact.proj", "Directory.Build.props", "tools.image.lock", "Dockerfile",
            "box/greet" })
            File.Move(Path.Combine(Folder, file), Path.Combine(Elsewhere, file));
        File.Move(Path.Combine(Folder, "evaluation/bundle.tar.gz"), Path.Combine(Elsewhere, "bundle.tar.gz"));
        Directory.Delete(Path.Combine(Folder, "evaluation"), recursive: true);
        here.Kill();

        Offline(there).Fails("VART3003");
        var build = Offline(there, "-p:ArtifactBundle=bundle.tar.gz").Succeeds();
        build.Output.ShouldContain("Loading the image tools");
        build.Output.ShouldNotContain("Building the image");
        Directory.EnumerateFiles(Path.Combine(Elsewhere, "evaluation/experiments/logs"), "stdout.txt",
            SearchOption.AllDirectories).Select(File.ReadAllText).ShouldBe(["greeting from the Dockerfile's folder\n"]);
        Offline(there, "-p:ArtifactBundle=bundle.tar.gz").Succeeds().Output.ShouldContain("Nothing to do");
        Offline(there, "-t:CleanImages").Succeeds();
        there.Docker("images", "--quiet").Output.ShouldBeEmpty("what was loaded is this evaluation's");
        here.Start();
    }

    private void Declare()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "box"));
        File.WriteAllText(Path.Combine(Folder, "box/greet"),
            "#!/bin/sh\necho greeting from the Dockerfile\\'s folder\n");
        File.SetUnixFileMode(Path.Combine(Folder, "box/greet"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(Folder, "Dockerfile"), "ARG BASE\nFROM $BASE\nCOPY greet /usr/bin/greet\n");
        Write($"""
            <ItemGroup><ContainerImage Include='box' Reference='{ContainerEngine.Image}' />
            <ContainerImage Include='tools' Dockerfile='Dockerfile' Context='box' Base='box' />
            <Experiment Include='Greet' Executor='Docker' Image='tools' Command='/usr/bin/greet' Samples='1' />
            </ItemGroup>
            """);
    }

    private BuildResult Offline(ContainerEngine engine, params string[] arguments) =>
        Run(new Dictionary<string, string> { ["DOCKER_HOST"] = engine.Host }, Elsewhere,
            ["unshare", "--map-root-user", "--net", "dotnet", "build", "artifact.proj", "-nologo", "-tl:off", "-v:n",
                "-p:Offline=true", .. arguments]);
}

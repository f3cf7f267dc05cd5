using System.Security.Cryptography;

namespace Verus.Artifact.Tests;

/// <summary>Tests builds that use only a bundle.</summary>
public sealed class OfflineSpecs : SdkProject
{
    private string Elsewhere => Path.Combine(Folder, "elsewhere");

    [Fact]
    public void Moved_to_another_folder_a_project_and_its_bundle_build_without_a_network()
    {
        if (!HasNamespaces)
            Assert.Skip("This system allows no network namespaces ('unshare --map-root-user --net').");
        WriteBundle();
        var build = Offline("-p:ArtifactBundle=bundle.tar.gz").Succeeds();
        build.Output.ShouldContain("2 repositories at 2 commits, 1 download");
        var output = Directory.EnumerateFiles(Path.Combine(Elsewhere, "evaluation/experiments/logs"), "stdout.txt",
            SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        output.ShouldBe(["from the repository\nfrom the submodule\nfrom the download\n"]);
        Offline("-p:ArtifactBundle=bundle.tar.gz").Succeeds().Output.ShouldContain("Nothing to do");
        // The unpacked files are kept, so that the bundle is not needed any more.
        Offline("-p:RetryFailed=true").Succeeds();
    }

    [Fact]
    public void Without_the_bundle_the_sources_are_missing_and_a_damaged_one_is_not_used()
    {
        if (!HasNamespaces)
            Assert.Skip("This system allows no network namespaces ('unshare --map-root-user --net').");
        WriteBundle();
        Offline().Fails("VART3003").Output.ShouldContain("ExternalRepo 'code'");
        var bundle = Path.Combine(Elsewhere, "bundle.tar.gz");
        File.WriteAllBytes(bundle, File.ReadAllBytes(bundle)[..^100]);
        Offline("-p:ArtifactBundle=bundle.tar.gz").Fails("VART2032");
        Directory.EnumerateFileSystemEntries(Path.Combine(Elsewhere, "evaluation/sources"))
            .Select(path => Path.GetFileName(path)).ShouldBe([".partial"]);
        Offline("-p:ArtifactBundle=none.tar.gz").Fails("VART2030");
    }

    // A project with a repository, its submodule and a download; its bundle is moved elsewhere, and all origins of its
    // content are removed.
    private void WriteBundle()
    {
        var inner = MakeFolder("inner", "from the submodule");
        GitCommand.CommitAll(inner);
        var code = MakeFolder("code", "from the repository");
        GitCommand.Run(code, "init", "--quiet");
        GitCommand.Run(code, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", $"file://{inner}",
            "inner");
        var commit = GitCommand.CommitAll(code);
        var data = Path.Combine(Folder, "data.txt");
        File.WriteAllText(data, "from the download\n");
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(data)));
        Write($$"""
            <ItemGroup>
              <ExternalRepo Include="code" Url="file://{{Folder}}/code" Commit="{{commit}}" />
              <ExternalFile Include="data" Url="file://{{data}}" Sha256="{{hash}}" />
              <Experiment Include="Read" Command="cat {source:code}/file.txt {source:code}/inner/file.txt {file:data}" Samples="1" />
            </ItemGroup>
            """);
        Build("-t:Bundle").Succeeds().Output.ShouldContain("2 repositories at 2 commits, 1 download");
        Directory.CreateDirectory(Elsewhere);
        File.Move(Path.Combine(Folder, "evaluation/bundle.tar.gz"), Path.Combine(Elsewhere, "bundle.tar.gz"));
        File.Copy(Project, Path.Combine(Elsewhere, "artifact.proj"));
        foreach (var gone in new[] { "code", "inner", "evaluation" })
            Directory.Delete(Path.Combine(Folder, gone), recursive: true);
        File.Delete(data);
    }

    private string MakeFolder(string name, string text)
    {
        var path = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        File.WriteAllText(Path.Combine(path, "file.txt"), text + "\n");
        return path;
    }

    private BuildResult Offline(params string[] arguments) => Run(new Dictionary<string, string>(), Elsewhere,
        ["unshare", "--map-root-user", "--net", "dotnet", "build", "artifact.proj", "-nologo", "-tl:off", "-v:n",
            "-p:Offline=true", .. arguments]);
}

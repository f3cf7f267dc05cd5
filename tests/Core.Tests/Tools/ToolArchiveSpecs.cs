using System.Formats.Tar;
using System.IO.Compression;
using Verus.Artifact.Common;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Tools;

/// <summary>Tests tools that come from a pinned archive.</summary>
public sealed class ToolArchiveSpecs : IDisposable
{
    private readonly ToolFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("zip")]
    [InlineData("tar.gz")]
    public async Task It_is_unpacked_once_and_what_it_holds_can_be_executed(string kind)
    {
        var archive = Archive(kind, ("solver/solver", "#!/bin/sh\nexec \"$(dirname \"$0\")/z3\"\n"),
            ("solver/z3", "#!/bin/sh\necho solver 4.3.0\n"), ("solver/notes.txt", "notes"));
        var found = (await ProvideAsync(archive, "solver/solver")).ShouldBeOfType<ResolvedTool>();
        found.Version.ShouldBe("4.3.0");
        found.Path.ShouldStartWith(folder.Tools);
        found.Deviation.ShouldBeNull();
        (File.GetUnixFileMode(Path.Combine(Path.GetDirectoryName(found.Path)!, "notes.txt")) & UnixFileMode.UserExecute)
            .ShouldBe(UnixFileMode.None);
        (await ProvideAsync(archive, "solver/solver")).ShouldBeOfType<ResolvedTool>().Identity.ShouldBe(found.Identity);
        folder.Log.Lines.Count(line => line.StartsWith("Unpacking", StringComparison.Ordinal)).ShouldBe(1);
        // Files beside the executable are part of the tool's identity.
        await File.AppendAllTextAsync(Path.Combine(Path.GetDirectoryName(found.Path)!, "z3"), "# changed\n",
            TestContext.Current.CancellationToken);
        (await ProvideAsync(archive, "solver/solver")).ShouldBeOfType<ResolvedTool>().Identity.ShouldNotBe(
            found.Identity);
    }

    [Fact]
    public async Task One_that_lacks_the_executable_or_is_none_says_so_and_leaves_nothing()
    {
        var archive = Archive("zip", ("solver/other", "#!/bin/sh\n"));
        var missing = (await ProvideAsync(archive, "solver/solver")).ShouldBeOfType<MissingTool>().Failure!;
        missing.Rule.ShouldBe(ToolRules.NotInArchive);
        missing.Message.ShouldContain("solver/other");
        var text = Path.Combine(folder.Root, "text");
        await File.WriteAllTextAsync(text, "<html>not found</html>", TestContext.Current.CancellationToken);
        (await ProvideAsync(text, "solver/solver")).ShouldBeOfType<MissingTool>().Failure!.Rule.ShouldBe(
            ToolRules.BadArchive);
        await File.WriteAllBytesAsync(text,
            (await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken))[..40],
            TestContext.Current.CancellationToken);
        (await ProvideAsync(text, "solver/solver")).ShouldBeOfType<MissingTool>().Failure!.Rule.ShouldBe(
            ToolRules.BadArchive);
        Directory.EnumerateDirectories(Path.Combine(folder.Tools, "solver")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_its_download_is_here_it_can_be_provided()
    {
        var tool = Tool("solver/solver");
        (await folder.ResolveAsync(tool)).ShouldBeOfType<MissingTool>().Provision.ShouldBe("unpack solver-zip");
        var offline = folder.Options with { Offline = true };
        var missing = (await ToolResolver.ResolveAsync([tool], offline, folder.Log,
            TestContext.Current.CancellationToken))[0].ShouldBeOfType<MissingTool>();
        missing.Provision.ShouldBeNull();
        missing.Found.ShouldContain("the download 'solver-zip' is not here");
    }

    private static ToolDeclaration Tool(string executable) =>
        ToolFolder.Tool("solver", ("Archive", "solver-zip"), ("Executable", executable), ("Version", "4.3.0"));

    private async Task<ToolResult> ProvideAsync(string archive, string executable)
    {
        var options = folder.Options with
        {
            Files =
            new Dictionary<string, SourceBinding>
            {
                ["solver-zip"] = new(archive,
                new ContentHashes().OfFile(archive))
            }
        };
        return (await ToolProvisioner.ProvideAsync([Tool(executable)], options, folder.Log,
            TestContext.Current.CancellationToken))[0];
    }

    private string Archive(string kind, params (string Name, string Text)[] files)
    {
        var path = Path.Combine(folder.Root, "solver." + kind);
        if (kind == "zip")
        {
            using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
            foreach (var (name, text) in files)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }
        else
        {
            using var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
            foreach (var (name, text) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile,
                    name)
                { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });
        }
        return path;
    }
}

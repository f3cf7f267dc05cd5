using System.Security.Cryptography;
using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>What is found at first use is written into real projects, whatever their folders are called.</summary>
public sealed class LedgerSpecs : SdkProject
{
    private const string Items = """
        <ItemGroup>
          <ExternalFile Include="data" Condition="'$(N)' == '' And 2 > 1" Url="file://HERE/data.txt" LocalName="own name.txt" />
          <Tool Include="cat" IdentityFiles="artifact.proj" />
          <Experiment Include="Read" Command="{tool:cat} {file:data}" Samples="1" />
        </ItemGroup>
        """;

    [Theory]
    [InlineData("plain")]
    [InlineData("100%25 sure;yes")]
    [InlineData("$(Out) @(In)")]
    public void The_hash_of_a_download_is_written_and_nothing_else_changes(string name)
    {
        Write(Items.Replace("HERE", Folder, StringComparison.Ordinal));
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var project = Path.Combine(folder, "artifact.proj");
        File.Move(Project, project);
        File.WriteAllText(Path.Combine(Folder, "data.txt"), "content\n");
        var before = File.ReadAllText(project);
        Run(new Dictionary<string, string>(), folder, "dotnet", "build", "artifact.proj", "-t:CloneExternalRepos", "-nologo", "-tl:off", "-v:n").Succeeds().Output.ShouldContain("was written to artifact.proj");
        var hash = Convert.ToHexStringLower(SHA256.HashData("content\n"u8));
        XDocument.Load(new StringReader(File.ReadAllText(project))).Descendants("ExternalFile").Single().Attribute("Sha256")!.Value.ShouldBe(hash);
        File.ReadAllText(project).Replace($" Sha256=\"{hash}\"", "", StringComparison.Ordinal).ShouldBe(before);
        File.ReadAllText(Path.Combine(folder, "evaluation/sources/.files/data/own name.txt")).ShouldBe("content\n");
    }
}

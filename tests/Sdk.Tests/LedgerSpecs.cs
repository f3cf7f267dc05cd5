using System.Security.Cryptography;
using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>Tests that values found at first use are written into real projects, whatever the names of their
/// folders.</summary>
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
        Run(new Dictionary<string, string>(), folder, "dotnet", "build", "artifact.proj", "-t:CloneExternalRepos",
            "-nologo", "-tl:off", "-v:n").Succeeds().Output.ShouldContain("was written to artifact.proj");
        var hash = Convert.ToHexStringLower(SHA256.HashData("content\n"u8));
        XDocument.Load(new StringReader(File.ReadAllText(project))).Descendants("ExternalFile").Single()
            .Attribute("Sha256")!.Value.ShouldBe(hash);
        File.ReadAllText(project).Replace($" Sha256=\"{hash}\"", "", StringComparison.Ordinal).ShouldBe(before);
        File.ReadAllText(Path.Combine(folder, "evaluation/sources/.files/data/own name.txt")).ShouldBe("content\n");
    }

    [Fact]
    public void A_download_that_may_be_gone_stops_no_call_that_brings_the_whole_ledger()
    {
        File.WriteAllText(Path.Combine(Folder, "data.txt"), "content\n");
        Write($"""
            <ItemGroup>
              <ExternalFile Include="data" Url="file://{Folder}/data.txt" Optional="true" />
              <ExternalFile Include="gone" Url="file://{Folder}/gone.txt" Optional="true" />
            </ItemGroup>
            """);
        Build("-t:CloneExternalRepos")
            .Succeeds().Output.ShouldContain("VART1030: ExternalFile 'gone' is optional and was left out");
        XDocument.Load(Project).Descendants("ExternalFile").First().Attribute("Sha256").ShouldNotBeNull();
        Build("-t:Bundle").Succeeds().Output.ShouldContain("VART1030");
        File.WriteAllText(Project,
            File.ReadAllText(Project).Replace("gone.txt\" Optional=\"true\"", "gone.txt\"", StringComparison.Ordinal));
        Build("-t:CloneExternalRepos").Fails("VART2011");
    }

    [Fact]
    public void A_build_has_its_script_and_its_version_in_both_ways_and_is_made_anew_when_the_script_changes()
    {
        var code = Directory.CreateDirectory(Path.Combine(Folder, "code")).FullName;
        File.WriteAllText(Path.Combine(code, "file.txt"), "code\n");
        var commit = GitCommand.CommitAll(code);
        var script = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "suite")).FullName, "make.sh");
        Write($"""
            <ItemGroup>
              <ExternalRepo Include="code" Url="file://{code}" Commit="{commit}" />
              <ToolPin Include="words" Version="1.2.3" />
              <Tool Include="sayer" Source="code" Build="sh {"{input:make.sh}"} {"{version:words}"}" BuildInputs="{script}" Executable="sayer" Remedy="Build it." />
              <Experiment Include="E" Command="{"{tool:sayer}"}" Samples="1" SuccessText="1.2.3" />
            </ItemGroup>
            """);
        Build().Fails("VART0002").Output.ShouldContain("BuildInputs is");
        foreach (var word in new[] { "one", "two" })
        {
            File.WriteAllText(script, $"printf '#!/bin/sh\\necho {word} %s\\n' \"$1\" > sayer\nchmod +x sayer\n");
            Build().Succeeds().Output.ShouldNotContain("Nothing to do");
            Build().Succeeds().Output.ShouldContain("Nothing to do");
        }
        Samples().Count.ShouldBe(1);
        Samples().Single().Count().ShouldBe(2, "one of each script");
        Build("-t:WriteReproductionScript").Succeeds();
        var plain = Path.Combine(Folder, "evaluation/scripts/All.sh");
        File.ReadAllText(plain).Replace($"file://{code}", "", StringComparison.Ordinal).ShouldNotContain(Folder);
        Run("sh", plain, "again").Succeeds().Output.ShouldContain("1 cell, 0 of them failed");
    }
}

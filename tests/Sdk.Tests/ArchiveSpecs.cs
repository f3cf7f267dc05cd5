using System.IO.Compression;
using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>The archive of the results, in real builds.</summary>
public sealed class ArchiveSpecs : SdkProject
{
    private const string Items = """
        <PropertyGroup>
          <ArtifactTitle>Lists: "fast" &amp; slow</ArtifactTitle>
          <ArtifactAuthors>Example, Ann; The Listers</ArtifactAuthors>
          <ArtifactLicense>CC-BY-4.0</ArtifactLicense>
        </PropertyGroup>
        <ItemGroup>
          <Experiment Include="Speed" Matrix="n=1,2" Command="sh -c 'echo speed {n}; test {n} = 1'"
            MetricPatterns="speed=speed ([0-9.]+)" Samples="1" />
          <Dataset Include="Speed" Experiments="Speed" Metric="speed" ValueColumn="speed" Unit="MB/s" />
          <Figure Include="Speed" Kind="GroupedBars" Datasets="Speed" X="n" Title="Speed" />
        </ItemGroup>
        """;

    [Fact]
    public void An_archive_holds_all_results_with_metadata_and_its_links_lead_to_files_in_it()
    {
        Write(Items);
        Build("-t:Archive").Fails("VART8011");
        Build().Succeeds();
        File.CreateSymbolicLink(Path.Combine(Folder, "evaluation/figures/host"), "/etc/hostname");
        // A pipe without a writer would block whoever opens it.
        Programs.Shell(Folder, "mkfifo evaluation/figures/pipe").Succeeds();
        Build("-t:Archive").Succeeds().Output.ShouldContain("archive.zip: ");
        var file = Path.Combine(Folder, "evaluation/archive.zip");
        var bytes = File.ReadAllBytes(file);
        var target = Path.Combine(Folder, "unpacked");
        ZipFile.ExtractToDirectory(file, target);
        File.Exists(Path.Combine(target, "evaluation/experiments/journal.jsonl")).ShouldBeTrue();
        File.Exists(Path.Combine(target, "evaluation/figures/host")).ShouldBeFalse();
        File.Exists(Path.Combine(target, "evaluation/figures/pipe")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(target, "project/artifact.proj")).ShouldContain("MetricPatterns");
        var report = Path.Combine(target, "evaluation/report");
        PageLinks.Follow(Path.Combine(Folder, "evaluation/report")).AtLeastOne();
        var links = PageLinks.Follow(report);
        links.ShouldContain(link => link.EndsWith("stdout.txt", StringComparison.Ordinal));
        links.ShouldContain("samples.html#cell-Speed-n-1-", "a point leads to its samples");

        File.ReadAllText(Path.Combine(target, "CITATION.cff")).ShouldContain("""
            title: "Lists: \"fast\" & slow"
            authors:
              - family-names: "Example"
                given-names: "Ann"
              - name: "The Listers"
            license: "CC-BY-4.0"
            date-released: 
            """.ReplaceLineEndings("\n"));
        var zenodo = JsonDocument.Parse(File.ReadAllText(Path.Combine(target, ".zenodo.json"))).RootElement;
        zenodo.GetProperty("creators")[0].GetProperty("name").GetString().ShouldBe("Example, Ann");
        zenodo.GetProperty("license").GetString().ShouldBe("CC-BY-4.0");

        File.Delete(file);
        Build("-t:Archive").Succeeds();
        File.ReadAllBytes(file).ShouldBe(bytes);
    }

    [Fact]
    public void An_evaluation_is_compared_with_the_archive_of_another()
    {
        Write(Items);
        Build().Succeeds();
        Build("-t:Archive").Succeeds();
        Build("-t:Compare").Fails("VART8013");
        Build("-t:Compare", "-p:ArtifactCompare=evaluation/archive.zip").Fails("VART0006");
        Build("-t:Compare", "-p:ArtifactCompare=then=evaluation/none.zip").Fails("VART8012");
        Build("-t:Compare", "-p:ArtifactCompare=then=evaluation/archive.zip").Succeeds().Output
            .ShouldContain("comparison -> evaluation/report/compare.html");
        System.Net.WebUtility.HtmlDecode(File.ReadAllText(Path.Combine(Folder, "evaluation/report/compare.html")))
            .ShouldContain("then ÷ here: 1 as the geometric mean");
    }
}

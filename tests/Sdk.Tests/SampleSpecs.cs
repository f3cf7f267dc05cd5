using System.Security.Cryptography;
using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the sample projects as any user would use them: copied out of the repository, with the packed SDK from a feed.
/// </summary>
public sealed class SampleSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sample-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Dafny_lists_are_measured_from_nothing()
    {
        Need("z3");
        Copy("dafny-lists");
        MeasuresEverythingOnce("dafny-lists.proj").ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Compression_is_measured_from_nothing()
    {
        Need("gzip", "bzip2", "xz", "zstd");
        Copy("compression");
        MeasuresEverythingOnce("compression.proj").ShouldBe(60);
        // Every awk on every machine must produce the same bytes.
        Directory.EnumerateFiles(Path.Combine(folder, "evaluation/experiments/generated"), "*",
            SearchOption.AllDirectories)
            .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))).Distinct().Order()
            .ShouldBe(
            [
                "385014c474c744027631eb06861970d37b83501789fd8fc0890bbd677800aaf2",
                "6e94e8ea9376b79c81525179add4896a8f98a82d546cbaf72efafb225df17e1b",
                "920582fba1b0ec961531eda2b6aa94d44da647d4f157e12849afaa921c628ea8",
            ]);
        // A single sample decides no claim, even about numbers that are the same every time.
        Verdict("Honest").ShouldBe("Inconclusive");
        Build("compression.proj", "-p:Samples=3").Succeeds();
        Verdict("Honest").ShouldBe("Supported");
    }

    [Theory]
    [InlineData("filters", 2)]
    [InlineData("caches", 6 + 24 + 1)]
    [InlineData("store", 3)]
    [InlineData("lists", 18)]
    [InlineData("parsers", 6)]
    [InlineData("solvers", 14)]
    public void A_sample_from_scripts_is_measured_from_nothing(string shape, int samples)
    {
        Need("python3", "gcc");
        Copy("from-scripts/" + shape);
        File.Copy(Path.Combine(SdkProject.Repository, "samples/from-scripts/global.json"),
            Path.Combine(folder, "global.json"));
        MeasuresEverythingOnce($"{shape}.proj").ShouldBe(samples);
        Directory.GetFiles(Path.Combine(folder, "evaluation/figures"), "*.svg").Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_verus_crate_says_what_is_lacking_and_goes_on_without_it()
    {
        Copy("verus-crate");
        // The search path has only the system's programs: neither Verus nor programs that build it.
        string[] nowhere = ["-p:RustupPath=/nowhere/rustup", "-p:VerusPath=/nowhere/verus", "-p:Offline=true"];
        var refused = Build(["verus-crate.proj", "-t:Preflight", .. nowhere]).Fails("VART3003").Output;
        refused.ShouldContain("tool rustup: needed any version (by verus");
        refused.ShouldContain("(for Verify, Reject, Queries, Lines). Install rustup");
        var skipped = Build(["verus-crate.proj", "-p:OnMissing=Skip", "-p:ArtifactAllowNothingMeasured=true",
            .. nowhere]).Succeeds().Output;
        skipped.ShouldContain("left out");
        skipped.ShouldContain("not measured");
        File.Exists(Path.Combine(folder, "evaluation/experiments/journal.jsonl")).ShouldBeFalse();
    }

    // Since Verus is not available everywhere, a stand-in with the output of Verus shows that the sample's commands and
    // readers are right for it.
    [Fact]
    public void A_verus_crate_is_measured_with_the_verus_that_it_is_given()
    {
        Copy("verus-crate");
        Build("verus-crate.proj", "-p:Samples=3", "-p:Offline=true", $"-p:VerusPath={StandIn("verus")}",
            $"-p:VerusLineCountPath={StandIn("verus-line-count")}", $"-p:RustupPath={StandIn("rustup")}").Succeeds()
            .Output.ShouldMatch(@"Verify +6 +Quick supported");
        Verdict("Quick").ShouldBe("Supported");
        var points = File.ReadAllLines(Path.Combine(folder, "evaluation/data/Counts.csv"));
        points.ShouldContain(line => line.StartsWith("this crate,smt_size,0.004321,", StringComparison.Ordinal));
        points.ShouldContain(line => line.StartsWith("this crate,lines_proof,47,", StringComparison.Ordinal));
        Verdict("Small").ShouldBe("Supported");
        Journal().Count(line => line.Contains("\"outcome\":\"Ok\"", StringComparison.OrdinalIgnoreCase)).ShouldBe(18);
    }

    private string StandIn(string name)
    {
        var file = Path.Combine(folder, "stand-ins", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var what = name == "rustup"
            ? "echo 'rustup 1.29.0 (stand-in)'"
            : $"exec '{SdkProject.Repository}/artifacts/bin/DummyTool/debug/dummy-tool' {name} \"$@\"";
        File.WriteAllText(file, $"#!/bin/sh\n{what}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }

    // Takes one sample of each cell, and checks that every claim has a verdict, that no sample failed (programs that
    // must be rejected were), and that a second call measures nothing. The result is the number of samples that were
    // taken.
    private int MeasuresEverythingOnce(string project)
    {
        Build(project, "-p:Samples=1").Succeeds().Output.ShouldContain("report/index.html");
        File.ReadAllText(Path.Combine(folder, "evaluation/claims/All.json")).ShouldNotContain("NotMeasured");
        var journal = Journal();
        var samples = journal.Where(line => line.Contains("\"sample\":", StringComparison.Ordinal)).ToList();
        samples.AtLeastOne().ShouldAllBe(line =>
            line.Contains("\"outcome\":\"Ok\"", StringComparison.OrdinalIgnoreCase));
        Build(project, "-p:Samples=1").Succeeds().Output.ShouldContain("Nothing to do");
        Journal().ShouldBe(journal);
        return samples.Count;
    }

    private string[] Journal() => File.ReadAllLines(Path.Combine(folder, "evaluation/experiments/journal.jsonl"));

    private string Verdict(string claim) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "evaluation/claims/All.json"))).RootElement
        .EnumerateArray().Single(verdict => verdict.GetProperty("name").GetString() == claim).GetProperty("outcome")
        .GetString()!;

    private void Copy(string sample)
    {
        var from = Path.Combine(SdkProject.Repository, "samples", sample);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/evaluation/", StringComparison.Ordinal)))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        // The test has its own feed and package folder, so that no copy from an earlier run can be mistaken for the
        // packed one.
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><add key="verus-artifact-local" value="{SdkProject.Repository}/artifacts/packages" /></packageSources>
            </configuration>
            """);
    }

    private BuildResult Build(params string[] arguments)
    {
        var end = Programs.Run(SdkProject.BuildOf(folder, arguments), TimeSpan.FromMinutes(15));
        return new BuildResult(end.ExitCode, end.Output);
    }

    private static void Need(params string[] programs)
    {
        foreach (var program in programs.Where(program => !HasProgram(program)))
            Assert.Skip($"{program} is not installed (eng/test.sh installs it where it can)");
    }

    private static bool HasProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(directory => File.Exists(Path.Combine(directory, name)));
}

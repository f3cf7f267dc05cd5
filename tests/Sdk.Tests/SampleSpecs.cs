using System.Diagnostics;
using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>The samples as a stranger would use them: copied out of the repository, with the packed SDK from a feed.</summary>
public sealed class SampleSpecs : IDisposable
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
    private readonly string folder = Directory.CreateTempSubdirectory("sample-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Dafny_lists_are_measured_from_nothing()
    {
        if (!HasProgram("z3"))
            Assert.Skip("z3 is not installed (Debian: apt-get install z3)");
        Copy("dafny-lists");
        var first = Build("dafny-lists.proj", "-p:Samples=1");
        first.Succeeds().Output.ShouldContain("report/index.html");
        var verdicts = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "evaluation/claims/All.json"))).RootElement;
        verdicts.ToString().ShouldNotContain("NotMeasured");
        var journal = File.ReadAllLines(Path.Combine(folder, "evaluation/experiments/journal.jsonl"));
        var samples = journal.Count(line => line.Contains("\"sample\":", StringComparison.Ordinal));
        samples.ShouldBeGreaterThan(20);
        // Nothing that was measured failed: each sample that must be verified was, and each that must be rejected was.
        journal.Where(line => line.Contains("\"sample\":", StringComparison.Ordinal)).ShouldAllBe(line => line.Contains("\"outcome\":\"Ok\"", StringComparison.OrdinalIgnoreCase));
        Build("dafny-lists.proj", "-p:Samples=1").Succeeds().Output.ShouldContain("Nothing to do");
        File.ReadAllLines(Path.Combine(folder, "evaluation/experiments/journal.jsonl")).ShouldBe(journal);
    }

    private void Copy(string sample)
    {
        var from = Path.Combine(Repository, "samples", sample);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/evaluation/", StringComparison.Ordinal)))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        // A feed and a package folder of this test, so that no copy from an earlier run can pass for the packed one.
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><add key="verus-artifact-local" value="{Repository}/artifacts/packages" /></packageSources>
            </configuration>
            """);
    }

    private BuildResult Build(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["build", .. arguments, "-nologo", "-tl:off", "-v:n", "-clp:NoSummary"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(15)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The sample has not ended.");
        }
        return new BuildResult(process.ExitCode, output.GetAwaiter().GetResult());
    }

    private static bool HasProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, name)));
}

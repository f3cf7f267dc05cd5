namespace Verus.Artifact.Tests;

/// <summary>
/// Tests public targets that are named in one call, in any order: each target ends, and none is affected by another
/// one.
/// </summary>
public sealed class TargetPairSpecs : SdkProject
{
    private const int Triples = 12;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // One target of each group of targets that work in the same way.
    private static readonly string[] Representatives =
    [
        "Build", "Report", "Figure1", "Plan", "Explain", "Pins", "Preflight", "CloneExternalRepos", "Bundle",
        "ProvisionTools", "WriteReproductionScript", "Clean",
        "Rebuild", "RestoreMachine", "List",
    ];

    [Fact]
    public async Task Every_pair_of_targets_ends_well_in_one_call()
    {
        Declare("true");
        foreach (var first in Representatives)
            foreach (var second in Representatives)
                await EndsWellAsync(first, second);
        Directory.GetFiles(Path.Combine(Folder, "evaluation/experiments"), "journal.jsonl").ShouldHaveSingleItem();
        File.ReadLines(Journal).Count(line => line.Contains("\"sample\":", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public async Task Random_triples_of_targets_end_well_in_one_call()
    {
        var seed = Environment.GetEnvironmentVariable("VERUS_ARTIFACT_TEST_SEED") is { } given
            ? int.Parse(given) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"VERUS_ARTIFACT_TEST_SEED={seed}");
        var random = new Random(seed);
        Declare("true");
        for (var i = 0; i < Triples; i++)
            await EndsWellAsync([.. Enumerable.Range(0,
                3).Select(_ => Representatives[random.Next(Representatives.Length)])]);
    }

    [Fact]
    public async Task After_a_target_that_fails_the_next_one_works()
    {
        Declare("false");
        foreach (var next in Representatives.AtLeastOne())
        {
            var result = await RunAsync("ContinueAfterFailure", ("Failing", "Figure1"), ("Next", next));
            result.Messages.ShouldContain($"{next} has ended");
            Unforeseen(result).ShouldBeEmpty($"Figure1 fails, then {next}");
        }
    }

    private void Declare(string command) => Write($"""
        <ItemGroup>
        <Experiment Include="E" Matrix="s=1" Command="{command}" />
        <Dataset Include="D" Experiments="E" />
        <Figure Include="Figure1" Kind="GroupedBars" Datasets="D" X="s" Title="T" />
        </ItemGroup>
        <Target Name="Figure1"><MSBuild Projects="$(MSBuildProjectFullPath)" Targets="_Evaluate" Properties="ArtifactRequest=Figure1" /></Target>
        <Target Name="ContinueAfterFailure">
        <CallTarget Targets="$(Failing)" ContinueOnError="true" />
        <CallTarget Targets="$(Next)" ContinueOnError="true" />
        <Message Text="$(Next) has ended" Importance="high" />
        </Target>
        """);

    private async Task EndsWellAsync(params string[] targets)
    {
        var result = await RunAsync(targets);
        var call = string.Join(';', targets);
        result.Errors.Select(error => $"{error.Code}: {error.Message}").ShouldBeEmpty(call);
        result.Succeeded.ShouldBeTrue(call);
    }

    private static IEnumerable<string> Unforeseen(InProcessResult result) =>
        result.Errors.Where(error => error.Code is null or "" or "VART0012"
            || error.Code.StartsWith("MSB", StringComparison.Ordinal))
            .Select(error => $"{error.Code}: {error.Message}");

    private Task<InProcessResult> RunAsync(string target, params (string Name, string Value)[] properties) =>
        RunAsync([target], properties);

    private Task<InProcessResult> RunAsync(string[] targets, params (string Name, string Value)[] properties) =>
        Task.Run(() => InProcess.Build(Project, targets, properties)).WaitAsync(Limit,
            TestContext.Current.CancellationToken);
}

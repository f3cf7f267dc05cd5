using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Tests.Experiments;
using Verus.Artifact.Tests.Tools;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.World;

/// <summary>Tests every place where a user can write a regular expression: its evaluation ends with a value or with a
/// reason.</summary>
public sealed class UserPatternSpecs : EngineFixture
{
    private const string Endless = "^((a+)+)$";
    // The pattern needs backtracking, so that only its time limit can end it.
    private const string Lookahead = "^(?=(a+)+$)((a+)+)$";

    [Fact]
    public async Task A_pattern_that_backtracks_without_end_makes_a_failed_sample_at_the_most()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "a"), new string('a', 200_000) + "!\n",
            TestContext.Current.CancellationToken);
        ExperimentDeclaration[] experiments =
        [
            .. from place in new[] { "SuccessPattern", "FailurePattern", "MetricPatterns" }
               from pattern in new[] { Endless, Lookahead }
               select Experiment($"{place}{pattern.Length}", ("Command", "cat {project}/a"), ("Measured", "false"),
                   (place, (place == "MetricPatterns" ? "m=" : "") + pattern)),
        ];
        await RunAsync(1, experiments);
        var samples = Read().Samples.ToDictionary(sample => sample.Cell);
        samples.Count.ShouldBe(6);
        samples["FailurePattern9"].Outcome.ShouldBe(SampleOutcome.Ok);
        foreach (var name in new[] { "SuccessPattern9", "MetricPatterns9", "SuccessPattern19", "FailurePattern19",
            "MetricPatterns19" })
            samples[name].Outcome.ShouldBe(SampleOutcome.WrongOutput);
        foreach (var name in new[] { "SuccessPattern19", "FailurePattern19", "MetricPatterns19" })
            samples[name].Why!.ShouldContain("did not finish within");
    }

    [Fact]
    public async Task A_version_pattern_that_backtracks_finds_no_version()
    {
        using var folder = new ToolFolder();
        var path = folder.Script("bin/endless", "head -c 5000 /dev/zero | tr '\\0' a; echo '!'");
        var tool = ToolFolder.Tool("endless", ("Path", path),
            ("VersionPattern", Endless.Replace("(a+)", "(?:a+)", StringComparison.Ordinal)));
        (await folder.ResolveAsync(tool)).ShouldBeOfType<MissingTool>().Found.ShouldContain("printed no version");
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("a{2,1}")]
    [InlineData(@"\")]
    [InlineData("(?<x")]
    [InlineData("*")]
    public void What_is_no_pattern_is_told(string text)
    {
        UserPattern.Parse(text, multiline: true, out var problem).ShouldBeNull();
        problem.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a{1000}){1000}){1000}")]
    [InlineData("(?:(?:(?:(?:a|b){99}){99}){99}){99}")]
    [InlineData("(.*)*(.*)*(.*)*$x")]
    [InlineData(@"(\w+\s*)+:")]
    public void Large_and_nested_patterns_come_to_an_end(string text)
    {
        var pattern = UserPattern.Parse(text, multiline: true, out _).ShouldNotBeNull();
        try
        {
            pattern.IsMatch(new string('a', 100_000)).ShouldBeFalse();
        }
        catch (FormatException problem)
        {
            problem.Message.ShouldContain("did not finish");
        }
    }
}

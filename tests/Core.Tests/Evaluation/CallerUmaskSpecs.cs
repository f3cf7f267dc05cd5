namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests a caller whose umask gives other users no permissions.</summary>
public sealed class CallerUmaskSpecs : EvaluationFixture
{
    protected override string RunnerFile => Path.Combine(Folder, "runner.sh");

    [Fact]
    public async Task A_command_makes_files_with_the_same_permissions_whoever_calls()
    {
        await File.WriteAllTextAsync(RunnerFile, $"#!/bin/sh\numask 077\nexec {Runner} \"$@\"\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(RunnerFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Declare("Experiment", "E", ("Command", "sh -c 'umask; touch made; stat -c %a made'"),
            ("MetricPatterns", "mode=^(644)$"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        LogOf(Samples()[0]).ShouldBe("0022\n644\n");
    }
}

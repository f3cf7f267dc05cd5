using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests what is left of an evaluation whose container engine stops answering while samples are taken.
/// </summary>
public sealed class LostEngineSpecs : SdkProject
{
    [Fact]
    public void An_engine_that_stops_is_given_up_and_everything_else_is_measured_and_reported()
    {
        // The engine answers until the first container is to be created, and closes the connection from then on.
        using var engine = new FakeEngine(call => call == "POST /containers/create"
            ? throw new IOException("the engine stopped") : EngineAnswers.Of(call, "29.3.0", old: false),
            new Version(1, 44), new Version(1, 54)).Start();
        Variables["DOCKER_HOST"] = engine.Host;
        Write($"""
            <ItemGroup><ContainerImage Include='box' Reference='box:1' />
            <Experiment Include='Inside' Executor='Docker' Image='box' Matrix='n=1..4' Command='/bin/true'
              Samples='2' />
            <Experiment Include='Outside' Matrix='n=1..3' Command='sleep 0.0{"{n}"}' Samples='2' />
            <Dataset Include='Inside' Experiments='Inside' Metric='wall' Unit='s' />
            <Dataset Include='Outside' Experiments='Outside' Metric='wall' Unit='s' />
            <Figure Include='FInside' Kind='LineChart' Datasets='Inside' X='n' />
            <Figure Include='FOutside' Kind='LineChart' Datasets='Outside' X='n' /></ItemGroup>
            """);
        var build = Build().Fails("VART4024");
        Samples().Select(cell => cell.Key).Order().ShouldBe(["Outside[n=1]", "Outside[n=2]", "Outside[n=3]"]);
        Samples().AtLeastOne().ShouldAllBe(cell => cell.Count() == 2);
        engine.Asked.Count(one => one.Call == "POST /containers/create").ShouldBe(3,
            "it is given up after three samples");
        File.Exists(Path.Combine(Folder, "evaluation/figures/FOutside.svg")).ShouldBeTrue();
        File.Exists(Path.Combine(Folder, "evaluation/figures/FInside.svg")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(Folder, "evaluation/report/index.html")).ShouldContain("FInside");
        // The report is written before the one list of errors.
        build.Output.IndexOf("report -> ", StringComparison.Ordinal).ShouldBeInRange(0,
            build.Output.IndexOf("error VART", StringComparison.Ordinal));
    }
}

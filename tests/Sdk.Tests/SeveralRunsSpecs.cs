namespace Verus.Artifact.Tests;

/// <summary>Tests builds that spread their samples over several runs.</summary>
public sealed class SeveralRunsSpecs : SdkProject
{
    [Fact]
    public void A_build_spreads_its_samples_over_runs_and_the_next_one_has_nothing_to_do()
    {
        Write("""
            <ItemGroup>
              <Experiment Include="Quick" Matrix="n=1..2" Command="true {n}" />
              <Dataset Include="Quick" Experiments="Quick" KeyColumns="n" />
            </ItemGroup>
            """);
        Build("-t:Plan", "-p:Samples=5", "-p:Runs=2").Succeeds().Output.ShouldContain(", in 2 runs");
        Build("-p:Samples=5", "-p:Runs=2").Succeeds().Output.ShouldContain("Run 2 of 2: 4 samples of 2 cells to take");
        Column("run").CountBy(run => run).Select(run => run.Value).Order().ShouldBe([4, 6]);
        Column("boot").Distinct().ShouldHaveSingleItem();
        Build("-p:Samples=5", "-p:Runs=2").Succeeds().Output.ShouldContain("Nothing to do");
    }

    [Fact]
    public void A_virtual_machine_is_started_for_each_run_so_that_its_samples_are_of_several_boots()
    {
        TestGuest.Need();
        Write($"""
            <ItemGroup>
              {TestGuest.Declaration}
              <Experiment Include="Quick" Executor="Vm" VirtualMachine="pm" Command="true" />
              <Dataset Include="Quick" Experiments="Quick" />
            </ItemGroup>
            """);
        Build("-p:Samples=4", "-p:Runs=2").Succeeds();
        Column("run").CountBy(run => run).Select(run => run.Value).ShouldBe([2, 2]);
        Column("run").Zip(Column("boot")).Distinct().Select(pair => pair.Second).Distinct().Count().ShouldBe(2);
        Directory.EnumerateFiles(Path.Combine(Folder, "evaluation/experiments/logs/vm-pm"), "console.txt",
            SearchOption.AllDirectories).Count().ShouldBe(2);
    }

    private string[] Column(string name)
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, "evaluation/data/Quick.samples.csv"));
        var at = Array.IndexOf(rows[0].Split(','), name);
        return [.. rows.Skip(1).Select(row => row.Split(',')[at])];
    }
}

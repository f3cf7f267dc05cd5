
namespace Verus.Artifact.Tests;

public sealed class KillSpecs : SdkProject
{
    private const int Kills = 50;
    private const int Cells = 30;
    private const int Each = 5;

    [Fact]
    public void Killed_at_fifty_random_moments_nothing_is_lost_and_nothing_counted_twice()
    {
        Write(
            $"<ItemGroup><Experiment Include='Quick' Matrix='n=1..{Cells}' Command='sh -c \"sleep 0.01; echo {{n}}\"' "
                + $"Samples='{Each}' /></ItemGroup>");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var known = new HashSet<string>();
        for (var i = 0; i < Kills; i++)
        {
            using var build = Start();
            // A build takes some 400 ms to reach its first sample; most kills fall among the samples, some before and
            // some while it starts.
            if (build.WaitForExit(random.Next(100, 1100)) && Samples().Sum(cell => cell.Count()) == Cells * Each)
            {
                // If the evaluation is done early, it begins again, so that all kills hit a running build.
                Directory.Delete(Path.Combine(Folder, "evaluation"), recursive: true);
                known.Clear();
                continue;
            }
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
            var now = Samples().SelectMany(cell => cell).ToList();
            now.Distinct().Count().ShouldBe(now.Count, $"seed {seed}");
            known.IsSubsetOf(now).ShouldBeTrue($"a sample was lost; seed {seed}, kill {i}");
            known.UnionWith(now);
        }
        Build().Succeeds();
        var samples = Samples();
        samples.Count.ShouldBe(Cells);
        samples.AtLeastOne().ShouldAllBe(cell => cell.Count() == Each);
        known.IsSubsetOf(samples.SelectMany(cell => cell)).ShouldBeTrue($"seed {seed}");
        Directory.EnumerateDirectories(Path.Combine(Folder, "evaluation/experiments/attempts")).ShouldBeEmpty();
    }
}

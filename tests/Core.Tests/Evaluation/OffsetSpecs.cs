using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that each sample's environment has an offset of its own, which is recorded and not part of the
/// key.</summary>
public sealed class OffsetSpecs : EvaluationFixture
{
    [Fact]
    public async Task Each_sample_has_an_offset_of_its_own_that_the_seed_repeats()
    {
        Declare("Experiment", "E", ("Command", "env"));
        Options = Options with { Policy = new SamplePolicy(6), Seed = 3 };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var samples = Samples();
        samples.Select(sample => sample.Offset).AtLeastOne().ShouldBeUnique();
        samples.AtLeastOne().ShouldAllBe(sample => sample.Offset >= 0 && sample.Offset < CellResolver.Offsets
            && LogOf(sample).Split('\n', StringSplitOptions.None)
                .Contains($"{CellResolver.PaddingVariable}={new string('x', sample.Offset!.Value)}"));
        samples.Select(sample => sample.Key).Distinct().Count().ShouldBe(1);
        Directory.Delete(Layout.Root, recursive: true);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().Select(sample => sample.Offset).ShouldBe(samples.Select(sample => sample.Offset));
    }

    [Fact]
    public async Task An_exact_environment_has_no_padding_and_another_key()
    {
        Declare("Experiment", "E", ("Command", "env"), ("Matrix", "n=1"));
        var padded = (await PlanAsync()).Cells.ShouldHaveSingleItem().Resolved.ShouldNotBeNull();
        Declare("Experiment", "E", ("Command", "env"), ("Matrix", "n=1"), ("ExactEnvironment", "true"));
        Declare("Dataset", "D", ("Experiments", "E"));
        Declare("Figure", "F", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "n"));
        (await PlanAsync()).Cells.ShouldHaveSingleItem().Resolved.ShouldNotBeNull().Key.ShouldNotBe(padded.Key);
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Samples().AtLeastOne().ShouldAllBe(sample => sample.Offset == null
            && !LogOf(sample).Contains(CellResolver.PaddingVariable, StringComparison.Ordinal));
        (await File.ReadAllTextAsync(Path.Combine(Layout.Report, "index.html"), TestContext.Current.CancellationToken))
            .ShouldContain("ASPLOS 2009), except for E.");
    }
}

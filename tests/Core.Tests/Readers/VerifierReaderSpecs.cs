using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Tests.Readers;

public sealed class VerifierReaderSpecs
{
    private const string NoMore = "inconclusive=0 timeouts=0 out_of_memory=0 out_of_resource=0 solver_exceptions=0";

    [Theory]
    [InlineData("milli/dafny4110-linked-list.stdout.txt", $" | verified=14 errors=0 {NoMore}")]
    [InlineData("milli/dafny4110-error1.stdout.txt", $" | verified=0 errors=2 {NoMore}")]
    [InlineData("milli/dafny4110-error2.stdout.txt", $" | verified=0 errors=1 {NoMore}")]
    [InlineData("milli/dafny4110-repeat8-limit30.stdout.txt", $" | verified=1 errors=0 {NoMore}")]
    [InlineData("milli/dafny4110-repeat8-limit3.stdout.txt",
        " | verified=0 errors=0 inconclusive=0 timeouts=1 out_of_memory=0 out_of_resource=0 solver_exceptions=0")]
    [InlineData("macro-stats/dafny340-SingleDelivery.trace.txt", $" | verified=16 errors=0 {NoMore}")]
    [InlineData("macro-stats/dafny340-ironsht-parallel2.output.txt",
        " | verified=812 errors=1 inconclusive=1 timeouts=5 out_of_memory=0 out_of_resource=0 solver_exceptions=0")]
    public void The_counts_of_real_Dafny_outputs_are_read(string sample, string rows)
    {
        var text = Sample.Text(sample);
        Sample.Show(new DafnyReader().Read(text)).ShouldBe(rows);
        Sample.CutAnywhere(new DafnyReader(), text);
        Sample.DressedUp(new DafnyReader(), text);
    }

    [Theory]
    [InlineData("3 verified, 2 errors, 1 out of memory, 4 out of resource, 2 solver exceptions", 4)]
    [InlineData("3 verified, 1 error, 2 inconclusives, 1 out of resource", 1)]
    public void All_counts_of_Boogie_are_known(string counts, double outOfResource) =>
        new DafnyReader().Read($"Dafny program verifier finished with {counts}\n")[0].Metrics["out_of_resource"].ShouldBe(outOfResource);

    [Theory]
    [InlineData("14 verified, 0 errors, 3 skipped")]
    [InlineData("14 verified")]
    [InlineData("0 errors, 14 verified")]
    [InlineData("14 verifiziert, 0 Fehler")]
    [InlineData("1.4e1 verified, 0 errors")]
    [InlineData("-1 verified, 0 errors")]
    public void A_summary_of_another_form_is_refused(string counts) =>
        Should.Throw<FormatException>(() => new DafnyReader().Read($"Dafny program verifier finished with {counts}\n")).Message.ShouldStartWith("line 1: ");

    [Fact]
    public void Two_calls_of_Dafny_in_one_sample_are_refused() =>
        Should.Throw<FormatException>(() => new DafnyReader().Read(string.Concat(Enumerable.Repeat(
            "\nDafny program verifier finished with 2 verified, 0 errors\n", 2)))).Message.ShouldContain("second");

    [Theory]
    [InlineData("linked-list-oneshot", 6, 6, 0)]
    [InlineData("linked-list-repeat-01", 1, 6, 1)]
    [InlineData("creusot-base-1", 1, 6, 1)]
    [InlineData("creusot-requires-1", 0, 6, 1)]
    [InlineData("doubly-linked-list-oneshot", 11, 11, 0)]
    public void Real_replays_of_Why3_are_read(string sample, int verified, int goals, int obsolete)
    {
        var text = Sample.Text($"milli/why3-replay.{sample}.stdout.txt");
        Sample.Show(new Why3ReplayReader().Read(text)).ShouldBe($" | verified={verified} goals={goals} obsolete={obsolete}");
        Sample.CutAnywhere(new Why3ReplayReader(), text);
        Sample.DressedUp(new Why3ReplayReader(), text);
    }

    [Fact]
    public void A_failed_replay_names_the_missing_provers()
    {
        var text = Sample.Text("milli/why3-replay.failed.stdout.txt");
        Should.Throw<FormatException>(() => new Why3ReplayReader().Read(text)).Message
            .ShouldBe("line 3: the replay failed, '0/2 (replay failed)'; provers not installed: Z3 4.8.5");
        Sample.CutAnywhere(new Why3ReplayReader(), text);
    }

    [Fact]
    public void A_replay_with_other_results_than_the_session_has_no_numbers() =>
        Should.Throw<FormatException>(() => new Why3ReplayReader().Read(Sample.Text("milli/why3-replay.other-result.stdout.txt")))
            .Message.ShouldContain("differ");
}

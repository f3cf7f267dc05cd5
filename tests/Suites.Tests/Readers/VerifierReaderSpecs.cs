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
        new DafnyReader().Read($"Dafny program verifier finished with {counts}\n")[0].Metrics["out_of_resource"]
            .ShouldBe(outOfResource);

    [Theory]
    [InlineData("14 verified, 0 errors, 3 skipped")]
    [InlineData("14 verified")]
    [InlineData("0 errors, 14 verified")]
    [InlineData("14 verifiziert, 0 Fehler")]
    [InlineData("1.4e1 verified, 0 errors")]
    [InlineData("-1 verified, 0 errors")]
    public void A_summary_of_another_form_is_refused(string counts) =>
        Should.Throw<FormatException>(() =>
            new DafnyReader().Read($"Dafny program verifier finished with {counts}\n")).Message.ShouldStartWith(
                "line 1: ");

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
        Sample.Show(new Why3ReplayReader().Read(text))
            .ShouldBe($" | verified={verified} goals={goals} obsolete={obsolete}");
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
        Should.Throw<FormatException>(() =>
            new Why3ReplayReader().Read(Sample.Text("milli/why3-replay.other-result.stdout.txt")))
            .Message.ShouldContain("differ");

    [Fact]
    public void A_trace_of_Dafny_gives_the_proofs_too()
    {
        var text = Sample.Text("macro-stats/dafny340-ironsht-parallel2.output.txt");
        var reading = new DafnyTraceReader().Read(text).ShouldHaveSingleItem();
        reading.Columns["note"].ShouldBe("7 of 819 proofs failed: 1 error, 1 inconclusive, 5 time outs");
        var row = reading.Metrics;
        row["verified"].ShouldBe(812);
        row["proofs"].ShouldBe(819);
        // The expected sums were computed by another program (awk) from the same file.
        row["proof_time"].ShouldBe(1016.904, 1e-6);
        row["slowest_proof"].ShouldBe(217.08);
        Sample.CutAnywhere(new DafnyTraceReader(), text);
        Sample.DressedUp(new DafnyTraceReader(), text);
        Sample.CutAnywhere(new DafnyTraceReader(), Sample.Text("macro-stats/dafny340-SingleDelivery.trace.txt"));
        new DafnyTraceReader().Read(Sample.Text("macro-stats/dafny340-SingleDelivery.trace.txt"))
            .ShouldHaveSingleItem().Columns.ShouldBeEmpty();
    }

    // The output was observed on a machine under load: the solver gave up without a count, and one proof had two
    // errors.
    [Fact]
    public void Proofs_are_counted_by_the_trace_and_problems_by_the_summary()
    {
        var reading = new DafnyTraceReader().Read("""
            Verifying a ...
              [0.5 s, solver resource count: 7, 2 proof obligations]  verified
              [0.013 s, solver resource count: -1, 7 proof obligations]  inconclusive
              [1.5 s, solver resource count: 9, 8 proof obligations]  errors

            Dafny program verifier finished with 1 verified, 2 errors, 1 inconclusive

            """).ShouldHaveSingleItem();
        reading.Columns["note"].ShouldBe("2 of 3 proofs failed: 2 errors, 1 inconclusive");
        reading.Metrics["proofs"].ShouldBe(3);
        reading.Metrics["resource_count"].ShouldBe(16);
    }

    [Fact]
    public void A_trace_with_a_hole_is_refused()
    {
        var lines = Sample.Text("macro-stats/dafny340-SingleDelivery.trace.txt").Split('\n').ToList();
        lines.RemoveAt(12);
        Should.Throw<FormatException>(() => new DafnyTraceReader().Read(string.Join('\n', lines))).Message
            .ShouldContain("a part of the trace is missing");
    }

    // The outputs of Verus, F* and Prusti have the words of their sources at the pinned commits.
    private const string Verus =
        "note: verifying root module\n\nwarning: unused variable\n\nverification results:: 14 verified, 0 errors\n";

    [Theory]
    [InlineData(Verus, 14, 0)]
    [InlineData("error: postcondition not satisfied\n\nverification results:: 0 verified, 1 errors\n", 0, 1)]
    [InlineData("verification results:: 1 verified, 0 errors (partial verification with `--verify-*`)\n", 1, 0)]
    public void The_text_of_Verus_is_read(string text, int verified, int errors)
    {
        Sample.Show(new VerusReader().Read(text)).ShouldBe($" | verified={verified} errors={errors}");
        Sample.CutAnywhere(new VerusReader(), text);
        Sample.DressedUp(new VerusReader(), text);
    }

    [Fact]
    public void Two_results_of_Verus_are_refused() =>
        Should.Throw<FormatException>(() => new VerusReader().Read(Verus + Verus)).Message.ShouldContain("second");

    [Theory]
    [InlineData("Verified module: Fstarlowstar\nAll verification conditions discharged successfully\n",
        " | verified=1 errors=0")]
    [InlineData("Verified i'face (or impl+i'face): FstarlowstarIface\nVerified module: FstarlowstarIface\nVerified "
        + "module: Fstarlowstar\n"
        + "All verification conditions discharged successfully\n", " | verified=3 errors=0")]
    [InlineData("Verified module: A (1500 milliseconds)\nVerified module: B (22 milliseconds)\nAll verification "
        + "conditions discharged successfully\n",
        " | verified=2 errors=0 seconds=1.522")]
    [InlineData("Fstarlowstar1.fst(120,2-120,9): (Error 19) Could not prove post-condition\nVerified module: "
        + "Fstarlowstar1\n1 error was reported (see above)\n",
        " | verified=1 errors=1")]
    [InlineData("A.fst(1,2-1,9): (Error 19) x\n12 errors were reported (see above)\n", " | verified=0 errors=12")]
    public void F_star_is_read_from_both_streams(string text, string rows)
    {
        Sample.Show(new FStarReader().Read(text)).ShouldBe(rows);
        Sample.Show(new FStarReader().Read(Sample.Output("", text))).ShouldBe(rows);
        Sample.CutAnywhere(new FStarReader(), text);
        Sample.DressedUp(new FStarReader(), text);
    }

    [Theory]
    [InlineData("Verification of 9 items...\nSuccessful verification of 9 items\n", " | items=9 verified=9 errors=0")]
    [InlineData("Verification of 2 items...\nerror: [Prusti: verification error] the asserted expression might not "
        + "hold\n --> errors/prusti1.rs:9:5\n"
        + "Verification failed\nerror: aborting due to previous error\n", " | items=2 errors=1")]
    public void Prusti_is_read_from_standard_error(string text, string rows)
    {
        Sample.Show(new PrustiReader().Read(Sample.Output("", text))).ShouldBe(rows);
        Sample.CutAnywhere(new PrustiReader(), text, cut => Sample.Output("", cut));
        Sample.DressedUp(new PrustiReader(), text);
    }

    [Theory]
    [InlineData("Verification of 2 items...\nVerification result is inconclusive because errors were encountered "
        + "during encoding.\n", "inconclusive")]
    [InlineData("Verification of 2 items...\n", "lacks")]
    public void Prusti_without_a_result_has_no_numbers(string text, string message) =>
        Should.Throw<FormatException>(() => new PrustiReader().Read(text)).Message.ShouldContain(message);
}

using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Tests.Readers;

public sealed class MacroStatsReaderSpecs : IDisposable
{
    // The texts have the form that Verus writes at the pinned commit 097ac7ed (names of fields and their nesting), but
    // none of them is copied from there.
    private const string Times = """
          "times-ms": {
            "verus-build": { "profile": "release", "version": "0.2024.08.19.097ac7e" },
            "num-threads": 8,
            "total": 9876,
            "estimated-cpu-time": 31000,
            "rust": { "total": 2100, "init-and-types": 1000, "lifetime": 700, "compile": 400 },
            "verification": { "total": 7000, "vir": { "total": 1500, "hir": 10, "import": 200, "rust-to-vir": 700 } },
            "total-verify": 25000,
            "total-verify-module-times": [ { "module": "marshal_v", "time": 9000 }, { "module": "host_impl_v", "time": 16000 } ],
            "air": { "total": 900, "module-times": [ { "module": "marshal_v", "time": 900 } ] },
            "smt": {
              "total": 21500,
              "smt-init": 1500,
              "smt-init-module-times": [],
              "smt-run": 20000,
              "smt-run-module-times": [ { "module": "marshal_v", "time": 20000, "rlimit-count": 123456, "function-breakdown":
                [ { "function": "f::g", "time": 1, "rlimit-count": null, "success": true } ] } ]
            }
          },
        """;

    private const string Parallel = $$"""
        {
          "verification-results": {
            "encountered-vir-error": false,
            "success": true,
            "verified": 443,
            "errors": 0,
            "is-verifying-entire-crate": true
          },
        {{Times}}
          "verus": { "profile": "release", "version": "0.2024.08.19.097ac7e", "platform": { "os": "linux", "arch": "x86_64" },
            "toolchain": "1.76.0-x86_64-unknown-linux-gnu", "commit": "097ac7ed283ae60375cd9b2b6017b3c629883b2b" }
        }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("readers").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_document_of_Verus_gives_counts_and_times()
    {
        Sample.Show(new VerusJsonReader().Read(Parallel))
            .ShouldBe(" | verified=443 errors=0 entire_crate=1 total_time=9.876 estimated_cpu_time=31 rust_time=2.1 "
            + "verification_time=7 vir_time=1.5 air_time=0.9 smt_time=21.5 smt_init_time=1.5 smt_run_time=20 "
            + "threads=8");
        Sample.CutAnywhere(new VerusJsonReader(), Parallel);
        Sample.DressedUp(new VerusJsonReader(), Parallel);
        Sample.DressedUp(new VerusJsonReader(), Parallel.Replace("\n", "", StringComparison.Ordinal) + "\n");
    }

    [Fact]
    public void Without_times_the_document_of_Verus_gives_counts() =>
        Sample.Show(new VerusJsonReader().Read(Parallel.Replace(Times + "\n", "", StringComparison.Ordinal)))
            .ShouldBe(" | verified=443 errors=0 entire_crate=1");

    [Fact]
    public void Proofs_that_failed_are_counted_and_unknown_fields_passed_over() =>
        Sample.Show(new VerusJsonReader().Read("""
            {"verification-results": {"encountered-vir-error": false, "success": false, "verified": 3, "errors": 2, "is-verifying-entire-crate": true, "new": [1]},
             "func-details": {"a": {"failed_proof_notes": []}}}
            """)).ShouldBe(" | verified=3 errors=2 entire_crate=1");

    // For a part of a crate, Verus does not report whether the verification succeeded.
    [Fact]
    public void A_part_of_a_crate_is_told_from_the_whole() =>
        Sample.Show(new VerusJsonReader().Read("""
            {"verification-results": {"encountered-vir-error": false, "verified": 3, "errors": 0, "is-verifying-entire-crate": false}}
            """)).ShouldBe(" | verified=3 errors=0 entire_crate=0");

    // If a program cannot be translated, the times have no part for the solver, and no proofs are counted.
    [Fact]
    public void A_program_that_cannot_be_translated_is_refused_with_its_times() =>
        Should.Throw<FormatException>(() => new VerusJsonReader().Read("""
            {"verification-results": {"encountered-vir-error": true, "success": false},
             "times-ms": {"num-threads": 1, "total": 900, "estimated-cpu-time": 900, "rust": {"total": 800}, "verification": {"total": 100, "vir": {"total": 90}}, "air": {"total": 0}}}
            """)).Message.ShouldContain("could not translate");

    [Theory]
    [InlineData("""{"verification-results": {"encountered-vir-error": true}}""", "could not translate")]
    [InlineData("""{"verification-results": {"encountered-vir-error": false, "success": true}}""", "verified")]
    [InlineData("""{"verification-results": {"verified": "3", "errors": 0}}""",
        "'verified' in the JSON document is \"3\"")]
    [InlineData("""{"verification-results": {"verified": -3, "errors": 0}}""", "expected a number from 0")]
    [InlineData("""{"verification-results": [3, 0]}""", "lacks the object")]
    [InlineData("""{"verification-results": {"verified": 3, "errors": 0}, "times-ms": {"rust": 5}}""",
        "without 'total'")]
    [InlineData("{\"verification-results\": {\"verified\": 3, \"errors\": 0}}\n{\"verification-results\": "
        + "{\"verified\": 3, \"errors\": 0}}", "2 times")]
    [InlineData("""{"version": {"verus": "x"}}""", "neither standard output nor a collected file")]
    public void A_document_without_a_result_is_refused(string text, string message) =>
        Should.Throw<FormatException>(() => new VerusJsonReader().Read(text)).Message.ShouldContain(message);

    [Fact]
    public void The_logs_of_queries_that_were_collected_are_sized()
    {
        var logs = Directory.CreateDirectory(Path.Combine(folder, ".verus-log")).FullName;
        File.WriteAllBytes(Path.Combine(logs, "root.smt2"), new byte[1000]);
        File.WriteAllBytes(Path.Combine(logs, "root.smt2.1"), new byte[234]);
        File.WriteAllBytes(Path.Combine(logs, "root.air"), new byte[50]);
        File.WriteAllBytes(Path.Combine(folder, "stdout.txt"), new byte[7]);
        Sample.Show(new EncodingSizeReader().Read(new KeptOutput("", "", folder)))
            .ShouldBe(" | smt_size=1234 smt_files=2 air_size=50 air_files=1");
        Sample.Show(new VerusJsonReader().Read(new KeptOutput(Parallel, "", folder)))
            .ShouldEndWith("threads=8 smt_size=1234 smt_files=2 air_size=50 air_files=1");
    }

    private const string LineCount = """
        {
          "files": { "lib.rs": { "trusted": 5, "": 2 } },
          "kinds": [ [ [ "Trusted" ], "trusted" ], [ [ "Proof", "Exec" ], "proof,exec" ], [ [], "" ] ],
          "total": { "trusted": 369, "proof": 3000, "exec": 700, "spec": 2201, "proof,exec": 36, "spec,exec": 7, "comment": 99, "layout": 12, "definitions": 3,
            "directives": 8, "": 250 }
        }

        """;

    [Fact]
    public void The_line_count_is_added_up_as_in_the_paper()
    {
        Sample.Show(new LineCountReader().Read(LineCount))
            .ShouldBe($" | trusted=369 proof=3000 exec=700 spec=2201 proof_exec=36 lines_trusted=369 lines_proof=5237 "
            + $"lines_code=736 proof_to_code_ratio={5237 / 736.0}");
        Sample.CutAnywhere(new LineCountReader(), LineCount);
        Sample.DressedUp(new LineCountReader(), LineCount);
        Should.Throw<FormatException>(() => new LineCountReader().Read("{\"total\": {}}")).Message.ShouldContain(
            "no line");
        Sample.Show(new LineCountReader().Read("{\"total\": {\"spec\": 5}}")).ShouldNotContain("ratio");
    }

    [Fact]
    public void The_line_count_of_Dafny_is_read_from_a_collected_file_too()
    {
        var text = Sample.Text("macro-stats/dafny-linecount.json");
        var rows = $" | lines_trusted=1205 lines_proof=8070 lines_code=1923 proof_to_code_ratio={8070 / 1923.0}";
        Sample.Show(new DafnyLineCountReader().Read(text)).ShouldBe(rows);
        Sample.CutAnywhere(new DafnyLineCountReader(), text);
        Sample.DressedUp(new DafnyLineCountReader(), text);
        File.WriteAllText(Path.Combine(folder, "dafny-linecount.json"), text);
        Sample.Show(new DafnyLineCountReader().Read(new KeptOutput("Processing a.dfy\n", "", folder))).ShouldBe(rows);
        File.WriteAllText(Path.Combine(folder, "dafny-linecount.json"), text[..80]);
        Should.Throw<FormatException>(() =>
            new DafnyLineCountReader().Read(new KeptOutput("Processing a.dfy\n", "", folder))).Message
            .ShouldBe("dafny-linecount.json: the JSON document from line 1 on is cut");
    }
}

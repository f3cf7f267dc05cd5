using System.Globalization;
using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the paper's figure 8 from end to end, with stand-ins for Verus, its line counting tool, Dafny and the built
/// crates. Python and sloccount are the real programs.
/// </summary>
public sealed class MacroStatsSpecs : SdkProject
{
    private static string Dummy { get; } = Path.Combine(Repository, "artifacts/bin/DummyTool",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "dummy-tool");

    // The first line of a crate gives the numbers of its lines that are trusted, proof and exec, which are those of the
    // paper's table.
    private readonly Dictionary<string, string> sources = new()
    {
        ["ironsht/src/lib.rs"] = "// 1613 4509 1533\n",
        ["verified-node-replication/src/lib.rs"] = "// 369 5237 736\n",
        ["page-table/main.rs"] = "// 1117 5297 307\n",
        ["verus-mimalloc/lib.rs"] = "// 282 13703 3178\n",
        ["storage_node/src/lib.rs"] = "// 1284 2913 739\n",
        ["macro-stats/ironsht_files.txt"] = "ironfleet/Host.i.dfy\nironfleet/Protocol/../Protocol/Host.i.dfy\n",
        ["macro-stats/ironsht_files_nonlinear.txt"] = "ironfleet/mul.i.dfy\r\n",
        ["ironfleet/Host.i.dfy"] = "module Host {\n ghost var a\n ghost var b\n var c\n}\n",
        ["ironfleet/Protocol/Host.i.dfy"] = "module Protocol {\n ghost var a\n}\n",
        ["ironfleet/mul.i.dfy"] = "module Mul {\n ghost var a // proof fails\n}\n",
    };

    [Fact]
    public void The_table_results_and_claim_come_out_of_one_build()
    {
        WriteSuite();
        var build = Build("-t:Figure8", "-p:Samples=1").Succeeds();
        build.Output.ShouldNotContain("VART4006");
        Build("-t:Figure8", "-p:Samples=1").Succeeds().Output.ShouldContain("Nothing to do");

        var points = Points();
        points["IronKV/Verus/lines_proof"].ShouldBe((4509, ""));
        points["IronKV/Verus/smt_size"].ShouldBe((2, ""));
        points["Page table/Verus/lines_code"].ShouldBe((400, "93 lines entered by hand"));
        points["Page table/Verus/proof_to_code_ratio"].Value.ShouldBe(5329 / 400.0);
        points["Verus total/Verus/lines_trusted"].ShouldBe((4665, ""));
        points["Verus total/Verus/lines_proof"].ShouldBe((31691, "32 lines entered by hand"));
        points["Verus total/Verus/proof_to_code_ratio"].Value.ShouldBe(31691 / 6586.0);
        points["NR/Linear Dafny/lines_code"].ShouldBe((730, "entered by hand"));
        points["NR/Linear Dafny/proof_to_code_ratio"].ShouldBe((10.7, "entered by hand"));
        points["IronKV/Dafny/smt_size"].ShouldBe((352, "entered by hand"));
        // The stand-in for Dafny prints a file unchanged, with an additional line if it does not verify; sloccount
        // counts the lines of code in this output.
        points["IronKV/Dafny/lines_trusted"].ShouldBe((4, ""));
        points["IronKV/Dafny/lines_proof"].ShouldBe((3, ""));
        points["IronKV/Dafny/lines_code"].ShouldBe((7, ""));
        points["IronKV/Dafny/time_8_cores"].Note.ShouldBe("1 of 1 proofs failed: 1 time out");

        var table = File.ReadAllText(Path.Combine(Folder, "evaluation/figures/Figure8.txt"));
        table.ShouldContain("entered by hand");
        table.ShouldContain("In parentheses: recorded by the authors");
        table.ShouldNotContain("RECORDED BY THE AUTHORS", Case.Sensitive);
        File.Exists(Path.Combine(Folder, "evaluation/figures/Figure8.pdf")).ShouldBeTrue();
        File.Exists(Path.Combine(Folder, "evaluation/figures/Figure8.tex")).ShouldBeTrue();

        using var results = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Folder, "evaluation/data/formats/results.json")));
        results.RootElement.EnumerateArray().Select(project => project.GetProperty("project-id").GetString())
            .ShouldBe(["ironsht", "nr", "page-table", "mimalloc", "verified-storage"]);
        results.RootElement.EnumerateArray().AtLeastOne()
            .ShouldAllBe(project => project.GetProperty("verus").GetProperty("success").GetBoolean());
        var nr = results.RootElement[1];
        nr.GetProperty("verus").GetProperty("parallel").GetProperty("wall-time-verus-s").GetDouble().ShouldBe(0.5);
        nr.GetProperty("dafny-baseline").GetProperty("encoding-size-mb").GetInt64().ShouldBe(2063);
        results.RootElement[2].GetProperty("verus").GetProperty("linecount").GetProperty("exec").GetInt64()
            .ShouldBe(400);

        // Claims that do not depend on times have a known verdict; Linear Dafny, which runs in a container, is left out
        // of this test.
        var verdicts = Verdicts();
        verdicts["B3-NR"].ShouldBe("Supported");
        verdicts["B4-IronKV"].ShouldBe("Supported");
        verdicts["B4-NR"].ShouldBe("Supported");
        verdicts["B7"].ShouldBe("Supported");
        verdicts["B8"].ShouldBe("Supported");
        verdicts["B1-NR"].ShouldBe("NotMeasured");
        verdicts["B3-IronKV"].ShouldBe("NotSupported");
    }

    [Fact]
    public void A_failed_proof_and_a_cut_output_leave_holes_that_say_why()
    {
        sources["verus-mimalloc/lib.rs"] += "// proof fails\n";
        sources["storage_node/src/lib.rs"] += "// output is cut\n";
        sources["ironfleet/mul.i.dfy"] = "module Mul {\n}\n";
        WriteSuite();
        Build("-t:RunMacroStats", "-p:Samples=1").Fails("VART4046").Output.ShouldContain("VART4006");

        var points = Points();
        points["Mimalloc/Verus/time_1_core"].ShouldBe((null, "exit code 1, expected 0"));
        points["P. log/Verus/time_8_cores"].Value.ShouldBeNull();
        points["P. log/Verus/time_8_cores"].Note.ShouldContain("the JSON document from line 1 on is cut");
        points["IronKV/Verus/time_8_cores"].Value.ShouldNotBeNull();
        points["IronKV/Dafny/time_1_core"].Note.ShouldBe("");
        // Lines are counted whether proofs hold or not.
        points["Verus total/Verus/lines_code"].Value.ShouldBe(6586);
        using var results = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Folder, "evaluation/data/formats/results.json")));
        results.RootElement[3].GetProperty("verus").GetProperty("success").GetBoolean().ShouldBeFalse();
        results.RootElement[3].GetProperty("verus").GetProperty("singlethread")
            .GetProperty("wall-time-s").ValueKind.ShouldBe(JsonValueKind.Null);
        Verdicts()["B5"].ShouldBe("Inconclusive");
    }

    [Fact]
    public void The_final_guide_changes_the_pins_and_commands_that_the_documents_name()
    {
        string Commit(string name, params (string, string)[] properties) =>
            InProcess.Evaluate(Path.Combine(Repository, "build.proj"), properties).GetItems("ExternalRepo")
                .Single(item => item.EvaluatedInclude == name).GetMetadataValue("Commit")[..8];
        (string, string) final = ("Guide", "Final");
        var page = File.ReadAllText(Path.Combine(Repository, "docs/paper.md"));
        foreach (var (name, before, after) in new[]
        {
            ("verified-node-replication", "341be41a", "0391d6c3"), ("verified-nrkernel", "f361c7a6", "2129d95f"),
            ("verified-ironkv-set2", "a593cce3", "a593cce3"),
        })
        {
            Commit(name).ShouldBe(before);
            Commit(name, final).ShouldBe(after);
            page.ShouldContain($"`{before}`");
            page.ShouldContain($"`{after}`");
        }
        var evaluated = InProcess.Evaluate(Path.Combine(Repository, "build.proj"), final);
        string Of(string experiment, string metadata) => evaluated.GetItems("Experiment")
            .Single(item => item.EvaluatedInclude == experiment).GetMetadataValue(metadata);
        Of("MacroStats.PageTable.OneCore", "Command").ShouldEndWith(
            "--crate-type=lib {source:verified-nrkernel}/page-table/lib.rs");
        Of("MacroStats.PageTable.Lines", "Command").ShouldEndWith("{work}/lib.d");
        Of("PageTable", "Command").ShouldBe("{tool:page-table-Later}");
        Of("PageTable", "Deviations").ShouldBeEmpty();
        Of("IronKv.Verus", "SampleSizes").ShouldBe("Guide=10");
        Of("IronKv.Verus", "Deviations").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Guide", "final-guide", "August or Final")]
    [InlineData("Place", "Hosst", "Guide or Host")]
    [InlineData("PageTableVariant", "later-one", "Guide or Later")]
    public void A_choice_that_does_not_exist_is_an_error_before_anything_else(string name, string value,
        string expected)
    {
        WritePaper("");
        var build = InProcess.Build(Project, "Plan", (name, value));
        build.Errors.ShouldHaveSingleItem().Code.ShouldBe("VART0006");
        build.Errors[0].Message!.ShouldContain(expected);
    }

    [Fact]
    public void A_system_is_a_row_that_has_four_experiments_and_a_share_in_the_total()
    {
        var paper = InProcess.Evaluate(Path.Combine(Repository, "build.proj"));
        var rows = paper.GetItems("_MacroSystem").ToList();
        rows.Select(row => row.EvaluatedInclude).ShouldBe(["IronKV", "NR", "PageTable", "Mimalloc", "PLog"]);
        var verus = paper.GetItems("Experiment")
            .Where(item => item.GetMetadataValue("Suite") == "MacroStats"
                && item.GetMetadataValue("ConstantColumns").Contains(";verifier=Verus", StringComparison.Ordinal))
            .ToDictionary(item => item.EvaluatedInclude);
        verus.Keys.ShouldBe(rows.SelectMany(row =>
            new[] { "OneCore", "EightCores", "Queries",
                "Lines" }.Select(kind => $"MacroStats.{row.EvaluatedInclude}.{kind}")), ignoreOrder: true);
        verus["MacroStats.PageTable.Lines"].GetMetadataValue("Command")
            .ShouldBe("{tool:verus-line-count} --json {work}/main.d");
        verus["MacroStats.Mimalloc.EightCores"].GetMetadataValue("EstimatedSeconds").ShouldBe("55");
        var total = paper.GetItems("Dataset").Single(item => item.EvaluatedInclude == "MacroStats")
            .GetMetadataValue("Derived");
        rows.AtLeastOne().ShouldAllBe(row =>
            total.Contains($"[system={row.GetMetadataValue("_Title")}; verifier=Verus;", StringComparison.Ordinal));
    }

    // Every repository of the paper is replaced by a local one that contains all files, and every program by a script
    // that starts the stand-in.
    private void WriteSuite()
    {
        if (!File.Exists("/usr/bin/sloccount") || !File.Exists("/usr/bin/python3"))
            Assert.Skip("sloccount or python3 is not installed; eng/test.sh installs them.");
        var repository = Path.Combine(Folder, "repository");
        foreach (var (path, text) in sources)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(repository, path))!);
            File.WriteAllText(Path.Combine(repository, path), text);
        }
        var commit = GitCommand.CommitAll(repository);
        Script("verus", $"exec {Dummy} macro-verus \"$@\"");
        Script("line-count", $"exec {Dummy} macro-line-count \"$@\"");
        Script("dafny", $"exec {Dummy} macro-dafny \"$@\"");
        Script("other", "echo 'Z3 version 1.0'");
        var parallel = string.Join(';',
            new[] { "IronKV", "IronKV.Dafny", "NR", "PageTable", "Mimalloc",
                "PLog" }.Select(system => $"MacroStats.{system}.EightCores"));
        WritePaper($"""
            <VerusPath>{Folder}/verus</VerusPath>
            <DafnyIronKvPath>{Folder}/dafny</DafnyIronKvPath>
            <Z3Path>{Folder}/other</Z3Path>
            <RustupPath>{Folder}/other</RustupPath>
            """, $"""
            <ExternalRepo Update="@(ExternalRepo)" Url="file://{repository}" Commit="{commit}" Fallback="" />
            <Tool Update="verus-line-count" Path="{Folder}/line-count" />
            <Tool Update="deps-hack;mimalloc-libc;singular" Path="{Folder}/other" />
            <Tool Update="rustup" VersionPattern="version (\S+)" />
            <Experiment Update="{parallel}" Requires="" />
            <Experiment Remove="MacroStats.NR.LinearDafny.OneCore;MacroStats.NR.LinearDafny.EightCores" />
            """);
    }

    private void Script(string name, string body)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // The number and the note of each point, by system, verifier and metric; no field before the note has a comma in
    // quotes.
    private Dictionary<string, (double? Value, string Note)> Points() =>
        File.ReadLines(Path.Combine(Folder, "evaluation/data/MacroStats.csv")).Skip(1)
        .Select(line => string.Join(',', line.Split(',')[..^5]).Split(',', 11))
        .ToDictionary(row => $"{row[0]}/{row[1]}/{row[2]}",
            row => (row[3].Length == 0 ? (double?)null : double.Parse(row[3], CultureInfo.InvariantCulture),
                row[10].Trim('"')));

    private Dictionary<string, string> Verdicts()
    {
        using var claims = JsonDocument.Parse(
            File.ReadAllBytes(Directory.EnumerateFiles(Path.Combine(Folder, "evaluation/claims"), "*.json").Single()));
        return claims.RootElement[0].GetProperty("predicates").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("outcome").GetString()!);
    }
}

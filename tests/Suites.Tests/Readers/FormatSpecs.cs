using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Readers;

public sealed class UpstreamFormatSpecs
{
    private int sample;

    [Fact]
    public void Times_of_the_lists_are_medians_in_upstreams_order_and_names()
    {
        List<Observation> all =
        [
            Wall("Verus", 0.66, ("benchmark", "singly linked list")),
            Wall("Verus", 0.70, ("benchmark", "singly linked list")),
            Wall("Low*", 7.155, ("benchmark", "singly linked list")),
            Wall("Dafny", 3.83, ("benchmark", "singly linked list")),
            TimedOut("Creusot", ("benchmark", "singly linked list")),
            NotRun("Prusti", ("benchmark", "singly linked list")),
            Wall("Verus", 1.15, ("benchmark", "doubly linked list")),
        ];
        Write("linked-list-oneshot",
            all).ShouldBe(("linked-list-oneshot.txt",
                "Dafny: 3.83 sec\nVerus: 0.68 sec\nFstarlowstar: 7.16 sec\nCreusot: inf sec\n"));
        Write("doubly-linked-list-oneshot", all).ShouldBe(("doubly-linked-list-oneshot.txt", "Verus: 1.15 sec\n"));
    }

    [Fact]
    public void A_tool_ends_with_its_first_time_out()
    {
        List<Observation> all =
        [
            Wall("Verus", 0.5, ("pushes", "10")), Wall("Verus", 2, ("pushes", "9")),
            Wall("Dafny", 93.5, ("pushes", "1")), TimedOut("Dafny", ("pushes", "2")),
            NotRun("Dafny", ("pushes", "3")), Wall("Dafny", 1, ("pushes", "4")),
            Wall("Verus", 1.25, ("pushes", "1"), ("benchmark", "doubly linked list")),
        ];
        Write("linked-list-repeat",
            all).ShouldBe(("linked-list-repeat.csv", "1,Dafny,93.5\n2,Dafny,inf\n9,Verus,2.0\n10,Verus,0.5\n"));
        Write("doubly-linked-list-repeat", all).ShouldBe(("doubly-linked-list-repeat.csv", "1,Verus,1.25\n"));
    }

    [Fact]
    public void A_sample_that_timed_out_counts_as_infinitely_long_and_a_failed_one_not_at_all()
    {
        var failed = Wall("Dafny", 5, ("pushes", "1")) with { Failure = "exit code: 4" };
        Write("linked-list-repeat", [Wall("Dafny", 1, ("pushes", "1")), failed, Wall("Dafny", 3, ("pushes", "1"))])
            .ShouldBe(("linked-list-repeat.csv", "1,Dafny,2.0\n"));
        Write("linked-list-repeat", [Wall("Dafny", 1, ("pushes", "1")), TimedOut("Dafny", ("pushes", "1"))])
            .ShouldBe(("linked-list-repeat.csv", "1,Dafny,inf\n"));
        Suites.All.Formats.Find("linked-list-repeat")!.Write([failed]).ShouldBeEmpty();
    }

    [Fact]
    public void Errors_have_upstreams_words_for_modes_and_functions()
    {
        List<Observation> all =
        [
            Wall("Verus", 0.571, ("function", "pop"), ("mode", "error")),
            Wall("Verus", 0.6517, ("function", "index"), ("mode", "success")),
            Wall("Creusot", 25.18, ("function", "index"), ("mode", "error")),
            TimedOut("Dafny", ("function", "pop"), ("mode", "error")),
        ];
        Write("linked-list-errors",
            all).ShouldBe(("linked-list-errors.csv",
                "base,2,Verus,0.6517\nerror,1,Verus,0.571\nerror,2,Creusot,25.18\n"));
    }

    [Fact]
    public void The_results_of_the_macro_statistics_have_upstreams_shape()
    {
        List<Observation> all =
        [
            Run("IronKV", "Verus", "time_1_core", "v1", ("wall", 41.5), ("total_time", 40.25),
                ("estimated_cpu_time", 40.25), ("errors", 0), ("smt_size", 16_600_000)),
            Run("IronKV", "Verus", "time_8_cores", "v8", ("wall", 18), ("total_time", 17), ("estimated_cpu_time", 44),
                ("errors", 0)),
            Run("IronKV", "Verus", "", "lines", ("lines_trusted", 1613), ("lines_proof", 4509), ("lines_code", 1533),
                ("proof_exec", 36)),
            Run("IronKV", "Dafny", "time_1_core", "linear", ("wall", 400)),
            Run("IronKV", "Dafny", "time_1_core", "nonlinear", ("wall", 45)),
            Run("IronKV", "Dafny", "time_1_core", "linear", ("wall", 402)),
            Run("IronKV", "Dafny", "time_8_cores", "linear8", ("wall", 200)),
            Run("IronKV", "Dafny", "time_8_cores", "nonlinear8") with { Failure = "timed out", TimedOut = true },
            Run("IronKV", "Dafny", "", "lines", ("lines_trusted", 1205), ("lines_proof", 8070), ("lines_code", 1923)),
            Run("IronKV", "Dafny", "smt_size", "hand", ("value", 352)),
            Run("Page table", "Verus", "", "lines", ("lines_trusted", 1117), ("lines_proof", 5297),
                ("lines_code", 307)),
            Run("Page table", "Verus", "lines_proof", "hand", ("addition", 32)),
            Run("Page table", "Verus", "lines_code", "hand", ("addition", 93)),
            Run("Mimalloc", "Verus", "time_1_core", "m1", ("wall", 100), ("errors", 2)),
        ];
        var files = Suites.All.Formats.Find("macro-stats")!.Write(all);
        files.Select(file => file.FileName).ShouldBe(["results-latex-commands.tex", "results.json"]);
        var (commands, content) = (files[0].Content, files[1].Content);
        foreach (var command in new[] { "evalParallelNumThreads}{8}", "evalVerusIronshtSinglethreadWallTime}{42}",
            "evalVerusIronshtLineCountProofCodeRatio}{2.9}", "evalDafnyIronshtParallelWallTime}{--}",
            "evalDafnyIronshtEncodingSizeMB}{352}", "evalVerusPageTableLineCountProof}{5329}",
            "evalVerusMimallocSuccess}{false}", "evalLinearDafnyNrLineCountTrusted}{--}",
            "evalVerusVerifiedStorageParallelWallTime}{--}", "evalVerusTotalLinesExec}{--}" }.AtLeastOne())
            commands.ShouldContain($"\\newcommand{{\\{command}\n", Case.Sensitive);
        foreach (var file in files)
            UpstreamForms.Read(file.FileName, file.Content).ShouldBeGreaterThan(0, file.FileName);
        using var document = JsonDocument.Parse(content);
        document.RootElement.GetArrayLength().ShouldBe(3);
        var ironsht = document.RootElement[0];
        Json(ironsht.GetProperty("verus"), $$"""
            { "project-id": "ironsht", "success": true,
              "singlethread": { "wall-time-verus-s": 40.25, "wall-time-s": 41.5, "estimated-cpu-time-verus-s": 40.25 },
              "parallel": { "wall-time-verus-s": 17, "wall-time-s": 18, "estimated-cpu-time-verus-s": 44 },
              "linecount": { "trusted": 1613, "proof": 4509, "exec": 1533, "both-proof-exec": 36, "proof-exec-ratio": {{(4509 / 1533.0).ToString(CultureInfo.InvariantCulture)}} },
              "encoding-size-mb": 17 }
            """);
        // The parallel time lacks one of its two cells, so the table has no parallel time.
        Json(ironsht.GetProperty("dafny-baseline"), $$"""
            { "project-id": "ironsht", "dafny-name": "dafny", "singlethread": { "wall-time-s": 446 }, "parallel": { "wall-time-s": null },
              "linecount": { "trusted": 1205, "proof": 8070, "exec": 1923, "proof-exec-ratio": {{(8070 / 1923.0).ToString(CultureInfo.InvariantCulture)}} },
              "encoding-size-mb": 352 }
            """);
        Json(document.RootElement[1].GetProperty("verus").GetProperty("linecount"),
            $$"""{ "trusted": 1117, "proof": 5329, "exec": 400, "both-proof-exec": null, "proof-exec-ratio": {{(5329 / 400.0).ToString(CultureInfo.InvariantCulture)}} }""");
        document.RootElement[2].GetProperty("verus").GetProperty("success").GetBoolean().ShouldBeFalse();
        document.RootElement[2].GetProperty("dafny-baseline").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void The_table_of_the_macro_statistics_finds_every_command_that_it_names()
    {
        var commands = Suites.All.Formats.Find("macro-stats")!
            .Write([Run("NR", "Verus", "time_8_cores", "v8", ("wall", 18.5), ("errors", 0))])[0].Content;
        string[] systems = ["VerusIronsht", "DafnyIronsht", "VerusNr", "LinearDafnyNr", "VerusPageTable",
            "VerusMimalloc", "VerusVerifiedStorage"];
        string[] numbers = ["LineCountTrusted", "LineCountProof", "LineCountExec", "LineCountProofCodeRatio",
            "SinglethreadWallTime", "ParallelWallTime", "EncodingSizeMB"];
        string[] totals = ["Trusted", "Proof", "Exec", "ProofCodeRatio"];
        foreach (var name in systems.SelectMany(system => numbers.Select(number => system + number))
            .Concat(totals.Select(total => "VerusTotalLines" + total)).Append("ParallelNumThreads").AtLeastOne())
            Regex.Count(commands, $@"\\newcommand\{{\\eval{name}\}}\{{[-0-9.K]+\}}\n").ShouldBe(1, name);
        commands.ShouldContain("\\newcommand{\\evalVerusNrParallelWallTime}{18}\n");
    }

    [Fact]
    public void The_table_of_mimalloc_is_the_one_that_upstreams_script_makes()
    {
        var rows = new[] { "mi",
            "vmi" }.SelectMany(allocator =>
                new MimallocBenchReader().Read(Sample.Text($"mimalloc/benchres-{allocator}.csv")));
        var all = rows.Select(row => new Observation
        {
            Experiment = "Mimalloc",
            Cell = "c",
            Sample = "s",
            Metrics = row.Metrics,
            Columns = row.Columns.Append(new("procs", "2")).ToDictionary(),
        }).ToList();
        var (name, content) = Write("mimalloc-table", all);
        name.ShouldBe("process-benchmarks-output.txt");
        var upstream = Sample.Text("mimalloc/process-benchmarks-output.txt");
        Tail(content).ShouldBe(Tail(upstream));
        content.Split('\n')[..4].ShouldBe(upstream.Split('\n')[..4]);
        // Times in the expected file are as the suite wrote them, with zeros at both ends, but have the same values.
        Sample.Show(new MimallocTableReader().Read(content))
            .ShouldBe(Sample.Show(new MimallocTableReader().Read(upstream)));
    }

    [Fact]
    public void A_benchmark_that_never_ran_is_not_in_the_table_and_one_failure_is_a_failure()
    {
        List<Observation> all =
        [
            Time("mimalloc", "cfrac", 63.5),
            Time("Verus-mimalloc", "cfrac", 3) with { Failure = "signal: ended by signal 6" },
            Time("Verus-mimalloc", "cfrac", 4),
            NotRun("mimalloc", ("benchmark", "sh6benchN")), NotRun("Verus-mimalloc", ("benchmark", "sh6benchN")),
        ];
        Write("mimalloc-table", all).Content.ShouldStartWith(
            "bench           mi      vmi\ncfrac           63.50   fail\n\n\\begin{tabular}");
    }

    [Fact]
    public void The_raw_data_of_IronKV_are_rows_in_the_order_of_the_runs()
    {
        var late = IronKv("IronFleet", "Set", 512, 501802) with { StartedUtc = "2026-01-01T00:00:02Z" };
        var early = IronKv("Verus", "Get", 128, 529823) with { StartedUtc = "2026-01-01T00:00:01Z" };
        Write("ironkv-raw-data", [late, early, early with { Failure = "timed out" }]).ShouldBe(("raw-data.txt",
            "Language\tThreads\tSeconds\tWorkload\tNumber of keys\tValue size\tRequests completed\n"
            + "verus\t10\t30\tg\t1000\t128\t529823\ndafny\t10\t30\ts\t1000\t512\t501802\n"));
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("threads")]
    [InlineData("seconds")]
    public void A_column_that_raw_data_need_is_asked_for(string column)
    {
        var run = IronKv("Verus", "Get", 128, 529823);
        run = run with { Columns = run.Columns.Where(one => one.Key != column).ToDictionary() };
        Should.Throw<FormatException>(() => Suites.All.Formats.Find("ironkv-raw-data")!.Write([run])).Message
            .ShouldContain($"'{column}'");
    }

    [Fact]
    public void The_plot_of_IronKV_has_means_and_t_intervals()
    {
        // For 1, 2 and 3 kop/s, Student's t with two degrees of freedom is 4.3026527, and the standard error is
        // 0.5773503.
        var content = Write("ironkv-plot",
            [IronKv("Verus", "Get", 128, 30_000), IronKv("Verus", "Get", 128, 60_000),
                IronKv("Verus", "Get", 128, 90_000),
            IronKv("IronFleet", "Set", 128, 45_000)]).Content;
        content.ShouldContain("symbolic x coords={Get 128,Set 128}");
        content.ShouldContain("coordinates {(Set 128,1.5)};");
        content.ShouldContain("\\legend{IronFleet,Verus}");
        var interval = content.Split("(Get 128,2) += (0,")[1].Split(')')[0];
        double.Parse(interval, CultureInfo.InvariantCulture).ShouldBe(4.3026527 * 0.5773503, 1e-6);
        content.Count(c => c == '{').ShouldBe(content.Count(c => c == '}'));
    }

    [Fact]
    public void The_rows_of_the_persistent_log_are_those_that_its_program_printed()
    {
        var lines = Sample.Text("pm-log/tmpfs-results/results_128.csv").Split('\n',
            StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(5);
        List<Observation> runs = [.. lines.SelectMany(line => Suites.All.Readers.Find("pm-log-one")!
            .Read(new SampleOutput(line + "\n")))
            .Select(row => FromRow(row, ("append_size_kib", "0.125")))];
        var larger = runs[0] with
        {
            Columns = new Dictionary<string, string>(runs[0].Columns) { ["append_size_kib"] = "64" }
        };
        var files = Suites.All.Formats.Find("pm-log")!.Write([larger, .. runs, runs[1] with { Failure = "timed out" }]);
        files.Select(file => file.FileName).ShouldBe(["results_128.csv", "results_65536.csv"]);
        files[0].Content.ShouldBe(string.Concat(lines.Select(line => line.TrimEnd() + "\n")));
        files[1].Content.ShouldBe(lines[0].TrimEnd() + "\n");
        Should.Throw<FormatException>(() => Suites.All.Formats.Find("pm-log")!.Write([larger with
        {
            Columns = new Dictionary<string, string>(larger.Columns) { ["append_size_kib"] = "0.0001" }
        }])).Message.ShouldContain("0.0001");
    }

    [Fact]
    public void The_documents_of_node_replication_have_what_upstreams_plot_reads()
    {
        var documents = JsonSerializer.Deserialize<List<JsonElement>>(Sample.Text("nr/data.json"))!;
        var runs = Suites.All.Readers.Find("node-replication")!
            .Read(new SampleOutput(Sample.Text("nr/data.json"))).Select(row => FromRow(row)).ToList();
        var other = runs[0] with
        {
            Columns = new Dictionary<string, string>(runs[0].Columns) { ["series"] = "IronSync-NR" }
        };
        var files = Suites.All.Formats.Find("node-replication")!.Write([other, .. runs]);
        files.Select(file => file.FileName).ShouldBe(["data-verified.json", "data-ironsync.json"]);
        var verified = JsonSerializer.Deserialize<List<JsonElement>>(files[0].Content)!;
        // A run that got fewer threads than requested is not a measurement of the requested point.
        var measured = documents.Where(document =>
            document.GetProperty("bench_name").GetString()!.Split('-')[1]
                == document.GetProperty("n_threads").ToString())
            .ToList();
        measured.Count.ShouldBeGreaterThan(1);
        foreach (var name in new[] { "n_threads", "reads_pct", "n_replicas", "run_seconds", "numa_policy", "ops_per_s",
            "stdev" }.AtLeastOne())
            verified.Select(document => document.GetProperty(name).ToString())
                .ShouldBe(measured.Select(document => document.GetProperty(name).ToString()), name);
        verified[0].GetProperty("total_ops").GetDouble().ShouldBe(
            verified[0].GetProperty("ops_per_s").GetDouble() * verified[0].GetProperty("run_seconds").GetDouble(), 1);
        foreach (var file in files)
            UpstreamForms.Read(file.FileName, file.Content).ShouldBeGreaterThan(0, file.FileName);
        var ironsync = JsonSerializer.Deserialize<List<JsonElement>>(files[1].Content)!.ShouldHaveSingleItem();
        ironsync.GetProperty("bench_name").GetString().ShouldBe("dafny_nr");
        ironsync.GetProperty("numa_policy").GetInt32().ShouldBe(0);
    }

    private static Observation FromRow(Reading row, params (string Name, string Value)[] columns) => new()
    {
        Experiment = "E",
        Cell = "E",
        Sample = "s",
        Columns = row.Columns.Concat(columns.Select(column => KeyValuePair.Create(column.Name, column.Value)))
            .ToDictionary(),
        Metrics = row.Metrics,
    };

    [Fact]
    public void Without_observations_no_format_writes_a_file()
    {
        Suites.All.Formats.Names.Count.ShouldBe(11);
        foreach (var name in Suites.All.Formats.Names.AtLeastOne())
            Suites.All.Formats.Find(name)!.Write([]).ShouldBeEmpty(name);
    }

    [Theory]
    [InlineData("linked-list-repeat.csv", "1,Verus,0.5\n", "n,Tool,seconds\n1,Verus,0.5\n")]
    [InlineData("linked-list-errors.csv", "base,1,Dafny,1.0\n", "base,pop,Dafny,1.0\n")]
    [InlineData("linked-list-oneshot.txt", "Verus: 0.66 sec\n", "Verus: 0,66 sec\n")]
    [InlineData("results_128.csv", "pmdk,868731,\n", "pmdk,868731.5,\n")]
    [InlineData("results.json", "[]", "[{\"project-id\": \"nr\", \"verus\": null, \"dafny-baseline\": null}]")]
    [InlineData("data-ironsync.json", "[]", "[{\"bench_name\": \"dafny_nr\", \"n_threads\": 4}]")]
    [InlineData("results_x.csv", null, "pmdk,868731,\n")]
    public void The_reader_of_upstreams_form_tells_a_wrong_file(string file, string? right, string wrong)
    {
        if (right is not null)
            Should.NotThrow(() => UpstreamForms.Read(file, right));
        Should.Throw<FormatException>(() => UpstreamForms.Read(file, wrong));
    }

    private static void Json(JsonElement element, string expected) =>
        JsonSerializer.Serialize(element).ShouldBe(JsonSerializer.Serialize(JsonDocument.Parse(expected).RootElement));

    private static string Tail(string table) => table[table.IndexOf("\n\n", StringComparison.Ordinal)..];

    private static (string FileName, string Content) Write(string format, IReadOnlyList<Observation> observations)
    {
        var file = Suites.All.Formats.Find(format)!.Write(observations).ShouldHaveSingleItem();
        file.Content.ShouldNotContain("\r");
        if (!file.FileName.EndsWith(".tex", StringComparison.Ordinal))
            UpstreamForms.Read(file.FileName, file.Content).ShouldBeGreaterThan(0, file.FileName);
        return (file.FileName, file.Content);
    }

    private Observation Wall(string series, double seconds, params (string, string)[] columns) =>
        Make(series, columns) with
        {
            Sample = $"s{sample++}",
            Metrics = new Dictionary<string, double> { ["wall"] = seconds },
        };

    private Observation TimedOut(string series, params (string, string)[] columns) =>
        Make(series, columns) with
        {
            Sample = $"s{sample++}",
            Failure = "timed out: killed at the time limit",
            TimedOut = true
        };

    private static Observation NotRun(string series, params (string, string)[] columns) =>
        Make(series, columns) with { Failure = "not run" };

    private Observation Time(string series, string benchmark, double seconds) =>
        Wall(series, seconds, ("benchmark", benchmark));

    private static Observation Make(string series, (string, string)[] columns) => new()
    {
        Experiment = "E",
        Cell = "c",
        Columns = columns.Append(("series", series)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
    };

    private Observation Run(string system, string verifier, string metric, string cell,
        params (string Name, double Value)[] metrics) => new()
        {
            Experiment = "MacroStats",
            Cell = cell,
            Sample = $"s{sample++}",
            Columns = new Dictionary<string, string>
            {
                ["system"] = system,
                ["verifier"] = verifier,
                ["metric"] = metric,
            },
            Metrics = metrics.ToDictionary(one => one.Name, one => one.Value),
        };

    private static Observation IronKv(string series, string workload, int payload, double requests) => new()
    {
        Experiment = "IronKv",
        Cell = "c",
        Sample = "s",
        Metrics = new Dictionary<string, double> { ["requests"] = requests },
        Columns = new Dictionary<string, string>
        {
            ["series"] = series,
            ["workload"] = workload,
            ["payload_bytes"] = payload.ToString(CultureInfo.InvariantCulture),
            ["threads"] = "10",
            ["seconds"] = "30",
            ["keys"] = "1000",
        },
    };
}

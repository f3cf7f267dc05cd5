using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Tests.Readers;

public sealed class SystemReaderSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("readers").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("page-table.txt", 104.3198512, 37.66155735, 9.79587843, 984.81413075, 6.50561614)]
    [InlineData("page-table-manual-erasure.txt", 46.21994096, 56.84488449, 4.99781858, 510.12379142, 11.86409777)]
    public void Both_versions_of_the_page_table_give_the_rows_of_the_paper(string sample, params double[] latencies)
    {
        var text = Sample.Text(sample);
        var rows = new PageTableReader().Read(text);
        rows.Select(row => row.Metrics["latency"]).ShouldBe(latencies);
        rows.Select(row => row.Columns["series"])
            .ShouldBe(["Map Base.", "Map Verif.", "Unmap Base.", "Unmap Verif.", "Unmap Verif.*"]);
        rows[4].Columns["variant"].ShouldBe("verified code, reclamation disabled (unverified modification)");
        Sample.CutAnywhere(new PageTableReader(), text);
        Sample.DressedUp(new PageTableReader(), text);
        Should.Throw<FormatException>(() => new PageTableReader().Read(text.Replace('.', ','))).Message.ShouldContain(
            "LC_ALL=C");
        Should.Throw<FormatException>(() => new PageTableReader().Read(text + text)).Message.ShouldContain("twice");
    }

    [Fact]
    public void A_report_of_GNU_time_is_read()
    {
        var text = Sample.Text("page-table.time-v.txt");
        Sample.Show(new GnuTimeReader().Read(Sample.Output("", text)))
            .ShouldBe(" | user_time=65.85 system_time=14.08 elapsed=127.57 max_rss=4862529536 exit_code=0");
        Sample.CutAnywhere(new GnuTimeReader(), text);
        Sample.DressedUp(new GnuTimeReader(), text);
        new GnuTimeReader().Read("Command terminated by signal 9\n" + text)[0].Metrics["signal"].ShouldBe(9);
        new GnuTimeReader().Read(text.Replace("2:07.57", "1:02:07", StringComparison.Ordinal))[0].Metrics["elapsed"]
            .ShouldBe(3727);
    }

    [Theory]
    [InlineData("ironkv/client1.log", 41, 1)]
    [InlineData("ironkv/ironsht-client-g128.stdout.txt", 39, 5)]
    public void Requests_of_IronKV_are_counted_in_the_measured_period(string sample, int requests, int threads)
    {
        var text = Sample.Text(sample);
        var before = text[text.IndexOf("[[SETUP COMPLETE]]", StringComparison.Ordinal)..text.IndexOf("[[DONE]]",
            StringComparison.Ordinal)];
        before.Split('\n').Count(line => line.StartsWith("#req", StringComparison.Ordinal)).ShouldBe(requests);
        var metrics = new IronKvClientReader().Read(text)[0].Metrics;
        metrics["requests"].ShouldBe(requests);
        metrics["threads_used"].ShouldBe(threads);
        metrics["timeouts"].ShouldBe(0);
        Sample.CutAnywhere(new IronKvClientReader(), text);
        Sample.DressedUp(new IronKvClientReader(), text);
    }

    [Theory]
    [InlineData("ironkv/client.log", "lacks '[[SETUP COMPLETE]]'")]
    [InlineData("ironkv/ironsht-client-s128.stdout.txt", "ends before '[[DONE]]'")]
    public void A_client_that_did_not_come_to_its_end_has_no_numbers(string sample, string message)
    {
        var text = Sample.Text(sample).Replace("[[DONE]]", "", StringComparison.Ordinal);
        Should.Throw<FormatException>(() => new IronKvClientReader().Read(text)).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("#req 1 2 3,5\n", "LC_ALL=C")]
    [InlineData("#req 1 2\n", "no request of the form")]
    [InlineData("#req 1 2 3#req 4 5 6\n", "no request of the form")]
    [InlineData("[[SETUP COMPLETE]]\n", "second set-up")]
    [InlineData("", "no request in the measured period")]
    public void A_line_that_is_no_request_is_not_counted_as_one(string lines, string message) =>
        Should.Throw<FormatException>(() =>
            new IronKvClientReader().Read($"[[READY]]\n[[SETUP COMPLETE]]\n{lines}[[DONE]]\n")).Message.ShouldContain(
                message);

    [Theory]
    [InlineData("ironkv/server1.log")]
    [InlineData("ironkv/ironsht-server1.stdout.txt")]
    public void A_server_is_ready(string sample)
    {
        Sample.Show(new IronKvServerReader().Read(Sample.Text(sample))).ShouldBe(" | ready=1");
        Sample.CutAnywhere(new IronKvServerReader(), Sample.Text(sample));
        Sample.DressedUp(new IronKvServerReader(), Sample.Text(sample));
    }

    [Fact]
    public void A_run_of_the_persistent_log_has_its_three_rows()
    {
        var text = string.Join('\n', Sample.Text("pm-log/tmpfs-results/results_1024.csv").Split('\n').Take(3)) + "\n";
        var rows = new PmLogReader().Read(text);
        rows.Select(row => row.Columns["series"]).ShouldBe(["PMDK", "latest", "initial"]);
        rows[0].Metrics["seconds"].ShouldBe(3.630684);
        rows[0].Metrics["throughput"].ShouldBe(8192 / 3.630684, 1e-9);
        Sample.CutAnywhere(new PmLogReader(), text);
        Sample.DressedUp(new PmLogReader(), text);
    }

    [Fact]
    public void A_run_in_a_virtual_machine_is_read_from_its_console()
    {
        var text = Sample.Text("pm-log/vm-tcg-dev-pmem0-ext4dax-262144.log");
        new PmLogReader().Read(text).Select(row => row.Metrics["seconds"]).ShouldBe([23.957197, 11.026843, 57.305218]);
        Sample.CutAnywhere(new PmLogReader(), text);
        Should.Throw<FormatException>(() => new PmLogReader().Read(Sample.Text("pm-log/vm-tcg-boot-memmap-1G.log")));
    }

    [Theory]
    [InlineData("128")]
    [InlineData("262144")]
    public void Runs_that_were_appended_to_one_file_never_mix(string size)
    {
        var text = Sample.Text($"pm-log/tmpfs-results/results_{size}.csv");
        Should.Throw<FormatException>(() => new PmLogReader().Read(text)).Message.ShouldBe(
            "line 4: PMDK stands twice: two runs are mixed");
        Should.Throw<FormatException>(() => new PmLogOneReader().Read(text)).Message.ShouldContain(
            "two runs are mixed");
    }

    [Theory]
    [InlineData("pmdk,868731")]
    [InlineData("pmdk,868731\n")]
    [InlineData("pmdk,\n")]
    [InlineData("pmdk,868.731,\n")]
    [InlineData("pmdk,868731,5\n")]
    [InlineData("pmdk,0,\n")]
    [InlineData("pmdk,1,\nverif,2,\n")]
    [InlineData("mean,868731,\n")]
    public void A_partial_row_is_no_sample(string text)
    {
        Should.Throw<FormatException>(() => new PmLogOneReader().Read(text));
        Should.Throw<FormatException>(() => new PmLogReader().Read(text));
    }

    [Fact]
    public void A_run_over_one_log_has_one_row()
    {
        Sample.Show(new PmLogOneReader().Read("old,2000000,\n")).ShouldBe("series=initial | seconds=2 throughput=4096");
        Sample.CutAnywhere(new PmLogOneReader(), "old,2000000,\n");
    }

    [Fact]
    public void Node_replication_is_read_from_collected_files()
    {
        foreach (var file in Directory.EnumerateFiles(Sample.PathOf("nr"), "nr_*.*"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var rows = new NodeReplicationReader().Read(new KeptOutput(Sample.Text("nr/bench5-stdout.log"), "", folder));
        rows.Select(Sample.Show).Order().ShouldBe([
            "series=Verus-NR write_percent=0 threads=2 | ops_per_s=6264691.2 stdev=1312897.4001591443 threads_used=2 "
                + "replicas=1 run_seconds=5",
            "series=Verus-NR write_percent=0 threads=4 | threads_short=2 threads_used=2 replicas=1 run_seconds=5",
            "series=Verus-NR write_percent=10 threads=2 | ops_per_s=1501222.4 stdev=497479.80278455524 threads_used=2 "
                + "replicas=1 run_seconds=5",
            "series=Verus-NR write_percent=10 threads=4 | threads_short=2 threads_used=2 replicas=1 run_seconds=5",
            "series=Verus-NR write_percent=100 threads=2 | ops_per_s=514393.6 stdev=89322.96852747338 threads_used=2 "
                + "replicas=1 run_seconds=5",
            "series=Verus-NR write_percent=100 threads=4 | threads_short=2 threads_used=2 replicas=1 run_seconds=5",
        ]);
        // The output has the same points in one document on standard output.
        Sample.Show(new NodeReplicationReader().Read(Sample.Text("nr/data.json")).OrderBy(Sample.Show))
            .ShouldBe(Sample.Show(rows.OrderBy(Sample.Show)));
        Sample.CutAnywhere(new NodeReplicationReader(), Sample.Text("nr/data.json"));
        Sample.DressedUp(new NodeReplicationReader(), Sample.Text("nr/data.json"));
    }

    [Theory]
    [InlineData("nr/upstream-rust/nr_benchmarks_nr_vspace-2-10-NUMAFill-up-0.json",
        "series=NR write_percent=10 threads=2")]
    [InlineData("nr/nr_benchmarks_vnr_vspace-4-100-NUMAFill-run20261123092032-0.json",
        "series=Verus-NR write_percent=100 threads=4")]
    public void One_document_of_node_replication_is_a_row(string sample, string columns)
    {
        var text = Sample.Text(sample);
        Sample.Show(new NodeReplicationReader().Read(text)).ShouldStartWith(columns + " | ");
        Sample.CutAnywhere(new NodeReplicationReader(), text);
        Sample.DressedUp(new NodeReplicationReader(), text);
    }

    [Fact]
    public void A_comma_before_the_closing_brace_is_allowed()
    {
        const string Text = """
            {
              "bench_name": "dafny_nr",
              "n_threads": 4,
              "reads_pct": 90,
              "n_replicas": 2,
              "run_seconds": 30,
              "numa_policy": 0,
              "core_policy": 0,
              "ops_per_s": 2.40181e+07,
            }

            """;
        Sample.Show(new NodeReplicationReader().Read(Text))
            .ShouldBe(
                "series=IronSync-NR write_percent=10 threads=4 | ops_per_s=24018100 threads_used=4 replicas=2 "
                    + "run_seconds=30");
        Sample.CutAnywhere(new NodeReplicationReader(), Text);
        Should.Throw<FormatException>(() => new NodeReplicationReader().Read(Text + Text)).Message.ShouldContain(
            "two runs are mixed");
        Should.Throw<FormatException>(() =>
            new NodeReplicationReader().Read(Text.Replace("90", "\"90\"", StringComparison.Ordinal))).Message
            .ShouldContain("reads_pct");
        Should.Throw<FormatException>(() =>
            new NodeReplicationReader().Read(Text.Replace("2.40181e+07", "-1", StringComparison.Ordinal))).Message
            .ShouldContain("ops_per_s");
    }
}

namespace Verus.Artifact.Tests.Readers;

public sealed class MimallocReaderSpecs
{
    private static readonly MimallocBenchReader Bench = new();

    [Theory]
    [InlineData("mi", 13, 0)]
    [InlineData("sys", 13, 0)]
    [InlineData("vmi", 7, 6)]
    public void The_script_and_its_file_give_the_same_rows(string allocator, int completed, int failed)
    {
        var printed = Sample.Text($"mimalloc/{allocator}-out.txt");
        var rows = Bench.Read(printed);
        rows.Count(row => row.Metrics.ContainsKey("time")).ShouldBe(completed);
        rows.Count(row => row.Metrics.GetValueOrDefault("signal") == 6 && !row.Metrics.ContainsKey("time"))
            .ShouldBe(failed);
        Sample.Show(Bench.Read(Sample.Text($"mimalloc/benchres-{allocator}.csv"))).ShouldBe(Sample.Show(rows));
        Sample.CutAnywhere(Bench, printed);
        Sample.DressedUp(Bench, printed);
    }

    [Fact]
    public void Rows_have_the_columns_and_names_of_the_paper()
    {
        var rows = Bench.Read(Sample.Text("mimalloc/vmi-out.txt"));
        Sample.Show(rows[0]).ShouldBe("series=Verus-mimalloc benchmark=cfrac class=real world | "
            + "time=13.11 rss=3100672 user_time=4.26 system_time=0.01 page_faults=2 page_reclaims=398");
        Sample.Show(rows[1]).ShouldBe("series=Verus-mimalloc benchmark=espresso class=real world | signal=6");
        Sample.Show(rows[5]).ShouldBe("series=Verus-mimalloc benchmark=rptestN class=stress test | signal=6");
    }

    [Theory]
    [InlineData("mi")]
    [InlineData("vmi")]
    public void A_cut_file_of_results_has_fewer_rows_and_no_wrong_one(string allocator)
    {
        var text = Sample.Text($"mimalloc/benchres-{allocator}.csv");
        var whole = Sample.Show(Bench.Read(text)) + "\n";
        for (var length = 0; length < text.Length; length++)
        {
            try
            {
                whole.ShouldStartWith(Sample.Show(Bench.Read(text[..length])) + "\n");
            }
            catch (FormatException problem)
            {
                problem.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData("03.39", 3.39)]
    [InlineData("0:03.39", 3.39)]
    [InlineData("1:03.39", 63.39)]
    [InlineData("12:00.00", 720)]
    [InlineData("1:02:03", 3723)]
    [InlineData("0:175.098", 175.098)]
    [InlineData("0:.734", 0.734)]
    [InlineData(".734", 0.734)]
    public void Times_of_all_forms_are_seconds(string time, double seconds) =>
        Bench.Read($"cfrac       mi    {time} 3048 3.39 0.00 0 382\n")[0].Metrics["time"].ShouldBe(seconds, 1e-9);

    [Theory]
    [InlineData("cfrac       mi    0:03,39 3048 3.39 0.00 0 382\n", "expected m:ss.cc")]
    [InlineData("cfrac       mi    0:03.39 3048 3,39 0,00 0 382\n", "LC_ALL=C")]
    [InlineData("cfrac       mi    3048 3.39 0.00 0 382\n", "has no time")]
    [InlineData("cfrac       mi    0: 3048 3.39 0.00 0 382\n", "expected m:ss.cc")]
    [InlineData("cfrac       mi    0:03.39 3048 3.39\n", "is cut")]
    [InlineData("cfrac       mi    0:03.39 3048 3.39 0.00 0 382\ncfrac       mi    0:04.39 3048 3.39 0.00 0 382\n",
        "twice")]
    public void A_row_that_cannot_be_right_is_refused(string text, string message) =>
        Should.Throw<FormatException>(() => Bench.Read(text)).Message.ShouldContain(message);

    [Fact]
    public void Rows_of_an_earlier_run_are_not_mixed_in()
    {
        var text = Sample.Text("mimalloc/mi-out.txt");
        var older = text.Replace("cfrac       mi    03.39",
            "lua         mi    02.00 5 1.00 1.00 0 1\ncfrac       mi    03.39", StringComparison.Ordinal);
        older.ShouldNotBe(text);
        Should.Throw<FormatException>(() => Bench.Read(older)).Message.ShouldContain("two runs are mixed");
    }

    [Fact]
    public void A_benchmark_without_a_row_has_no_result()
    {
        var text = Sample.Text("mimalloc/mi-out.txt").Replace("cfrac       mi    0:03.39 3048 3.39 0.00 0 382\n", "",
            StringComparison.Ordinal)
            .Replace("cfrac       mi    03.39 3048 3.39 0.00 0 382\n", "", StringComparison.Ordinal);
        Sample.Show(Bench.Read(text)[^1]).ShouldBe("series=mimalloc benchmark=cfrac class=real world | no_result=1");
    }

    [Theory]
    [InlineData("larsonN-sized", "mi", 24.650)]
    [InlineData("larsonN-sized", "sys", 73.266)]
    [InlineData("larsonN-sized", "vmi", 175.098)]
    [InlineData("rptestN", "mi", 1.031)]
    [InlineData("rptestN", "sys", 2.102)]
    [InlineData("xmalloc-testN", "mi", 1.699)]
    [InlineData("xmalloc-testN", "sys", 5.989)]
    [InlineData("xmalloc-testN", "vmi", 6.320)]
    [InlineData("glibc-thread", "mi", 4.941)]
    [InlineData("glibc-thread", "sys", 7.976)]
    [InlineData("glibc-thread", "vmi", 30.870)]
    public void The_relative_time_of_a_program_is_the_one_that_the_suite_derives(string benchmark, string allocator,
        double seconds)
    {
        var text = Sample.Text($"mimalloc/raw-{benchmark}-{allocator}-out.txt");
        new MimallocDerivedReader().Read(text)[0].Metrics["time"].ShouldBe(seconds, 1e-9);
        Bench.Read(Sample.Text($"mimalloc/benchres-{allocator}.csv"))
            .Single(row => row.Columns["benchmark"] == benchmark).Metrics["time"].ShouldBe(seconds, 1e-9);
        Sample.CutAnywhere(new MimallocDerivedReader(), text);
        Sample.DressedUp(new MimallocDerivedReader(), text);
    }

    [Theory]
    [InlineData("mimalloc/raw-rptestN-vmi-out.txt")]
    [InlineData("mimalloc/raw-barnes-mi-out.txt")]
    [InlineData("mimalloc/raw-alloc-test1-mi-out.txt")]
    public void A_program_without_a_throughput_has_no_relative_time(string sample) =>
        Should.Throw<FormatException>(() => new MimallocDerivedReader().Read(Sample.Text(sample)));

    [Theory]
    [InlineData("lpush a 1 2 3 4 5 lrange a 1 5: 1234567.90 requests per second, p50=0.6 msec\n", 1.62)]
    [InlineData("lpush a 1: rps=120.0 (overall: 130.0) avg_msec=1\rlpush a 1: 2000000.00 requests per second\n", 1)]
    public void Redis_gives_its_relative_time_too(string text, double seconds) =>
        new MimallocDerivedReader().Read(text)[0].Metrics["time"].ShouldBe(seconds, 1e-9);

    [Theory]
    [InlineData("0 iterations\n")]
    [InlineData("Throughput = 40568658 operations per second, relative time: 24,650s.\n")]
    [InlineData("rtime: 1,699, free/sec: 58,843 M\n")]
    [InlineData("5 iterations\n6 iterations\n")]
    public void A_throughput_that_gives_no_time_is_refused(string text) =>
        Should.Throw<FormatException>(() => new MimallocDerivedReader().Read(text));

    [Fact]
    public void Upstreams_table_agrees_with_the_rows_it_was_made_of()
    {
        var text = Sample.Text("mimalloc/process-benchmarks-output.txt");
        var table = new MimallocTableReader().Read(text);
        table.Count.ShouldBe(26);
        foreach (var allocator in new[] { "mi", "vmi" })
            foreach (var row in Bench.Read(Sample.Text($"mimalloc/benchres-{allocator}.csv")).AtLeastOne())
                table.Single(one => one.Columns["series"] == row.Columns["series"]
                    && one.Columns["benchmark"] == row.Columns["benchmark"])
                    .Metrics.GetValueOrDefault("time", -1).ShouldBe(row.Metrics.GetValueOrDefault("time", -1));
        Sample.CutAnywhere(new MimallocTableReader(), text);
        Sample.DressedUp(new MimallocTableReader(), text);
    }
}

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the paper's suites of figures 11 and 12 with stand-ins that print the real formats, crash, hang, or are
/// missing.
/// </summary>
public sealed class PerformanceSuiteSpecs : SdkProject
{
    // Preloading a text file only causes a message of the loader; the name of the file tells the stand-in which
    // allocator is meant.
    private const string StandIn = """
        #!/bin/sh
        if [ "$1" = --version ]; then echo stand-in 1.0; exit; fi
        name=$(basename "$0")
        case "$LD_PRELOAD" in *libverus*)
          case $name in
            espresso|barnes|mstress|redis-server) kill -ABRT $$;;
            alloc-test) exit 3;;
            rptest) sleep 100;;
          esac;;
        esac
        case $name in
          benchmark) printf 'Time Verified Map: 37.66 ns\nTime Verified Unmap: 984.81 ns\nTime Verified Unmap (no reclaim): 6.51 ns\nTime Base Map: 104.32 ns\nTime Base Unmap: 9.80 ns\n';;
          larson-sized) printf 'Throughput = 40568658 operations per second, relative time: 24.650s.\nDone sleeping...\n';;
          rptest) echo 'crt  2 threads random linear size [8,16000] 500 loops 1000 allocs 100 ops: ........1938507 memory ops/CPU second (48MiB peak)';;
          xmalloc-test) echo 'rtime: 1.699, free/sec: 58.843 M';;
          glibc-thread) echo '202366438 iterations';;
          redis-benchmark) echo 'lpush a 1 2 3 4 5 lrange a 1 5: 1234567.90 requests per second, p50=0.6 msec';;
          redis-server) exec python3 -m http.server --bind 127.0.0.1 "$2";;
        esac
        """;

    private static readonly string[] Programs =
    [
        "benchmark", "alloc-test", "barnes", "cache-scratch", "cfrac", "espresso", "glibc-simple", "glibc-thread",
        "larson-sized", "mstress", "rptest", "xmalloc-test",
        "gs", "redis-server", "redis-benchmark", "libmimalloc.so", "libverus-mimalloc.so",
    ];

    private void WriteSuites()
    {
        var bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        foreach (var program in Programs)
        {
            File.WriteAllText(Path.Combine(bin, program), StandIn);
            File.SetUnixFileMode(Path.Combine(bin, program),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var upstream = Directory.CreateDirectory(Path.Combine(Folder, "upstream")).FullName;
        foreach (var file in new[] { "mimalloc-bench/bench/espresso/largest.espresso",
            "mimalloc-bench/bench/barnes/input", "resources/Writing_a_Simple_Operating_System--from_Scratch.pdf",
            "makefile" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(upstream, file))!);
            File.WriteAllText(Path.Combine(upstream, file), "all:\n\ttrue\n");
        }
        var commit = GitCommand.CommitAll(upstream);
        WritePaper("<MimallocProcs>2</MimallocProcs>", $"""
            <ExternalRepo Update="verified-memory-allocator;lua;large-pdf" Url="file://{upstream}" Commit="{commit}" Reason="stands in" />
            <Tool Update="page-table-guide" Path="bin/benchmark" />
            <Tool Update="mimalloc" Path="bin/libmimalloc.so" />
            <Tool Update="verus-mimalloc" Path="bin/libverus-mimalloc.so" />
            <Tool Update="mimalloc-bench" Path="bin/cfrac" />
            <Tool Update="redis" Path="bin/redis-server" />
            <Tool Update="gs;make;cc" Path="bin/gs" />
            <Experiment Update="Mimalloc.Throughput" Timeout="8" />
            <Experiment Update="Mimalloc.Lua" OptionalInputs="bin/lua" />
            """);
    }

    [Fact]
    public void What_the_verified_allocator_does_not_complete_is_part_of_the_figure_with_its_reason()
    {
        WriteSuites();
        var output = Build("-p:Request=Figure12", "-p:Samples=1").Succeeds().Output;
        output.ShouldContain("VART4006");
        var figure = Figure("Figure12", "txt");
        figure.ShouldMatch(@"(?m)^larsonN-sized +25 +25$");
        figure.ShouldMatch(@"(?m)^xmalloc-testN +1\.7 +1\.7$");
        figure.ShouldContain("verus-mimalloc 1.0 instead of a build of verified-memory-allocator");
        string[] reasons =
        [
            "series = Verus-mimalloc, benchmark = espresso, barnes, mstressN: ended by signal 6",
            "series = Verus-mimalloc, benchmark = rptestN: timed out: ",
            "series = Verus-mimalloc, benchmark = alloc-test1, alloc-testN: exit code 3, expected 0",
            "series = Verus-mimalloc, benchmark = redis: not started: ",
            "benchmark = lua: not available: lua is not there",
            "benchmark = sh6benchN: not available: sh6bench is not there",
            "benchmark = sh8benchN: not available: sh8bench is not there",
            "benchmark = rocksdb: not available: db_bench is not there",
        ];
        var picture = Figure("Figure12", "svg");
        var report = File.ReadAllText(Path.Combine(Folder, "evaluation/report/Figure12.html"));
        foreach (var reason in reasons.AtLeastOne())
        {
            figure.ShouldContain($"- {reason}");
            report.ShouldContain(reason);
        }
        picture.ShouldContain("ended by signal 6");
        picture.ShouldContain("sh8bench is not there");
        // The allocator completed eight benchmarks; benchmarks that were not tried might be completed as well, and are
        // not counted against it.
        File.ReadAllText(Path.Combine(Folder, "evaluation/data/Mimalloc.csv")).Split('\n')
            .Count(line => line.StartsWith("Verus-mimalloc,", StringComparison.Ordinal)
                && line.Split(',')[2].Length > 0).ShouldBe(8);
        var table = File.ReadAllText(Path.Combine(Folder, "evaluation/data/formats/process-benchmarks-output.txt"));
        table.ShouldStartWith("cores for vmi: 2\ncores for mi: 2\nbench           mi      vmi\n");
        table.ShouldMatch(@"(?m)^rptestN +01\.031 +fail$");
        table.ShouldNotContain("sh6bench");
        Build("-p:Request=Figure12", "-p:Samples=1").Succeeds().Output.ShouldContain("Nothing to do");
    }

    [Fact]
    public void The_page_table_is_drawn_and_judged_and_an_unknown_version_of_it_is_refused()
    {
        WriteSuites();
        Build("-p:Request=Figure11", "-p:PageTableVariant=Latter")
            .Fails("VART0006").Output.ShouldContain("must be Guide or Later");
        Build("-p:Request=Figure11", "-p:Samples=3").Succeeds().Output.ShouldContain("C supported");
        Figure("Figure11", "txt").ShouldMatch(@"(?m)^Unmap Verif\. +984\.81 ");
        Samples().Single().Count().ShouldBe(3);
    }

    private string Figure(string name, string format) =>
        File.ReadAllText(Path.Combine(Folder, "evaluation/figures", $"{name}.{format}"));
}

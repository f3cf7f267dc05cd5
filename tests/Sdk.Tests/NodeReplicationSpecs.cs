namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the suite of figure 10 with stand-ins for its programs, on a machine whose kernel files are in a folder.
/// </summary>
public sealed class NodeReplicationSpecs : SdkProject
{
    // The stand-in uses no more threads than the machine has CPUs, and says so only in its document.
    private const string Verus = """
        [ $# = 5 ] || exit 64
        name=vnr_vspace-$1-$((100 - $2))-NUMAFill-$5
        used=$(($1 < 2 ? $1 : 2))
        cat > nr_benchmarks_$name.json <<END
        {
            "bench_name": "$name",
            "n_threads": $used,
            "reads_pct": $2,
            "n_replicas": 1,
            "run_seconds": $3,
            "numa_policy": "NUMAFill",
            "core_policy": 0,
            "ops_per_s": ${used}000000,
            "stdev": 1.5
        }
        END
        """;

    // The document has a superfluous comma, like that of the real program.
    private const string IronSync = """
        [ $# = 6 ] || exit 64
        cat > data-$1-$2-$3-1-$4-fill-$6.json <<END
        {
          "bench_name": "$1",
          "n_threads": $2,
          "reads_pct": $3,
          "n_replicas": 1,
          "run_seconds": $4,
          "numa_policy": 0,
          "core_policy": 0,
          "ops_per_s": ${2}000000,
        }
        END
        """;

    private readonly string machine;

    public NodeReplicationSpecs()
    {
        machine = Path.Combine(Folder, "machine");
        Kernel("sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages", "0");
        Kernel("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
        Variables["VERUS_ARTIFACT_MACHINE_ROOT"] = machine;
        WritePaper("");
    }

    [Fact]
    public void All_three_are_measured_on_the_tuned_machine_and_what_ran_with_fewer_threads_is_left_out()
    {
        var arguments = new[]
        {
            "-t:RunNodeReplication", "-p:TuneMachine=true", "-p:Samples=1", "-p:NodeReplicationThreads=2%2C4",
            "-p:NodeReplicationSeconds=1", "-p:NodeReplicationNumaNodes=1", "-p:NodeReplicationHugePages=1",
            $"-p:VerusNrPath={StandIn("vspace", Verus)}", $"-p:IronSyncNrPath={StandIn("app-1replicas", IronSync)}",
            "-p:NodeReplicationPhysicalCores=2",
        };
        var first = Build(arguments).Succeeds().Output;
        first.ShouldContain(
            "The machine is tuned for NodeReplication: transparent_hugepage/enabled madvise -> always; nr_hugepages 0 "
                + "-> 1");
        first.ShouldContain("VART4041");
        first.Split('\n').Count(line =>
            line.Contains("warning VART4045: NodeReplication.Verus[threads=4,", StringComparison.Ordinal)
                && line.Contains("4 threads were asked for and 2 ran", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(3);
        Samples().Sum(cell => cell.Count()).ShouldBe(18);
        Kernel("sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages").ShouldBe("0");
        var data = File.ReadAllLines(Path.Combine(Folder, "evaluation/data/NodeReplication.csv"));
        data.ShouldContain(line => line.StartsWith("IronSync-NR,100,4,4,", StringComparison.Ordinal));
        data.ShouldContain(line => line.StartsWith("NR,0,2,2,", StringComparison.Ordinal));
        data.ShouldContain(line => line.StartsWith("Verus-NR,10,2,2,", StringComparison.Ordinal));
        data.ShouldContain(line => line.StartsWith("Verus-NR,10,4,,", StringComparison.Ordinal));
        // Curves on a machine with one socket say nothing about scaling over sockets.
        File.ReadAllText(Path.Combine(Folder, "evaluation/claims/NodeReplication.txt"))
            .ShouldContain("at least 2 NUMA nodes; this one has");
        foreach (var file in new[] { "data-verified.json", "data-ironsync.json" }.AtLeastOne())
            UpstreamForms.Read(file, File.ReadAllText(Path.Combine(Folder, "evaluation/data/formats", file)))
                .ShouldBeGreaterThan(0, file);
        Build(arguments).Succeeds().Output.ShouldContain("Nothing to do");
    }

    [Fact]
    public void What_the_machine_lacks_for_Set3_is_one_error_and_recorded_numbers_are_drawn_when_told_so()
    {
        if (Directory.EnumerateDirectories("/sys/devices/system/node", "node?").Count() > 1)
            Assert.Skip("this machine has several NUMA nodes");
        var output = Build("-t:Set3").Fails("VART3003").Output;
        foreach (var lacking in new[] { "NUMA nodes: needed 2, found 1",
            "machine setting hugepages-1GiB: needed 16, found 0", "-p:TuneMachine=true" })
            output.ShouldContain(lacking);
        Directory.Exists(Path.Combine(Folder, "evaluation/sources")).ShouldBeFalse();
        Build("-t:Plan", "-p:Request=Set3").Succeeds().Output.ShouldContain("parameters: threads=");
        Build("-t:Set3", "-p:OnMissing=Recorded").Succeeds().Output.ShouldContain("RECORDED");
        var figure = File.ReadAllText(Path.Combine(Folder, "evaluation/figures/Figure10.txt"));
        figure.ShouldContain("RECORDED BY THE AUTHORS");
        figure.ShouldContain("IronSync-NR");
        File.ReadAllText(Path.Combine(Folder, "evaluation/claims/Set3.txt")).ShouldNotContain("NUMA");
        Samples().ShouldBeEmpty();
    }

    private string StandIn(string name, string body)
    {
        var path = Path.Combine(Folder, "bin", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private void Kernel(string file, string value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(machine, file))!);
        File.WriteAllText(Path.Combine(machine, file), value + "\n");
    }

    private string Kernel(string file) => File.ReadLines(Path.Combine(machine, file)).First();
}

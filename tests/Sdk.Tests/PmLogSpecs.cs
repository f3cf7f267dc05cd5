
namespace Verus.Artifact.Tests;

/// <summary>
/// Tests the suite of the persistent memory logs from end to end, with a stand-in that prints the lines of the
/// benchmark.
/// </summary>
public sealed class PmLogSpecs : SdkProject
{
    // The stand-in prints microseconds for memory with a bandwidth of about 13 GiB/s, and a cost for each append that
    // is larger for the initial log. The process id of the stand-in makes samples differ.
    private const string StandIn = """
        #!/bin/sh
        [ $# -eq 4 ] || { echo "Usage: cargo run -- <device> <mount point> <append size>"; exit 0; }
        [ "$1" = tmpfs ] && [ -d "$2" ] && [ "$PMEM_IS_PMEM_FORCE" = 1 ] || exit 1
        mount -t tmpfs tmpfs "$2" || exit 1
        echo "$4" > "$2/pool"
        [ -e "$(dirname "$0")/dies" ] && { printf '%s,' "$4"; exit 0; }
        case $4 in old) each=400 base=800000 ;; pmdk) each=150 base=600000 ;; verif) each=155 base=610000 ;; *) exit 1 ;; esac
        printf '%s,%s,' "$4" $((base + each * (8589934592 / $3) / 1000 + $$ % 100))

        """;

    [Fact]
    public void On_a_tmpfs_the_figure_says_so_and_the_claim_is_judged()
    {
        if (!CanMount())
            Assert.Skip("no tmpfs can be mounted in a user namespace here");
        Declare();
        Build("-p:Request=Figure13", "-p:Samples=3").Succeeds();
        var data = File.ReadAllLines(Path.Combine(Folder, "evaluation/data/PmLog.csv"));
        data.Length.ShouldBe(1 + 3 * 3);
        data.ShouldContain(line => line.Contains("initial", StringComparison.Ordinal)
            && line.Contains(",0.125,", StringComparison.Ordinal));
        var text = File.ReadAllText(Path.Combine(Folder, "evaluation/figures/Figure13.txt"));
        text.ShouldContain("on a tmpfs in memory, where nothing is persistent");
        var claims = File.ReadAllText(Path.Combine(Folder, "evaluation/claims/Figure13.json"));
        claims.ShouldContain("on memory that is emulated with DRAM");
        claims.ShouldNotContain("NotMeasured");
        File.ReadAllText("/proc/self/mounts").ShouldNotContain(Folder);
        Build("-p:Request=Figure13", "-p:Samples=3").Succeeds().Output.ShouldContain("Nothing to do");
        Build("-p:Request=Figure13", "-p:Samples=4").Succeeds();
        Samples().AtLeastOne().ShouldAllBe(cell => cell.Count() == 4);
    }

    [Fact]
    public void A_run_that_dies_leaves_a_failed_sample_and_no_part_of_a_row()
    {
        if (!CanMount())
            Assert.Skip("no tmpfs can be mounted in a user namespace here");
        Declare();
        File.WriteAllText(Path.Combine(Folder, "dies"), "");
        Build("-p:Request=Figure13", "-p:Samples=1").Output.ShouldContain("VART4006");
        File.Exists(Path.Combine(Folder, "evaluation/data/PmLog.csv")).ShouldBeFalse();
    }

    [Fact]
    public void A_device_that_holds_something_is_refused_before_anything()
    {
        Declare("Host");
        var device = Path.Combine(Folder, "device");
        using (var file = File.Create(device))
            file.SetLength(8 << 20);
        Programs.Run("/sbin/mkfs.ext4", "-q", "-F", device).Succeeds();
        Build("-p:Request=Figure13", $"-p:PmLogDevice={device}", "-p:OnMissing=Recorded").Fails("VART4070");
        File.Exists(Journal).ShouldBeFalse();
    }

    private void Declare(string where = "Tmpfs")
    {
        var program = Path.Combine(Folder, "stand-in");
        File.WriteAllText(program, StandIn.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        WritePaper($"""
            <PmLogPlace>{where}</PmLogPlace><PmLogPath>{program}</PmLogPath><PmLogTmpfsPath>{program}</PmLogTmpfsPath>
            <PmLogAppendSizes>128|0.125,1024|1,65536|64</PmLogAppendSizes>
            """);
    }

    private static bool CanMount() =>
        Programs.Run("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs",
            "/mnt").ExitCode == 0;
}

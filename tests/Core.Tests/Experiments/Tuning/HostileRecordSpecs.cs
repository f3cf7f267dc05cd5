using System.Text.Json;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Experiments.Tuning;

/// <summary>Tests records that an attacker wrote to make root write to files for him.</summary>
public sealed class HostileRecordSpecs : IDisposable
{
    private readonly KernelTree tree = new();

    private string Folder => Path.Combine(tree.Root, "var/lib/verus-artifact");

    private string RecordFile => Path.Combine(Folder, "machine.json");

    private string Victim => Path.Combine(tree.Root, "victim");

    public void Dispose() => tree.Dispose();

    public static TheoryData<string, string, string> Changes => new()
    {
        { "victim", "mine", "old" },
        { "etc/cron.d/job", "* * * * * root true", "x" },
        { "proc/sys/kernel/core_pattern", "|/tmp/program", "core" },
        { "sys/devices/system/cpu/smt/../../../../../victim", "on", "off" },
        { "sys/devices/system/cpu//smt/control", "on", "off" },
        { KernelTree.Smt, "off\non", "on" },
        { KernelTree.Smt, "forceoff", "on" },
        { KernelTree.NoTurbo, "2", "0" },
        { KernelTree.Swappiness, "201", "60" },
        { KernelTree.Swappiness, "-1", "60" },
        { "sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1", "60" },
        { "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "per formance", "powersave" },
        { "sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages", "99999999999", "20" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Only_knobs_and_their_values_are_ever_written(string file, string before, string now)
    {
        if (!file.Contains("..", StringComparison.Ordinal))
            tree.Write(file, now);
        tree.Write("victim", now);
        Plant([new KnobWrite("swappiness=1", $"{tree.Root}/{file}", before, now),
            new KnobWrite("swappiness=1", Path.Combine(tree.Root, KernelTree.Swappiness), "10", "60")]);
        var state = tree.State();
        var log = new CollectedLog();
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NotTrusted);
        tree.State().ShouldBe(state, "nothing of a record with one strange line is written");
        File.Exists(RecordFile).ShouldBeTrue();
    }

    [Theory]
    [InlineData("the folder", 0b111_111_111)]
    [InlineData("the folder", 0b111_111_101)]
    [InlineData("the file", 0b110_110_110)]
    [InlineData("a link", 0)]
    [InlineData("above", 0b111_111_111)]
    public async Task A_record_that_others_could_have_written_is_not_used_and_no_machine_is_tuned_there(string what,
        int mode)
    {
        Plant([new KnobWrite("swappiness=1", Path.Combine(tree.Root, KernelTree.Swappiness), "10", "60")]);
        if (what == "a link")
        {
            File.Move(RecordFile, Victim);
            File.CreateSymbolicLink(RecordFile, Victim);
        }
        else
            File.SetUnixFileMode(what switch
            {
                "the folder" => Folder,
                "above" => Path.GetDirectoryName(Folder)!,
                _ => RecordFile
            }, (UnixFileMode)mode);
        await NothingHappensAsync();
    }

    [Fact]
    public async Task A_record_of_another_user_is_not_used()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root may give a file to another user");
        Plant([new KnobWrite("swappiness=1", Path.Combine(tree.Root, KernelTree.Swappiness), "10", "60")]);
        LoopDisk.Run("chown", "1234", RecordFile);
        await NothingHappensAsync();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"boot":null,"owner":"x","writes":[]}""")]
    [InlineData("""{"boot":"first","owner":null,"writes":[]}""")]
    [InlineData("""{"boot":"first","owner":"x","writes":null}""")]
    [InlineData("""{"boot":"first","owner":"x","writes":[null]}""")]
    [InlineData("""{"boot":"first","owner":"x","writes":[{"setting":"s","file":null,"before":"1","after":"2"}]}""")]
    [InlineData("""{"boot":"first","owner":"x","writes":[{"setting":"s","file":"/x","before":null,"after":"2"}]}""")]
    [InlineData("""{"boot":"first","owner":"x","writes":[{"setting":null,"file":"/x","before":"1","after":null}]}""")]
    [InlineData("""{"boot":1,"owner":[],"writes":{}}""")]
    public void A_damaged_record_is_told_and_nothing_breaks(string json)
    {
        Plant([]);
        File.WriteAllText(RecordFile, json);
        var log = new CollectedLog();
        tree.Machine.ReportChanges(log);
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.DamagedRecord);
    }

    [Fact]
    public async Task What_a_caller_with_any_mask_leaves_is_believed()
    {
        using (await tree.TuneAsync("swappiness=7"))
            File.Copy(RecordFile, Path.Combine(tree.Root, "kept"));
        tree.Write(KernelTree.Swappiness, "7");
        File.Copy(Path.Combine(tree.Root, "kept"), RecordFile);
        var log = new CollectedLog();
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        log.Reported.ShouldBeEmpty();
        tree[KernelTree.Swappiness].ShouldBe("60");
    }

    [Fact]
    public async Task A_record_that_is_replaced_while_the_machine_is_tuned_does_not_confuse_the_next_tuning()
    {
        var (machine, log) = (tree.Machine, new CollectedLog());
        using (await TuneAsync("swappiness=7"))
            Plant([new KnobWrite("x", Victim, "old", "mine")]);
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NotTrusted);
        using (await TuneAsync("swappiness=8"))
            tree[KernelTree.Swappiness].ShouldBe("8");
        tree[KernelTree.Swappiness].ShouldBe("7");

        Task<TunedMachine> TuneAsync(string settings) => machine.TuneAsync("Suite", SourceLocation.None,
            KernelTree.Settings(settings), log, TestContext.Current.CancellationToken);
    }

    private async Task NothingHappensAsync()
    {
        var state = tree.State();
        var log = new CollectedLog();
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NotTrusted);
        await tree.Machine.UntunedAsync(log, TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<DiagnosticException>(() => tree.TuneAsync("swappiness=5"))).Diagnostics
            .ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.UnsafePlace);
        tree.State().ShouldBe(state);
    }

    private void Plant(IReadOnlyList<KnobWrite> writes)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(RecordFile, JsonSerializer.Serialize(
            new TuningRecord { Boot = "first", Owner = "somebody", Writes = writes }, TuningJson.Default.TuningRecord));
    }
}

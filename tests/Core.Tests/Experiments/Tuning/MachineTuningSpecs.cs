using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Experiments.Tuning;

public sealed class MachineTuningSpecs : IDisposable
{
    private const string Everything =
        "smt=off; turbo=off; governor=performance; thp=always; hugepages-1GiB=16; swappiness=10";
    private readonly KernelTree tree = new();
    private readonly CollectedLog log = new();

    private string Record => Path.Combine(tree.Root, "var/lib/verus-artifact/machine.json");

    public void Dispose() => tree.Dispose();

    [Fact]
    public async Task Every_knob_is_set_and_restored()
    {
        var before = tree.State();
        using (await tree.TuneAsync(Everything, log))
        {
            (tree[KernelTree.Smt], tree[KernelTree.NoTurbo], tree[KernelTree.Thp],
                tree[KernelTree.Swappiness]).ShouldBe(("off", "1", "always", "10"));
            Enumerable.Range(0, 8).ShouldAllBe(cpu => tree[KernelTree.Governor(cpu)] == "performance");
            // A NUMA node that has more huge pages keeps them.
            (tree[KernelTree.Pages(0)], tree[KernelTree.Pages(1)]).ShouldBe(("20", "16"));
        }
        tree.State().Replace("=madvise", "=", StringComparison.Ordinal)
            .ShouldBe(before.Replace("=madvise", "=", StringComparison.Ordinal));
        tree[KernelTree.Thp].ShouldBe("madvise");
        File.Exists(Record).ShouldBeFalse();
        log.Lines.ShouldContain(line =>
            line.Contains("scaling_governor powersave -> performance (7 files)", StringComparison.Ordinal));
        log.Reported.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public async Task Turbo_is_switched_where_other_drivers_have_it(string wanted)
    {
        File.Delete(Path.Combine(tree.Root, KernelTree.NoTurbo));
        var (now, after) = wanted == "off" ? ("1", "0") : ("0", "1");
        tree.Write($"{KernelTree.Cpus}/cpufreq/boost", now);
        tree.Write($"{KernelTree.Cpus}/cpu0/cpufreq/boost", now);
        tree.Write($"{KernelTree.Cpus}/cpu1/cpufreq/boost", after);
        using (var tuned = await tree.TuneAsync($"turbo={wanted}"))
        {
            (tree[$"{KernelTree.Cpus}/cpufreq/boost"],
                tree[$"{KernelTree.Cpus}/cpu0/cpufreq/boost"]).ShouldBe((after, after));
            // The turbo switch of a CPU can be written only while the general switch is on.
            tuned.Writes.Select(write => write.File.Contains("cpu0", StringComparison.Ordinal))
                .ShouldBe(wanted == "off" ? [true, false] : [false, true]);
        }
        (tree[$"{KernelTree.Cpus}/cpufreq/boost"], tree[$"{KernelTree.Cpus}/cpu0/cpufreq/boost"],
            tree[$"{KernelTree.Cpus}/cpu1/cpufreq/boost"]).ShouldBe((now, now, after));

        File.Delete(Path.Combine(tree.Root, $"{KernelTree.Cpus}/cpufreq/boost"));
        using (await tree.TuneAsync($"turbo={wanted}"))
            tree[$"{KernelTree.Cpus}/cpu0/cpufreq/boost"].ShouldBe(after);
        tree[$"{KernelTree.Cpus}/cpu0/cpufreq/boost"].ShouldBe(now);
    }

    [Fact]
    public void The_helper_restores_the_machine_as_soon_as_its_input_ends()
    {
        var before = tree.State();
        using var helper = Programs.Start(new ProcessStartInfo("setsid",
            ["sh", "-c", $"VERUS_ARTIFACT_MACHINE_ROOT={tree.Root} exec {KernelTree.Runner} tune"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        Ask(helper, """{"owner":"process 1 (Suite)"}""").ShouldContain("Ready");
        Ask(helper, Swappiness("10")).ShouldContain("Written");
        tree[KernelTree.Swappiness].ShouldBe("10");
        JsonDocument.Parse(File.ReadAllText(Record)).RootElement.GetProperty("writes")[0].GetProperty("before")
            .GetString().ShouldBe("60");
        // A signal from a terminal that ends a build reaches its helper process as well.
        foreach (var signal in new[] { "INT", "TERM", "HUP", "QUIT" })
            Programs.Run("kill", "-" + signal, $"{helper.Id}").Succeeds();
        Ask(helper, Swappiness("20")).ShouldContain("Written");
        helper.StandardInput.Close();
        helper.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        helper.ExitCode.ShouldBe(0);
        tree.State().ShouldBe(before);
        File.Exists(Record).ShouldBeFalse();
    }

    [Fact]
    public void The_record_names_what_was_changed_and_nothing_else()
    {
        tree.Refuse(KernelTree.Swappiness);
        using var helper = Programs.Start(new ProcessStartInfo(KernelTree.Runner, ["tune"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [TuningRecord.RootVariable] = tree.Root },
        });
        Ask(helper, """{"owner":"process 1 (Suite)"}""").ShouldContain("Ready");
        Ask(helper, $$$"""{"write":{"setting":"turbo=off","file":"{{{Path.Combine(tree.Root,
            KernelTree.NoTurbo)}}}","before":"","after":"1"}}""").ShouldContain("Written");
        Ask(helper, Swappiness("10")).ShouldContain("NotASetting");
        File.ReadAllText(Record).ShouldContain("no_turbo");
        File.ReadAllText(Record).ShouldNotContain("swappiness");
        helper.StandardInput.Close();
        helper.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        tree[KernelTree.NoTurbo].ShouldBe("0");
    }

    [Theory]
    [InlineData("etc/passwd", "1")]
    [InlineData("proc/sys/kernel/core_pattern", "|/tmp/program")]
    [InlineData(KernelTree.Swappiness, "300")]
    [InlineData("sys/devices/system/cpu/smt/../smt/control", "off")]
    public void The_helper_writes_no_file_and_no_value_that_is_not_compiled_in(string file, string value)
    {
        tree.Write(file, file.EndsWith("control", StringComparison.Ordinal) ? "on" : "0");
        var before = tree.State();
        using var helper = Programs.Start(new ProcessStartInfo(KernelTree.Runner, ["tune"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { [TuningRecord.RootVariable] = tree.Root },
        });
        Ask(helper, """{"owner":"process 1 (Suite)"}""").ShouldContain("Ready");
        Ask(helper,
            $$$"""{"write":{"setting":"x","file":"{{{tree.Root}}}/{{{file}}}","before":"0","after":"{{{value}}}"}}""")
            .ShouldContain("NotASetting");
        tree.State().ShouldBe(before);
        helper.StandardInput.Close();
        helper.WaitForExit(TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    private string Swappiness(string value) =>
        $$$"""{"write":{"setting":"swappiness={{{value}}}","file":"{{{Path.Combine(
        tree.Root, KernelTree.Swappiness)}}}","before":"","after":"{{{value}}}"}}""";

    private static string Ask(Process helper, string request)
    {
        helper.StandardInput.WriteLine(request);
        helper.StandardInput.Flush();
        return helper.StandardOutput.ReadLine() ?? "";
    }

    [Fact]
    public async Task What_holds_already_is_not_written()
    {
        using var tuned = await tree.TuneAsync(
            "swappiness=60; turbo=on; thp=madvise; hugepages-1GiB=0".Replace("; hugepages-1GiB=0", "",
                StringComparison.Ordinal), log);
        tuned.Writes.ShouldBeEmpty();
        tree.Machine.IsTuned.ShouldBeFalse();
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_whose_cores_are_not_shared_has_SMT_off()
    {
        tree.Write(KernelTree.Smt, "notsupported");
        using (var tuned = await tree.TuneAsync("smt=off", log))
            tuned.Writes.ShouldBeEmpty();
        log.Reported.ShouldBeEmpty();
        using (await tree.TuneAsync("smt=on", log))
            log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NoKnob);
    }

    [Fact]
    public async Task A_knob_that_is_not_there_is_said_and_the_others_are_set()
    {
        File.Delete(Path.Combine(tree.Root, KernelTree.NoTurbo));
        using (await tree.TuneAsync("turbo=off; swappiness=10", log))
            tree[KernelTree.Swappiness].ShouldBe("10");
        log.Reported.ShouldHaveSingleItem().Message.ShouldContain("turbo=off");
    }

    [Fact]
    public async Task One_that_is_refused_is_an_error_and_everything_is_as_before()
    {
        tree.Refuse(KernelTree.Governor(3));
        var before = tree.State();
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            tree.TuneAsync("smt=off; turbo=off; governor=performance", log));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NotSet);
        problem.Message.ShouldContain("governor=performance");
        problem.Message.ShouldContain(Path.Combine(tree.Root, KernelTree.Governor(3)));
        problem.Message.ShouldContain("scaling_available_governors");
        tree.State().ShouldBe(before);
        tree.Machine.IsTuned.ShouldBeFalse();
    }

    [Fact]
    public async Task Fewer_huge_pages_than_asked_for_are_an_error()
    {
        // The kernel rounds the number of huge pages down when too few pages are available.
        using var process = Programs.Start(new ProcessStartInfo("sleep", "600"));
        var pages = Path.Combine(tree.Root, KernelTree.Pages(1));
        File.Delete(pages);
        File.CreateSymbolicLink(pages, $"/proc/{process.Id}/oom_adj");
        var problem = await Should.ThrowAsync<DiagnosticException>(() => tree.TuneAsync("hugepages-1GiB=14", log));
        process.Kill();
        problem.Message.ShouldContain("is '13' after '14' was written");
        problem.Message.ShouldContain("Free memory");
    }

    [Fact]
    public async Task What_one_that_is_gone_left_is_restored_by_whoever_comes_next()
    {
        var before = tree.State();
        var left = Abandon(await tree.TuneAsync(Everything));
        tree.State().ShouldNotBe(before);
        File.WriteAllBytes(Record, left);
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        tree[KernelTree.Smt].ShouldBe("on");
        tree[KernelTree.Governor(7)].ShouldBe("schedutil");
        tree[KernelTree.Pages(1)].ShouldBe("0");
        tree.Machine.IsTuned.ShouldBeFalse();
        log.Lines.ShouldContain(line =>
            line.StartsWith($"The machine is restored after process {Environment.ProcessId} (Suite)",
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_restart_only_what_still_is_as_it_was_tuned_is_undone()
    {
        var left = Abandon(await tree.TuneAsync("turbo=off; hugepages-1GiB=16; swappiness=10"));
        File.WriteAllBytes(Record, left);
        tree.Write(KernelTree.Boot, "second");
        // After the restart, the huge pages are gone, and the system's configuration has set another swappiness.
        tree.Write(KernelTree.Pages(1), "3");
        tree.Write(KernelTree.Swappiness, "30");
        tree.Machine.RestoreLeft(log).ShouldBeTrue();
        (tree[KernelTree.NoTurbo], tree[KernelTree.Pages(1)], tree[KernelTree.Swappiness]).ShouldBe(("0", "3", "30"));
        tree.Machine.IsTuned.ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_running_one_has_tuned_is_left_alone()
    {
        using (await tree.TuneAsync("swappiness=10"))
        {
            tree.Machine.RestoreLeft(log).ShouldBeFalse();
            Should.Throw<DiagnosticException>(() => tree.Machine.Restore(log)).Diagnostics[0].Rule.ShouldBe(
                TuningRules.InUse);
            tree[KernelTree.Swappiness].ShouldBe("10");
            var second = tree.TuneAsync("swappiness=20", log);
            while (!log.Lines.ToArray().Any(line => line.Contains("has the machine tuned", StringComparison.Ordinal)))
                await Task.Delay(10, TestContext.Current.CancellationToken);
            second.IsCompleted.ShouldBeFalse();
            _ = second.ContinueWith(done => done.Result.Dispose(), TestContext.Current.CancellationToken,
                TaskContinuationOptions.None, TaskScheduler.Default);
        }
        await tree.Machine.UntunedAsync(log, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_cannot_be_restored_stays_in_the_record_and_is_said_once()
    {
        var left = Abandon(await tree.TuneAsync("turbo=off; swappiness=10"));
        File.WriteAllBytes(Record, left);
        tree.Refuse(KernelTree.Swappiness);
        var machine = tree.Machine;
        // A process that another test is just forking holds the record's lock until it has started.
        for (var tries = 0; tries < 50 && !machine.RestoreLeft(log); tries++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        machine.RestoreLeft(log).ShouldBeTrue();
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.NotRestored);
        tree[KernelTree.NoTurbo].ShouldBe("0");
        tree.Machine.IsTuned.ShouldBeTrue();
        File.Delete(Path.Combine(tree.Root, KernelTree.Swappiness));
        tree.Write(KernelTree.Swappiness, "10");
        tree.Machine.Restore(log);
        tree[KernelTree.Swappiness].ShouldBe("60");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"boot\": \"first\"")]
    [InlineData("null")]
    public void A_damaged_record_is_said_and_nothing_is_written(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Record)!);
        File.WriteAllText(Record, text);
        var before = tree.State();
        tree.Machine.RestoreLeft(log);
        log.Reported.ShouldHaveSingleItem().Rule.ShouldBe(TuningRules.DamagedRecord);
        tree.State().ShouldBe(before);
        File.Exists(Record).ShouldBeTrue();
    }

    [Theory]
    [InlineData("turbo=maybe", "on or off")]
    [InlineData("thp=on", "always, madvise or never")]
    [InlineData("swappiness=201", "0 to 200")]
    [InlineData("hugepages-1GiB=0", "at least 1")]
    [InlineData("hugepages-huge=1", "pairs of smt")]
    [InlineData("governor=", "a governor")]
    [InlineData("govenor=performance", "Did you mean 'governor'?")]
    public void What_is_asked_for_is_checked_when_it_is_read(string tune, string expected)
    {
        var found = new List<Diagnostic>();
        ExperimentDeclaration.Parse(new("Experiment", "E",
            new Dictionary<string, string> { ["Command"] = "true", ["Tune"] = tune }, () => SourceLocation.None),
            found);
        found.ShouldHaveSingleItem().Message.ShouldContain(expected);
    }

    [Fact]
    public void What_is_required_and_would_not_hold_is_a_shortfall()
    {
        Needs("Requires", "hugepages-1GiB=16; smt=on", permitted: false)
            .ShouldBe(
                [
                    "machine setting hugepages-1GiB: 16, 0. As root, write 16 to "
                        + $"'{Path.Combine(tree.Root, KernelTree.Pages(1))}'."]);
        Needs("Tune", "hugepages-1GiB=16", permitted: false).ShouldBeEmpty();
        Needs("Tune+Requires", "hugepages-1GiB=16", permitted: false).ShouldHaveSingleItem()
            .ShouldContain("-p:TuneMachine=true");
        Needs("Tune+Requires", "hugepages-1GiB=16", permitted: true).ShouldBeEmpty();
        Needs("Tune", "hugepages-2MiB=16", permitted: true).ShouldBeEmpty();
        Needs("Tune+Requires", "hugepages-2MiB=16", permitted: true).ShouldHaveSingleItem()
            .ShouldContain("no such setting");
    }

    // A tuned machine whose owner is gone: the lock is free, and the record is unchanged.
    private byte[] Abandon(TunedMachine tuned)
    {
        var record = File.ReadAllBytes(Record);
        var state = Directory.EnumerateFiles(tree.Root, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/var/lib/", StringComparison.Ordinal))
            .ToDictionary(file => file, File.ReadAllBytes);
        tuned.Dispose();
        foreach (var (file, content) in state)
            File.WriteAllBytes(file, content);
        return record;
    }

    private List<string> Needs(string where, string settings, bool permitted)
    {
        var found = new List<Diagnostic>();
        var metadata = where.Split('+').ToDictionary(name => name,
            name => name == "Requires"
                ? settings.Replace("hugepages-1GiB=", "hugepages-1GiB>=").Replace("hugepages-2MiB=", "hugepages-2MiB>=")
                : settings);
        metadata["Command"] = "true";
        var experiment = ExperimentDeclaration.Parse(new("Experiment", "E", metadata, () => SourceLocation.None),
            found);
        var required = Verus.Artifact.Tools.Requirement.Parse(experiment.Item, experiment.Requires, [], found);
        found.ShouldBeEmpty();
        return [.. TuningNeeds.Of(required, experiment.Tune, tree.Machine,
            permitted).Select(lacking => $"{lacking.What}: {lacking.Needed}, {lacking.Found}. {lacking.Remedy}")];
    }
}

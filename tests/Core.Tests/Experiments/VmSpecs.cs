using System.Text;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Places.Vm;

namespace Verus.Artifact.Tests.Experiments;

public sealed class VmSpecs : VmFixture
{
    private const string Append = "{project}/pmem /dev/pmem0 /mnt/pmem {bytes} {log}";

    [Fact]
    public async Task A_machine_boots_by_itself_and_runs_measured_programs_on_its_persistent_memory()
    {
        Compile("pmem");
        var experiment = Experiment("Append", ("Executor", "Vm"), ("VirtualMachine", "pm"), ("Command", Append),
            ("Matrix", "log=pmdk,verif; bytes=4194304"), ("MetricPatterns", "microseconds=^[a-z]+,([0-9]+),$"),
            ("Timeout", "60"));
        var collecting = Experiment("Collect", ("Executor", "Vm"), ("VirtualMachine", "pm"), ("Collect", "deep/*.txt"),
            ("Command", "sh -c 'mkdir deep; cat /mnt/seed/user-data > deep/seed.txt; hostname; cat /proc/cmdline'"));
        var failing = Experiment("Fail", ("Executor", "Vm"), ("VirtualMachine", "pm"),
            ("Command", "sh -c 'echo partial; exit 3'"));
        await using (var executor = Executor(Machine()))
        {
            var plans = await EngineWith(executor, samples: 2).RunAsync([experiment, collecting, failing],
                TestContext.Current.CancellationToken);
            var appended = plans.Where(plan => plan.Cell.Experiment.Name == "Append").ToList();
            appended.SelectMany(plan => plan.Failed).Select(failed => LogOf(failed, "stderr.txt")).ShouldBeEmpty();
            appended.Select(plan => plan.Good.Count).ShouldBe([2, 2]);
            var sample = plans[0].Good[0];
            sample.Readings.ShouldHaveSingleItem().Metrics["microseconds"].ShouldBeGreaterThan(0);
            sample.Result.Measurement!.WallSeconds.ShouldBeGreaterThan(0);
            LogOf(sample).ShouldMatch("^pmdk,[0-9]+,$");
            var collected = plans.Single(plan => plan.Cell.Experiment.Name == "Collect").Good[0];
            LogOf(collected).ShouldStartWith("pm\n");
            LogOf(collected).ShouldContain("memmap=256M!512M");
            LogOf(collected, "deep/seed.txt").ShouldContain("ssh_pwauth: false");
            plans.Single(plan => plan.Cell.Experiment.Name == "Fail").Failed.ShouldHaveSingleItem().Result.ExitCode
                .ShouldBe(3);
            Starts.ShouldBe(1);
            executor.DeviationsOf(experiment).ShouldHaveSingleItem().ShouldContain("nothing about speed");
        }
        ShouldHaveLeftNothing();
        Log.Reported.Select(diagnostic => diagnostic.Rule).ShouldContain(VmRules.Emulated);
        var run = Read().Runs.Values.ShouldHaveSingleItem();
        StateOf(run.Machine.GetRawText()).Emulated.ShouldBeTrue();

        // The facts from the machine's last start suffice for a plan, and for a run that has nothing to measure.
        await using var second = Executor(Machine());
        (await EngineWith(second, samples: 2).RunAsync([experiment], TestContext.Current.CancellationToken))
            .AtLeastOne().ShouldAllBe(plan => plan.Need == 0);
        Starts.ShouldBe(1);
        await using var changed = Executor(Machine(("Memory", "1100MiB")), mayStart: false);
        StateOf(await changed.MachineAsync(experiment, TestContext.Current.CancellationToken)).Kernel.ShouldBeNull();
        Starts.ShouldBe(1);
    }

    [Fact]
    public async Task A_disk_is_set_up_once_and_every_start_has_it_as_it_was_then()
    {
        MakeDisk();
        var machine = Machine(("DiskImage", "disk"),
            ("Setup",
                "mkfs.ext4 -q /dev/vda; mkdir /mnt/disk; mount /dev/vda /mnt/disk; echo set up > /mnt/disk/word; "
                    + "umount /mnt/disk; echo 'echo apt fio:amd64 3.33' > /usr/bin/dpkg-query; "
                    + "chmod +x /usr/bin/dpkg-query"));
        var experiment = Experiment("Read", ("Executor", "Vm"), ("VirtualMachine", "pm"),
            ("Command",
                "sh -c 'mkdir -p /mnt/disk; mount /dev/vda /mnt/disk 2>/dev/null; cat /mnt/disk/word; echo spoilt > "
                    + "/mnt/disk/word'"));
        for (var start = 1; start <= 2; start++)
        {
            await using (var executor = Executor(machine))
                await EngineWith(executor, samples: start).RunAsync([experiment],
                    TestContext.Current.CancellationToken);
            LogOf(Read().Samples[^1]).ShouldBe("set up\n");
            ShouldHaveLeftNothing();
        }
        Log.Lines.Count(line => line.Contains("this is done once", StringComparison.Ordinal)).ShouldBe(1);
        Starts.ShouldBe(3);
        File.ReadAllLines(Path.Combine(Folder, "pm.vm.lock"))[2..].ShouldBe(["apt fio:amd64 3.33"]);
    }

    [Fact]
    public async Task A_job_that_is_stopped_takes_its_machine_with_it()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var experiment = Experiment("Long", ("Executor", "Vm"), ("VirtualMachine", "pm"),
            ("Command", "sh -c 'echo up > /dev/console; sleep 4321'"));
        await using (var executor = Executor(Machine()))
        {
            var run = EngineWith(executor).RunAsync([experiment], stop.Token);
            while (!run.IsCompleted && !ConsoleText().Contains("\nup", StringComparison.Ordinal))
                await Task.Delay(50, TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(run);
        }
        Read().Samples.ShouldBeEmpty();
        await EngineWith(Executor(Machine())).RunAsync([], TestContext.Current.CancellationToken);
        ShouldHaveLeftNothing();
    }

    [Fact]
    public async Task A_machine_that_goes_down_in_the_middle_is_named_with_its_console()
    {
        var experiment = Experiment("Down", ("Executor", "Vm"), ("VirtualMachine", "pm"),
            ("Command", "sh -c 'echo b > /proc/sysrq-trigger; sleep 4321'"));
        await using (var executor = Executor(Machine()))
        {
            var problem = await Should.ThrowAsync<DiagnosticException>(() =>
                EngineWith(executor).RunAsync([experiment], TestContext.Current.CancellationToken));
            problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(VmRules.Lost);
            File.Exists(problem.Diagnostics[0].Message.Split('\'')[3]).ShouldBeTrue(problem.Message);
        }
        await EngineWith(Executor(Machine())).RunAsync([], TestContext.Current.CancellationToken);
        ShouldHaveLeftNothing();
    }

    [Fact]
    public async Task A_machine_that_goes_down_is_started_again_and_only_the_cell_that_ends_it_is_left_out()
    {
        var inside = Experiment("Inside", ("Executor", "Vm"), ("VirtualMachine", "pm"), ("Matrix", "n=1..2"),
            ("Command", "sh -c 'test {n} = 2 || echo b > /proc/sysrq-trigger; sleep {n}'"));
        await using (var executor = Executor(Machine()))
        {
            var engine = EngineWith(executor, failFast: false);
            var outside = Experiment("Echo", ("Command", "echo {n}"), ("Matrix", "n=1..2"));
            var plans = await engine.RunAsync([inside, outside], TestContext.Current.CancellationToken);
            plans.Select(plan => (plan.Cell.Name, plan.Good.Count)).ShouldBe(
                [("Inside[n=1]", 0), ("Inside[n=2]", 1), ("Echo[n=1]", 1), ("Echo[n=2]", 1)]);
            var problem = engine.Problems.ShouldHaveSingleItem();
            problem.Rule.ShouldBe(VmRules.Lost);
            problem.Message.ShouldStartWith("Inside[n=1], 3 times in a row: ");
            problem.Message.ShouldContain("The virtual machine 'pm' was lost: ");
        }
        Log.Reported.Count(one => one.Rule == ExperimentRules.SampleInterrupted).ShouldBe(2);
    }

    [Fact]
    public async Task A_machine_that_does_not_come_up_says_why()
    {
        var experiment = Experiment("Never", ("Executor", "Vm"), ("VirtualMachine", "pm"), ("Command", "true"));
        (await Problem(Machine(("BootTimeout", "1")))).ShouldContain("could not be reached over SSH within 1 s");
        (await Problem(Machine(("Memory", "16TiB")))).ShouldContain("QEMU ended");
        ShouldHaveLeftNothing();

        async Task<string> Problem(VirtualMachineDeclaration machine)
        {
            await using var executor = Executor(machine);
            var problem = await Should.ThrowAsync<DiagnosticException>(() =>
                executor.MachineAsync(experiment, TestContext.Current.CancellationToken));
            problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(VmRules.BootFailed);
            return problem.Message;
        }
    }

    [Fact]
    public async Task Whether_an_accelerator_works_is_tried()
    {
        var qemu = new Qemu(SearchPath);
        (await qemu.ProbeAsync("tcg", Folder, TestContext.Current.CancellationToken)).ShouldBeNull();
        (await qemu.ProbeAsync("none-such", Folder, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        Directory.EnumerateFiles(Folder).ShouldBeEmpty();
    }

    private string ConsoleText() => string.Concat(Directory.Exists(Layout.Experiments)
        ? Directory.EnumerateFiles(Layout.Experiments, "console.txt", SearchOption.AllDirectories)
            .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))) : []);
}

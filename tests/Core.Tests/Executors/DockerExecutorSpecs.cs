using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Protocol;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Executors;

public sealed class DockerExecutorSpecs(ContainerEngine engine) : DockerFixture(engine)
{
    [Fact]
    public async Task A_sample_is_taken_in_a_container_of_its_own_and_the_container_is_gone()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "input.txt"), "from the project", Cancellation);
        await RunInBoxAsync(2, Cancellation,
            InBox("Box", ("Command",
                "sh -c 'cat {project}/input.txt /etc/note; echo $NOTE $PATH; echo kept > {output}/kept'")));
        var samples = Read().Samples;
        samples.Count.ShouldBe(2);
        samples.AtLeastOne().ShouldAllBe(sample =>
            sample.Outcome == SampleOutcome.Ok && sample.Result.Measurement!.WallSeconds > 0);
        LogOf(samples[0]).ShouldBe("from the project/bin/shimported /bin\n");
        LogOf(samples[0], "kept").ShouldBe("kept\n");
        Read().Cells.Values.Single().Parts.Single(part => part.Name == "executor").Value.ShouldMatch(
            "^docker sha256:[0-9a-f]{64} linux/amd64$");
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        await RunInBoxAsync(2, Cancellation,
            InBox("Box", ("Command",
                "sh -c 'cat {project}/input.txt /etc/note; echo $NOTE $PATH; echo kept > {output}/kept'")));
        Read().Samples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Outputs_belong_to_the_caller_and_nothing_but_the_attempt_can_be_written()
    {
        await RunInBoxAsync(InBox("Box",
            ("Command",
                "sh -c 'id -u; touch {output}/mine; touch {project}/not-mine && echo written; ls {project}/..'")),
                InBox("Alone", ("Command", "sh -c 'ps | cat; cat /proc/net/dev'")));
        var box = Read().Samples.Single(sample => sample.Cell == "Box");
        File.Exists(Path.Combine(Folder, "not-mine")).ShouldBeFalse();
        LogOf(box).ShouldNotContain("written");
        LogOf(box).ShouldStartWith(Own("-u"));
        OwnerOf(Path.Combine(Layout.Experiments, box.Logs, "mine")).ShouldBe(Own("-u") + ":" + Own("-g"));
        // The command in a container sees only its own processes and its own loopback interface.
        var alone = Read().Samples.Single(sample => sample.Cell == "Alone");
        LogOf(alone).ShouldContain("1 ");
        LogOf(alone).ShouldContain("lo:");
        LogOf(alone).ShouldNotContain("eth0");
    }

    [Fact]
    public async Task Root_of_the_image_works_for_another_user_who_gets_the_files_back()
    {
        Caller = (4321, 4322);
        var outside = Path.Combine(Folder, "outside");
        await File.WriteAllTextAsync(outside, "", Cancellation);
        await RunInBoxAsync(InBox("Box",
            ("Command",
                $"sh -c 'id -u; mkdir -p {{output}}/a/b; touch {{output}}/a/b/mine; ln -s {outside} {{output}}/link; "
                    + "chmod 700 {output}/a'")),
            InBox("Killed", ("Command", "sh -c 'touch {output}/mine; tail /dev/zero'"), ("MemoryLimit", "64MiB")));
        var box = Read().Samples.Single(sample => sample.Cell == "Box");
        box.Outcome.ShouldBe(SampleOutcome.Ok, box.Why);
        LogOf(box).ShouldStartWith("0");
        foreach (var name in new[] { "", "a", "a/b", "a/b/mine" })
            OwnerOf(Path.Combine(Layout.Experiments, box.Logs, name)).ShouldBe("4321:4322", name);
        OwnerOf(outside).ShouldBe(Own("-u") + ":" + Own("-g"));
        var killed = Read().Samples.Single(sample => sample.Cell == "Killed");
        OwnerOf(Path.Combine(Layout.Experiments, killed.Logs, "mine")).ShouldBe("4321:4322");
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sh -c 'exit 3'", SampleOutcome.ExitCode)]
    [InlineData("sh -c 'kill -9 $$'", SampleOutcome.Signal)]
    [InlineData("sleep 50", SampleOutcome.Timeout)]
    [InlineData("tail /dev/zero", SampleOutcome.OutOfMemory)]
    [InlineData("/no/such/program", SampleOutcome.NotStarted)]
    public async Task Failures_are_told_apart_as_on_the_host(string command, SampleOutcome expected)
    {
        await RunInBoxAsync(InBox("Fails", ("Command", command), ("Timeout", "2"), ("MemoryLimit", "64MiB")));
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(expected, Read().Samples[0].Why);
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_listens_on_the_loopback_interface_of_the_container()
    {
        var found = new List<Diagnostic>();
        Services.Add(ServiceDeclaration.Parse(
            Item("Service", "web", ("Command", "httpd -f -p 127.0.0.1:{port:a} -h {project}"), ("Experiments", "Box"),
                ("ReadyPort", "{port:a}")), found));
        found.ShouldBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(Folder, "page.txt"), "a page", Cancellation);
        await RunInBoxAsync(InBox("Box",
            ("Command", "sh -c 'printf \"GET /page.txt HTTP/1.0\\r\\n\\r\\n\" | nc 127.0.0.1 {port:a}'")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        sample.Outcome.ShouldBe(SampleOutcome.Ok, sample.Why);
        LogOf(sample).ShouldContain("a page");
    }

    [Fact]
    public async Task Cancelled_nothing_is_left_and_nothing_is_recorded()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = RunInBoxAsync(1, stop.Token, InBox("Long", ("Command", "sleep 4999")));
        await Until(() => Marked("sleep 4999"));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        Marked("sleep 4999").ShouldBeFalse();
        Read().Samples.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_engine_that_is_killed_in_the_middle_loses_no_finished_sample()
    {
        if (!Containers.IsOwn)
            Assert.Skip("only an engine that the tests have started may be killed, which takes root");
        var experiment = InBox("Slow", ("Matrix", "n=1..3"),
            ("Command", "sh -c 'test {n} = 1 -a -e {project}/hold && sleep 4998; echo {n}'"));
        var hold = Path.Combine(Folder, "hold");
        await RunInBoxAsync(1, Cancellation, experiment);
        var finished = Read().Samples.Select(sample => sample.Id).ToList();
        await File.WriteAllTextAsync(hold, "", Cancellation);
        var running = RunInBoxAsync(2, Cancellation, experiment);
        await Until(() => Marked("sleep 4998"));
        try
        {
            Containers.Kill();
            (await Should.ThrowAsync<DiagnosticException>(running)).Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(
                DockerRules.Gone);
            // A container survives its engine, but the container of a sample must not.
            await Until(() => !Marked("sleep 4998"));
        }
        finally
        {
            Containers.Start();
        }
        finished.AtLeastOne().ShouldBeSubsetOf(Read().Samples.Select(sample => sample.Id));
        File.Delete(hold);
        var done = Read().Samples.Select(sample => sample.Id).ToList();
        await RunInBoxAsync(2, Cancellation, experiment);
        Read().Samples.Count.ShouldBe(6);
        Read().Samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        done.AtLeastOne().ShouldBeSubsetOf(Read().Samples.Select(sample => sample.Id));
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        Directory.EnumerateDirectories(Attempts.RootIn(Layout)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_evaluation_left_is_removed_at_the_next_start()
    {
        var id = Guid.NewGuid().ToString("N");
        Attempts.Prepare(new Attempt(Path.Combine(Attempts.RootIn(Layout), id)));
        Containers.Docker("run", "--detach", "--network=none", "--name", DockerExecutor.NameOf(id), "--label",
            $"{ContainerRun.EvaluationLabel}={Layout.Root}", ContainerEngine.Image, "sleep",
            "4997").ExitCode.ShouldBe(0);
        await RunInBoxAsync(InBox("Box", ("Command", "true")));
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        Marked("sleep 4997").ShouldBeFalse();
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok);
    }

    [Fact]
    public async Task An_image_that_was_removed_meanwhile_is_an_error_with_its_remedy()
    {
        using var docker = Docker();
        var gone = new AcquiredImage("box", "sha256:" + new string('0', 64), "linux/amd64",
            "sha256:" + new string('0', 64));
        var executor = new DockerExecutor(Runner, Layout.Root, docker,
            new Dictionary<string, AcquiredImage> { ["box"] = gone });
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(Layout), Guid.NewGuid().ToString("N")));
        Attempts.Prepare(attempt);
        var command = new CommandSpec
        {
            Arguments = ["true"],
            WorkingDirectory = "/",
            StandardOutput = attempt.Output + "/o",
            StandardError = attempt.Output + "/e"
        };
        var problem = await Should.ThrowAsync<DiagnosticException>(() =>
            executor.RunAsync(InBox("Box", ("Command", "true")),
                new JobSpec { Id = Guid.NewGuid().ToString("N"), Command = command }, attempt, [], Cancellation));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DockerRules.ImageGone);
    }

    [Fact]
    public async Task A_container_has_no_right_that_it_does_not_need_and_cannot_gain_any()
    {
        await RunInBoxAsync(InBox("Rights",
            ("Command",
                "sh -c 'cat /proc/self/status; mknod {output}/disk b 7 0 && echo made; chown 0 {output}; mkdir /mnt; "
                    + "busybox mount -t tmpfs none /mnt && echo mounted'"),
            ("SuccessExitCodes", "0;1")));
        var status = LogOf(Read().Samples.ShouldHaveSingleItem());
        // CHOWN, DAC_OVERRIDE, FOWNER, KILL.
        status.ShouldContain("CapBnd:\t000000000000002b");
        status.ShouldContain("NoNewPrivs:\t1");
        status.ShouldNotContain("made");
        status.ShouldNotContain("mounted");
    }

    [Fact]
    public async Task The_number_of_its_processes_is_limited()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = RunInBoxAsync(1, stop.Token, InBox("Long", ("Command", "sleep 4996")));
        await Until(() => Marked("sleep 4996"));
        var inspected = Containers.Docker("inspect", "--format",
            "{{.HostConfig.PidsLimit}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}}",
            Containers.ContainersOf(Layout.Root)[0]).Output;
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        inspected.ShouldBe("8192 [ALL] [no-new-privileges] false");
    }

    [Fact]
    public async Task What_runs_as_its_owner_is_an_ordinary_file_when_it_comes_out()
    {
        await RunInBoxAsync(InBox("Setuid",
            ("Command",
                "sh -c 'mkdir {output}/d {work}/d; for f in {output}/d/su {work}/su; do cp /bin/busybox $f; chmod 6755 "
                    + "$f; done; ln -s /etc {output}/d/etc'"), ("Collect", "su")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        sample.Outcome.ShouldBe(SampleOutcome.Ok, sample.Why);
        var kept = Directory.EnumerateFiles(Path.Combine(Layout.Experiments, sample.Logs), "su",
            SearchOption.AllDirectories).ToList();
        kept.ShouldNotBeEmpty();
        kept.AtLeastOne().ShouldAllBe(file =>
            (File.GetUnixFileMode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) == 0);
    }

    [Fact]
    public async Task Nothing_outside_of_the_attempt_can_be_written_not_even_what_is_mounted_below_it()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root may mount");
        var inner = Directory.CreateDirectory(Path.Combine(Folder, "inner folder")).FullName;
        LoopDisk.Run("mount", "-t", "tmpfs", "none", inner);
        try
        {
            await RunInBoxAsync(InBox("Box",
                ("Command",
                    "sh -c 'touch \"{project}/inner folder/x\" && echo written; touch {project}/y && echo written; "
                        + "true'")));
            LogOf(Read().Samples.ShouldHaveSingleItem()).ShouldNotContain("written");
            File.Exists(Path.Combine(inner, "x")).ShouldBeFalse();
        }
        finally
        {
            LoopDisk.Run("umount", inner);
        }
    }

    [Theory]
    [InlineData("result.json")]
    [InlineData("output/stderr.txt")]
    [InlineData("output/stdout.txt")]
    public async Task A_link_in_place_of_a_file_of_ours_shows_nothing_of_this_machine(string file)
    {
        var secret = Path.Combine(Folder, "..", $"secret-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(secret, "the secret line\n", Cancellation);
        try
        {
            // The path exists only on this machine and not in the container, so the link can be followed only on this
            // machine.
            try
            {
                await RunInBoxAsync(InBox("Link",
                    ("Command",
                        $"sh -c 'rm -f {{output}}/../{file}; ln -s {Path.GetFullPath(secret)} {{output}}/../{file}"
                            + "; exit 3'")));
            }
            catch (DiagnosticException problem)
            {
                problem.Message.ShouldNotContain("the secret line");
            }
            Read().Samples.Select(sample => sample.Why ?? "").ShouldNotContain(why => why.Contains("secret line"));
            Directory.EnumerateFiles(Layout.Experiments, "*", SearchOption.AllDirectories)
                .Where(path => new FileInfo(path).LinkTarget is null)
                .AtLeastOne().ShouldAllBe(path => !File.ReadAllText(path).Contains("the secret line"));
            (await File.ReadAllTextAsync(secret, Cancellation)).ShouldBe("the secret line\n");
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void The_last_one_of_a_variable_that_an_image_sets_twice_holds() =>
        Verus.Artifact.Containers.ImageStore.VariablesOf(["A=1", "PATH=/bin", "A=2", "=x", "B", "A=3=4"])
            .ShouldBe(new Dictionary<string, string> { ["A"] = "3=4", ["PATH"] = "/bin" }, ignoreOrder: true);

    private static string Own(string option) => Programs.Run("id", option).Succeeds().Output.Trim();

    private static string OwnerOf(string path) => Programs.Run("stat", "-c", "%u:%g", path).Succeeds().Output.Trim();
}

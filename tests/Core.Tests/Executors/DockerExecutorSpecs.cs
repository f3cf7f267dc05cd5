using Verus.Artifact.Containers;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Places.Docker;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Executors;

public sealed class DockerExecutorSpecs(ContainerEngine engine) : DockerFixture(engine)
{
    [Fact]
    public async Task A_sample_is_taken_in_a_container_of_its_own_and_the_container_is_gone()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "input.txt"), "from the project", Cancellation);
        await RunInBoxAsync(2, Cancellation, InBox("Box", ("Command", "sh -c 'cat {project}/input.txt /etc/note; echo $NOTE $PATH; echo kept > {output}/kept'")));
        var samples = Read().Samples;
        samples.Count.ShouldBe(2);
        samples.ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok && sample.Result.Measurement!.WallSeconds > 0);
        LogOf(samples[0]).ShouldBe("from the project/bin/shimported /bin\n");
        LogOf(samples[0], "kept").ShouldBe("kept\n");
        Read().Cells.Values.Single().Parts.Single(part => part.Name == "executor").Value.ShouldMatch("^docker sha256:[0-9a-f]{64} linux/amd64$");
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        await RunInBoxAsync(2, Cancellation, InBox("Box", ("Command", "sh -c 'cat {project}/input.txt /etc/note; echo $NOTE $PATH; echo kept > {output}/kept'")));
        Read().Samples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Outputs_belong_to_the_caller_and_nothing_but_the_attempt_can_be_written()
    {
        await RunInBoxAsync(InBox("Box", ("Command", "sh -c 'id -u; touch {output}/mine; touch {project}/not-mine && echo written; ls {project}/..'")), InBox("Alone", ("Command", "sh -c 'ps | cat; cat /proc/net/dev'")));
        var box = Read().Samples.Single(sample => sample.Cell == "Box");
        File.Exists(Path.Combine(Folder, "not-mine")).ShouldBeFalse();
        LogOf(box).ShouldNotContain("written");
        LogOf(box).ShouldStartWith(Own("-u"));
        OwnerOf(Path.Combine(Layout.Experiments, box.Logs, "mine")).ShouldBe(Own("-u") + ":" + Own("-g"));
        // It sees its own processes and its own loopback interface, and nothing else.
        var alone = Read().Samples.Single(sample => sample.Cell == "Alone");
        LogOf(alone).ShouldContain("1 ");
        LogOf(alone).ShouldContain("lo:");
        LogOf(alone).ShouldNotContain("eth0");
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
        Services.Add(ServiceDeclaration.Parse(Item("Service", "web", ("Command", "httpd -f -p 127.0.0.1:{port:a} -h {project}"), ("Experiments", "Box"), ("ReadyPort", "{port:a}")), found));
        found.ShouldBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(Folder, "page.txt"), "a page", Cancellation);
        await RunInBoxAsync(InBox("Box", ("Command", "sh -c 'printf \"GET /page.txt HTTP/1.0\\r\\n\\r\\n\" | nc 127.0.0.1 {port:a}'")));
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
        var experiment = InBox("Slow", ("Matrix", "n=1..3"), ("Command", "sh -c 'test {n} = 1 -a -e {project}/hold && sleep 4998; echo {n}'"));
        var hold = Path.Combine(Folder, "hold");
        await RunInBoxAsync(1, Cancellation, experiment);
        var finished = Read().Samples.Select(sample => sample.Id).ToList();
        await File.WriteAllTextAsync(hold, "", Cancellation);
        var running = RunInBoxAsync(2, Cancellation, experiment);
        await Until(() => Marked("sleep 4998"));
        try
        {
            Containers.Kill();
            (await Should.ThrowAsync<DiagnosticException>(running)).Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DockerRules.Gone);
            // A container outlives its engine; nothing of this one may.
            await Until(() => !Marked("sleep 4998"));
        }
        finally
        {
            Containers.Start();
        }
        finished.ShouldBeSubsetOf(Read().Samples.Select(sample => sample.Id));
        File.Delete(hold);
        var done = Read().Samples.Select(sample => sample.Id).ToList();
        await RunInBoxAsync(2, Cancellation, experiment);
        Read().Samples.Count.ShouldBe(6);
        Read().Samples.ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok);
        done.ShouldBeSubsetOf(Read().Samples.Select(sample => sample.Id));
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        Directory.EnumerateDirectories(Attempts.RootIn(Layout)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_evaluation_left_is_removed_at_the_next_start()
    {
        var id = Guid.NewGuid().ToString("N");
        Attempts.Prepare(new Attempt(Path.Combine(Attempts.RootIn(Layout), id)));
        Containers.Docker("run", "--detach", "--network=none", "--name", DockerExecutor.NameOf(id), "--label", $"{DockerExecutor.EvaluationLabel}={Layout.Root}", ContainerEngine.Image, "sleep", "4997").ExitCode.ShouldBe(0);
        await RunInBoxAsync(InBox("Box", ("Command", "true")));
        Containers.ContainersOf(Layout.Root).ShouldBeEmpty();
        Marked("sleep 4997").ShouldBeFalse();
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok);
    }

    [Fact]
    public async Task An_image_that_was_removed_meanwhile_is_an_error_with_its_remedy()
    {
        using var docker = Docker();
        var gone = new AcquiredImage("box", "sha256:" + new string('0', 64), "linux/amd64", "sha256:" + new string('0', 64));
        var executor = new DockerExecutor(Runner, Layout.Root, docker, new Dictionary<string, AcquiredImage> { ["box"] = gone });
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(Layout), Guid.NewGuid().ToString("N")));
        Attempts.Prepare(attempt);
        var command = new CommandSpec { Arguments = ["true"], WorkingDirectory = "/", StandardOutput = attempt.Output + "/o", StandardError = attempt.Output + "/e" };
        var problem = await Should.ThrowAsync<DiagnosticException>(() => executor.RunAsync(InBox("Box", ("Command", "true")), new JobSpec { Id = Guid.NewGuid().ToString("N"), Command = command }, attempt, [], Cancellation));
        problem.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(DockerRules.ImageGone);
    }

    private static string Own(string option)
    {
        using var id = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("id", [option]) { RedirectStandardOutput = true })!;
        return id.StandardOutput.ReadToEnd().Trim();
    }

    private static string OwnerOf(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}

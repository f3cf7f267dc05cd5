namespace Verus.Artifact.Tests;

/// <summary>Tests whole builds with a container engine.</summary>
public sealed class DockerSpecs : SdkProject, IClassFixture<ContainerEngine>
{
    private readonly ContainerEngine engine;

    public DockerSpecs(ContainerEngine engine)
    {
        this.engine = engine;
        engine.Need();
        Variables["DOCKER_HOST"] = engine.Host;
    }

    [Fact]
    public void A_build_that_is_killed_leaves_no_process_and_the_next_one_no_container()
    {
        Write($"<ItemGroup><ContainerImage Include='box' Reference='{ContainerEngine.Image}' />\n" +
            "<Experiment Include='Slow' Executor='Docker' Image='box' Matrix='n=1,2' Samples='1' Command='sh -c \"test "
            + "-e {project}/go || sleep 4994; echo {n}\"' /></ItemGroup>");
        using (var build = Start())
        {
            Until(() => IsRunning("sleep 4994"), build);
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
        }
        // When its standard input ends, the runner in the container ends as well.
        Until(() => !IsRunning("sleep 4994"));
        File.WriteAllText(Path.Combine(Folder, "go"), "");
        Build().Succeeds().Output.ShouldContain("Removing what a killed build left unfinished (1 folder)");
        Samples().Count.ShouldBe(2);
        Samples().AtLeastOne().ShouldAllBe(cell => cell.Count() == 1);
        engine.ContainersOf(Path.Combine(Folder, "evaluation")).ShouldBeEmpty();
        // The digest of the first use is written to the ledger, which is the project in this test, and causes no sample
        // to be taken again.
        File.ReadAllText(Project).ShouldContain(" Digest='sha256:".Replace('\'', '"'));
        Build().Succeeds().Output.ShouldNotContain("Slow[n=1]");
        Samples().AtLeastOne().ShouldAllBe(cell => cell.Count() == 1);
        Build().Succeeds().Output.ShouldContain("Nothing to do");
    }

    [Fact]
    public void Without_an_engine_preflight_says_so_before_anything_starts()
    {
        Write(
            "<ItemGroup><ContainerImage Include='box' Reference='box:1' /><Experiment Include='Box' Executor='Docker' "
                + "Image='box' Command='true' /></ItemGroup>");
        Variables["DOCKER_HOST"] = "unix:///no/such/docker.sock";
        Build().Fails("VART3003").Output.ShouldContain("VART4021");
        File.Exists(Journal).ShouldBeFalse();
    }

    [Fact]
    public void Preflight_knows_the_engines_disk_and_the_users_of_images()
    {
        engine.Docker("import", "--change", "USER prover", Layer(), "prover-box:1").ExitCode.ShouldBe(0);
        Write("""
            <ItemGroup><ContainerImage Include='prover-box' Reference='prover-box:1' Size='1000TiB' />
            <ContainerImage Include='absent' Reference='absent:1' Size='1000TiB' />
            <Experiment Include='Box' Executor='Docker' Image='prover-box' Command='/bin/busybox true' Samples='1' />
            <Experiment Include='Absent' Executor='Docker' Image='absent' Command='true' /></ItemGroup>
            """);
        Build("-t:Preflight", "-p:Request=Box").Succeeds().Output.ShouldContain("VART2082");
        var lacks = Build("-t:Preflight").Fails("VART3003").Output;
        lacks.ShouldContain("1024000.0 GiB are needed: 'absent' 1024000 GiB. Free some space");
        lacks.ShouldContain("(VART2083) (for Absent)");
        Build("-p:Request=Box").Succeeds();
    }

    private string Layer()
    {
        var files = Directory.CreateDirectory(Path.Combine(Folder, "layer/bin")).FullName;
        File.Copy("/bin/busybox", Path.Combine(files, "busybox"));
        Programs.Shell(Path.Combine(Folder, "layer"), "tar -cf ../layer.tar bin").Succeeds();
        return Path.Combine(Folder, "layer.tar");
    }

    [Fact]
    public void A_tool_is_built_in_its_image_when_it_is_asked_for_and_not_again()
    {
        var upstream = Directory.CreateDirectory(Path.Combine(Folder, "upstream")).FullName;
        File.WriteAllText(Path.Combine(upstream, "prover.sh"), "#!/bin/sh\necho prover 1.0\n");
        Write(
            $"<ItemGroup><ContainerImage Include='box' Reference='{ContainerEngine.Image}' /><ExternalRepo "
                + $"Include='src' Url='file://{upstream}' Commit='{GitCommand.CommitAll(upstream)}' />\n" +
            "<Tool Include='prover' Image='box' Source='src' Build='cp prover.sh {output}/prover\nchmod +x "
            + "{output}/prover' Executable='{output}/prover' VersionPattern='prover (\\S+)' />\n" +
            "<Experiment Include='Prove' Executor='Docker' Image='box' Command='{tool:prover}' SuccessText='prover "
            + "1.0' Samples='1' />\n" +
            "<Experiment Include='Elsewhere' Command='{tool:prover}' Samples='1' /></ItemGroup>");
        Build("-p:Request=prover").Succeeds().Output.ShouldContain("prover: step 2 of 2");
        Build("-p:Request=prover").Succeeds().Output.ShouldNotContain("step");
        Build("-p:Request=prover").Succeeds().Output.ShouldContain("Nothing to do");
        Build("-p:Request=Prove").Succeeds().Output.ShouldNotContain("step");
        Samples().Count.ShouldBe(1);
        Build("-p:Request=Elsewhere").Fails("VART3003").Output.ShouldContain("one that is built in the image 'box'");
    }

    private static void Until(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            Thread.Sleep(50);
        condition().ShouldBeTrue("it has not come to that within half a minute");
    }

    private static bool IsRunning(string command) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ').Trim() == command;
        }
        catch (IOException)
        {
            return false;
        }
    });
}

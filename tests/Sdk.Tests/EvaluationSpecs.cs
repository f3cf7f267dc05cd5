
namespace Verus.Artifact.Tests;

public sealed class EvaluationSpecs : SdkProject
{
    private const string Whole = """
        <ItemGroup>
          <Experiment Include="Speed" Matrix="tool=slow,fast" Command="sh {project}/speed.sh {tool}" MetricPatterns="speed=speed ([0-9.]+)" Inputs="speed.sh" />
          <Dataset Include="Speed" Experiments="Speed" Metric="speed" ValueColumn="speed" Unit="MB/s" />
          <Figure Include="Speed" Kind="GroupedBars" Datasets="Speed" X="tool" Title="Speed" />
          <Claim Include="Fast" Title="Fast is faster" Figures="Speed" />
          <Predicate Include="F1" Claim="Fast" Dataset="Speed" Quantity="max([tool=fast] / [tool=slow])" AtLeast="2" />
        </ItemGroup>
        """;

    private void WriteWhole()
    {
        Write(Whole);
        File.WriteAllText(Path.Combine(Folder, "speed.sh"), "test $1 = fast && echo speed 30 || echo speed 10\n");
    }

    [Fact]
    public void One_command_leaves_data_figures_verdicts_and_a_report_and_a_second_one_does_nothing()
    {
        WriteWhole();
        Build().Succeeds().Output.ShouldContain("Fast supported");
        foreach (var file in new[] { "data/Speed.csv", "data/Speed.samples.csv", "figures/Speed.svg",
            "figures/Speed.pdf", "figures/Speed.png", "figures/Speed.txt", "claims/All.json", "report/index.html" })
            File.Exists(Path.Combine(Folder, "evaluation", file)).ShouldBeTrue(file);
        var before = File.GetLastWriteTimeUtc(Path.Combine(Folder, "evaluation/report/index.html"));
        var log = File.ReadAllLines(Path.Combine(Folder, "evaluation/log.txt"));
        log[0].ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ All of artifact.proj, process \d+$");
        log.ShouldContain(line => line.Contains("Z [8/8] Speed[tool=", StringComparison.Ordinal));
        Build().Succeeds().Output.ShouldContain("Nothing to do");
        File.ReadAllLines(Path.Combine(Folder, "evaluation/log.txt")).ShouldBe(log);
        File.GetLastWriteTimeUtc(Path.Combine(Folder, "evaluation/report/index.html")).ShouldBe(before);
        Samples().Sum(cell => cell.Count()).ShouldBe(8);
    }

    [Fact]
    public void More_samples_run_the_difference_and_a_changed_input_reruns_and_is_explained()
    {
        WriteWhole();
        Build("-p:Samples=2").Succeeds();
        Build("-p:Samples=5").Succeeds();
        Samples().Sum(cell => cell.Count()).ShouldBe(10);
        File.AppendAllText(Path.Combine(Folder, "speed.sh"), "# changed\n");
        Build("-t:Explain", "-p:Samples=5").Succeeds().Output.ShouldContain("input speed.sh: ");
        Build("-t:Plan", "-p:Samples=5").Succeeds().Output.ShouldContain("10 samples of 2 cells");
        Samples().Sum(cell => cell.Count()).ShouldBe(10);
        Build("-p:Samples=5").Succeeds();
        Samples().Sum(cell => cell.Count()).ShouldBe(20);
    }

    [Fact]
    public void A_smoke_run_says_first_what_the_full_one_takes_leaves_results_alone_and_its_samples_count()
    {
        WriteWhole();
        var smoke = Build("-p:Smoke=true").Succeeds().Output;
        smoke.ShouldContain("In full: 8 samples of 2 cells, no estimate yet");
        smoke.IndexOf("In full: 8 samples", StringComparison.Ordinal)
            .ShouldBeLessThan(smoke.IndexOf("2 samples of 2 cells to take", StringComparison.Ordinal));
        smoke.ShouldContain("2, SMOKE RUN  Fast inconclusive  evaluation/smoke/figures/Speed.svg");
        smoke.ShouldMatch(@"In full: 8 samples of 2 cells, about \d+");
        foreach (var made in new[] { "data", "figures", "claims", "report", "state" })
        {
            Directory.Exists(Path.Combine(Folder, "evaluation/smoke", made)).ShouldBeTrue(made);
            Directory.Exists(Path.Combine(Folder, "evaluation", made)).ShouldBeFalse(made);
        }
        Build("-p:Smoke=true").Succeeds().Output.ShouldContain("Nothing to do");
        Build("-t:Plan").Succeeds().Output.ShouldContain("6 samples of 2 cells to take");
        Build().Succeeds().Output.ShouldContain("Fast supported");
        Samples().Sum(cell => cell.Count()).ShouldBe(8);
        Build("-t:Clean").Succeeds();
        Directory.Exists(Path.Combine(Folder, "evaluation/smoke")).ShouldBeFalse();
    }

    [Fact]
    public void Outputs_that_were_removed_come_back_without_a_sample()
    {
        WriteWhole();
        Build().Succeeds();
        Build("-t:Clean").Succeeds();
        Directory.Exists(Path.Combine(Folder, "evaluation/figures")).ShouldBeFalse();
        Build().Succeeds();
        File.Exists(Path.Combine(Folder, "evaluation/figures/Speed.svg")).ShouldBeTrue();
        Samples().Sum(cell => cell.Count()).ShouldBe(8);
    }

    [Theory]
    [InlineData("<Experiment Include='E' />", "", "VART0001", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' Timeout='soon' />", "", "VART0002", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' Samles='3' />", "", "VART0003", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' /><Experiment Include='E' Command='true' />", "", "VART0004",
        "artifact.proj(4,")]
    [InlineData("<Figure Include='F' Kind='Table' Datasets='None' Rows='a' Columns='b' />", "", "VART0005",
        "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' />", "-p:Samples=many", "VART0006", "")]
    [InlineData("<Experiment Include='E' Command='true' />", "-p:OnMissing=Ignore", "VART0006", "")]
    [InlineData("<Experiment Include='E' Command='true' />", "-p:Request=Figure99", "VART0007", "")]
    [InlineData("<Experiment Include='E' Command='true' Matrix='n=1' Except='m=1' />", "", "VART4001",
        "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true {nothing}' />", "", "VART4002", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' Inputs='gone.txt' />", "", "VART3003", "")]
    [InlineData("<Experiment Include='E' Command='true' Reader='none' />", "", "VART4015", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='{tool:x}' /><Tool Include='x' ProgramName='no-such-tool' />", "",
        "VART3003", "")]
    [InlineData("<Experiment Include='E' Command='true' /><Dataset Include='D' Experiments='E' Metric='wal' />", "",
        "VART5004", "artifact.proj(4,")]
    [InlineData("<Experiment Include='E' Command='true' /><Dataset Include='D' Experiments='E' "
        + "Formats='ironkv-row-data' />", "", "VART5009", "artifact.proj(4,")]
    [InlineData("<Claim Include='C' Title='c' /><Predicate Include='P' Claim='C' Dataset='D' Quantity='min(' "
        + "AtLeast='1' /><Experiment Include='E' Command='true' /><Dataset Include='D' Experiments='E' />", "",
        "VART7001", "artifact.proj(4,")]
    public void What_a_user_gets_wrong_is_one_coded_error_and_no_sample(string items, string argument, string code,
        string where)
    {
        Write($"<ItemGroup>\n{items}</ItemGroup>");
        var result = Build(argument.Length == 0 ? [] : [argument]).Fails(code);
        // An error about an item has the item's file and line.
        result.Output.ShouldContain(where);
        Samples().ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_coded_error()
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' /></ItemGroup>");
        Build("-p:ArtifactEvaluationDir=/proc/none").Fails("VART0009");
    }

    [Fact]
    public void A_claim_that_is_not_supported_is_an_error_only_when_told_so()
    {
        WriteWhole();
        File.WriteAllText(Path.Combine(Folder, "speed.sh"), "echo speed 10\n");
        Build().Succeeds().Output.ShouldContain("NOT SUPPORTED");
        var code = Path.Combine(Folder, "code");
        Build("-p:ArtifactClaimErrors=Inconclusive", $"-p:ArtifactExitCodeFile={code}").Succeeds();
        File.Exists(code).ShouldBeFalse();
        Build("-p:ArtifactClaimErrors=NotSupported%3BInconclusive", "-p:ArtifactExitCodeFile=code").Fails("VART7004");
        File.ReadAllText(code).ShouldBe("3\n");
        File.ReadAllText(Path.Combine(Folder, "evaluation/report/junit.xml")).ShouldContain("failures=\"1\"");
        Build("-p:ArtifactClaimErrors=Refuted").Fails("VART0006");
    }

    [Fact]
    public void Claims_that_are_undecided_or_not_measured_are_errors_of_their_own_when_told_so()
    {
        WriteWhole();
        Build("-p:Samples=1", "-p:ArtifactClaimErrors=Inconclusive", "-p:ArtifactExitCodeFile=code").Fails("VART7020");
        File.ReadAllText(Path.Combine(Folder, "code")).ShouldBe("4\n");
        File.ReadAllText(Path.Combine(Folder, "evaluation/report/index.html")).ShouldMatch(
            "F1: about 6 samples of each cell instead of 1 may decide it, which takes .* more: "
                + "dotnet build artifact.proj -p:Request=Fast -p:Samples=6");
        Write(Whole.Replace("sh {project}/speed.sh", "{tool:none}", StringComparison.Ordinal)
            .Replace(" Inputs=\"speed.sh\"", "", StringComparison.Ordinal)
            + "<ItemGroup><Tool Include=\"none\" /></ItemGroup>");
        Build("-p:OnMissing=Skip", "-p:ArtifactAllowNothingMeasured=true", "-p:ArtifactClaimErrors=NotMeasured",
            "-p:ArtifactExitCodeFile=code").Fails("VART7021");
        File.ReadAllText(Path.Combine(Folder, "code")).ShouldBe("5\n");
        Build("-p:ArtifactClaimErrors=NotMeasured", "-p:ArtifactExitCodeFile=code").Fails("VART3003");
        File.ReadAllText(Path.Combine(Folder, "code")).ShouldBe("1\n");
    }

    [Fact]
    public void A_build_that_measures_adds_its_verdicts_to_the_summary_of_the_job()
    {
        WriteWhole();
        var summary = Path.Combine(Folder, "summary.md");
        File.WriteAllText(summary, "# What came before\n");
        Variables["GITHUB_STEP_SUMMARY"] = summary;
        Build("-p:Samples=2").Succeeds();
        var text = File.ReadAllText(summary);
        text.ShouldStartWith("# What came before\n");
        text.ShouldContain("| Fast |");
        Variables["GITHUB_STEP_SUMMARY"] = Path.Combine(Folder, "none", "summary.md");
        Build("-p:Samples=3").Succeeds();
    }

    [Fact]
    public void What_is_missing_is_left_out_or_recorded_when_told_so()
    {
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "tool,speed\nfast,30\nslow,10\n");
        Write(Whole.Replace("sh {project}/speed.sh", "{tool:none}", StringComparison.Ordinal)
            .Replace(" Inputs=\"speed.sh\"", "", StringComparison.Ordinal)
            + "<ItemGroup><Tool Include=\"none\" /><RecordedData Include=\"Speed\" File=\"paper.csv\" "
            + "KeyColumns=\"tool\" "
            + "Value=\"speed\" Unit=\"MB/s\" Provenance=\"the authors\" /></ItemGroup>");
        Build().Fails("VART3003");
        // A build that shows no number at all fails, unless the user allowed that.
        Build("-p:OnMissing=Skip").Fails("VART4047").Output.ShouldContain("not measured");
        Build("-p:OnMissing=Skip", "-p:ArtifactAllowNothingMeasured=true")
            .Succeeds().Output.ShouldContain("not measured");
        Build("-p:OnMissing=Recorded").Succeeds().Output.ShouldContain("RECORDED");
        File.ReadAllText(Path.Combine(Folder, "evaluation/figures/Speed.txt")).ShouldContain("RECORDED BY THE AUTHORS");
        File.ReadAllText(Path.Combine(Folder, "evaluation/report/index.html"))
            .ShouldContain("RECORDED by the authors, not measured here");
        Samples().ShouldBeEmpty();
    }

    [Fact]
    public void What_an_experiment_says_is_not_as_in_the_paper_stands_with_its_numbers()
    {
        Write("""
            <ItemGroup>
              <Experiment Include="Small" Matrix="n=1,2" Command="true {n}" Samples="1" Deviations="one thread in place of ten; half the keys" />
              <Dataset Include="Small" Experiments="Small" />
              <Figure Include="Small" Kind="GroupedBars" Datasets="Small" X="n" Title="Small" />
            </ItemGroup>
            """);
        Build().Succeeds();
        var text = File.ReadAllText(Path.Combine(Folder, "evaluation/figures/Small.txt"));
        text.ShouldContain("one thread in place of ten");
        text.ShouldContain("half the keys");
        File.ReadAllText(Path.Combine(Folder, "evaluation/data/Small.samples.csv"))
            .ShouldContain("one thread in place of ten; half the keys");
    }

    [Fact]
    public void A_plan_knows_what_was_measured_from_a_source_and_with_a_tool_that_was_built_from_one()
    {
        var origin = Directory.CreateDirectory(Path.Combine(Folder, "origin")).FullName;
        File.WriteAllText(Path.Combine(origin, "tool.sh"), "#!/bin/sh\necho built\n");
        Write($$"""
            <ItemGroup>
              <ExternalRepo Include="origin" Url="{{origin}}" Commit="{{GitCommand.CommitAll(origin)}}" />
              <Tool Include="built" Source="origin" Build="chmod +x tool.sh" Executable="tool.sh" />
              <Experiment Include="E" Command="{tool:built} {source:origin}/tool.sh" Samples="1" />
            </ItemGroup>
            """);
        Build().Succeeds();
        foreach (var target in new[] { "Plan", "Explain" })
            Build($"-t:{target}").Succeeds().Output.ShouldNotContain("gone");
        Build("-t:Plan").Succeeds().Output.ShouldContain("E: 0 samples of 0 cells to take");
        Build("-t:Preflight").Succeeds().Output.ShouldNotContain("build built");
        Directory.Delete(Path.Combine(Folder, "evaluation/sources"), recursive: true);
        Build("-t:Plan").Succeeds().Output.ShouldContain("E: 0 samples of 0 cells to take");
    }

    [Fact]
    public void A_tool_that_was_missing_is_found_by_the_next_call()
    {
        Write(
            "<ItemGroup><Tool Include='late' Path='late' /><Experiment Include='Late' Command='{folder:late}/late' "
                + "Samples='1' /></ItemGroup>");
        Build().Fails("VART3003");
        Build("-p:OnMissing=Skip", "-p:ArtifactAllowNothingMeasured=true").Succeeds();
        Build("-p:OnMissing=FailFast").Fails("VART3003");
        Samples().ShouldBeEmpty();
        File.WriteAllText(Path.Combine(Folder, "late"), "#!/bin/sh\necho 1.0\n");
        File.SetUnixFileMode(Path.Combine(Folder, "late"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Build("-p:OnMissing=Skip").Succeeds();
        Samples().Count.ShouldBe(1);
    }

    [Fact]
    public void A_second_build_on_one_folder_waits_and_says_for_whom()
    {
        Write("<ItemGroup><Experiment Include='Slow' Command='sleep 3' Samples='1' /></ItemGroup>");
        using var first = Start();
        Until(() => Directory.Exists(Path.Combine(Folder, "evaluation/experiments/attempts")), first);
        var second = Build().Succeeds();
        second.Output.ShouldContain("VART4007");
        second.Output.ShouldContain($"process {first.Id}");
        first.WaitForExit();
        Samples().Sum(cell => cell.Count()).ShouldBe(1);
    }

    [Fact]
    public void Clean_waits_for_a_build_that_works_in_the_folder()
    {
        Write(
            "<ItemGroup><Experiment Include='Slow' Command=\"sh -c 'for i in %24(seq 600); do [ -e {project}/go ] || "
                + "sleep 0.1; done'\" Samples='1' /></ItemGroup>");
        using var first = Start();
        Until(() => Directory.Exists(Path.Combine(Folder, "evaluation/experiments/attempts")), first);
        using var clean = Start("-t:Clean");
        var said = clean.StandardOutput.ReadLine();
        while (said?.Contains("VART4007", StringComparison.Ordinal) == false)
            said = clean.StandardOutput.ReadLine();
        said.ShouldNotBeNull("Clean has not waited");
        File.WriteAllText(Path.Combine(Folder, "go"), "");
        first.WaitForExit();
        clean.StandardOutput.ReadToEnd();
        clean.WaitForExit();
        (first.ExitCode, clean.ExitCode).ShouldBe((0, 0));
        Directory.Exists(Path.Combine(Folder, "evaluation/state")).ShouldBeFalse();
        Samples().Sum(cell => cell.Count()).ShouldBe(1);
    }

    [Fact]
    public void Ctrl_C_stops_leaves_no_process_and_keeps_what_was_measured()
    {
        Write(
            "<ItemGroup><Experiment Include='Fast' Command='true' Samples='1' /><Experiment Include='Slow' "
                + "Command='sleep 4321' Samples='1' /></ItemGroup>");
        using var build = Start();
        Until(() => Processes("sleep\04321").Any(), build);
        Programs.Run("kill", "-INT", $"{build.Id}").Succeeds();
        build.WaitForExit(30_000).ShouldBeTrue();
        build.ExitCode.ShouldNotBe(0);
        Processes("sleep\04321").ShouldBeEmpty();
        Samples().Single().Key.ShouldBe("Fast");
        build.StandardOutput.ReadToEnd().ShouldContain("VART4009");
    }

    private static IEnumerable<string> Processes(string commandLine) =>
        Directory.EnumerateDirectories("/proc").Where(folder =>
    {
        try
        {
            return File.ReadAllText(folder + "/cmdline").Contains(commandLine, StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}

namespace Verus.Artifact.Tests;

/// <summary>Tests that a plain shell can run the plain commands of a reproduction script.</summary>
public sealed class ReproductionSpecs : SdkProject
{
    private const string Token = "the-value-of-a-secret";

    private string Script => Path.Combine(Folder, "evaluation/scripts/All.sh");

    [Fact]
    public void The_script_gives_the_outputs_that_the_evaluation_got()
    {
        File.WriteAllText(Path.Combine(Folder, "show.sh"),
            "file=$1; shift; for a in \"$@\"; do echo \"<$a>\"; done; cat \"$file\"; echo \"$ODD\"; ls\n");
        Write("""
            <ItemGroup>
              <Tool Include="seq" VersionArguments="--version" />
              <Experiment Include="Show" Samples="1" Matrix="n=1..3; text=plain,it's,a b|spaced,%24(touch pwned)|dollar,`touch pwned`|backtick,{args:n}|braces"
                Generate="{tool:seq} {n}" GenerateAs="in put.txt" Prepare="touch {work}/prepared" Environment="ODD=$HOME &quot;{text}&quot;"
                Command="sh {project}/show.sh {generated} {text} '%24(touch pwned)' &quot;two words&quot; --file=$(MSBuildProjectDirectory)/show.sh --n={n}" SuccessText="--n=" SuccessPattern="^&lt;--n=\d&gt;$" />
              <Experiment Include="Fails" Samples="1" Command="sh -c 'echo wrong; exit 3'" SuccessExitCodes="3;4" />
            </ItemGroup>
            """);
        Build().Succeeds();
        Build("-t:WriteReproductionScript").Succeeds();
        var run = Run("sh", Script, "again").Succeeds();
        run.Output.ShouldContain("19 cells, 0 of them failed");
        HoldOutputs();
        Directory.EnumerateFiles(Folder, "pwned", SearchOption.AllDirectories).ShouldBeEmpty();
        // The script contains nothing of this machine, so it also works in another folder.
        File.ReadAllText(Script).ShouldNotContain(Folder);
    }

    [Fact]
    public void No_value_is_run_and_a_path_with_an_equals_sign_is_a_program()
    {
        File.WriteAllText(Path.Combine(Folder, "run=it.sh"), "#!/bin/sh\necho ran\n");
        File.SetUnixFileMode(Path.Combine(Folder, "run=it.sh"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // MSBuild replaces %01 and similar escapes by the characters themselves, wherever they occur.
        Write("""
            <ItemGroup>
              <Experiment Include="Shows" Samples="1" Matrix="t=%24(touch pwned)|one,`touch pwned`|two" Environment="ODD=%01%24(touch pwned)%02%02%01`touch pwned`%1b[2J" Command="echo {t}" />
              <Experiment Include="Equals" Samples="1" Matrix="n=1,2" Command="{project}/run=it.sh" />
            </ItemGroup>
            """);
        Build("-t:WriteReproductionScript").Succeeds();
        var run = Run("sh", Script, "again");
        Directory.EnumerateFiles(Folder, "pwned", SearchOption.AllDirectories).ShouldBeEmpty();
        run.Output.ShouldContain("4 cells, 0 of them failed");
        run.Output.ShouldNotContain("\e[2J");
        Directory.EnumerateFiles(Path.Combine(Folder, "again/results"), "stdout.txt", SearchOption.AllDirectories)
            .Count(file => File.ReadAllText(file) == "ran\n").ShouldBe(2);
    }

    [Fact]
    public void Sources_copies_and_services_are_in_it_and_a_bad_cell_is_said()
    {
        var code = Directory.CreateDirectory(Path.Combine(Folder, "code")).FullName;
        File.WriteAllText(Path.Combine(code, "file.txt"), "from the repository\n");
        var commit = GitCommand.CommitAll(code);
        File.WriteAllText(Path.Combine(Folder, "serve.sh"), "echo ready; exec sleep 4444\n");
        Write($$"""
            <ItemGroup>
              <ExternalRepo Include="code" Url="file://{{Folder}}/code" Commit="{{commit}}" />
              <Service Include="server" Experiments="Serve" Command="sh {project}/serve.sh" ReadyText="ready" />
              <Experiment Include="Serve" Samples="1" Command="sh -c 'echo changed >> {copy:code}/file.txt; cat {copy:code}/file.txt {source:code}/file.txt'" />
              <Experiment Include="Bad" Samples="1" Command="echo nothing" SuccessText="something" />
              <Experiment Include="Given" Samples="1" Command="sh -c 'echo $TOKEN'" PassEnvironment="TOKEN" />
            </ItemGroup>
            """);
        Environment.SetEnvironmentVariable("TOKEN", Token);
        try
        {
            Build("-p:OnMissing=Skip");
            Build("-t:WriteReproductionScript").Succeeds();
            File.ReadAllText(Script).ShouldNotContain(Token);
            var run = Run("sh", Script, "again");
            run.ExitCode.ShouldBe(1);
            run.Output.ShouldContain("Bad: its output lacks 'something'");
            run.Output.ShouldContain("3 cells, 1 of them failed");
        }
        finally
        {
            Environment.SetEnvironmentVariable("TOKEN", null);
        }
        HoldOutputs();
        // The service of a cell has ended with the cell.
        Directory.EnumerateDirectories("/proc")
            .ShouldNotContain(process => CommandLineOf(process).StartsWith("sleep\04444", StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_without_experiments_has_no_script()
    {
        Write("<ItemGroup />");
        Build("-t:WriteReproductionScript").Fails("VART4100");
    }

    // The output of each cell, in the results of the script and in the evaluation.
    private void HoldOutputs()
    {
        var logs = Path.Combine(Folder, "evaluation/experiments/logs");
        foreach (var cell in Directory.EnumerateDirectories(logs).Select(path => Path.GetFileName(path)!).AtLeastOne())
            foreach (var file in new[] { "stdout.txt", "stderr.txt" })
                File.ReadAllText(Path.Combine(Folder, "again/results", cell, file))
                    .ShouldBe(File.ReadAllText(
                        Path.Combine(Directory.EnumerateDirectories(Path.Combine(logs, cell)).Single(), file)),
                        $"{cell}, {file}");
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>Tests whole builds on a tuned machine whose kernel files are in a folder.</summary>
public sealed class TunedMachineSpecs : SdkProject
{
    private const string Sleeper =
        "<ItemGroup><Experiment Include='Slow' Command='sleep 600' Samples='1' Tune='swappiness=10' /></ItemGroup>";
    private const string Quick = "<ItemGroup><Experiment Include='Quick' Command='true' Samples='1' /></ItemGroup>";

    private readonly string swappiness;
    private readonly string record;

    public TunedMachineSpecs()
    {
        var machine = Path.Combine(Folder, "machine");
        swappiness = Path.Combine(machine, "proc/sys/vm/swappiness");
        record = Path.Combine(machine, "var/lib/verus-artifact/machine.json");
        Directory.CreateDirectory(Path.GetDirectoryName(swappiness)!);
        File.WriteAllText(swappiness, "60\n");
        Variables["VERUS_ARTIFACT_MACHINE_ROOT"] = machine;
    }

    [Fact]
    public void A_build_that_is_killed_while_the_machine_is_tuned_leaves_nothing_changed()
    {
        Write(Sleeper);
        using var build = Tuned();
        build.Kill(entireProcessTree: false);
        build.WaitForExit();
        // The helper process, whose pipe was closed, is not a child of this test.
        for (var i = 0; i < 3000 && File.Exists(record); i++)
            Thread.Sleep(20);
        Value().ShouldBe("60");
        File.Exists(record).ShouldBeFalse();
    }

    [Fact]
    public void After_the_helper_was_killed_too_the_next_call_restores_the_machine()
    {
        Write(Sleeper);
        using (var build = Tuned())
            KillWithHelper(build);
        Value().ShouldBe("10");
        File.ReadAllText(record).ShouldContain("\"before\": \"60\"");
        // Another evaluation on the same machine asks for no settings. A call that only prints information leaves the
        // machine as it is.
        Write(Quick);
        Build("-t:Plan", "-p:ArtifactEvaluationDir=other")
            .Succeeds().Output.ShouldContain("The machine is tuned for process");
        Value().ShouldBe("10");
        Build("-p:ArtifactEvaluationDir=other")
            .Succeeds().Output.ShouldContain("The machine is restored after process");
        Value().ShouldBe("60");
        File.Exists(record).ShouldBeFalse();
    }

    [Fact]
    public void After_the_helper_was_killed_too_a_target_restores_the_machine_and_not_before()
    {
        Write(Sleeper);
        using (var build = Tuned())
        {
            Build("-t:RestoreMachine").Fails("VART4044");
            Value().ShouldBe("10");
            KillWithHelper(build);
        }
        Build("-t:RestoreMachine").Succeeds().Output.ShouldContain("The machine is restored after process");
        Value().ShouldBe("60");
        Build("-t:RestoreMachine").Succeeds().Output.ShouldContain("The machine is not tuned.");
    }

    // Kernel files of a mount namespace of the test's own stand for those of the machine.
    [Theory]
    [InlineData("NOPASSWD: ALL", true)]
    [InlineData("ALL", false)]
    public void The_build_of_an_ordinary_user_tunes_the_machine_by_sudo_or_says_what_is_missing(string rule, bool works)
    {
        const string User = "nobody";
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/sudo"))
            Assert.Skip("only root can act as another user, and the test needs sudo (apt-get install sudo)");
        if (Programs.Run("setpriv", "--reuid", User, "--clear-groups", "test", "-r",
            Path.Combine(Tools, "stamp.txt")).ExitCode != 0)
            Assert.Skip("the folder of the repository is closed to other users");
        Write(Sleeper.Replace("sleep 600", "cat /proc/sys/vm/swappiness", StringComparison.Ordinal));
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
        File.WriteAllText(Path.Combine(Folder, "swappiness"), "60\n");
        Programs.Shell(Folder, $"chmod 755 .; chown -R {User} .; chown 0 swappiness; chmod 644 swappiness").Succeeds();
        var build = BuildOf(Folder, [Project, "-p:TuneMachine=true"]);
        var start = new ProcessStartInfo("unshare", ["--mount", "sh", "-ec", $"""
            mount --make-rprivate /
            mount --bind {Folder}/swappiness /proc/sys/vm/swappiness
            mount -t tmpfs -o mode=755 none /var/lib
            mount -t tmpfs -o mode=755 none /etc/sudoers.d
            echo '{User} ALL=(root) {rule}' > /etc/sudoers.d/user
            setpriv --reuid {User} --clear-groups "$@" || echo "the build failed"
            cat /proc/sys/vm/swappiness
            ls /var/lib/verus-artifact
            """, "sh", build.FileName, .. build.ArgumentList])
        { WorkingDirectory = Folder };
        foreach (var (name, value) in build.Environment)
            start.Environment[name] = value;
        start.Environment.Remove("VERUS_ARTIFACT_MACHINE_ROOT");
        (start.Environment["HOME"], start.Environment["DOTNET_CLI_HOME"], start.Environment["TMPDIR"]) =
            (home, home, home);
        var end = Programs.Run(start);
        var log = Directory.Exists(Path.Combine(Folder, "evaluation/experiments/logs"))
            ? Directory.EnumerateFiles(Path.Combine(Folder, "evaluation/experiments/logs"), "*stdout.txt",
                SearchOption.AllDirectories).Select(File.ReadAllText).ToList() : [];
        end.Words.ReplaceLineEndings("\n").ShouldContain("\n60\n", customMessage: "the machine is as it was");
        end.Words.ShouldNotContain("machine.json");
        if (works)
        {
            end.Words.ShouldContain("The machine is tuned for Slow: swappiness 60 -> 10");
            end.Words.ShouldNotContain("the build failed");
            log.ShouldBe(["10\n"]);
        }
        else
        {
            end.Words.ShouldContain("sudo -v");
            end.Words.ShouldContain("the build failed");
            log.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Ctrl_C_restores_the_machine()
    {
        Write(Sleeper);
        using var build = Tuned();
        Programs.Run("kill", "-INT", $"{build.Id}").Succeeds();
        build.WaitForExit(30_000).ShouldBeTrue();
        build.ExitCode.ShouldNotBe(0);
        Value().ShouldBe("60");
        File.Exists(record).ShouldBeFalse();
    }

    [Fact]
    public void A_setting_that_was_asked_for_and_does_not_hold_is_a_deviation()
    {
        Write("""
            <ItemGroup>
              <Experiment Include="Small" Matrix="n=1,2" Command="true {n}" Samples="1" Tune="swappiness=10" />
              <Dataset Include="Small" Experiments="Small" />
              <Figure Include="Small" Kind="GroupedBars" Datasets="Small" X="n" Title="Small" />
            </ItemGroup>
            """);
        var figure = Path.Combine(Folder, "evaluation/figures/Small.txt");
        Build().Succeeds();
        File.ReadAllText(figure).ShouldContain("without the machine setting swappiness=10 ('60' is set)");
        Build("-p:TuneMachine=true").Succeeds();
        File.ReadAllText(figure).ShouldNotContain("without the machine setting");
        File.WriteAllText(swappiness, "10\n");
        Build().Succeeds();
        File.ReadAllText(figure).ShouldNotContain("without the machine setting");
    }

    [Fact]
    public void A_second_call_measures_nothing_and_tunes_nothing()
    {
        Write(Sleeper.Replace("sleep 600", "true", StringComparison.Ordinal));
        Build("-t:Plan", "-p:TuneMachine=true")
            .Succeeds().Output.ShouldContain("the machine is tuned for it: swappiness=10");
        Value().ShouldBe("60");
        Build("-p:TuneMachine=true")
            .Succeeds().Output.ShouldContain("The machine is tuned for Slow: swappiness 60 -> 10");
        Value().ShouldBe("60");
        Directory.Delete(Path.Combine(Folder, "evaluation/state"), recursive: true);
        Build("-p:TuneMachine=true").Succeeds().Output.ShouldNotContain("The machine is tuned");
        Samples().Sum(cell => cell.Count()).ShouldBe(1);
    }

    private static void KillWithHelper(Process build)
    {
        // The helper process is killed first, since it would restore the machine when the build is gone.
        var helpers = Programs.Run("pgrep", "-P", $"{build.Id}", "-f", "artifact-runner tune").Succeeds().Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Programs.Run("kill", ["-KILL", .. helpers, $"{build.Id}"]).Succeeds();
        build.WaitForExit();
    }

    private Process Tuned()
    {
        var build = Start("-p:TuneMachine=true");
        Until(() => Value() == "10" && Directory.Exists(Path.Combine(Folder, "evaluation/experiments/attempts")),
            build);
        return build;
    }

    private string Value() => File.ReadLines(swappiness).First();
}

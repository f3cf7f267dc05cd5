using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>Whole builds on a machine that is tuned; its kernel's files are a folder.</summary>
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
    public void Killed_while_the_machine_is_tuned_the_next_call_restores_it()
    {
        Write(Sleeper);
        using (var build = Tuned())
        {
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
        }
        Value().ShouldBe("10");
        File.ReadAllText(record).ShouldContain("\"before\": \"60\"");
        // Another evaluation on the same machine, which has not asked for anything. One that only tells leaves it as it
        // is.
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
    public void Killed_while_the_machine_is_tuned_a_target_restores_it_and_not_before_the_owner_is_gone()
    {
        Write(Sleeper);
        using (var build = Tuned())
        {
            Build("-t:RestoreMachine").Fails("VART4044");
            Value().ShouldBe("10");
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
        }
        Build("-t:RestoreMachine").Succeeds().Output.ShouldContain("The machine is restored after process");
        Value().ShouldBe("60");
        Build("-t:RestoreMachine").Succeeds().Output.ShouldContain("The machine is not tuned.");
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

    private Process Tuned()
    {
        var build = Start("-p:TuneMachine=true");
        Until(() => Value() == "10" && Directory.Exists(Path.Combine(Folder, "evaluation/experiments/attempts")),
            build);
        return build;
    }

    private string Value() => File.ReadLines(swappiness).First();
}

using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Machines;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Machines;

/// <summary>
/// Parts on a machine behind an ssh command that breaks at random moments. The command runs the real script of the
/// machine in another home on this machine; the build there is a stand-in that takes known samples one after the other.
/// </summary>
public sealed partial class MachinePartSpecs : EngineFixture
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly string home, bin, project;

    public MachinePartSpecs()
    {
        (home, bin, project) = (Path.Combine(Folder, "home"), Path.Combine(Folder, "bin"),
            Path.Combine(Folder, "project"));
        foreach (var folder in new[] { home, bin, project })
            Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(project, "artifact.proj"), "<Project />");
        // A part of the output arrives before a connection breaks.
        Program("ssh", $"""
            while [ "$1" != -- ]; do [ "$1" = -O ] && exit 0; shift; done
            shift 2
            cd '{home}' && export HOME='{home}' PATH='{bin}':$PATH
            odds=$(cat '{Folder}/odds' 2>/dev/null || echo 0)
            if [ "$odds" != 0 ] && [ $(($(od -An -N2 -tu2 /dev/urandom) % odds)) = 0 ]; then
              sh -c "$*" 2>/dev/null | head -c $(($(od -An -N2 -tu2 /dev/urandom) % 300))
              echo broken >&2
              exit 255
            fi
            exec sh -c "$*"
            """);
        Program("dotnet", $"""
            [ "$1" != --list-sdks ] || {'{'} echo '10.0.100 [/here]'; exit 0; {'}'}
            echo "started $*" >> '{Folder}/calls'
            mkdir -p "$BASE/evaluation/experiments"
            cd "$BASE/evaluation/experiments"
            cp -r '{Layout.Experiments}/logs' .
            touch journal.jsonl
            # What an earlier build took is not taken again.
            tail -n +$(($(wc -l < journal.jsonl) + 1)) '{Layout.Experiments}/journal.jsonl' |
              while read -r line; do printf '%s\n' "$line" >> journal.jsonl; echo "a line"; sleep 0.05; done
            cp '{Layout.Experiments}/cells.json' .
            echo '/x/artifact.proj(1,2): error VART4047: Nothing was measured. [/x/artifact.proj]'
            exit $(cat '{Folder}/code' 2>/dev/null || echo 0)
            """);
    }

    private EvaluationLayout Here => new(Path.Combine(project, "evaluation"), project);

    [Fact]
    public async Task Whatever_breaks_each_sample_arrives_once()
    {
        await TakeThereAsync(samples: 20);
        await File.WriteAllTextAsync(Path.Combine(Folder, "odds"), "4", Cancellation);
        PartEnd? end = null;
        // This side is killed at random moments, which leaves whatever was on its way.
        var random = Seeds.New();
        var tooLate = 0;
        for (var i = 0; i < 100 && end is null; i++)
        {
            using var kill = new CancellationTokenSource(random.Next(200, 4000));
            end = await EndAsync(i < 12 ? kill.Token : Cancellation);
            // Everything was taken before the kill, so that the next call asks whether there is more.
            if (end is null && Directory.Exists(Path.Combine(home, ".verus-artifact"))
                && File.Exists(There("run/collected")))
                tooLate++;
        }
        end.ShouldNotBeNull().ExitCode.ShouldBe(0);
        Ids().ShouldBe(Read().Samples.Select(sample => sample.Id));
        foreach (var sample in Taken().Samples.AtLeastOne())
            File.ReadAllText(Path.Combine(Here.Experiments, sample.Logs, "stdout.txt")).ShouldBe(LogOf(sample));
        Calls().Count.ShouldBeInRange(1, 1 + tooLate);
        KnownCells.Read(KnownCells.FileIn(Path.Combine(Here.Machines, "far", "experiments"), isSmoke: false))
            .Experiments.Keys.ShouldBe(["Echo"]);
    }

    [Fact]
    public async Task An_evaluation_that_ended_meanwhile_is_found_and_a_further_call_starts_another_one()
    {
        await TakeThereAsync(samples: 3);
        await using (var part = Part())
        {
            await part.ConnectAsync(Cancellation);
            (await part.StartAsync(Cancellation)).ShouldBeTrue();
        }
        await UntilAsync(() => File.Exists(There("run/exit")));
        (await EndAsync(Cancellation)).ShouldNotBeNull();
        Calls().Count.ShouldBe(1);
        Log.Lines.ShouldContain(line => line.Contains("which has ended", StringComparison.Ordinal));
        Ids().Count.ShouldBe(3);
        (await EndAsync(Cancellation)).ShouldNotBeNull();
        Calls().Count.ShouldBe(2);
        Ids().Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_was_killed_there_starts_again_and_an_edit_waits_for_what_runs()
    {
        await TakeThereAsync(samples: 40);
        await using var part = Part();
        await part.ConnectAsync(Cancellation);
        await part.StartAsync(Cancellation);
        var process = File.ReadAllText(There("run/process")).Split(' ')[0];
        await UntilAsync(() => File.Exists(There("evaluation/experiments/journal.jsonl")));
        Programs.Run("kill", "-KILL", "--", "-" + process).Succeeds();
        (await part.FollowAsync(new SampleImport(Taken(), Here), Cancellation)).ExitCode.ShouldBe(0);
        Calls().Count.ShouldBe(2);
        Ids().Count.ShouldBe(40);
        File.Delete(There("evaluation/experiments/journal.jsonl"));
        (await part.StartAsync(Cancellation)).ShouldBeTrue();
        // Somebody edits the project while the evaluation runs.
        await File.WriteAllTextAsync(Path.Combine(project, "artifact.proj"), "<Project>\n</Project>", Cancellation);
        (await EndAsync(Cancellation)).ShouldNotBeNull();
        Calls().Count.ShouldBe(4);
        Log.Lines.ShouldContain(line => line.Contains("this one starts after it", StringComparison.Ordinal));
        File.ReadAllText(There("project/artifact.proj")).ShouldBe("<Project>\n</Project>");
    }

    [Fact]
    public async Task Only_what_changed_is_brought_and_what_is_gone_is_removed()
    {
        await TakeThereAsync(samples: 1);
        File.WriteAllText(Path.Combine(project, "with 'quotes' and\nlines"), "old");
        File.CreateSymbolicLink(Path.Combine(project, "link"), "artifact.proj");
        Program("../project/tool", "exit 0");
        await EndAsync(Cancellation);
        File.ReadAllText(There("project/with 'quotes' and\nlines")).ShouldBe("old");
        new FileInfo(There("project/link")).LinkTarget.ShouldBe("artifact.proj");
        (File.GetUnixFileMode(There("project/tool")) & UnixFileMode.UserExecute).ShouldBe(UnixFileMode.UserExecute);
        Log.Lines.ShouldContain(line => line.EndsWith("bringing 5 files", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(project, "with 'quotes' and\nlines"), "new");
        File.Delete(Path.Combine(project, "tool"));
        // Somebody changed a file there.
        File.WriteAllText(There("project/artifact.proj"), "changed");
        File.WriteAllText(There("project/made-there"), "");
        await EndAsync(Cancellation);
        Log.Lines.ShouldContain(line => line.Contains("bringing 2 files of 4", StringComparison.Ordinal));
        File.ReadAllText(There("project/with 'quotes' and\nlines")).ShouldBe("new");
        File.ReadAllText(There("project/artifact.proj")).ShouldBe("<Project />");
        File.Exists(There("project/tool")).ShouldBeFalse();
        File.Exists(There("project/made-there")).ShouldBeTrue();
    }

    [Fact]
    public async Task Errors_there_are_told_here_and_stop_and_clean_leave_nothing()
    {
        await TakeThereAsync(samples: 200);
        await File.WriteAllTextAsync(Path.Combine(Folder, "code"), "1", Cancellation);
        await using (var part = Part())
        {
            await part.ConnectAsync(Cancellation);
            await part.StartAsync(Cancellation);
            (await part.StopAsync(clean: false, Cancellation)).ShouldBeTrue();
            File.Exists(There("run/exit")).ShouldBeTrue();
            Processes().ShouldBeEmpty();
        }
        var end = (await EndAsync(Cancellation)).ShouldNotBeNull();
        end.ExitCode.ShouldBe(1);
        end.Errors.ShouldBe(["VART4047: Nothing was measured."]);
        Ids().Count.ShouldBe(200);
        await using (var part = Part())
        {
            (await part.StopAsync(clean: true, Cancellation)).ShouldBeTrue();
            (await part.StopAsync(clean: true, Cancellation)).ShouldBeFalse("nothing is there");
        }
        Directory.EnumerateFileSystemEntries(home).ShouldBeEmpty();
        Processes().ShouldBeEmpty();
    }

    [Fact]
    public void The_script_is_one_for_any_shell()
    {
        if (!File.Exists("/usr/bin/shellcheck"))
            Assert.Skip("there is no shellcheck (apt-get install shellcheck)");
        var script = Path.Combine(Folder, "machine.sh");
        File.WriteAllBytes(script, RemoteFolder.Resource("machine.sh"));
        Programs.Run("shellcheck", "--shell=sh", script).Succeeds();
        Programs.Run("dash", "-n", script).Succeeds();
    }

    private string There(string path) =>
        Path.Combine(Directory.EnumerateDirectories(Path.Combine(home, ".verus-artifact")).Single(), path);

    private List<string> Calls() => [.. File.ReadAllLines(Path.Combine(Folder, "calls"))];

    private Journal Taken() => Journal.Read(Journal.FileIn(Here), Log);

    private List<string> Ids() => [.. Taken().Samples.Select(sample => sample.Id)];

    // The processes that work below the home.
    private List<string> Processes() => [.. Directory.EnumerateDirectories("/proc").Where(entry =>
        Number().IsMatch(entry) && new FileInfo(entry + "/cwd") is var link && TargetOf(link) is { } target
        && target.StartsWith(home, StringComparison.Ordinal))];

    private static string? TargetOf(FileInfo link)
    {
        try
        {
            return link.LinkTarget;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The samples that the stand-in for the build takes.
    private async Task TakeThereAsync(int samples)
    {
        var plans = await RunAsync(samples, Experiment("Echo", ("Command", "echo {n}"), ("Matrix", "n=1")));
        KnownCells.Save(Layout, plans, new Dictionary<string, IReadOnlyList<string>>());
    }

    private MachinePart Part() => new(new MachineOrder(new MachineDeclaration
    {
        Name = "far",
        Item = Item("Machine", "far"),
        Address = "user@far",
        Request = "",
    }, "Echo", []), new MachineCall
    {
        ProjectFile = Path.Combine(project, "artifact.proj"),
        Imports = [],
        Properties = new Dictionary<string, string> { ["Samples"] = "3", ["Note"] = "it's; a $HOME" },
        ToolsDirectory = Path.Combine(Folder, "tools"),
    }, Here, new ContentHashes(), [bin, "/usr/bin", "/bin"], Log);

    // A call as the stages make it; null when it was killed.
    private async Task<PartEnd?> EndAsync(CancellationToken cancellation)
    {
        try
        {
            await using (var part = Part())
            {
                await part.ConnectPatientlyAsync(cancellation);
                await part.StartAsync(cancellation);
            }
            await using var again = Part();
            await again.ConnectPatientlyAsync(cancellation);
            return await again.FollowAsync(new SampleImport(Taken(), Here), cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            await Task.Delay(100, Cancellation);
        condition().ShouldBeTrue();
    }

    private void Program(string name, string text)
    {
        var path = Path.GetFullPath(name, bin);
        File.WriteAllText(path, "#!/bin/bash\n" + text + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    [GeneratedRegex("^/proc/[0-9]+$")]
    private static partial Regex Number();
}

using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;

namespace Verus.Artifact.Tests;

/// <summary>Tests that a job sees nothing of the job that the same runner ran before it.</summary>
public sealed class NextJobSpecs : RunnerFixture
{
    // Everything that a process inherits, except for its ids and the mark of its job.
    private const string Surroundings = """
        umask; pwd; ulimit -a; env | grep -v VERUS_ARTIFACT_SAMPLE | sort; cat | wc -c
        grep -E '^(Sig[BIC]|Cpus_allowed:|NoNewPrivs|Seccomp|Uid|Gid)' /proc/self/status
        ls -l /proc/self/fd > fds; awk '{print $9, $11}' fds | grep -v /proc/; rm fds; cat /proc/self/oom_score_adj
        cut -d' ' -f19,40,41 /proc/self/stat; cat /proc/self/timerslack_ns
        sed 's/verus-artifact-[0-9a-f]*/GROUP/' /proc/self/cgroup; ls -A
        """;

    public static TheoryData<string> Inside =>
    [
        "umask 077; cd /; ulimit -n 50; ulimit -c 0; trap '' INT TERM USR1; exec 9< /etc/passwd; X=1 exec sleep 0.01",
        "setsid sh -c 'trap \"\" TERM; exec sleep 300' & env -i setsid sleep 300 & (sleep 300 &) ; exit 0",
        "exec > /dev/null 2>&1 < /dev/null; kill -9 $$",
        "renice -n 5 -p $$; taskset -pc 0 $$; choom -n 500 -p $$; chrt -b -p 0 $$; exec sleep 0.01",
    ];

    public static TheoryData<string, string> Outside => new()
    {
        { "prlimit", "prlimit --pid $PPID --nofile=64:64" },
        { "prlimit", "prlimit --pid $PPID --core=0:0 --stack=1000000" },
        { "renice", "renice -n 5 -p $PPID" },
        { "taskset", "taskset -pc 0 $PPID" },
        { "chrt", "chrt -b -p 0 $PPID" },
        { "choom", "choom -n 500 -p $PPID" },
        { "ionice", "ionice -c 3 -p $PPID" },
    };

    [Theory]
    [MemberData(nameof(Inside))]
    public void Of_what_a_command_did_to_itself(string script)
    {
        using var stream = new RunnerStream(Launch("serve"));
        var before = See(stream);
        stream.Run(Next(Shell(script))).IsLast.ShouldBeFalse();
        See(stream).ShouldBe(before);
        ProcessTree.Living(Children(stream.Process.Id)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Outside))]
    public void Of_what_a_command_did_to_its_runner_since_that_ends(string program, string script)
    {
        if (Programs.Run("sh", "-c", $"command -v {program}").ExitCode != 0)
            Assert.Skip($"{program} is not installed");
        if (program == "taskset" && CpuList.Allowed().Count < 2)
            Assert.Skip("this machine has one CPU");
        using var stream = new RunnerStream(Launch("serve"));
        stream.Run(Next(Command("true"))).IsLast.ShouldBeFalse();
        var result = stream.Run(Next(Shell(script)));
        (result.Outcome, result.ExitCode).ShouldBe((JobOutcome.Exited, 0), File.ReadAllText(In("err.txt")));
        result.IsLast.ShouldBeTrue();
        stream.Next().ShouldBeNull();
        stream.End().ShouldBe((0, ""));
    }

    private string See(RunnerStream stream)
    {
        stream.Run(Next(Shell(Surroundings))).Outcome.ShouldBe(JobOutcome.Exited);
        var seen = Output;
        seen.Split('\n').Length.ShouldBeGreaterThan(20);
        return seen;
    }

    private static JobSpec Next(CommandSpec command) => new() { Id = Guid.NewGuid().ToString("N"), Command = command };

    private static IEnumerable<int> Children(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .SelectMany(task => Cgroups.Words(Path.Combine(task, "children"))).Select(int.Parse);
}

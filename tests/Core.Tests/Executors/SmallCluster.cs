using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Executors;

/// <summary>
/// A Slurm cluster whose only node is this machine, with its own settings and key; it is started once for all tests
/// that need it.
/// </summary>
public sealed class SmallCluster : IDisposable
{
    private static readonly string[] Needed = ["munged", "slurmctld", "slurmd", "sbatch"];
    private readonly string folder = Directory.CreateTempSubdirectory("cluster-test-").FullName;
    private readonly List<Process> daemons = [];
    private readonly string? missing;

    public SmallCluster()
    {
        missing = Environment.UserName != "root" ? "a Slurm node can be started by root only"
            : Array.Find(Needed, program => Find(program) is null) is { } program
                ? $"{program} is not installed (Debian: apt-get install slurmd slurmctld slurm-client munge)" : null;
        if (missing is null)
            Start();
    }

    /// <summary>Variables that lead Slurm's commands to this cluster.</summary>
    public IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["SLURM_CONF"] = In("slurm.conf") };

    /// <summary>The folders that contain the commands of Slurm.</summary>
    public static IReadOnlyList<string> SearchPath { get; } = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"];

    /// <summary>Skips the test if no cluster can be started.</summary>
    public void Need()
    {
        if (missing is not null)
            Assert.Skip(missing);
    }

    /// <summary>The names of the jobs in Slurm's queue, one per line.</summary>
    public string Queue() => Run("squeue", "--noheader", "--format=%j").Output;

    /// <summary>Makes the cluster stop or resume starting jobs on its node.</summary>
    public void Hold(bool held) =>
        Run("scontrol", "update", "PartitionName=main", $"State={(held ? "DOWN" : "UP")}").ExitCode.ShouldBe(0);

    public void Dispose()
    {
        if (missing is null)
            Run("scancel", "--partition=main");
        foreach (var daemon in Enumerable.Reverse(daemons))
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit(TimeSpan.FromSeconds(20));
            daemon.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }

    private void Start()
    {
        foreach (var below in new[] { "state", "spool" })
            Directory.CreateDirectory(In(below));
        File.WriteAllBytes(In("munge.key"), RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(In("munge.key"), UnixFileMode.UserRead);
        var host = Dns.GetHostName().Split('.')[0];
        File.WriteAllText(In("slurm.conf"), $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={FreePorts.Next()}
            SlurmdPort={FreePorts.Next()}
            AuthInfo=socket={In("munge.socket")}
            SlurmUser=root
            StateSaveLocation={In("state")}
            SlurmdSpoolDir={In("spool")}
            SlurmctldPidFile={In("slurmctld.pid")}
            SlurmdPidFile={In("slurmd.pid")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            ReturnToService=2
            SchedulerType=sched/builtin
            SelectType=select/cons_tres
            JobAcctGatherType=jobacct_gather/none
            MinJobAge=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} RealMemory=512 State=UNKNOWN
            PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """);
        Launch("munged", "--foreground", $"--key-file={In("munge.key")}", $"--socket={In("munge.socket")}",
            $"--pid-file={In("munged.pid")}", $"--log-file={In("munged.log")}",
            $"--seed-file={In("munged.seed")}", "--force");
        Until(() => File.Exists(In("munge.socket")));
        Launch("slurmctld", "-D");
        Launch("slurmd", "-D");
        Until(() => Run("sinfo", "--noheader", "--format=%T").Output.Trim() == "idle");
    }

    private void Launch(string program, params string[] arguments)
    {
        var start = Prepared(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var daemon = Programs.Start(start, TimeSpan.FromHours(1));
        daemon.BeginErrorReadLine();
        daemon.BeginOutputReadLine();
        daemons.Add(daemon);
    }

    private ProgramResult Run(string program, params string[] arguments) => Programs.Run(Prepared(program, arguments));

    private ProcessStartInfo Prepared(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments);
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;
        return start;
    }

    private static void Until(Func<bool> condition)
    {
        for (var i = 0; i < 600 && !condition(); i++)
            Thread.Sleep(100);
        condition().ShouldBeTrue("the cluster has not come up within a minute");
    }

    private string In(string name) => Path.Combine(folder, name);

    private static string? Find(string program) =>
        SearchPath.Select(path => Path.Combine(path, program)).FirstOrDefault(File.Exists);
}

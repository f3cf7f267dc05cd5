using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>A folder for one test, and jobs that the real runner runs in it.</summary>
public abstract class RunnerFixture : IDisposable
{
    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../.."));

    // No other test project acts as these users.
    private static int strangers = 30_000;

    protected static string Runner { get; } = Path.Combine(Artifacts, "publish/runner/artifact-runner");

    protected static string Dummy { get; } = Path.Combine(Artifacts, "bin/DummyTool",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "dummy-tool");

    protected string Folder { get; } = Directory.CreateTempSubdirectory("runner-test-").FullName;

    protected string Id { get; } = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string In(string name) => Path.Combine(Folder, name);

    protected CommandSpec Command(params string[] arguments) => new()
    {
        Arguments = arguments,
        WorkingDirectory = Folder,
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["DOTNET_ROOT"] = Path.GetDirectoryName(
                Environment.ProcessPath is { } path && path.EndsWith("dotnet", StringComparison.Ordinal)
                    ? path : DotNet())!,
        },
        StandardOutput = In("out.txt"),
        StandardError = In("err.txt"),
    };

    protected CommandSpec Shell(string script) => Command("sh", "-c", script);

    protected JobSpec Job(CommandSpec command) => new() { Id = Id, Command = command };

    protected string Output => File.ReadAllText(In("out.txt")).TrimEnd();

    /// <summary>Runs a job as the engine does, with the job on standard input and the result on standard
    /// output.</summary>
    protected static JobResult Run(JobSpec job)
    {
        using var process = Start(job);
        return End(process);
    }

    /// <summary>Starts a job; the end of the process's standard input stops it.</summary>
    protected static Process Start(JobSpec job)
    {
        var process = Launch("run");
        Give(process, job);
        return process;
    }

    protected static void Give(Process process, JobSpec job)
    {
        process.StandardInput.Write(JsonSerializer.Serialize(job, ProtocolJson.Default.JobSpec) + "\n");
        process.StandardInput.Flush();
    }

    /// <summary>Waits until a runner has ended, and returns its result.</summary>
    protected static JobResult End(Process process, int seconds = 60)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(seconds * 1000))
        {
            process.Kill();
            Assert.Fail("the runner has not ended");
        }
        error.Result.ShouldBe("");
        process.ExitCode.ShouldBe(0);
        return JsonSerializer.Deserialize(output.Result, ProtocolJson.Default.JobResult)!;
    }

    /// <summary>Starts a job whose result goes to a file, with no lifeline.</summary>
    protected Process StartWithFiles(JobSpec job)
    {
        WriteJob(job);
        return Launch("run", In("job.json"), In("result.json"));
    }

    protected void WriteJob(JobSpec job) =>
        File.WriteAllBytes(In("job.json"), JsonSerializer.SerializeToUtf8Bytes(job, ProtocolJson.Default.JobSpec));

    protected static Process Launch(params string[] arguments) => Programs.Start(new ProcessStartInfo(Runner, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    });

    protected JobResult Result() =>
        JsonSerializer.Deserialize(File.ReadAllBytes(In("result.json")), ProtocolJson.Default.JobResult)!;

    /// <summary>The processes of the test's job that are alive anywhere on the machine.</summary>
    protected int Alive() => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            return File.ReadAllText(folder + "/environ").Contains(Id, StringComparison.Ordinal)
                && !File.ReadAllText(folder + "/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>Compiles a program of the folder Programs; skips the test if compiling is not possible.</summary>
    protected string Compile(string name, params string[] options)
    {
        var program = In(name);
        try
        {
            Programs.Run("gcc", [.. options, "-O1", "-o", program,
                Path.Combine(AppContext.BaseDirectory, "Programs", name + ".c")]).Succeeds();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("gcc is not installed");
        }
        return program;
    }

    /// <summary>The control groups of the test's job.</summary>
    protected IEnumerable<string> Groups() => !Directory.Exists("/sys/fs/cgroup")
        ? [] : Directory.EnumerateDirectories("/sys/fs/cgroup", "*" + Id,
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true });

    /// <summary>
    /// The arguments of setpriv for another user, who has no rights in the folder of the test. Each test has another
    /// user to itself, because the kernel counts the processes of a user, whoever started them.
    /// </summary>
    protected string[] Stranger { get; } = AnotherUser();

    private static string[] AnotherUser()
    {
        var id = Interlocked.Increment(ref strangers);
        return [$"--reuid={id}", $"--regid={id}", "--clear-groups"];
    }

    /// <summary>
    /// Makes a folder with the runner that any user may use; skips the test if no folder is accessible to other users.
    /// </summary>
    protected string StrangersFolder()
    {
        if (!IsRoot)
            Assert.Skip("becoming another user needs root");
        var folder = Path.Combine("/tmp", $"runner-stranger-{Id}");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        File.Copy(Runner, Path.Combine(folder, "runner"));
        if (Programs.Run("setpriv", [.. Stranger, "test", "-x", Path.Combine(folder, "runner")]).ExitCode == 0)
            return folder;
        Directory.Delete(folder, recursive: true);
        Assert.Skip("another user may not enter /tmp here");
        return folder;
    }

    protected static bool IsRoot { get; } = Environment.UserName == "root";

    protected static void Until(Func<bool> condition, string what)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            Thread.Sleep(10);
        condition().ShouldBeTrue(what);
    }

    private static string DotNet() =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../../dotnet"));
}

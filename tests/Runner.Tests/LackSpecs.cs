using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that a shortage on the machine is distinguished from a mistake of a command, whichever program meets the
/// shortage, and that the runner never aborts.
/// </summary>
public sealed class LackSpecs : RunnerFixture
{
    [Theory]
    [InlineData("size=1m", "head -c 8388608 /dev/zero > full/big")]
    [InlineData("size=1m", "head -c 8388608 /dev/zero > full/big; exit 0")]
    [InlineData("size=1m", "head -c 8388608 /dev/zero")]
    [InlineData("size=1m,nr_inodes=8", "for i in 1 2 3 4 5 6 7 8 9; do echo > full/$i || exit 1; done")]
    public void A_disk_that_fills_up_is_the_machines(string options, string script)
    {
        var result = RunOn(options, "", script);
        (result.Outcome, result.Lack, result.Measurement).ShouldBe((JobOutcome.MachineLacked, "ENOSPC", null));
        result.Error!.ShouldContain(In("full"));
    }

    [Theory]
    [InlineData("size=1m,nr_inodes=2", "echo > full/a", "ENOSPC")]
    [InlineData("size=1m,ro", "", "EROFS")]
    public void A_file_that_the_machine_does_not_let_the_runner_make_is_the_machines(string options, string before,
        string lack)
    {
        var result = RunOn(options, before, "true");
        (result.Outcome, result.Lack).ShouldBe((JobOutcome.MachineLacked, lack));
        result.Error!.ShouldContain("standard output");
    }

    [Fact]
    public void A_full_disk_keeps_no_result_from_its_file_and_no_runner_from_ending_in_order()
    {
        // The log of the runner is on the full disk as well, like that of a batch job.
        var job = Job(Shell("head -c 8388608 /dev/zero > full/big; true") with
        {
            StandardOutput = "/dev/null",
            StandardError = "/dev/null"
        });
        WriteJob(job);
        OnFileSystem("size=1m",
            $"'{Runner}' run '{In("job.json")}' full/result.json 2> full/log; echo $? > code; cat full/result.json > "
                + "result.json");
        File.ReadAllText(In("code")).ShouldBe("0\n");
        Result().Id.ShouldBe(Id);
        OnFileSystem("size=64k",
            $"head -c 100000 /dev/zero > full/big; '{Runner}' run '{In("job.json")}' full/result.json 2> log; echo $? "
                + "> code");
        File.ReadAllText(In("code")).ShouldBe("4\n");
        File.ReadAllText(In("log")).ShouldStartWith("artifact-runner: ENOSPC: ");
    }

    [Fact]
    public void Words_about_a_full_disk_do_not_make_it_one()
    {
        var result = Run(Job(Shell("/bin/echo x > /dev/full")));
        result.Outcome.ShouldBe(JobOutcome.Exited);
        result.ExitCode.ShouldNotBe(0);
        File.ReadAllText(In("err.txt")).ShouldContain("No space left on device");
    }

    [Fact]
    public void However_few_processes_there_are_the_runner_ends_in_order()
    {
        var answers = Limited("nproc", 1, 2, 3, 4, 5, 6, 8, 12);
        answers.Where(answer => answer.Error.Contains("EAGAIN", StringComparison.Ordinal)).ShouldNotBeEmpty();
        answers.ShouldContain(answer => answer.Result != null && answer.Result.Lack == "EAGAIN");
        answers[^1].Result!.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void However_few_files_may_be_open_the_runner_ends_in_order()
    {
        var answers = Limited("nofile", 3, 4, 6, 8, 10, 11, 12, 20, 40);
        answers.ShouldContain(answer => answer.Error.Contains("EMFILE", StringComparison.Ordinal)
            || (answer.Result != null && answer.Result.Lack == "EMFILE"));
        answers[^1].Result!.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("prepare")]
    [InlineData("service")]
    [InlineData("warm-up")]
    public void A_lack_is_one_at_every_stage(string stage)
    {
        const string Fill = "head -c 8388608 /dev/zero > full/big";
        var fill = Shell(Fill) with { StandardOutput = In("full/other.txt"), StandardError = In("full/other-err.txt") };
        var job = OnFull(Command("true"));
        job = stage switch
        {
            "prepare" => job with { Prepare = [fill] },
            "service" =>
                job with { Services = [new ServiceSpec { Name = "server", Command = fill, ReadyText = "ready" }] },
            _ => job with { Command = OnFull(Shell(Fill)).Command, WarmUps = 1 },
        };
        Mounted("size=1m", "", job).Lack.ShouldBe("ENOSPC");
    }

    // Each answer is a result or a line with a code; no runner aborts, and none prints a stack trace.
    private List<(JobResult? Result, string Error)> Limited(string limit, params int[] numbers)
    {
        var free = StrangersFolder();
        try
        {
            var job = Job(Shell("/bin/true; /bin/true") with
            {
                WorkingDirectory = free,
                StandardOutput = Path.Combine(free, "out"),
                StandardError = Path.Combine(free, "err"),
            });
            List<(JobResult?, string)> answers = [];
            foreach (var number in numbers.AtLeastOne())
            {
                using var process = Programs.Start(new ProcessStartInfo("setpriv",
                    [.. Stranger, "prlimit", $"--{limit}={number}", Path.Combine(free, "runner"), "run"])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                });
                try
                {
                    Give(process, job);
                }
                catch (IOException)
                {
                    // It has ended already.
                }
                var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
                process.WaitForExit(60_000).ShouldBeTrue();
                error.Result.ShouldNotContain("   at ");
                // The exit code 255 means that the .NET runtime could not make its first thread.
                process.ExitCode.ShouldBeOneOf(0, 4, 255, 127);
                if (process.ExitCode == 4)
                    error.Result.ShouldStartWith("artifact-runner: E");
                answers.Add((process.ExitCode == 0
                    ? JsonSerializer.Deserialize(output.Result, ProtocolJson.Default.JobResult) : null, error.Result));
            }
            return answers;
        }
        finally
        {
            Directory.Delete(free, recursive: true);
        }
    }

    private JobSpec OnFull(CommandSpec command) =>
        Job(command with { StandardOutput = In("full/out.txt"), StandardError = In("full/err.txt") });

    private JobResult RunOn(string options, string before, string script) =>
        Mounted(options, before, OnFull(Shell(script)));

    private JobResult Mounted(string options, string before, JobSpec job)
    {
        File.WriteAllText(In("job.txt"), JsonSerializer.Serialize(job, ProtocolJson.Default.JobSpec) + "\n");
        OnFileSystem(options,
            $"{before}\nmkfifo in; '{Runner}' run < in > answer.json & exec 9> in; cat job.txt >&9; wait $!");
        return JsonSerializer.Deserialize(File.ReadAllText(In("answer.json")), ProtocolJson.Default.JobResult)!;
    }

    // A separate file system, which disappears with the process that uses it.
    private void OnFileSystem(string options, string script)
    {
        if (!IsRoot)
            Assert.Skip("mounting needs root");
        Directory.CreateDirectory(In("full"));
        var whole = $"mount -t tmpfs -o {options} tmpfs full || exit 77\n{script}";
        var end = Programs.Run(new ProcessStartInfo("unshare",
            ["--mount", "timeout", "50", "bash", "-c", whole])
        { WorkingDirectory = Folder });
        if (end.ExitCode == 77)
            Assert.Skip("no tmpfs can be mounted here");
    }
}

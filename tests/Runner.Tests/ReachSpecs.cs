using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that a command has access to nothing of the runner: no descriptor, no secret, and no file of standard output
/// other than its own.
/// </summary>
public sealed class ReachSpecs : RunnerFixture
{
    private static readonly string Secret = Guid.NewGuid().ToString("N");

    [Fact]
    public void A_command_has_three_descriptors_whatever_the_caller_has_open()
    {
        File.WriteAllText(In("job.txt"),
            JsonSerializer.Serialize(Job(Shell("ls /proc/self/fd")), ProtocolJson.Default.JobSpec) + "\n");
        var script = $"exec 5</etc/passwd 17>kept; '{Runner}' run < <(cat job.txt; sleep 5)";
        Programs.Run(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Folder }).Output.ShouldContain(
            "Exited");
        // Descriptors 0 to 2 are the standard streams, and 3 is the folder that ls itself reads.
        Output.Split('\n').ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public void The_result_repeats_the_secret_of_the_job_which_no_process_sees()
    {
        var result = Run(Job(Shell("cat /proc/$PPID/cmdline /proc/self/environ; ls -R .")) with { Nonce = Secret });
        result.Nonce.ShouldBe(Secret);
        Output.ShouldNotContain(Secret);
    }

    [Fact]
    public void A_job_file_with_a_secret_is_gone_before_anything_runs()
    {
        using var process = StartWithFiles(Job(Shell("cat job.json; grep -r . .")) with { Nonce = Secret });
        process.WaitForExit(60_000).ShouldBeTrue();
        Result().Nonce.ShouldBe(Secret);
        Output.ShouldNotContain(Secret);
    }

    [Fact]
    public void Another_process_of_the_same_user_cannot_open_what_the_runner_has_open()
    {
        var free = StrangersFolder();
        try
        {
            var job = Job(Shell("echo forged > /proc/$PPID/fd/1; cat /proc/$PPID/mem; echo tried") with
            {
                WorkingDirectory = free,
                StandardOutput = Path.Combine(free, "out"),
                StandardError = Path.Combine(free, "err"),
            });
            using var process = Programs.Start(new ProcessStartInfo("setpriv",
                [.. Stranger, Path.Combine(free, "runner"), "run"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            Give(process, job);
            End(process).ExitCode.ShouldBe(0);
            File.ReadAllText(Path.Combine(free, "out")).ShouldBe("tried\n");
            File.ReadAllText(Path.Combine(free, "err")).Split("ermission denied").Length.ShouldBe(3);
        }
        finally
        {
            Directory.Delete(free, recursive: true);
        }
    }

    [Theory]
    [InlineData("mkfifo out.txt")]
    [InlineData("ln -s precious out.txt")]
    [InlineData("ln precious out.txt")]
    [InlineData("python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('out.txt')\"")]
    public void What_stands_in_the_place_of_standard_output_is_neither_waited_for_nor_followed(string script)
    {
        File.WriteAllText(In("precious"), "precious");
        var preparation = Shell($"rm -f out.txt; {script}") with
        {
            StandardOutput = In("prepare.txt"),
            StandardError = In("prepare-err.txt")
        };
        Run(Job(Shell("echo hello")) with { Prepare = [preparation] }).ExitCode.ShouldBe(0);
        Output.ShouldBe("hello");
        File.ReadAllText(In("precious")).ShouldBe("precious");
    }

    [Theory]
    [InlineData("rm -r output")]
    [InlineData("rm -r output; mkdir output; mkfifo output/out.txt")]
    [InlineData("mv output away; ln -s / output")]
    [InlineData("rm output/out.txt; ln -s /etc/passwd output/out.txt")]
    [InlineData("rm output/out.txt; mkdir output/out.txt; touch output/out.txt/x")]
    public void Output_that_the_command_removed_or_replaced_is_put_back(string script)
    {
        Directory.CreateDirectory(In("output"));
        var command = Shell($"echo before; {script}; echo after") with
        {
            StandardOutput = In("output/out.txt"),
            StandardError = In("output/err.txt")
        };
        Run(Job(command)).ExitCode.ShouldBe(0);
        new FileInfo(In("output/out.txt")).LinkTarget.ShouldBeNull();
        new DirectoryInfo(In("output")).LinkTarget.ShouldBeNull();
        File.ReadAllText(In("output/out.txt")).ShouldBe("before\nafter\n");
    }

    [Fact]
    public void A_fifo_as_standard_input_is_no_endless_wait()
    {
        Programs.Run("mkfifo", In("fifo")).Succeeds();
        Run(Job(Command("cat") with { StandardInput = In("fifo") }) with { TimeoutSeconds = 10 }).Outcome.ShouldBe(
            JobOutcome.Exited);
    }
}

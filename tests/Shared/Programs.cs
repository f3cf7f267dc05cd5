using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>The result of a program: how it ended, and what it wrote.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>What the program wrote on both streams.</summary>
    public string Words => Output + Error;

    /// <summary>Fails unless the program ended with exit code 0.</summary>
    public ProgramResult Succeeds()
    {
        ExitCode.ShouldBe(0, Words);
        return this;
    }
}

/// <summary>
/// Starts programs for tests. Each program has a time limit, after which it and all processes that it started are
/// killed, so that no test waits forever.
/// </summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LimitBeside = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program to its end, with an empty standard input.</summary>
    public static ProgramResult Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    /// <summary>Runs lines of a shell script in a folder.</summary>
    public static ProgramResult Shell(string folder, string script) =>
        Run(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = folder });

    /// <summary>
    /// Runs a program to its end. The test fails if the program takes longer than the limit, which is five minutes and
    /// enough even on a busy machine.
    /// </summary>
    public static ProgramResult Run(ProcessStartInfo start, TimeSpan? limit = null, byte[]? input = null) =>
        Task.Run(() => RunAsync(start, limit ?? Limit, input ?? [])).GetAwaiter().GetResult();

    /// <summary>
    /// Starts a program that runs beside the test. The program is killed after the limit, which is ten minutes; the
    /// test then notices that it has ended.
    /// </summary>
    public static Process Start(ProcessStartInfo start, TimeSpan? limit = null)
    {
        var process = Process.Start(start)!;
        _ = Task.Delay(limit ?? LimitBeside).ContinueWith(_ => Kill(process), TaskScheduler.Default);
        return process;
    }

    private static async Task<ProgramResult> RunAsync(ProcessStartInfo start, TimeSpan limit, byte[] input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(GiveAsync(process, input), process.WaitForExitAsync(), output, error).WaitAsync(limit,
                TestContext.Current.CancellationToken);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        catch (Exception problem) when (problem is TimeoutException or OperationCanceledException)
        {
            Kill(process);
            Assert.Fail(
                "This has not ended within "
                    + $"{limit.TotalSeconds} s: {start.FileName} {string.Join(' ', start.ArgumentList)}");
            throw;
        }
    }

    private static async Task GiveAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // An error means that the program has ended, or does not read its input.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The test no longer needs the program.
        }
    }
}

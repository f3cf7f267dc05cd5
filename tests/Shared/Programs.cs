using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>How a program ended, and what it wrote.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>What the program wrote on both streams.</summary>
    public string Words => Output + Error;

    /// <summary>Fails unless it ended with 0.</summary>
    public ProgramResult Succeeds()
    {
        ExitCode.ShouldBe(0, Words);
        return this;
    }
}

/// <summary>
/// Programs that tests start. Each has a time limit, after which it and all that it started are killed, so that no test
/// waits for ever.
/// </summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LimitBeside = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program to its end. Nothing is on its standard input.</summary>
    public static ProgramResult Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    /// <summary>Runs lines of shell in a folder.</summary>
    public static ProgramResult Shell(string folder, string script) =>
        Run(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = folder });

    /// <summary>
    /// Runs a program to its end. The test fails where that takes longer than the limit, which is five minutes, enough
    /// also on a busy machine.
    /// </summary>
    public static ProgramResult Run(ProcessStartInfo start, TimeSpan? limit = null, byte[]? input = null) =>
        Task.Run(() => RunAsync(start, limit ?? Limit, input ?? [])).GetAwaiter().GetResult();

    /// <summary>
    /// Starts a program that goes on beside the test. The program is killed when the limit has passed, which is ten
    /// minutes; the test then sees that it ended.
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
            // The program has ended, or does not read its input.
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
            // The test has done with it.
        }
    }
}

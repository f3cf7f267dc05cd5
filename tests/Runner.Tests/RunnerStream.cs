using System.Diagnostics;
using System.Text.Json;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

/// <summary>A runner that takes many jobs, as the engine keeps it on the host.</summary>
internal sealed class RunnerStream(Process process) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public Process Process => process;

    /// <summary>Runs a job, and waits for its result.</summary>
    public JobResult Run(JobSpec job)
    {
        Give(job);
        return Next() ?? throw new InvalidOperationException("the runner has ended without a result");
    }

    public void Give(params JobSpec[] jobs) =>
        Write(string.Concat(jobs.Select(job => JsonSerializer.Serialize(job, ProtocolJson.Default.JobSpec) + "\n")));

    public void Write(string text)
    {
        process.StandardInput.Write(text);
        process.StandardInput.Flush();
    }

    /// <summary>The next result; null when the runner has ended.</summary>
    public JobResult? Next()
    {
        var line = process.StandardOutput.ReadLineAsync();
        line.Wait(Limit).ShouldBeTrue("the runner gives no result");
        return line.Result is { } text ? JsonSerializer.Deserialize(text, ProtocolJson.Default.JobResult) : null;
    }

    /// <summary>Waits until the runner has ended, and returns its exit code and what it printed on standard
    /// error.</summary>
    public (int ExitCode, string Words) End()
    {
        process.WaitForExit(Limit).ShouldBeTrue("the runner does not end");
        return (process.ExitCode, process.StandardError.ReadToEnd());
    }

    public void Dispose()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The runner has ended before it read everything.
        }
        process.WaitForExit(Limit);
        process.Dispose();
    }
}

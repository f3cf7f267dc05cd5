using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places;

/// <summary>
/// What is said to a runner and heard from it. The job carries a secret that the result must repeat, and every result
/// is checked before anything is made of it: what runs beside the runner may be hostile.
/// </summary>
public sealed class JobExchange
{
    private const int SecretBytes = 16;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Begins the exchange about a job.</summary>
    public JobExchange(JobSpec job) =>
        Job = job with { Nonce = RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true) };

    /// <summary>The job with its secret.</summary>
    public JobSpec Job { get; }

    /// <summary>The line that goes to standard input of the runner.</summary>
    public byte[] Question => [.. JsonSerializer.SerializeToUtf8Bytes(Job, ProtocolJson.Default.JobSpec), (byte)'\n'];

    /// <summary>Takes what the runner answered.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="whose">Which runner, in words for people.</param>
    /// <exception cref="DiagnosticException">The runner cannot have written it, or the machine lacked
    /// something.</exception>
    public JobResult Answer(string text, string whose)
    {
        JobResult? result = null;
        try
        {
            result = JsonSerializer.Deserialize(text, ProtocolJson.Default.JobResult);
        }
        catch (JsonException)
        {
            // Told below.
        }
        if (result is null)
            throw Forged("it is not a result");
        if (ResultCheck.Problem(Job, result, clock.Elapsed.TotalSeconds) is { } problem)
            throw Forged(problem);
        return result.Outcome == JobOutcome.MachineLacked
            ? throw PlaceRules.Lacks(result.Lack!, result.Error ?? "")
            : result with { Nonce = null };

        DiagnosticException Forged(string why) =>
            PlaceRules.NotTheRunners.Error(SourceLocation.None, Job.Id[..8], whose, why);
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places;

/// <summary>
/// The messages to and from a runner. The job carries a secret that the result must repeat, and every result is checked
/// before it is used: a program that runs beside the runner may be hostile.
/// </summary>
public sealed class JobExchange
{
    private const int SecretBytes = 16;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Begins the exchange about a job.</summary>
    public JobExchange(JobSpec job) =>
        Job = job with { Nonce = RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true) };

    /// <summary>The job together with the secret that its result must repeat.</summary>
    public JobSpec Job { get; }

    /// <summary>The line to write to the runner's standard input.</summary>
    public byte[] Question => [.. JsonSerializer.SerializeToUtf8Bytes(Job, ProtocolJson.Default.JobSpec), (byte)'\n'];

    /// <summary>Parses and checks the runner's answer.</summary>
    /// <param name="text">The text of the answer.</param>
    /// <param name="whose">A description of the runner for messages.</param>
    /// <exception cref="DiagnosticException">The runner cannot have written the answer, or the machine lacked
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
            // The problem of an answer that cannot be parsed is reported below.
        }
        if (result is null)
            throw Forged("it is not a result");
        if (ResultCheck.Problem(Job, result, clock.Elapsed.TotalSeconds) is { } problem)
            throw Forged(problem);
        return result.Outcome == JobOutcome.MachineLacked
            ? throw PlaceRules.Shortage(result.Lack!, result.Error ?? "")
            : result with { Nonce = null };

        DiagnosticException Forged(string why) =>
            PlaceRules.NotTheRunners.Error(SourceLocation.None, Job.Id[..8], whose, why);
    }
}

using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>The final outcome of a sample, as it appears in the journal, the datasets and the report.</summary>
public enum SampleOutcome
{
    /// <summary>The command succeeded.</summary>
    Ok,
    /// <summary>The command ended as expected, but its output does not satisfy the success rule.</summary>
    WrongOutput,
    /// <summary>The command ended with an exit code that means failure.</summary>
    ExitCode,
    /// <summary>A signal ended the command.</summary>
    Signal,
    /// <summary>The command was killed at the time limit.</summary>
    Timeout,
    /// <summary>The command was killed at the memory limit.</summary>
    OutOfMemory,
    /// <summary>The command, one of its preparations or one of its services failed or could not be started.</summary>
    NotStarted,
}

/// <summary>
/// The success rule of an experiment: what counts as success of its measured command. The exit code decides, and the
/// text of the output is additional evidence: a verifier may print "0 errors" although it gave up at its own time
/// limit.
/// </summary>
public sealed record SuccessRule
{
    /// <summary>Exit codes that mean success; for a command that is expected to fail, these are codes other than
    /// 0.</summary>
    public IReadOnlyList<int> ExitCodes { get; init; } = [0];

    /// <summary>Text that standard output or standard error must contain; null when none is required.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// Regular expression that must match standard output or standard error; null when no match is required.
    /// </summary>
    public string? Pattern { get; init; }

    /// <summary>Regular expression that must match neither standard output nor standard error; null when there is
    /// none.</summary>
    public string? FailurePattern { get; init; }

    /// <summary>The success rule written on one line; samples are judged again when this text changes.</summary>
    public override string ToString() => string.Join("; ", new[]
    {
        $"exit {string.Join(',', ExitCodes)}", Text is null ? null : $"text '{Text}'",
        Pattern is null ? null : $"pattern '{Pattern}'", FailurePattern is null ? null : $"not '{FailurePattern}'",
    }.Where(part => part is not null));

    /// <summary>Judges a finished job; the returned sentence says why the job failed, and is null if it
    /// succeeded.</summary>
    /// <exception cref="FormatException">A pattern did not finish in time.</exception>
    public (SampleOutcome Outcome, string? Why) Judge(JobResult result, string output) => result switch
    {
        { Outcome: JobOutcome.TimedOut } => (SampleOutcome.Timeout, result.Error ?? "killed at the time limit"),
        { Outcome: JobOutcome.OutOfMemory } =>
            (SampleOutcome.OutOfMemory, result.Error ?? "killed at the memory limit"),
        { Outcome: JobOutcome.StartFailed or JobOutcome.PrepareFailed or JobOutcome.ServiceFailed } =>
            (SampleOutcome.NotStarted, result.Error ?? result.Outcome.ToString()),
        { Signal: { } signal } => (SampleOutcome.Signal, $"ended by signal {signal}"),
        { ExitCode: var code } when code is null || !ExitCodes.Contains(code.Value) =>
            (SampleOutcome.ExitCode, $"exit code {code}, expected {string.Join(" or ", ExitCodes)}"),
        _ when Text is not null && !output.Contains(Text, StringComparison.Ordinal) =>
            (SampleOutcome.WrongOutput, $"output lacks '{Text}'"),
        _ when Pattern is not null && !Matches(Pattern, output) =>
            (SampleOutcome.WrongOutput, $"output does not match '{Pattern}'"),
        _ when FailurePattern is not null && Matches(FailurePattern, output) =>
            (SampleOutcome.WrongOutput, $"output matches '{FailurePattern}'"),
        _ => (SampleOutcome.Ok, null),
    };

    private static bool Matches(string pattern, string output) => UserPattern.Of(pattern).IsMatch(output);
}

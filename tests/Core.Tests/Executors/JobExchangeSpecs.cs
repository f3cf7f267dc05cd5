using System.Text.Json;
using System.Text.Json.Nodes;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Places;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests that a result which the runner cannot have written is refused, whatever part of it is
/// wrong.</summary>
public sealed class JobExchangeSpecs
{
    private readonly JobExchange exchange = new(new JobSpec
    {
        Id = Guid.NewGuid().ToString("N"),
        Command = new CommandSpec
        {
            Arguments = ["true"],
            WorkingDirectory = "/",
            StandardOutput = "/o",
            StandardError = "/e"
        },
    });

    private JsonObject Good => JsonSerializer.SerializeToNode(new JobResult
    {
        Id = exchange.Job.Id,
        Nonce = exchange.Job.Nonce,
        Outcome = JobOutcome.Exited,
        ExitCode = 0,
        StartedUtc = DateTime.UtcNow.ToString("O"),
        Measurement = new Measurement { WallSeconds = 0.001, UserSeconds = 0.001, PeakMemoryBytes = 1 },
        Disturbance = new Disturbance(),
    }, ProtocolJson.Default.JobResult)!.AsObject();

    [Fact]
    public void A_right_result_is_taken_and_its_secret_goes_no_further()
    {
        var result = exchange.Answer(Good.ToJsonString(), "the runner");
        (result.Outcome, result.Nonce).ShouldBe((JobOutcome.Exited, null));
    }

    [Fact]
    public void Every_job_has_another_secret() =>
        Enumerable.Range(0, 100).Select(_ => new JobExchange(exchange.Job).Job.Nonce).Distinct().Count().ShouldBe(100);

    [Theory]
    [InlineData("id", "\"00000000000000000000000000000000\"")]
    [InlineData("nonce", "\"00000000000000000000000000000000\"")]
    [InlineData("nonce", null)]
    [InlineData("format", "1")]
    [InlineData("outcome", "\"Splendid\"")]
    [InlineData("outcome", "99")]
    [InlineData("outcome", "\"MachineLacked\"")]
    [InlineData("exitCode", null)]
    [InlineData("exitCode", "-1")]
    [InlineData("exitCode", "256")]
    [InlineData("exitCode", "1e999")]
    [InlineData("signal", "9")]
    [InlineData("leftovers", "-1")]
    [InlineData("suspended", "17")]
    [InlineData("startedUtc", null)]
    [InlineData("startedUtc", "\"yesterday\"")]
    [InlineData("boot", "\"this one\"")]
    [InlineData("disturbance", null)]
    [InlineData("disturbance.loadBefore", "-1")]
    [InlineData("disturbance.stealSeconds", "1e999")]
    [InlineData("disturbance.majorFaults", "-1")]
    [InlineData("measurement", null)]
    [InlineData("measurement.wallSeconds", "-1")]
    [InlineData("measurement.wallSeconds", "1e999")]
    [InlineData("measurement.wallSeconds", "1e6")]
    [InlineData("measurement.wallSeconds", "\"NaN\"")]
    [InlineData("measurement.userSeconds", "-0.1")]
    [InlineData("measurement.systemSeconds", "1e400")]
    [InlineData("measurement.peakMemoryBytes", "-1")]
    [InlineData("measurement.memoryMethod", "77")]
    public void A_result_with_one_wrong_part_is_refused(string path, string? value)
    {
        var result = Good;
        var names = path.Split('.');
        var place = names.Length == 1 ? result : result[names[0]]!.AsObject();
        // Numbers are written as text, because the test also tries numbers outside of every range.
        place[names[^1]] = "HERE";
        var text = result.ToJsonString().Replace("\"HERE\"", value ?? "null", StringComparison.Ordinal);
        Refused(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public void What_is_no_result_is_refused(string text) => Refused(text);

    [Fact]
    public void A_cut_result_is_refused_wherever_it_is_cut()
    {
        var whole = Good.ToJsonString();
        for (var length = 0; length < whole.Length; length++)
            Refused(whole[..length]);
    }

    [Theory]
    [InlineData("ENOSPC", "Free space")]
    [InlineData("EAGAIN", "ulimit -u")]
    [InlineData("EMFILE", "ulimit -n")]
    [InlineData("EROFS", "Mount the file system for writing")]
    public void A_lack_of_the_machine_is_an_error_with_its_cause_and_remedy(string lack, string remedy)
    {
        var result = new JobResult
        {
            Id = exchange.Job.Id,
            Nonce = exchange.Job.Nonce,
            Outcome = JobOutcome.MachineLacked,
            Lack = lack,
            Error = "It failed."
        };
        var problem = Should.Throw<DiagnosticException>(() =>
            exchange.Answer(JsonSerializer.Serialize(result, ProtocolJson.Default.JobResult), "the runner"));
        var only = problem.Diagnostics.ShouldHaveSingleItem();
        only.Rule.ShouldBe(PlaceRules.MachineLacks);
        only.Message.ShouldStartWith($"It failed. ({lack})");
        only.Message.ShouldContain(remedy);
    }

    private void Refused(string text) => Should.Throw<DiagnosticException>(() => exchange.Answer(text, "the runner"))
        .Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe(PlaceRules.NotTheRunners);
}

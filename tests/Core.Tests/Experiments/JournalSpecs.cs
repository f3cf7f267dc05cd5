using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Experiments;

public sealed class JournalSpecs : EngineFixture
{
    private static readonly JsonSerializerOptions Plain = new() { IncludeFields = true };

    private ExperimentDeclaration Echo { get; } = Experiment("Echo", ("Command", "echo {n}"), ("Matrix", "n=1..2"),
        ("MetricPatterns", "n=([0-9]+)"));

    private string File => Journal.FileIn(Layout);

    [Fact]
    public async Task Cut_at_any_byte_it_holds_all_whole_records_and_takes_new_ones()
    {
        await RunAsync(Echo);
        var whole = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        var all = Texts(Read());
        all.Count.ShouldBe(4);
        for (var length = 0; length < whole.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(File, whole.AsMemory(0, length),
                TestContext.Current.CancellationToken);
            var log = new CollectedLog();
            var cut = Journal.Read(File, log);
            Texts(cut).ShouldBe(all.Take(cut.Samples.Count));
            var lines = whole.AsSpan(0, length).Count((byte)'\n');
            var torn = length > 0 && whole[length - 1] != '\n' && whole[length] != '\n';
            log.Reported.Select(diagnostic => diagnostic.Where.Line).ShouldBe(torn ? [lines + 1] : []);
            if (length % 97 != 0)
                continue;
            cut.Append(Read(whole).Samples[^1] with
            {
                Id = NewId,
                Result = Read(whole).Samples[^1].Result with { Id = NewId },
                Logs = "logs/x/" + NewId
            });
            Texts(Journal.Read(File, new CollectedLog())).Count.ShouldBe(cut.Samples.Count);
        }
    }

    [Fact]
    public async Task Whatever_bytes_are_damaged_no_record_changes_and_the_others_stay()
    {
        await RunAsync(Echo);
        var whole = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        var all = Texts(Read());
        var random = Seeds.New();
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            await System.IO.File.WriteAllBytesAsync(File, damaged, TestContext.Current.CancellationToken);
            var log = new CollectedLog();
            var read = Journal.Read(File, log);
            Texts(read).ShouldBeSubsetOf(all);
            if (read.Samples.Count < all.Count)
                log.Reported.ShouldContain(diagnostic => diagnostic.Rule == ExperimentRules.DamagedJournal
                    && diagnostic.Where.Line > 0);
            (await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken)).ShouldBe(damaged);
        }
    }

    // The checksum of the changed line is right, as somebody who knows about checksums could have written it.
    [Fact]
    public async Task A_field_that_makes_no_sense_is_no_record()
    {
        await RunAsync(Echo);
        var lines = await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken);
        var tried = 0;
        foreach (var line in lines.AtLeastOne())
        {
            foreach (var path in Paths(Body(line)).Distinct())
                foreach (var value in new[] { "null", "17", "\"x\"", "[]", "[null]", "{}", "{\"a\":null}", "1e999",
                    "-1", "true", null })
                {
                    var changed = Changed(Body(line), path, value);
                    JournalText.Parse(Checked(changed), out var format);
                    format.ShouldBeNull(changed);
                    tried++;
                }
            foreach (var (path, value) in new[] { ("sample.result.measurement", null),
                ("sample.result.measurement.wallSeconds", "1e999"),
                ("sample.result.measurement.wallSeconds", "-1"), ("sample.readings.0.metrics.n", "1e999"),
                ("sample.readings.0.columns", "null"), ("sample.id", "null"),
                ("sample.logs", "\"logs/../../x\""), ("sample.logs", "\"/etc\""), ("sample.result", "null"),
                ("sample.readings.0", "null"), ("sample.outcome", "77"),
                ("run.machine", "null"), ("run.id", "\"\""), ("cell.parts.0", "null"), ("cell.key", "null") })
                if (line.Contains($"\"{path.Split('.')[0]}\":", StringComparison.Ordinal)
                    && Paths(Body(line)).Contains(path))
                {
                    JournalText.Parse(Checked(Changed(Body(line), path, value)), out _).ShouldBeNull($"{path}={value}");
                    tried++;
                }
            JournalText.Parse(Checked(Body(line).ToJsonString()), out _).ShouldNotBeNull();
        }
        tried.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("{\"format\":1,\"sample\":{\"id\":\"x\"}}")]
    [InlineData("{\"format\":3,\"check\":\"0123456789abcdef\",\"sample\":{}}")]
    public async Task One_of_another_format_is_refused_and_left_as_it_is(string line)
    {
        Directory.CreateDirectory(Layout.Experiments);
        await System.IO.File.WriteAllTextAsync(File, line + "\n", TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<DiagnosticException>(() => RunAsync(Echo))).Diagnostics[0].Rule.ShouldBe(
            ExperimentRules.ForeignJournal);
        (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).ShouldBe(line + "\n");
    }

    [Theory]
    [InlineData("mkdir journal.jsonl", "VART0045")]
    [InlineData("mkfifo journal.jsonl", "VART0045")]
    [InlineData("ln -s / journal.jsonl", "VART0045")]
    [InlineData("mkfifo pending", "VART0045")]
    [InlineData("touch attempts", "VART0045")]
    [InlineData("touch logs", "VART0045")]
    public async Task Where_nothing_can_be_kept_nothing_is_measured(string before, string code)
    {
        var ran = Path.Combine(Folder, "ran");
        Shell($"mkdir -p '{Layout.Experiments}'; cd '{Layout.Experiments}'; {before}");
        (await Should.ThrowAsync<DiagnosticException>(() =>
            RunAsync(Experiment("Touch", ("Command", $"touch {ran}"))))).Diagnostics[0].Rule.Code.ShouldBe(code);
        System.IO.File.Exists(ran).ShouldBeFalse();
    }

    [Fact]
    public async Task An_immutable_journal_is_refused_before_the_first_sample()
    {
        var ran = Path.Combine(Folder, "ran");
        Shell($"mkdir -p '{Layout.Experiments}'; touch '{File}'");
        Assert.SkipUnless(Programs.Run("chattr", "+i", File).ExitCode == 0,
            "this file system has no attributes, or this user may not set them");
        try
        {
            (await Should.ThrowAsync<DiagnosticException>(() =>
                RunAsync(Experiment("Touch", ("Command", $"touch {ran}"))))).Message.ShouldContain(
                    $"'{File}' may not be written");
        }
        finally
        {
            Shell($"chattr -i '{File}'");
        }
        System.IO.File.Exists(ran).ShouldBeFalse();
    }

    [Theory]
    [InlineData("rm journal.jsonl")]
    [InlineData("echo x >> journal.jsonl")]
    [InlineData("cp journal.jsonl other; mv other journal.jsonl")]
    public async Task One_that_somebody_else_changes_meanwhile_is_not_written_over_and_the_sample_is_kept(
        string meanwhile)
    {
        await RunAsync(1, Echo);
        var experiment = Experiment("Meddler", ("Command", $"sh -c 'cd {Layout.Experiments}; {meanwhile}'"));
        (await Should.ThrowAsync<DiagnosticException>(() => RunAsync(1, experiment))).Diagnostics[0].Rule.ShouldBe(
            ExperimentRules.JournalChanged);
        await RunAsync(1, Experiment("Other", ("Command", "true")));
        Read().Samples.Count(sample => sample.Cell.StartsWith("Meddler", StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>The moments at which a build can be killed between the end of a sample and its line.</summary>
    [Theory]
    [InlineData("kept")]
    [InlineData("moved")]
    [InlineData("entered")]
    public async Task A_finished_sample_of_a_killed_build_is_entered_once(string moment)
    {
        await RunAsync(1, Echo);
        var sample = Read().Samples[^1];
        var lines = await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken);
        var own = lines.Where(line => line.Contains(sample.Id, StringComparison.Ordinal)
            || !line.Contains("\"sample\":", StringComparison.Ordinal)).ToList();
        var pending = Path.Combine(Layout.Experiments, "pending", sample.Id + ".jsonl");
        var attempt = new Attempt(Path.Combine(Attempts.RootIn(Layout), sample.Id));
        await System.IO.File.WriteAllTextAsync(pending, string.Concat(own.Select(line => line + "\n")),
            TestContext.Current.CancellationToken);
        Directory.CreateDirectory(attempt.Work);
        if (moment != "entered")
            await System.IO.File.WriteAllTextAsync(File,
                string.Concat(lines.Except([own[^1]]).Select(line => line + "\n")),
                TestContext.Current.CancellationToken);
        if (moment == "kept")
            Directory.Move(Path.Combine(Layout.Experiments, sample.Logs), attempt.Output);
        (await Engine(new SamplePolicy(1)).PlanAsync([Echo], TestContext.Current.CancellationToken)).AtLeastOne()
            .ShouldAllBe(plan => plan.Need == 0);
        await RunAsync(1, Echo);
        var now = Read();
        now.Samples.Select(one => one.Id).Order()
            .ShouldBe(lines.Where(line => line.Contains("\"sample\":", StringComparison.Ordinal))
                .Select(line => Id(line)).Order());
        now.Pending.ShouldBeEmpty();
        LogOf(now.Samples.Single(one => one.Id == sample.Id)).ShouldNotBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(pending)!).ShouldBeEmpty();
        Attempts.LeftIn(Layout).ShouldBeEmpty();
        Log.Reported.AtLeastOne().ShouldAllBe(diagnostic => diagnostic.Rule == ExperimentRules.DoubtfulMachine);
    }

    [Fact]
    public async Task What_is_not_whole_or_not_ours_beside_the_journal_is_no_sample()
    {
        await RunAsync(1, Echo);
        var pending = Path.Combine(Layout.Experiments, "pending");
        var line = (await System.IO.File.ReadAllLinesAsync(File, TestContext.Current.CancellationToken))[^1];
        foreach (var (id, text) in new[] { (new string('a', 32), ""), (new string('b', 32), new string('\0', 4096)),
            (new string('c', 32), line + "\n"), (Id(line), line[..^5]) })
            await System.IO.File.WriteAllTextAsync(Path.Combine(pending, id + ".jsonl"), text,
                TestContext.Current.CancellationToken);
        Shell($"mkfifo '{pending}/{new string('d', 32)}.jsonl'");
        await RunAsync(1, Echo);
        Read().Samples.Count.ShouldBe(2);
        Directory.EnumerateFileSystemEntries(pending).ShouldBeEmpty();
    }

    [Fact]
    public async Task Folders_of_others_beside_those_of_attempts_stop_nothing()
    {
        Directory.CreateDirectory(Path.Combine(Attempts.RootIn(Layout), "mine"));
        Shell(
            $"cd '{Attempts.RootIn(Layout)}'; touch file; mkdir \"$(printf 'a\\377')\"; ln -s / {new string('e', 32)}");
        await RunAsync(1, Echo);
        Read().Samples.Count.ShouldBe(2);
        Directory.Exists(Path.Combine(Attempts.RootIn(Layout), "mine")).ShouldBeTrue();
        Path.Exists(Path.Combine(Attempts.RootIn(Layout), new string('e', 32))).ShouldBeFalse();
        Directory.Exists("/etc").ShouldBeTrue();
    }

    [Fact]
    public async Task A_command_that_ends_its_runner_each_time_is_left_out_at_last_and_stops_no_other()
    {
        var killer = Experiment("Killer", ("Command", "sh -c 'kill -9 $PPID; sleep 100'"));
        var polite = Experiment("Polite", ("Command", "sh -c 'kill -TERM $PPID; sleep 100'"));
        var remover = Experiment("Remover", ("Command", "sh -c 'd=$(dirname $PWD); cd /; rm -rf $d'"));
        var engine = Engine(new SamplePolicy(1));
        await engine.RunAsync([killer, polite, remover, Echo], TestContext.Current.CancellationToken);
        engine.Problems.Select(diagnostic => diagnostic.Rule).Distinct()
            .ShouldBe([ExperimentRules.AlwaysInterrupted]);
        engine.Problems.Count.ShouldBe(2);
        // The result is not in the folder that the command removed, and the command's output file is restored.
        Read().Samples.Select(sample => sample.Cell).Order().ShouldBe(["Echo[n=1]", "Echo[n=2]", "Remover"]);
        Attempts.LeftIn(Layout).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_build_whose_lock_was_replaced_takes_no_further_sample()
    {
        using var held = await FileLock.ExclusiveAsync(Path.Combine(Layout.Root, ".lock"), "process 1", _ => { },
            TestContext.Current.CancellationToken);
        var experiment = Experiment("Remover", ("Command", $"sh -c 'rm {held.Path}; touch {held.Path}'"));
        (await Should.ThrowAsync<DiagnosticException>(() => RunAsync(3, experiment))).Diagnostics[0].Rule.ShouldBe(
            ExperimentRules.LockLost);
        Read().Samples.Count.ShouldBe(1);
    }

    private const string NewId = "00112233445566778899aabbccddeeff";

    private static Journal Read(byte[] content)
    {
        var file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "journal.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, content);
        var journal = Journal.Read(file, new CollectedLog());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return journal;
    }

    private static List<string> Texts(Journal journal) =>
        [.. journal.Samples.Select(sample => JsonSerializer.Serialize(sample, Plain))];

    private static JsonObject Body(string line)
    {
        var body = JsonNode.Parse(line)!.AsObject();
        body.Remove("format");
        body.Remove("check");
        return body;
    }

    private static string Id(string line) => Body(line)["sample"]!["id"]!.GetValue<string>();

    private static byte[] Checked(string body)
    {
        var hash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("2:" + body[1..])))[..16];
        return Encoding.UTF8.GetBytes($"{{\"format\":2,\"check\":\"{hash}\",{body[1..]}");
    }

    private static IEnumerable<string> Paths(JsonNode node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field.Value is null
            ? [field.Key] : Paths(field.Value).Select(path => field.Key + "." + path).Prepend(field.Key)),
        JsonArray list => list.SelectMany((item, i) =>
            item is null ? [$"{i}"] : Paths(item).Select(path => $"{i}.{path}").Prepend($"{i}")),
        _ => [],
    };

    private static string Changed(JsonObject body, string path, string? value)
    {
        const string mark = "\"@@@\"";
        JsonNode node = body;
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
            node = node is JsonArray list
                ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!;
        if (node is JsonArray last)
            last[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = "@@@";
        else if (value is null)
            node.AsObject().Remove(steps[^1]);
        else
            node[steps[^1]] = "@@@";
        return body.ToJsonString().Replace(mark, value ?? "null", StringComparison.Ordinal);
    }

    private static void Shell(string script) => Programs.Shell("/", script).Succeeds();
}

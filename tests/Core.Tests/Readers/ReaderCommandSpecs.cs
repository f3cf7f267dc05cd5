using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tests.Experiments;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Tests.Readers;

/// <summary>Tests commands of the author that make rows from the output of samples.</summary>
public sealed class ReaderCommandSpecs : EngineFixture
{
    private readonly InputTrace trace = new();

    private string Script => Path.Combine(Folder, "parse.sh");

    [Fact]
    public async Task A_script_reads_streams_and_collected_files_and_another_one_reads_again()
    {
        Write(
            "n=$(cat | wc -l); read x < $SAMPLE_FOLDER/d/f.txt; read e < $SAMPLE_FOLDER/stderr.txt; echo log; echo "
                + "'{\"op\":\"get\",\"v\":'$x',\"lines\":'$n',\"e\":'$e'}'");
        Rows(await RunAsync(1, Parsed())).ShouldBe(["get v=7 lines=2 e=5"]);

        Write(
            "echo '{\"op\":\"put\",\"v\":1,\"lines\":2,\"e\":3}'; echo '{\"op\":\"del\",\"v\":4,\"lines\":5,\"e\":6}'");
        var plans = await RunAsync(1, Parsed());
        plans.ShouldHaveSingleItem().Need.ShouldBe(0);
        Rows(plans).ShouldBe(["put v=1 lines=2 e=3", "del v=4 lines=5 e=6"]);
        Read().Samples.Count.ShouldBe(1);
        Directory.GetFiles(Path.Combine(Layout.Experiments, Read().Samples.Single().Logs), "*",
            SearchOption.AllDirectories).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("echo bad line 7 >&2; exit 3", "exit code 3: bad line 7")]
    [InlineData("echo working; sleep 100", "killed after 1 s (ReaderTimeout): working")]
    [InlineData("sleep 1000 & echo '{}'", "cannot be read")]
    [InlineData("yes", "more than 64 MiB")]
    [InlineData("echo nothing to see", "the output of the ReaderCommand cannot be read")]
    [InlineData("echo '{\"op\":\"a\",\"v\":NaN}'", "is not JSON")]
    [InlineData("kill -9 $$", "exit code 137")]
    public async Task What_fails_is_a_failed_sample_with_its_last_words_and_is_good_when_it_is_corrected(string script,
        string words)
    {
        Write(script);
        var seconds = words.Contains("killed", StringComparison.Ordinal) ? "1" : "100";
        var failed = (await RunAsync(1, Parsed(("ReaderTimeout", seconds)))).ShouldHaveSingleItem().Failed
            .ShouldHaveSingleItem();
        failed.Outcome.ShouldBe(SampleOutcome.WrongOutput);
        failed.Why!.ShouldContain(words);

        Write("echo '{\"op\":\"a\",\"v\":1,\"lines\":2,\"e\":3}'");
        var plans = await RunAsync(1, Parsed());
        (plans.ShouldHaveSingleItem().Need, plans[0].Good.Count).ShouldBe((0, 1));
        Read().Samples.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_environment_is_scrubbed_and_csv_may_be_printed()
    {
        Environment.SetEnvironmentVariable("READER_COMMAND_SECRET", "1");
        Write("echo op,v,lines,e; echo ${READER_COMMAND_SECRET:-none},1,2,3; echo x > scratch");
        Rows(await RunAsync(1, Parsed(("Reader", "csv")))).ShouldBe(["none v=1 lines=2 e=3"]);
    }

    [Theory]
    [InlineData("sh {project}/none.sh", "VART4169")]
    [InlineData("no-such-interpreter-anywhere {project}/parse.sh", "VART4169")]
    [InlineData("sh {project}/parse.sh {m}", "VART4002")]
    [InlineData("sh {project}/parse.sh {work}", "VART4002")]
    [InlineData("{project}/parse.sh", "VART4154")]
    public void What_is_missing_is_told_before_anything_runs(string command, string code)
    {
        Write("true");
        Should.Throw<DiagnosticException>(() => Parsed(("ReaderCommand", command))).Diagnostics
            .ShouldHaveSingleItem().Rule.Code.ShouldBe(code);
    }

    [Fact]
    public void A_script_needs_an_interpreter_that_exists()
    {
        Write("#!/no/such/interpreter");
        File.SetUnixFileMode(Script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Should.Throw<DiagnosticException>(() => Parsed(("ReaderCommand", "{project}/parse.sh"))).Diagnostics
            .ShouldHaveSingleItem().Message.ShouldContain("/no/such/interpreter");
    }

    [Fact]
    public async Task It_may_name_tools_axes_and_the_folder_of_the_sample_and_another_tool_reads_again()
    {
        var tool = Path.Combine(Folder, "convert");
        void Tool(string script, string identity)
        {
            File.WriteAllText(tool, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Resolved["conv"] = new ResolvedTool("conv", tool, "1", identity, null)
            {
                PathEntries = [Folder],
                Environment = new Dictionary<string, string> { ["OF_TOOL"] = "5" },
            };
        }
        (string, string)[] metadata = [("ReaderCommand", "{tool:conv} {n} {args:more} {output}/d/f.txt"),
            ("Matrix", "n = 1,2; more = '3 4'")];
        Tool("read x < $4; which convert >&2; echo '{\"op\":\"'$1'\",\"v\":'$x',\"lines\":'$3',\"e\":'$OF_TOOL'}'",
            "first");
        Rows(await RunAsync(1, Parsed(metadata))).ShouldBe(["1 v=7 lines=4 e=5", "2 v=7 lines=4 e=5"]);
        Tool("echo '{\"op\":\"'$1'\",\"v\":1,\"lines\":1,\"e\":1}'", "second");
        var plans = await RunAsync(1, Parsed(metadata));
        plans.Sum(plan => plan.Need).ShouldBe(0);
        Rows(plans).ShouldBe(["1 v=1 lines=1 e=1", "2 v=1 lines=1 e=1"]);
        Read().Samples.Count.ShouldBe(2);
        // While the tool is missing, the earlier readings of the samples remain valid.
        Resolved.Clear();
        Rows(await RunAsync(1, Parsed(metadata))).ShouldBe(["1 v=7 lines=4 e=5", "2 v=7 lines=4 e=5"]);
    }

    [Fact]
    public async Task When_the_build_is_stopped_while_it_reads_the_sample_is_kept_and_read_later()
    {
        Write("touch \"$SAMPLE_FOLDER/../../../../begun\"; sleep 1000");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = Engine(new SamplePolicy(1)).RunAsync([Parsed(("ReaderTimeout", "1000"))], stop.Token);
        SpinWait.SpinUntil(() => Directory.EnumerateFiles(Folder, "begun", SearchOption.AllDirectories).Any(),
            TimeSpan.FromSeconds(60)).ShouldBeTrue();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        Write("echo '{\"op\":\"a\",\"v\":1,\"lines\":2,\"e\":3}'");
        var plans = await RunAsync(1, Parsed());
        Rows(plans).ShouldBe(["a v=1 lines=2 e=3"]);
        Read().Samples.Count.ShouldBe(1);
    }

    [Fact]
    public void The_quick_check_sees_another_script()
    {
        Write("true");
        Parsed();
        var line = trace.Lines().ShouldHaveSingleItem();
        InputTrace.StillHolds(line, (_, _) => null).ShouldBeTrue();
        Write("false; true");
        InputTrace.StillHolds(line, (_, _) => null).ShouldBeFalse();
    }

    private static IEnumerable<string> Rows(IReadOnlyList<CellPlan> plans) => Observations.Of(plans, _ => [])
        .Select(row => $"{row.Columns.GetValueOrDefault("op")} "
            + string.Join(' ', row.Metrics.Where(metric => metric.Key is "v" or "lines" or "e")
            .Select(metric => FormattableString.Invariant($"{metric.Key}={metric.Value}"))) + row.Failure);

    private void Write(string script) => File.WriteAllText(Script, script + "\n");

    private ExperimentDeclaration Parsed(params (string Name, string Value)[] more)
    {
        (string Name, string Value)[] usual =
        [
            ("Command", "sh -c 'mkdir d; echo 7 > d/f.txt; echo a; echo b; echo 5 >&2'"), ("Collect", "d/*"),
            ("ReaderCommand", "sh {project}/parse.sh"),
            ("RowColumns", "op"), ("RowMetrics", "v; lines; e"),
        ];
        var found = new List<Diagnostic>();
        var item = Item("Experiment", "E",
            [.. usual.Where(pair => more.All(other => other.Name != pair.Name)), .. more]);
        var experiment = ExperimentDeclaration.Parse(item, found, null, Layout, trace);
        return found.Count == 0 ? experiment : throw new DiagnosticException(found);
    }
}

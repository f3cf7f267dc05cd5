using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.World;

/// <summary>
/// Tests the files that commands leave: the sample and its regular files are kept, no link is followed, and no file
/// blocks the engine.
/// </summary>
public sealed class LeftBehindSpecs : EngineFixture
{
    private const string Secret = "only root may read this";
    private string SecretFile => Path.Combine(Folder, "secret");

    public LeftBehindSpecs() => File.WriteAllText(SecretFile, Secret);

    public override void Dispose()
    {
        HostileTree.Remove(Folder);
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string, string, bool> Things => new()
    {
        { "a link to a file outside", "ln -s SECRET $d/x", true },
        { "a link to a folder outside", "ln -s / $d/x", true },
        { "a dangling link", "ln -s /no/such/place $d/x", true },
        { "a link to itself", "ln -s x $d/x", true },
        { "a link to the folder it is in", "ln -s . $d/x", true },
        { "a device by a link", "ln -s /dev/zero $d/x", true },
        { "a pipe", "mkfifo $d/x", true },
        { "a socket", "cd $d && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'", true },
        { "a device", "mknod $d/x c 1 5 2>/dev/null || mkfifo $d/x", true },
        { "a setuid file", "echo hi > $d/x; chmod 6755 $d/x", false },
        { "a setuid file with two names", "echo hi > $d/x; chmod 4755 $d/x; ln $d/x $d/y", true },
        { "a file that its owner may not read", "echo hi > $d/x; chmod 0 $d/x", false },
        { "a name that is not UTF-8",
            "python3 -c 'import os,sys; open(os.path.join(os.fsencode(sys.argv[1]), b\"x\\xff\"), "
                + "\"w\").write(\"hi\")' $d", false },
        { "names with line ends, quotes and escape sequences",
            "python3 -c 'import os,sys; [open(os.path.join(sys.argv[1], n), \"w\") for n in (\"x\\n\", \"x\\x22\", "
                + "\"x\\x1b[31m\")]' $d", false },
        { "a file of 1 TB with nothing in it", "truncate -s 1T $d/x", false },
        { "a path beyond what the system takes",
            "python3 -c 'import os,sys\nos.chdir(sys.argv[1])\nfor i in range(40): os.mkdir(\"x\" * 200); "
                + "os.chdir(\"x\" * 200)\nopen(\"x\", \"w\")' $d", false },
        { "a thousand folders in each other",
            "python3 -c 'import os,sys\nos.chdir(sys.argv[1])\nfor i in range(1000): os.mkdir(\"x\"); "
                + "os.chdir(\"x\")\nos.symlink(\"/\", \"x\")' $d", true },
        { "links that multiply under a pattern", "mkdir $d/x; for i in 1 2 3 4 5 6 7 8; do ln -s . $d/x/$i; done",
            true },
    };

    [Theory]
    [MemberData(nameof(Things))]
    public async Task Whatever_is_left_the_sample_is_good_and_only_regular_files_are_kept(string what, string script,
        bool isTold)
    {
        what.ShouldNotBeEmpty();
        foreach (var folder in new[] { "{output}", "{work}" })
        {
            await LeaveAsync(folder, script, isTold);
            HostileTree.Remove(Layout.Root);
        }
    }

    [Theory]
    [InlineData("rm {output}/stdout.txt; ln -s SECRET {output}/stdout.txt")]
    [InlineData("rm {output}/stderr.txt; mkfifo {output}/stderr.txt")]
    [InlineData("rm -r {output}; ln -s FOLDER {output}")]
    [InlineData("rm -r {output}; mkfifo {output}")]
    [InlineData("rm -r {output}")]
    [InlineData("chmod 0 {output}")]
    [InlineData("rm -r {work}; ln -s FOLDER {work}")]
    [InlineData("chmod 0 {work}")]
    public async Task Where_the_output_itself_is_replaced_nothing_is_followed(string script)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "leave.sh"), Real(script)
            + "\necho said\necho said >&2\nexit 0\n",
            TestContext.Current.CancellationToken);
        var plans = await RunWithLimitAsync(Experiment("E", ("Command", "sh {project}/leave.sh"),
            ("Environment", "O={output};W={work}"), ("Collect", "**")));
        plans.ShouldHaveSingleItem();
        Read().Samples.ShouldHaveSingleItem().Outcome.ShouldBe(SampleOutcome.Ok);
        CheckKept();
        (await File.ReadAllTextAsync(SecretFile, TestContext.Current.CancellationToken)).ShouldBe(Secret);
    }

    [Fact]
    public async Task Collected_files_replace_none_and_a_pattern_takes_what_it_names()
    {
        var experiment = Experiment("E",
            ("Command",
                "sh -c 'echo out; mkdir -p a/b; echo 1 > a/b/c.json; echo 2 > a/d.json; echo 3 > stdout.txt; echo 4 > "
                    + "e.txt; echo 5 > {output}/kept'"),
            ("WorkingDirectory", "{work}"), ("Collect", "**/*.json;{work}/stdout.txt"));
        await RunWithLimitAsync(experiment);
        var sample = Read().Samples.ShouldHaveSingleItem();
        LogOf(sample).ShouldBe("out\n");
        LogOf(sample, "a/b/c.json").ShouldBe("1\n");
        LogOf(sample, "a/d.json").ShouldBe("2\n");
        LogOf(sample, "kept").ShouldBe("5\n");
        File.Exists(Path.Combine(Layout.Experiments, sample.Logs, "e.txt")).ShouldBeFalse();
        Told.ShouldHaveSingleItem().Message.ShouldContain("'stdout.txt' would replace a file of that name in {output}");
    }

    [Fact]
    public async Task Any_random_tree_is_kept_within_limits()
    {
        var seed = Environment.GetEnvironmentVariable("HOSTILE_SEED") is { } given
            ? int.Parse(given) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"HOSTILE_SEED={seed}");
        await File.WriteAllTextAsync(Path.Combine(Folder, "tree.py"), HostileTree.Script,
            TestContext.Current.CancellationToken);
        var experiment = Experiment("E",
            ("Command",
                "sh -c 'python3 \"$0\" {seed}1 {output}/t \"$1\" > /dev/null; exec python3 \"$0\" {seed}2 "
                    + $"{{work}}/t \"$1\"' {{project}}/tree.py {SecretFile}"),
            ("Matrix", $"seed={string.Join(',', Enumerable.Range(0, 12).Select(i => (seed + i) % 100_000_000))}"),
            ("Collect", "**"), ("MetricPatterns", "value=value=([0-9]+)"), ("Measured", "false"));
        await RunWithLimitAsync(experiment);
        Read().Samples.Count.ShouldBe(12);
        Read().Samples.AtLeastOne().ShouldAllBe(sample => sample.Outcome == SampleOutcome.Ok, $"HOSTILE_SEED={seed}");
        CheckKept(mayBeHard: true);
        Log.Reported.AtLeastOne().ShouldAllBe(one => one.Rule.Code.StartsWith("VART", StringComparison.Ordinal));
        Log.Reported.AtLeastOne().ShouldAllBe(one => one.Message == PlainText.Of(one.Message));
    }

    [Fact]
    public async Task Words_of_a_failing_sample_steer_no_terminal_and_reorder_nothing()
    {
        await RunWithLimitAsync(
            Experiment("E", ("Command",
                @"sh -c 'printf ""\033]0;title\007\033[31mred\033[0m \r\b\342\200\256evil\302\233x\n"" >&2; exit 3'")),
            Experiment("F", ("Command", @"printf 'v=\033[2J\342\200\2565'"), ("MetricPatterns", "v=v=(.*)")));
        Read().Samples.Count.ShouldBe(2);
        Told.Count.ShouldBe(2);
        Told[0].Message.ShouldContain("red <U+000D><U+0008><U+202E>evil");
        Read().Samples.Select(sample => sample.Why!).AtLeastOne().ShouldAllBe(why => why == PlainText.Of(why));
        Log.Reported.AtLeastOne().ShouldAllBe(one => one.Message == PlainText.Of(one.Message));
    }

    // Warnings about a busy machine are ignored by this test.
    private List<Diagnostic> Told => [.. Log.Reported.Where(one => one.Rule != ExperimentRules.DoubtfulMachine)];

    private async Task LeaveAsync(string folder, string script, bool isTold)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "leave.sh"), $"set -e\nd=$1\n{Real(script)}\necho value=5\n",
            TestContext.Current.CancellationToken);
        Log.Reported.Clear();
        await RunWithLimitAsync(Experiment("E", ("Command", $"sh {{project}}/leave.sh {folder}"), ("Collect", "**"),
            ("MetricPatterns", "value=value=([0-9]+)")));
        var sample = Read().Samples.ShouldHaveSingleItem();
        sample.Outcome.ShouldBe(SampleOutcome.Ok, sample.Why);
        CheckKept();
        Log.Reported.Count(one => one.Rule == ReadingRules.LeftOut).ShouldBe(isTold ? 1 : 0,
            string.Join('\n', Log.Reported.Select(one => one.Message)));
        // A file that is left out must be named in a message.
        (isTold || FolderTree.Below(Path.Combine(Layout.Experiments, sample.Logs))
            .Any(entry => entry.Relative.StartsWith('x'))).ShouldBeTrue();
    }

    // Asserts that only folders and regular files without special bits remain, and that none has the content of a
    // link's target.
    private void CheckKept(bool mayBeHard = false)
    {
        var logs = Path.Combine(Layout.Experiments, "logs");
        foreach (var entry in FolderTree.Below(logs).AtLeastOne())
        {
            (entry.Kind is FileKind.Regular or FileKind.Folder).ShouldBeTrue(entry.ToString());
            if (entry.Kind != FileKind.Regular
                || FileFacts.Of(Path.Combine(logs, entry.Relative), followLink: false) is not { } facts)
                continue;
            ((int)facts.Permissions & 0xE00).ShouldBe(0, entry.Relative);
            if (!mayBeHard && new FileInfo(Path.Combine(logs, entry.Relative)).Length < 1000)
                File.ReadAllText(Path.Combine(logs, entry.Relative)).ShouldNotContain(Secret);
        }
    }

    private string Real(string script) =>
        script.Replace("SECRET", SecretFile, StringComparison.Ordinal).Replace("FOLDER", Folder,
            StringComparison.Ordinal)
        .Replace("{output}", "$O", StringComparison.Ordinal).Replace("{work}", "$W", StringComparison.Ordinal);

    private async Task<IReadOnlyList<Verus.Artifact.Experiments.Scheduling.CellPlan>> RunWithLimitAsync(
        params ExperimentDeclaration[] experiments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return await Engine(new Verus.Artifact.Experiments.Scheduling.SamplePolicy(1)).RunAsync(experiments,
            limit.Token).WaitAsync(limit.Token);
    }
}

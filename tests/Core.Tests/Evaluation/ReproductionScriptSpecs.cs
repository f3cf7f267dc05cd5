using System.Text.RegularExpressions;
using Verus.Artifact.Common;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests that the reproduction script does what the evaluation does, in another folder, on a copy of the project, and
/// without files from elsewhere on the machine.
/// </summary>
public sealed partial class ReproductionScriptSpecs : EvaluationFixture
{
    private readonly string elsewhere = Directory.CreateTempSubdirectory("package-").FullName;
    private readonly string copy = Directory.CreateTempSubdirectory("another-").FullName;

    public override void Dispose()
    {
        base.Dispose();
        FolderRemoval.Remove(elsewhere);
        FolderRemoval.Remove(copy);
    }

    [Fact]
    public async Task It_calls_good_what_the_evaluation_calls_good_and_leaves_the_same()
    {
        Commands();
        Timeouts();
        Metrics();
        var outcomes = await OutcomesAsync();
        outcomes.Where(outcome => !outcome.Value).Select(outcome => outcome.Key).ShouldBeSubsetOf(
            ["Text[n=2]", "Lines[n=2]", "Not[n=1]", "Not[n=2]", "Codes[code=0]", "Codes[code=4]", "Signal", "Missing",
                "Folder", "Late[seconds=600]", "Stubborn",
                "Series[way=a,n=602]", "Series[way=b,n=602]", "Metric[more=t=2]", "Metrics[text=none]",
                "Reader[text=words]", "ToolReader[skip=2]"]);
        outcomes.Keys.ShouldNotContain("Optional[file=none.txt]");
        outcomes.Keys.ShouldNotContain("Series[way=a,n=0.1]");
        await HoldAsync(outcomes);
    }

    [Fact]
    public async Task Steps_preparations_and_services_are_those_of_the_evaluation()
    {
        Steps();
        ServicesOfCells();
        await HoldAsync(await OutcomesAsync());
    }

    [Fact]
    public async Task A_generator_runs_as_often_as_in_the_evaluation()
    {
        File.WriteAllText(Path.Combine(Folder, "make.sh"),
            "echo \"$1\" >> \"$(dirname \"$0\")/count.txt\"; echo \"input $1 $MODE\"\n");
        Declare("Experiment", "Read", ("Command", "cat {generated}"), ("Matrix", "n=1,2; way=a,b,c"),
            ("Generate", "sh {project}/make.sh {n}"), ("GenerateAs", "in put.txt"));
        Declare("Experiment", "Again", ("Command", "wc -c {generated}"), ("Matrix", "n=1,2"),
            ("Generate", "sh {project}/make.sh {n}"), ("GenerateAs", "in put.txt"));
        Declare("Experiment", "Other", ("Command", "cat {generated}"), ("Generate", "sh {project}/make.sh 1"),
            ("GenerateAs", "in put.txt"), ("Environment", "MODE=other"));
        var outcomes = await OutcomesAsync();
        var there = File.ReadAllLines(Path.Combine(Folder, "count.txt")).Order().ToList();
        there.ShouldBe(["1", "1", "2"]);
        await HoldAsync(outcomes);
        File.ReadAllLines(Path.Combine(copy, "count.txt")).Order().ShouldBe(there);
    }

    [Fact]
    public async Task Files_of_packages_go_with_it_and_what_else_is_elsewhere_is_asked_for()
    {
        var scripts = Directory.CreateDirectory(Path.Combine(elsewhere, "with space/scripts")).FullName;
        File.WriteAllText(Path.Combine(scripts, "count.sh"), ". \"$(dirname \"$0\")/words.sh\"; echo \"$word $1\"\n");
        File.WriteAllText(Path.Combine(scripts, "words.sh"), "word=counted\n");
        File.WriteAllText(Path.Combine(elsewhere, "settings.txt"), "from a package\n");
        var large = Path.Combine(elsewhere, "large.bin");
        File.WriteAllBytes(large, new byte[(1 << 20) + 1]);
        Declare("Experiment", "Packaged", ("Command", $"sh '{scripts}/count.sh' {{n}}"), ("Matrix", "n=1,2"),
            ("Inputs", $"{scripts}/words.sh"));
        Declare("Experiment", "Text", ("Command", $"sh -c 'cat {elsewhere}/settings.txt {Folder}/own.txt'"),
            ("Environment", $"SETTINGS={elsewhere}/settings.txt"));
        Declare("Experiment", "Large", ("Command", $"wc -c {large}"));
        Declare("Tool", "mine", ("Path", Path.Combine(elsewhere, "ls")), ("VersionArguments", "--version"));
        File.WriteAllText(Path.Combine(Folder, "own.txt"), "own\n");
        File.CreateSymbolicLink(Path.Combine(elsewhere, "ls"), "/usr/bin/ls");
        Declare("Experiment", "Mine", ("Command", "{tool:mine} -a {work}"));
        var outcomes = await OutcomesAsync();
        var text = await WriteAsync();
        var variable = Large().Match(text).Groups[1].Value;
        FolderRemoval.Remove(elsewhere);
        File.WriteAllBytes(Path.Combine(copy, "other.bin"), new byte[(1 << 20) + 1]);
        var start = new System.Diagnostics.ProcessStartInfo("sh", [Script, Path.Combine(copy, "again")]);
        start.Environment[variable] = Path.Combine(copy, "other.bin");
        var run = Programs.Run(start);
        Verdicts(run.Output).Where(verdict => verdict.Key != "Large")
            .ShouldBe(outcomes.Where(outcome => outcome.Key != "Large"), ignoreOrder: true);
        run.Output.ShouldContain("Large: good");
    }

    private string Script => Path.Combine(copy, "evaluation/scripts/All.sh");

    private void Commands()
    {
        Declare("Experiment", "Text", ("Command", "printf 'a\\nb {n}\\n'"), ("Matrix", "n=1,2"),
            ("SuccessText", "b 1"));
        Declare("Experiment", "Lines", ("Command", "printf 'a\\nb {n}\\n'"), ("Matrix", "n=1,2"),
            ("SuccessPattern", @"^a\nb 1$"));
        Declare("Experiment", "Not", ("Command", "sh -c 'echo bad {n} >&2'"), ("Matrix", "n=1,2"),
            ("FailurePattern", "^bad {n}$|^bad 1$"));
        Declare("Experiment", "Axis", ("Command", "echo {expected}"), ("Matrix", "expected=a+,'b c'"),
            ("SuccessPattern", "^{expected}$"));
        Declare("Experiment", "Computed", ("Command", "echo {total} {half}"),
            ("Matrix", "n=1,3; total := {n} * 1024; half := {total} / 3 / 2"),
            ("SuccessPattern", "^(1024 170.666666666667|3072 512)$"));
        Declare("Experiment", "Codes", ("Command", "sh -c 'exit {code}'"), ("Matrix", "code=0,3,4,137"),
            ("SuccessExitCodes", "3;137"));
        Declare("Experiment", "Signal", ("Command", "sh -c 'kill -6 $$'"));
        Declare("Experiment", "Missing", ("Command", "no-such-program-anywhere"));
        Declare("Experiment", "Folder", ("Command", "true"), ("WorkingDirectory", "{work}/none"));
        Declare("Experiment", "Environment", ("Command", "env"),
            ("Environment", "ODD=$HOME \"x\" 'y'; {{BRACES}}={{1}}"), ("PassEnvironment", "REPRODUCED;NOT_SET"));
        Declare("Experiment", "Arguments", ("Command", "printf '<%s>' {args:words} '{{x}}' {sample} '$x'"),
            ("Matrix", "words=a 'b c' {project}|three"));
        Declare("Experiment", "WarmUps", ("Command", "sh -c 'echo x >> {work}/runs; wc -l < {work}/runs'"),
            ("WarmUps", "2"));
        Declare("Experiment", "Input", ("Command", "sh -c 'cat; pwd | grep -c engine; umask'"),
            ("WorkingDirectory", "/"));
        Declare("Experiment", "Optional", ("Command", "echo {file}"), ("Matrix", "file=make.txt,none.txt"),
            ("OptionalInputs", "{project}/{file}"));
        File.WriteAllText(Path.Combine(Folder, "make.txt"), "");
    }

    private void Timeouts()
    {
        Declare("Experiment", "Late", ("Command", "sh -c 'sleep {seconds}; exit 137'"), ("Matrix", "seconds=0,600"),
            ("Timeout", "1.5"), ("SuccessExitCodes", "0;124;137"));
        Declare("Experiment", "Stubborn", ("Command", "sh -c 'trap \"\" TERM; sleep 601 & wait; sleep 601'"),
            ("Timeout", "1"));
        Declare("Experiment", "Series", ("Command", "sleep {n}"), ("Matrix", "way=a,b; n=0,602,0.1"), ("Timeout", "1"),
            ("EndSeriesAt", "n"));
    }

    private void Metrics()
    {
        File.WriteAllText(Path.Combine(Folder, "read.py"),
            "import json, sys\nprint(json.dumps([{'v': float(line)} for line in sys.stdin]))\n");
        Declare("Experiment", "Metric", ("Command", "printf 't=1\\n{more}\\n'"), ("Matrix", "more=none,t=2"),
            ("MetricPatterns", "t=^t=([0-9]+)"));
        Declare("Experiment", "Metrics", ("Command", "echo {text}"), ("Matrix", "text='u=1 u=2',none"),
            ("MetricPatterns", "u=u=([0-9]+)"), ("MetricMatches", "u=last"));
        Declare("Experiment", "Optionals", ("Command", "echo none"),
            ("MetricPatterns", "w=w=([0-9]+)\nx=(no)(?=never)"), ("OptionalMetrics", "w;x"));
        Declare("Experiment", "Reader", ("Command", "echo {text}"), ("Matrix", "text=1.5,words"),
            ("ReaderCommand", "python3 {project}/read.py"), ("RowMetrics", "v"));
        Declare("Tool", "python", ("ProgramName", "python3"), ("VersionArguments", "--version"),
            ("Environment", "OF_TOOL=1"));
        File.WriteAllText(Path.Combine(Folder, "files.py"),
            "import os, sys\nassert os.environ['OF_TOOL'] == '1'\n"
                + "print('{\"v\": %s}' % int(open(sys.argv[2] + '/stdout.txt').read()[int(sys.argv[1]):]))\n");
        Declare("Experiment", "ToolReader", ("Command", "echo 12"), ("Matrix", "skip=0,1,2"),
            ("ReaderCommand", "{tool:python} {project}/files.py {skip} {output}"), ("RowMetrics", "v"));
    }

    private void Steps()
    {
        Declare("Experiment", "Make",
            ("Command",
                "sh -c 'mkdir -p deep/er; echo {n} > deep/er/n.txt; echo plain > plain.dat; echo note >&2; test {n} != "
                    + "3'"), ("Matrix", "n=1,2,3"),
            ("Collect", "deep/**/*.txt; plain.da?"),
            ("Prepare", "sh -c 'echo prepared > {work}/p'\nsh -c 'cat {work}/p'"));
        Declare("Experiment", "Use",
            ("Command", "sh -c 'cd {output:Make}; cat deep/er/n.txt plain.dat; ls; echo changed > plain.dat'"),
            ("Matrix", "n=1,2,3"));
        Declare("Experiment", "Path", ("Command", "cat {output:Make/deep/er/n.txt}"), ("Matrix", "n=1,2"));
        Declare("Experiment", "Some", ("Command", "echo {n}"), ("Matrix", "n=1,2"),
            ("OptionalInputs", "{project}/only-{n}.txt"));
        File.WriteAllText(Path.Combine(Folder, "only-2.txt"), "");
        Declare("Experiment", "All",
            ("Command", "sh -c 'cat {outputs:Some}/cells.csv; cat {outputs:Some}/*/stdout.txt; ls {outputs:Some}'"));
        Declare("Experiment", "AllOfBad", ("Command", "ls {outputs:Make}"));
        Declare("Experiment", "Prepared", ("Command", "sh -c 'cat {work}/x'"), ("Matrix", "x=0,1"),
            ("Prepare", "sh -c 'echo yes > {work}/x'\nsh -c 'exit {x}'"));
        Declare("Experiment", "SlowlyPrepared", ("Command", "true"), ("Prepare", "sleep 603"), ("PrepareTimeout", "1"));
    }

    private void ServicesOfCells()
    {
        File.WriteAllText(Path.Combine(Folder, "page.txt"), "served\n");
        File.WriteAllText(Path.Combine(Folder, "get.py"),
            "import sys, urllib.request\nprint(urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}"
                + "/page.txt').read())\n");
        Declare("Service", "web", ("Experiments", "Get"),
            ("Command", "python3 -m http.server {port:a} --bind 127.0.0.1 --directory {project}"),
            ("ReadyPort", "{port:a}"), ("Environment", "PYTHONUNBUFFERED={n}"));
        Declare("Experiment", "Get", ("Command", "python3 {project}/get.py {port:a}"), ("Matrix", "n=1,2"));
        Declare("Service", "says", ("Experiments", "Said"), ("Command", "sh -c 'echo ready >&2; exec sleep 604'"),
            ("ReadyText", "ready"));
        Declare("Experiment", "Said", ("Command", "echo client"));
        Declare("Service", "silent", ("Experiments", "Unready"), ("Command", "sleep 605"), ("ReadyText", "ready"),
            ("ReadyTimeout", "1"));
        Declare("Experiment", "Unready", ("Command", "echo client"));
        Declare("Service", "dies", ("Experiments", "Lost"), ("Command", "sh -c 'echo ready; sleep 0.3'"),
            ("ReadyText", "ready"));
        Declare("Experiment", "Lost", ("Command", "sleep 2"));
    }

    // The outcome of each cell that ran; a cell that did not run is missing on both sides.
    private async Task<Dictionary<string, bool>> OutcomesAsync()
    {
        Environment.SetEnvironmentVariable("REPRODUCED", "passed on");
        Options = Options with { Policy = new SamplePolicy(1) };
        await BuildAsync();
        return Samples().ToDictionary(sample => sample.Cell, sample => sample.Outcome == SampleOutcome.Ok);
    }

    private async Task<string> WriteAsync()
    {
        using (var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken))
            await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
                TestContext.Current.CancellationToken);
        foreach (var file in Directory.EnumerateFiles(Folder).Where(file => Path.GetFileName(file) != "count.txt"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        TreeCopy.Make(Layout.Scripts, Path.Combine(copy, "evaluation/scripts"), (_, _) => "",
            TestContext.Current.CancellationToken);
        var text = File.ReadAllText(Script);
        foreach (var path in new[] { Folder, elsewhere, Path.GetTempPath().TrimEnd('/') + "/" })
            text.ShouldNotContain(path);
        return text;
    }

    private async Task HoldAsync(Dictionary<string, bool> expected)
    {
        await WriteAsync();
        var root = Path.Combine(copy, "again");
        var run = Programs.Run("sh", Script, root);
        Verdicts(run.Output).ShouldBe(expected, ignoreOrder: true, run.Output + run.Error);
        run.ExitCode.ShouldBe(expected.ContainsValue(false) ? 1 : 0);
        foreach (var sample in Samples().Where(sample => expected[sample.Cell]).AtLeastOne())
            Kept(Path.Combine(root, "results", SampleTaker.FolderName(sample.Cell)), root)
                .ShouldBe(sample.Silent ? ["stderr.txt: ", "stdout.txt: "]
                    : Kept(Path.Combine(Layout.Experiments, sample.Logs), Folder), ignoreOrder: true, sample.Cell);
    }

    private static Dictionary<string, bool> Verdicts(string output) =>
        output.Split('\n').Select(line => Verdict().Match(line)).Where(match => match.Success)
        .Select(match => (match.Groups[1].Value, Words: match.Groups[2].Value))
        .Where(verdict => !NotRun().IsMatch(verdict.Words))
        .ToDictionary(verdict => verdict.Item1, verdict => verdict.Words == "good", StringComparer.Ordinal);

    // The files of a sample with their content, without texts that name its own folders, a free port, or the runner.
    private static List<string> Kept(string folder, string root) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith("service-web", StringComparison.Ordinal))
        .Select(file =>
            $"{Path.GetRelativePath(folder, file)}: "
                + $"{string.Join('\n', File.ReadAllLines(file).Where(line => !OfPlace().IsMatch(line)).Order())}")];

    [GeneratedRegex(@"^(.+?): (good|exit code .*|its .*|killed .*|a .*|service .*|left out: .*|not (?:run|available):"
        + @" .*)$")]
    private static partial Regex Verdict();

    [GeneratedRegex("^(left out|not run|not available): ")]
    private static partial Regex NotRun();

    [GeneratedRegex("^(HOME|TMPDIR|VERUS_ARTIFACT_SAMPLE|PWD)=|/work/|engine-test-|another-")]
    private static partial Regex OfPlace();

    [GeneratedRegex(@"(?m)^(path_\d+)=.*large\.bin")]
    private static partial Regex Large();
}

using Verus.Artifact.Declarations;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>
/// Tests figures that the author's own script draws: they depend on the content of their inputs, are in the report, and
/// do not stop other figures when they fail.
/// </summary>
public sealed class CommandFigureSpecs : EvaluationFixture
{
    private const string Python = """
        import csv, sys
        rows = list(csv.DictReader(open(sys.argv[1])))
        open(sys.argv[3], 'a').write('run\n')
        bars = ''.join(f'<rect x="{i * 20}" y="{50 - 10 * float(r["t"])}" width="15" height="{10 * float(r["t"])}" style="fill:#0072b2"/>'
                       for i, r in enumerate(rows))
        with open(sys.argv[2] + '.svg', 'w') as f:
            f.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 50">{bars}</svg>')
        """;

    private string Runs => Path.Combine(Folder, "runs.txt");

    private int RunCount => File.Exists(Runs) ? File.ReadAllLines(Runs).Length : 0;

    [Fact]
    public async Task A_script_draws_again_when_it_or_its_data_changed_and_only_then()
    {
        DeclarePython();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        RunCount.ShouldBe(1);
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
        Declare("Figure", "G", ("Kind", "Table"), ("Datasets", "D"), ("Rows", "s"), ("Columns", "s"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        RunCount.ShouldBe(1, "another figure is no concern of the script");
        File.AppendAllText(Path.Combine(Folder, "plot.py"), "\n# changed\n");
        (await ExplainAsync()).ShouldContain("F: its command would run, because file plot.py changed");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        RunCount.ShouldBe(2);
        (await ExplainAsync()).ShouldContain("F: its command runs when its data change");
        Declare("Experiment", "E", ("Command", "echo t={s}.5"), ("Matrix", "s=1,2"),
            ("MetricPatterns", "t=t=([0-9.]+)"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        RunCount.ShouldBe(3);
        File.Delete(Path.Combine(Layout.Figures, "F.svg"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        RunCount.ShouldBe(4, "its picture was lost");
    }

    [Fact]
    public async Task The_report_shows_its_picture_with_the_samples_and_the_text_file_has_all()
    {
        DeclarePython();
        (await BuildAsync()).Errors.ShouldBeEmpty();
        var page = File.ReadAllText(Path.Combine(Layout.Report, "index.html"));
        page.ShouldContain("data:image/svg+xml;base64,");
        page.ShouldContain("Drawn by the author's own program.".Replace("'", "&#39;", StringComparison.Ordinal),
            Case.Insensitive);
        page.ShouldContain("measured here");
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldContain("samples");
    }

    [Fact]
    public async Task Recorded_numbers_are_marked_beside_a_script_s_picture()
    {
        DeclarePython();
        Items.RemoveAll(item => item.Type is "Experiment" or "Dataset");
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "s,t\n1,1\n2,2\n");
        Declare("RecordedData", "D", ("File", "paper.csv"), ("KeyColumns", "s"), ("Value", "t"), ("Unit", "s"),
            ("Provenance", "the paper, 2024"));
        Options = Options with { OnMissing = OnMissing.Recorded, AllowNothingMeasured = true };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldContain("RECORDED BY THE AUTHORS");
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("Recorded by the authors");
    }

    [Theory]
    [InlineData("sh -c 'echo no module >&2; exit 3' {out}", "exited with code 3. Its last output: no module")]
    [InlineData("sh -c 'sleep 600' sh {out}", "killed after 1 s")]
    [InlineData("true {out}", "none of {out}.svg")]
    [InlineData("sh -c 'printf %s \"<svg>\" > \"$1.svg\"' sh {out}", "is no SVG")]
    [InlineData("sh -c 'printf PNG > \"$1.png\"' sh {out}", "is no PNG")]
    [InlineData("sh -c ': > \"$1.pdf\"' sh {out}", "has 0 bytes")]
    [InlineData("no-such-program {out}", "cannot be started")]
    public async Task What_fails_is_an_error_of_that_figure_alone(string command, string said)
    {
        DeclareData();
        Declare("Figure", "Other", ("Kind", "Table"), ("Datasets", "D"), ("Rows", "s"), ("Columns", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", command),
            ("Timeout", command.Contains("sleep", StringComparison.Ordinal) ? "1" : "60"));
        var error = (await BuildAsync()).Errors.ShouldHaveSingleItem();
        error.Rule.ShouldBe(FigureRules.CommandFailed);
        error.Message.ShouldContain(said);
        Directory.GetFiles(Layout.Figures).Select(Path.GetFileNameWithoutExtension).Distinct().ShouldBe(["Other"]);
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("VART6041");
    }

    [Fact]
    public async Task It_sees_no_variable_of_the_caller_that_is_not_named()
    {
        var name = "SEEN_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "value");
        DeclareData();
        var print =
            "sh -c 'env > \"$2\"; printf \"%s\" \"<svg xmlns=\\\"http://www.w3.org/2000/svg\\\"/>\" > \"$1.svg\"' sh "
                + "{out} SEEN";
        foreach (var (pass, seen) in new[] { ("", false), (name, true) })
        {
            Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("PassEnvironment", pass),
                ("Command", print.Replace("SEEN", Path.Combine(Folder, "seen.txt"), StringComparison.Ordinal)));
            (await BuildAsync()).Errors.ShouldBeEmpty();
            File.ReadAllText(Path.Combine(Folder, "seen.txt")).Contains(name, StringComparison.Ordinal).ShouldBe(seen);
        }
    }

    [Theory]
    [InlineData("python3 {project}/none.py {out}", "VART0002", "none.py")]
    [InlineData("python3 plot.py {out}", "VART0002", "{project}/plot.py")]
    [InlineData("python3 {project}/plot.py {data:Nothing} {out}", "VART0002", "to which 'Nothing' does not belong")]
    [InlineData("python3 {project}/plot.py {where}", "VART4002", "{recorded:NAME}")]
    [InlineData("python3 {project}/plot.py", "VART0002", "{out}")]
    public async Task What_can_be_known_is_told_before_the_first_sample(string command, string code, string said)
    {
        DeclarePython();
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", command));
        var problem = await Should.ThrowAsync<Artifact.Diagnostics.DiagnosticException>(BuildAsync);
        problem.Diagnostics.ShouldContain(one => one.Message.Contains(said, StringComparison.Ordinal),
            $"{code}: {problem.Message}");
        problem.Diagnostics.Select(one => one.Rule.Code).ShouldContain(code);
        Samples().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gnuplot", "plot.gp", "gnuplot -c {project}/plot.gp {data:D} {out}", "gnuplot-nox",
        "set datafile separator ','\nset terminal svg\nset output ARG2.'.svg'\nset style fill solid\nplot ARG1 using "
            + "1:2 skip 1 with boxes notitle\n")]
    [InlineData("Rscript", "plot.R", "Rscript {project}/plot.R {data:D} {out}", "r-base-core",
        "a <- commandArgs(TRUE)\nd <- read.csv(a[1])\npdf(paste0(a[2], '.pdf'))\nbarplot(d$t)\ninvisible(dev.off())\n")]
    public async Task Gnuplot_and_R_draw(string program, string script, string command, string package, string text)
    {
        if (!File.Exists("/usr/bin/" + program))
            Assert.Skip($"{program} is not installed (Debian package {package})");
        DeclareData();
        File.WriteAllText(Path.Combine(Folder, script), text);
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", command));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Directory.GetFiles(Layout.Figures, "F.*").Select(Path.GetExtension).Except([".txt"]).ShouldHaveSingleItem();
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("F.");
    }

    // In this test, the authors' script is in their repository, and reads the data in their own format.
    [Fact]
    public async Task It_uses_tools_sources_and_files_in_other_formats_by_content()
    {
        DeclareUpstream("v1");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("v1 plain E 2");
        (await BuildAsync()).NothingToDo.ShouldBeTrue();

        DeclareUpstream("v2");
        (await ExplainAsync()).ShouldContain("F: its command would run, because source up changed");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("v2 plain E 2");

        Program("painter", "bold");
        (await ExplainAsync()).ShouldContain("F: its command would run, because tool painter changed");
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("v2 bold E 2");

        Options = Options with { Policy = new SamplePolicy(3) };
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("v2 bold E 3");
        (await ExplainAsync()).ShouldContain("F: its command runs when its data change");
    }

    [Fact]
    public async Task A_tool_that_is_missing_stops_only_its_figure()
    {
        DeclareUpstream("v1");
        File.Delete(Path.Combine(Folder, "bin/painter"));
        Declare("Figure", "Other", ("Kind", "Table"), ("Datasets", "D"), ("Rows", "s"), ("Columns", "s"));
        var result = await BuildAsync();
        result.Errors.ShouldContain(error => error.Rule == FigureRules.CommandFailed
            && error.Message.Contains("{tool:painter} could not be provided", StringComparison.Ordinal));
        result.Errors.ShouldContain(error => error.Message.Contains("painter: needed", StringComparison.Ordinal)
            || error.Message.Contains("tool painter", StringComparison.Ordinal));
        File.Exists(Path.Combine(Layout.Figures, "Other.svg")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("python3 -c 'import no_such_module' {out}", "No module named 'no_such_module'")]
    [InlineData("sh {source:up/none.sh} {out}", "none.sh")]
    [InlineData("no-such-program {out}", "cannot be started")]
    public async Task The_sdk_draws_in_place_of_a_command_that_cannot_run(string command, string said)
    {
        DeclareUpstream("v1");
        Declare("Figure", "Own", ("Kind", "LineChart"), ("Datasets", "D"), ("X", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", command), ("StandIn", "Own"));
        var result = await BuildAsync();
        result.Errors.ShouldBeEmpty("a figure that the SDK can draw lacks nothing");
        var told = Log.Reported.Where(one => one.Rule == FigureRules.DrawnInstead).ToList().ShouldHaveSingleItem();
        told.Message.ShouldContain(said);
        told.Message.ShouldContain("as it draws 'Own'");
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldContain("Drawn by the SDK as 'Own'");
        foreach (var format in new[] { "svg", "pdf", "png" }.AtLeastOne())
            File.Exists(Path.Combine(Layout.Figures, "F." + format)).ShouldBeTrue(format);
        Picture().ShouldContain("Drawn by the SDK");
        (await ExplainAsync()).ShouldContain("F: its command would run, because it left no picture before");

        // The command is tried again, since nothing else shows that what it lacks has been installed.
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("StandIn", "Own"),
            ("Command", "sh {source:up/plot.sh} {out} {tool:painter} {formats:D/lines.txt}"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("v1 plain E 2");
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldNotContain("Drawn by the SDK", Case.Sensitive);
        (await ExplainAsync()).ShouldContain("F: its command runs when its data change");
    }

    [Fact]
    public async Task A_command_that_left_no_picture_is_tried_in_every_call()
    {
        DeclareData();
        var module = Path.Combine(Folder, "module");
        Declare("Figure", "Own", ("Kind", "LineChart"), ("Datasets", "D"), ("X", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("StandIn", "Own"),
            ("Command", $"sh -c 'cp {module} \"$1.svg\"' sh {{out}}"));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Picture().ShouldContain("Drawn by the SDK");
        File.WriteAllText(module, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        (await BuildAsync()).NothingToDo.ShouldBeFalse();
        Picture().ShouldBe(File.ReadAllText(module));
        (await BuildAsync()).NothingToDo.ShouldBeTrue();
    }

    [Fact]
    public async Task The_sdk_draws_recorded_numbers_which_have_no_files_in_other_formats_without_a_warning()
    {
        DeclareUpstream("v1");
        Declare("Figure", "Own", ("Kind", "LineChart"), ("Datasets", "D"), ("X", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("StandIn", "Own"),
            ("Command", "sh {source:up/plot.sh} {out} {tool:painter} {formats:D/lines.txt}"));
        Items.RemoveAll(item => item.Type is "Experiment" or "Dataset");
        File.WriteAllText(Path.Combine(Folder, "paper.csv"), "s,t\n1,1\n2,2\n");
        Declare("RecordedData", "D", ("File", "paper.csv"), ("KeyColumns", "s"), ("Value", "t"), ("Unit", "s"),
            ("Provenance", "the paper, 2024"));
        Options = Options with { OnMissing = OnMissing.Recorded, AllowNothingMeasured = true };
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"), ("Formats", "my-lines"));
        Declare("Experiment", "E", ("Command", "{tool:absent} {s}"), ("Matrix", "s=1,2"),
            ("MetricPatterns", "t=t=([0-9.]+)"));
        Declare("Tool", "absent", ("Remedy", "Install it."));
        (await BuildAsync()).Errors.ShouldBeEmpty();
        Log.Reported.ShouldNotContain(one => one.Rule == FigureRules.DrawnInstead);
        Picture().ShouldContain("RECORDED BY THE AUTHORS");
        File.ReadAllText(Path.Combine(Layout.Figures, "F.txt")).ShouldContain("Drawn by the SDK as 'Own'");
    }

    [Theory]
    [InlineData("None", "VART0005", "None")]
    [InlineData("F", "VART0002", "a figure that the SDK draws")]
    [InlineData("Else", "VART0002", "from Datasets of this figure")]
    public async Task A_stand_in_that_cannot_stand_in_is_told_before_the_first_sample(string standIn, string code,
        string said)
    {
        DeclareData();
        Declare("Dataset", "D2", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"));
        Declare("Figure", "Else", ("Kind", "LineChart"), ("Datasets", "D2"), ("X", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", "true {out}"),
            ("StandIn", standIn));
        var problem = await Should.ThrowAsync<Artifact.Diagnostics.DiagnosticException>(BuildAsync);
        problem.Diagnostics.ShouldContain(one => one.Rule.Code == code
            && one.Message.Contains(said, StringComparison.Ordinal), problem.Message);
        Samples().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{tool:none} {out}", "VART0005", "none")]
    [InlineData("sh {source:none/plot.py} {out}", "VART0005", "none")]
    [InlineData("sh {file:none} {out}", "VART0005", "none")]
    [InlineData("sh {formats:D/lines.txt} {out}", "VART0002", "a dataset with Formats")]
    [InlineData("sh {formats:Other} {out}", "VART0002", "to which 'Other' does not belong")]
    [InlineData("sh {source:up/none.sh} {out}", "VART0002", "that the pinned source has")]
    public async Task Inputs_that_are_not_there_are_told_before_the_first_sample(string command, string code,
        string said)
    {
        DeclareUpstream("v1");
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Command", command));
        Artifact.Diagnostics.Diagnostic? problem = null;
        try
        {
            problem = (await BuildAsync()).Errors.FirstOrDefault(error => error.Rule.Code == code);
        }
        catch (Artifact.Diagnostics.DiagnosticException thrown)
        {
            problem = thrown.Diagnostics.FirstOrDefault(error => error.Rule.Code == code);
        }
        problem.ShouldNotBeNull().Message.ShouldContain(said);
        Samples().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_reproduction_script_has_the_inputs_of_its_command()
    {
        DeclareUpstream("v1");
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
        var script = File.ReadAllText(Directory.GetFiles(Layout.Scripts, "*.sh").ShouldHaveSingleItem());
        script.ShouldContain("checkout up ");
        script.ShouldContain("\"$root\"/sources/up/plot.sh");
        script.ShouldContain("/data/formats/lines.txt");
        script.ShouldContain("\"$tool_painter\"");
    }

    [Fact]
    public async Task The_reproduction_script_has_its_command()
    {
        DeclarePython();
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
        var script = File.ReadAllText(Directory.GetFiles(Layout.Scripts, "*.sh").ShouldHaveSingleItem());
        script.ShouldContain("python3 \"$project\"/plot.py");
        script.ShouldContain("\"$root\"/figures/F");
    }

    private string Picture() => File.ReadAllText(Path.Combine(Layout.Figures, "F.svg"));

    private void Program(string name, string style)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n[ \"$1\" = --version ] && echo 1.0 || echo {style}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void DeclareUpstream(string version)
    {
        var upstream = Directory.CreateDirectory(Path.Combine(Folder, "upstream")).FullName;
        File.WriteAllText(Path.Combine(upstream, "plot.sh"), $$"""
            printf '<svg xmlns="http://www.w3.org/2000/svg"><text>{{version}} %s E %s</text></svg>' "$("$2")" \
              "$(grep -c '^E 1$' "$3")" > "$1.svg"
            """);
        Declare("ExternalRepo", "up", ("Url", upstream), ("Commit", GitCommand.CommitAll(upstream)));
        if (!File.Exists(Path.Combine(Folder, "bin/painter")))
            Program("painter", "plain");
        Declare("ArtifactExtension", File.Exists(Path.Combine(Folder, "extension/Formats.dll"))
            ? Path.Combine(Folder, "extension/Formats.dll")
            : Extensions.Compiled.To(Path.Combine(Folder, "extension"), "Formats", """
                using Verus.Artifact.Extensions;
                public sealed class Lines : IDatasetFormat
                {
                    public string Name => "my-lines";
                    public int Version => 1;
                    public System.Collections.Generic.IReadOnlyList<FormatFile> Write(
                        System.Collections.Generic.IReadOnlyList<Observation> observations) =>
                        [new("lines.txt", string.Concat(System.Linq.Enumerable.Select(observations,
                            one => $"{one.Experiment} {one.Columns["s"]}\n")))];
                }
                """));
        Declare("Tool", "painter", ("Remedy", "Install it."));
        DeclareData();
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"), ("Formats", "my-lines"));
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"),
            ("Command", "sh {source:up/plot.sh} {out} {tool:painter} {formats:D/lines.txt}"));
    }

    private async Task<string> ExplainAsync()
    {
        var said = new CollectedLog();
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, said,
            TestContext.Current.CancellationToken);
        await new PlanSamples(((ReadingEvaluation)opened).Context).ExplainAsync(said,
            TestContext.Current.CancellationToken);
        return string.Join('\n', said.Lines);
    }

    private void DeclarePython()
    {
        DeclareData();
        File.WriteAllText(Path.Combine(Folder, "plot.py"), Python);
        Declare("Figure", "F", ("Kind", "Command"), ("Datasets", "D"), ("Title", "By a script"),
            ("Command", $"python3 {{project}}/plot.py {{data:D}} {{out}} {Runs}"));
    }

    private void DeclareData()
    {
        Declare("Experiment", "E", ("Command", "echo t={s}"), ("Matrix", "s=1,2"), ("MetricPatterns", "t=t=([0-9.]+)"));
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "t"), ("Unit", "s"));
    }
}

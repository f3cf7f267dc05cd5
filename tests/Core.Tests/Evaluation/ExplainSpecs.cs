using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that Plan and Explain say which samples would be read again, which figures would be drawn again, and
/// why.</summary>
public sealed class ExplainSpecs : EvaluationFixture
{
    [Theory]
    [InlineData("script", "2 kept samples read again (changed: parse.sh)", "the reader of E changed", "Bars Grid Mine")]
    [InlineData("pattern", "2 kept samples read again (another success rule, reader or pattern)",
        "the reader of E changed", "Bars Grid Mine")]
    [InlineData("samples", "more samples", "E gets 4 new samples", "Bars Grid Mine")]
    [InlineData("title", "No key differs", "declaration changed", "Bars Grid")]
    [InlineData("font", "No key differs", "file font.ttf changed", "Bars")]
    public async Task Each_kind_of_figure_names_what_changed(string change, string samples, string figures,
        string drawn)
    {
        DeclareAll("echo '{\"v\": '$(cat)'}'");
        (await BuildAsync()).Errors.Select(error => error.Message).ShouldBeEmpty();
        var before = await ExplainAsync();
        before.ShouldContain("Figures that would stay as they are: Bars, Grid");
        before.ShouldContain("Mine: its command runs when its data change");
        Apply(change);
        var said = await ExplainAsync();
        said.ShouldContain(samples);
        said.Split('\n').Where(line => line.Contains($", because {figures}", StringComparison.Ordinal))
            .Select(line => line.Split(':')[0]).ShouldBe(drawn.Split(' '));
        (await BuildAsync()).Errors.Select(error => error.Message).ShouldBeEmpty();
        (await ExplainAsync()).ShouldContain("Figures that would stay as they are: Bars, Grid");
        (await ExplainAsync()).ShouldContain("Mine: its command runs when its data change");
    }

    [Fact]
    public async Task A_reader_by_command_is_named_in_plan_report_and_script()
    {
        DeclareAll("echo '{\"v\": '$(cat)'}'");
        (await ShownAsync(plan: true)).ShouldContain("read by: sh '{project}/parse.sh'");
        (await BuildAsync()).Errors.Select(error => error.Message).ShouldBeEmpty();
        File.ReadAllText(Path.Combine(Layout.Report, "index.html")).ShouldContain("{project}/parse.sh");
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, Log,
            TestContext.Current.CancellationToken);
        await new WriteReproductionScript(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
        File.ReadAllText(Directory.GetFiles(Layout.Scripts, "*.sh").ShouldHaveSingleItem())
            .ShouldContain("after the command sh '{project}/parse.sh'");
        await CleanResults.RunAsync(Options, Log, TestContext.Current.CancellationToken);
        (await ExplainAsync()).ShouldContain("Grid: would be drawn again, because it has not been drawn yet");
    }

    private void Apply(string change)
    {
        if (change == "script")
            DeclareAll("echo '{\"v\": '$(cat)'}'; true");
        else if (change == "pattern")
            Declare("Experiment", "E", [.. Metadata, ("FailurePattern", "never")]);
        else if (change == "samples")
            Options = Options with { Policy = new(3) };
        else if (change == "title")
            DeclareFigures("Another title");
        else
            File.Copy(Fonts()[1], Path.Combine(Folder, "font.ttf"), overwrite: true);
    }

    private static (string, string)[] Metadata =>
        [("Command", "echo {n}"), ("Matrix", "n=1,2"), ("ReaderCommand", "sh {project}/parse.sh"), ("RowMetrics", "v")];

    private void DeclareAll(string script)
    {
        File.WriteAllText(Path.Combine(Folder, "parse.sh"), script + "\n");
        File.WriteAllText(Path.Combine(Folder, "plot.sh"),
            "echo '<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>' > $1.svg\n");
        if (!File.Exists(Path.Combine(Folder, "font.ttf")))
            File.Copy(Fonts()[0], Path.Combine(Folder, "font.ttf"));
        Options = Options with { Policy = new(1) };
        Declare("Experiment", "E", Metadata);
        Declare("Dataset", "D", ("Experiments", "E"), ("Metric", "v"), ("KeyColumns", "n"));
        DeclareFigures("A title");
    }

    private void DeclareFigures(string title)
    {
        Declare("Figure", "Bars", ("Kind", "GroupedBars"), ("Datasets", "D"), ("X", "n"), ("Title", title),
            ("FontFile", "font.ttf"));
        Declare("Figure", "Grid", ("Kind", "Table"), ("Datasets", "D"), ("Rows", "n"), ("Columns", "n"),
            ("Title", title));
        Declare("Figure", "Mine", ("Kind", "Command"), ("Datasets", "D"), ("Title", title),
            ("Command", "sh {project}/plot.sh {out}"));
    }

    internal static List<string> Fonts()
    {
        var fonts = Directory.Exists("/usr/share/fonts")
            ? Directory.GetFiles("/usr/share/fonts", "*.ttf", SearchOption.AllDirectories).Order().ToList() : [];
        if (fonts.Count < 2)
            Assert.Skip("fewer than two fonts are installed");
        return fonts;
    }

    private Task<string> ExplainAsync() => ShownAsync(plan: false);

    private async Task<string> ShownAsync(bool plan)
    {
        var said = new CollectedLog();
        using var opened = await OpenEvaluation.OpenAsync(Options, Items, Purpose.Read, said,
            TestContext.Current.CancellationToken);
        var stage = new PlanSamples(((ReadingEvaluation)opened).Context);
        await (plan ? stage.ShowAsync(said, TestContext.Current.CancellationToken)
            : stage.ExplainAsync(said, TestContext.Current.CancellationToken));
        return string.Join('\n', said.Lines);
    }
}
